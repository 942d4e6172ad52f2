// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Whoever asked for something that a channel's next segment brings, and is let wait for it: a
// bounded number, for a bounded time. Any thread; it is answered in the one that asked.
#pragma once

#include <gio/gio.h>

#define FLOWS_LIVE_WAIT_MAX 1024                              // of all channels
#define FLOWS_LIVE_WAIT_RELOADS_MAX (FLOWS_LIVE_WAIT_MAX / 2) // of them

typedef struct _FlowsLiveWait FlowsLiveWait;

/** What somebody waits for. */
typedef struct {
    gconstpointer key;         // (unowned) an address that is not looked into
    GCancellable *cancellable; // (unowned) (nullable) ends the wait early
    gboolean is_reload; // (value) has something to play: never takes the place of who has nothing
} FlowsLiveWaitAsked;

/** @most_ms: then it is answered without. Returns: (transfer full): nobody waits. */
FlowsLiveWait *flows_live_wait_new(guint most_ms);

/**
 * @callback: called once in the caller's thread-default context: the segment is there, or the wait
 * was cancelled or too long; what it returns counts for nothing
 * @free_data: called once in any case, when it is over
 *
 * Returns: FALSE, and @callback is not called: too many wait.
 */
gboolean flows_live_wait_add(FlowsLiveWait *wait, const FlowsLiveWaitAsked *asked,
                             GSourceFunc callback, gpointer user_data, GDestroyNotify free_data);

/** All that wait for @key, NULL: all, wait no longer. */
void flows_live_wait_tell(FlowsLiveWait *wait, gconstpointer key);

/** Returns: how many wait now. */
guint flows_live_wait_count(FlowsLiveWait *wait);

/** Nobody may add to it any more; who still waits is given up. */
void flows_live_wait_free(FlowsLiveWait *wait);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsLiveWait, flows_live_wait_free)
