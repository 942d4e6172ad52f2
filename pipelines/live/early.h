// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Units of a track beside picture and sound that come before those have taught where their stamps
// belong: after tuning in and after a step of the clock. They wait a little, in their order. One
// thread; bounded.
#pragma once

#include "pipelines/live/pes.h"

typedef struct _LiveEarly LiveEarly;

typedef struct {
    /** Returns: whether @pts90k belongs anywhere; (out) @time: where, 90 kHz of the channel. */
    gboolean (*place)(gint64 pts90k, gint64 *time, gpointer data);
    /** @unit belongs at @time. */
    void (*placed)(const LivePesUnit *unit, gint64 time, gpointer data);
} LiveEarlyFuncs;

/** @data: for @funcs. Returns: (transfer full). */
LiveEarly *live_early_new(const LiveEarlyFuncs *funcs, gpointer data);
void live_early_free(LiveEarly *early);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveEarly, live_early_free)

/** @now: the channel's time at work, 90 kHz. A unit without a stamp is dropped. */
void live_early_push(LiveEarly *early, const LivePesUnit *unit, gint64 now);

/** Asks once more for what waits, and drops what has waited for 10 s of the channel's time. */
void live_early_look(LiveEarly *early, gint64 now);
