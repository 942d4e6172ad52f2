// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How many rungs this machine keeps up with: the top one goes before the input piles up, and comes
// back when there has been room for a while, ever more carefully when that did not last. Pure; one
// thread.
#pragma once

#include <glib.h>

typedef struct {
    gint64 now_us;       // (value) monotonic
    guint behind_ms;     // (value) how old the packet at work is
    guint behind_max_ms; // (value) further behind a rung goes
    guint busy_permille; // (value) of the time since the last question spent working
    guint rungs;         // (value) with pictures, so that may go
} LivePaceFacts;

typedef struct {
    guint dropped;      // (value) rungs left out, from the top
    gint64 changed_us;  // (value) when that last changed
    guint worst_ms;     // (value) furthest behind since then
    gint64 calm_us;     // (value) since when there is room, 0: there is none
    gint64 patience_us; // (value) how long there must be room before one comes back
    gboolean restored;  // (value) the last change brought one back
} LivePace;

void live_pace_init(LivePace *pace);

/** Asked each second or so. Returns: how many rungs to leave out from the next segment on. */
guint live_pace_decide(LivePace *pace, const LivePaceFacts *facts);
