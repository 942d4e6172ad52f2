// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How a live channel goes at this moment, as a plain value: for the API and for events. Why it goes
// so is a code of server/livesentences.h.
#pragma once

#include "pipelines/child/live_report.h"
#include "server/flows/window.h"

typedef enum {
    FLOWS_LIVE_STATE_OFF,       // nobody wants it on the air
    FLOWS_LIVE_STATE_WAITING,   // it begins, or begins anew by itself
    FLOWS_LIVE_STATE_RESTING,   // nobody watches, and it was asked not to run for nobody
    FLOWS_LIVE_STATE_ON_AIR,    // segments come
    FLOWS_LIVE_STATE_NO_SIGNAL, // the child runs, and nothing to encode comes
    FLOWS_LIVE_STATE_SCRAMBLED, // what comes needs a key
    FLOWS_LIVE_STATE_FAILED,    // it does not get as far as a segment, or a person is needed
} FlowsLiveState;

typedef struct {
    FlowsLiveState state;       // (value)
    char *code;                 // (owned) (nullable) why, or what is not as it should be
    char *detail;               // (owned) (nullable) English, for technicians
    gint64 since_ms;            // (value) UTC milliseconds of the last change of state
    gint64 retry_ms;            // (value) UTC milliseconds of the next try, 0: none is due
    guint restarts;             // (value) children that ended since the daemon began
    char **dropped_rungs;       // (owned) (nullable) not made now for want of speed
    guint speed_permille;       // (value) media time a busy second, 0: not told
    gint64 last_picture_ms;     // (value) UTC milliseconds, 0: none
    gint64 last_sound_ms;       // (value) UTC milliseconds, 0: none
    guint behind_ms;            // (value) how old the packet at work is
    guint64 cc_errors;          // (value) since the child began
    guint64 damaged;            // (value) units that could not be decoded, since the child began
    FlowsWindowFigures figures; // (value) all 0 without a window
} FlowsLiveStatus;

/** Returns: (transfer full): off. */
FlowsLiveStatus *flows_live_state_new(void);
FlowsLiveStatus *flows_live_state_copy(const FlowsLiveStatus *status);
void flows_live_state_free(FlowsLiveStatus *status);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsLiveStatus, flows_live_state_free)

/** Returns: (static): `off` `waiting` `resting` `on-air` `no-signal` `scrambled` `failed`. */
const char *flows_live_state_get_word(FlowsLiveState state);

/** Sets state, code and detail (both nullable). Returns: whether anything is different now. */
gboolean flows_live_state_set(FlowsLiveStatus *status, FlowsLiveState state, const char *code,
                              const char *detail, gint64 now_ms);

/** What the child tells of itself; its rungs are taken out of @report. */
void flows_live_state_take_health(FlowsLiveStatus *status, ChildLiveReport *report);

/** There is no child that could tell anything. */
void flows_live_state_clear_health(FlowsLiveStatus *status);
