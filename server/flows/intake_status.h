// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How a multiplex goes at this moment, as a plain value: for the API, for events, and for channels
// that want to say why there is no picture.
#pragma once

#include "pipelines/child/intake_facts.h"

typedef enum {
    FLOWS_INTAKE_STATE_IDLE,      // nobody needs it
    FLOWS_INTAKE_STATE_STARTING,  // the child opens the address
    FLOWS_INTAKE_STATE_RECEIVING, // packets come
    FLOWS_INTAKE_STATE_SILENT,    // it is open, and no packet came for some seconds
    FLOWS_INTAKE_STATE_WAITING,   // the last try failed; the next comes by itself
} FlowsIntakeState;

typedef struct {
    FlowsIntakeState state;   // (value)
    char *code;               // (owned) (nullable) why it is silent or waits: a word of
                              // server/intakesentences.h
    char *detail;             // (owned) (nullable) English, for technicians
    gboolean scanning;        // (value) a scan was asked for and is not over
    gboolean refreshing;      // (value) the guide is read
    guint subscribers;        // (value)
    gint64 since_ms;          // (value) UTC milliseconds of the last change of state
    gint64 retry_ms;          // (value) UTC milliseconds of the next try while WAITING, else 0
    gint64 services;          // (value) of the last round that the child told
    gint64 events;            // (value) programmes told since the child began
    gint64 clock_offset_ms;   // (value) the multiplex's clock less ours, or CHILD_FIELDS_NOTHING
    ChildIntakeHealth health; // (value) what was told last, all zero before
    GArray *pids;             // (owned) (nullable) (element-type ChildIntakePid) told last; shared
                              // by copies, never changed
} FlowsIntakeStatus;

/** Returns: (transfer full): idle. */
FlowsIntakeStatus *flows_intake_status_new(void);
FlowsIntakeStatus *flows_intake_status_copy(const FlowsIntakeStatus *status);
void flows_intake_status_free(FlowsIntakeStatus *status);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsIntakeStatus, flows_intake_status_free)

/** Returns: the largest jitter of a clock reference that was told last, in microseconds, or
 * CHILD_FIELDS_NOTHING. */
gint64 flows_intake_status_get_jitter_us(const FlowsIntakeStatus *status);

/** Returns: (static): `idle`, `starting`, `receiving`, `silent` or `waiting`. */
const char *flows_intake_status_get_word(FlowsIntakeState state);
