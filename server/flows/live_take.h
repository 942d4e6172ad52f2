// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What live_channel.c lets the worker thread do: open a channel's folder for a new child, and take
// what a child made.
#pragma once

#include "server/flows/window.h"

typedef struct {
    FlowsWindow *window;     // (owned)
    ChildLiveReport *report; // (owned): an init or a segment
    gboolean restarted;      // (value) the first segment of its child
    guint generation;        // (value) of its child
} FlowsLiveTake;

/** @report: (transfer full). */
FlowsLiveTake *flows_live_take_new(FlowsWindow *window, ChildLiveReport *report);
gboolean flows_live_take_run(gpointer take, GError **error);
void flows_live_take_free(gpointer take);

typedef struct {
    char *folder;             // (owned)
    FlowsWindowLimits limits; // (value)
    FlowsWindow *window;      // (owned) (nullable): opened when it is NULL
    int lock;                 // (owned): of staging, −1: not held
} FlowsLiveOpen;

/** Takes the lock, cleans staging, opens the window. CHILD_ERROR_BUSY: an old child still dies. */
gboolean flows_live_take_open(gpointer open, GError **error);
/** Returns: the lock, for the child. */
int flows_live_take_steal_lock(FlowsLiveOpen *open);
void flows_live_take_free_open(gpointer open);

/** Removes a channel's folder (a path, empty: nothing). */
gboolean flows_live_take_erase(gpointer folder, GError **error);
