// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Whether a channel that need not run for nobody rests now, and when to ask again. Pure: who asks
// brings both clocks. Moments of viewers are monotonic, so that a clock that is set wakes nobody
// and puts nobody to sleep; what is booked is by the clock on the wall, as people mean it.
#pragma once

#include <glib.h>

#define FLOWS_LIVE_REST_LEAD_MS 60000 // before the first second of a booking it wakes
#define FLOWS_LIVE_REST_LOOK_MS 30000 // ask again so soon where a clock decides: it may be set
#define FLOWS_LIVE_REST_NEVER G_MAXINT64

typedef struct {
    gint64 rest_ms;   // (value) without a viewer until it rests, 0: never
    gint64 wanted_us; // (value) monotonic: when somebody last wanted it, G_MININT64: nobody ever
    gint64 booked_ms; // (value) UTC: what the next booking wants first, REST_NEVER: none
    gint64 now_us;    // (value) monotonic
    gint64 now_ms;    // (value) UTC
    gboolean needed;  // (value) a recording runs, or it is a live class's
    gboolean resting; // (value) as it is now
} FlowsLiveRestFacts;

typedef struct {
    gboolean rests; // (value)
    gint64 look_ms; // (value) ask again after so many milliseconds, REST_NEVER: with other facts
} FlowsLiveRestVerdict;

FlowsLiveRestVerdict flows_live_rest_decide(const FlowsLiveRestFacts *facts);
