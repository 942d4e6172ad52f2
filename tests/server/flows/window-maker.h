// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a live child would do to a window: files of any bytes in staging, and the lines about them.
#pragma once

#include "server/flows/window.h"

#define WINDOW_MAKER_WALL_MS G_GINT64_CONSTANT(1795273200000)

typedef struct {
    char *folder;        // (owned): of the channel
    FlowsWindow *window; // (owned) (nullable)
    gint64 wall_ms;      // of the next segment
    guint64 init;        // that segments go with; small has the one after it
    gsize bytes;         // of a segment's file
    guint seconds;       // that a segment lasts, 0: three
    guint skip_small;    // segments that have no `small` yet to come
} WindowMaker;

/** Opens the window in @folder. */
void window_maker_open(WindowMaker *maker, const char *folder, const FlowsWindowLimits *limits);
void window_maker_close(WindowMaker *maker);

/** Puts new init files of `voice` and `small` in. */
void window_maker_add_inits(WindowMaker *maker);

/** Returns: (transfer full): the line of the next segment, whose files are in staging. */
ChildLiveReport *window_maker_prepare(WindowMaker *maker, gboolean discontinuity);

/** Makes and takes one. */
gboolean window_maker_take(WindowMaker *maker, gboolean discontinuity, GError **error);
