// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A thread that does nothing but read the inherited pipe, so that it never fills up while pictures
// are coded. What waits is bounded; when that is full the pipe fills after all, and whoever writes
// it drops whole packets and counts them.
#pragma once

#include <glib.h>

typedef enum {
    LIVE_FEED_BYTES,
    LIVE_FEED_WAITED, // nothing came in time
    LIVE_FEED_END,    // the writer closed it, and all was taken
} LiveFeedResult;

typedef struct {
    GBytes *bytes;     // (owned)
    gint64 arrived_us; // (value) monotonic
} LiveFeedPiece;

typedef struct _LiveFeed LiveFeed;

/** Takes over @descriptor in any case and starts the thread. @bytes_max: that may wait. Returns:
 * (transfer full): NULL with an error of GLib. */
LiveFeed *live_feed_new(int descriptor, gsize bytes_max, GError **error);

/** Ends the thread. */
void live_feed_free(LiveFeed *feed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveFeed, live_feed_free)

/** Waits at most until @deadline_us (monotonic). @piece: (out): set for LIVE_FEED_BYTES. */
LiveFeedResult live_feed_take(LiveFeed *feed, gint64 deadline_us, LiveFeedPiece *piece);
