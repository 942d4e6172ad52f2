// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// From how something goes to figures of this moment: counters become what came since the sample
// before. Pure.
#pragma once

#include "server/flows/health_figures.h"
#include "server/flows/intake_status.h"
#include "server/flows/live_state.h"

#define FLOWS_HEALTH_SAMPLE_COUNTERS 5

/** What the counters were at the last sample. */
typedef struct {
    gint64 last[FLOWS_HEALTH_SAMPLE_COUNTERS]; // (value)
    gboolean known;                            // (value) there was a sample
} FlowsHealthSampleState;

/** Returns: FALSE when nobody needs the multiplex: there is nothing to note. */
gboolean flows_health_sample_multiplex(const FlowsIntakeStatus *status,
                                       FlowsHealthSampleState *state, FlowsHealthPoint *point);

/** @viewers: now. Returns: FALSE when the channel is off. */
gboolean flows_health_sample_channel(const FlowsLiveStatus *status, guint viewers, gint64 now_ms,
                                     FlowsHealthSampleState *state, FlowsHealthPoint *point);
