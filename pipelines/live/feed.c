// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The thread waits for the pipe and for a second pipe that says it is to end.
#include "pipelines/live/feed.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES (188 * 348) // whole packets, as many as a pipe holds

struct _LiveFeed {
    int descriptor;    // (owned)
    int stop[2];       // (owned) a pipe: closing its second end ends the thread
    gsize bytes_max;   // (value)
    GThread *thread;   // (owned)
    GMutex lock;       // (value)
    GCond changed;     // (value) for both sides
    GQueue pieces;     // (owned) (element-type LiveFeedPiece) (guarded by lock)
    gsize waiting;     // (guarded by lock) bytes
    gboolean stopping; // (guarded by lock)
    gboolean over;     // (guarded by lock) nothing more comes
};

/* Returns: FALSE when the feed is to end. */
static gboolean
wait_for_bytes(LiveFeed *feed)
{
    struct pollfd ready[2] = {{feed->descriptor, POLLIN, 0}, {feed->stop[0], POLLIN, 0}};
    while (poll(ready, G_N_ELEMENTS(ready), -1) < 0)
        if (errno != EINTR && errno != EAGAIN)
            return FALSE;
    return ready[1].revents == 0;
}

/* Returns: FALSE when the feed is to end. */
static gboolean
queue_piece(LiveFeed *feed, const guint8 *data, gsize bytes)
{
    LiveFeedPiece *piece = g_new0(LiveFeedPiece, 1);
    piece->bytes = g_bytes_new(data, bytes);
    piece->arrived_us = g_get_monotonic_time();
    g_mutex_lock(&feed->lock);
    g_queue_push_tail(&feed->pieces, piece);
    feed->waiting += bytes;
    g_cond_broadcast(&feed->changed);
    while (feed->waiting > feed->bytes_max && !feed->stopping)
        g_cond_wait(&feed->changed, &feed->lock);
    gboolean go_on = !feed->stopping;
    g_mutex_unlock(&feed->lock);
    return go_on;
}

static gpointer
work(gpointer data)
{
    LiveFeed *feed = data;
    g_autofree guint8 *buffer = g_malloc(READ_BYTES);
    gboolean go_on = TRUE;
    while (go_on && wait_for_bytes(feed)) {
        ssize_t got = read(feed->descriptor, buffer, READ_BYTES);
        if (got > 0)
            go_on = queue_piece(feed, buffer, (gsize)got);
        else
            go_on = got < 0 && (errno == EINTR || errno == EAGAIN);
    }
    g_mutex_lock(&feed->lock);
    feed->over = TRUE;
    g_cond_broadcast(&feed->changed);
    g_mutex_unlock(&feed->lock);
    return NULL;
}

LiveFeed *
live_feed_new(int descriptor, gsize bytes_max, GError **error)
{
    int stop[2];
    if (!g_unix_open_pipe(stop, FD_CLOEXEC, error)) {
        close(descriptor);
        return NULL;
    }
    LiveFeed *feed = g_new0(LiveFeed, 1);
    feed->descriptor = descriptor;
    feed->bytes_max = bytes_max;
    g_mutex_init(&feed->lock);
    g_cond_init(&feed->changed);
    g_queue_init(&feed->pieces);
    memcpy(feed->stop, stop, sizeof stop);
    feed->thread = g_thread_new("feed", work, feed);
    return feed;
}

static void
free_piece(gpointer data)
{
    LiveFeedPiece *piece = data;
    g_bytes_unref(piece->bytes);
    g_free(piece);
}

void
live_feed_free(LiveFeed *feed)
{
    g_mutex_lock(&feed->lock);
    feed->stopping = TRUE;
    g_cond_broadcast(&feed->changed);
    g_mutex_unlock(&feed->lock);
    close(feed->stop[1]);
    g_thread_join(feed->thread);
    close(feed->stop[0]);
    close(feed->descriptor);
    g_queue_clear_full(&feed->pieces, free_piece);
    g_mutex_clear(&feed->lock);
    g_cond_clear(&feed->changed);
    g_free(feed);
}

LiveFeedResult
live_feed_take(LiveFeed *feed, gint64 deadline_us, LiveFeedPiece *piece)
{
    g_mutex_lock(&feed->lock);
    gboolean in_time = TRUE;
    while (in_time && !feed->over && feed->pieces.length == 0)
        in_time = g_cond_wait_until(&feed->changed, &feed->lock, deadline_us);
    LiveFeedPiece *first = g_queue_pop_head(&feed->pieces);
    gboolean over = feed->over;
    if (first != NULL) {
        feed->waiting -= g_bytes_get_size(first->bytes);
        g_cond_broadcast(&feed->changed);
    }
    g_mutex_unlock(&feed->lock);
    if (first == NULL)
        return over ? LIVE_FEED_END : LIVE_FEED_WAITED;
    *piece = *first;
    g_free(first);
    return LIVE_FEED_BYTES;
}
