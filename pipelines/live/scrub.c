// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Coded when it is shown, written when its segment is: a few wait at most, as few as segments do.
#include "pipelines/live/scrub.h"

#include "pipelines/encode/webp.h"

#define INTERVAL_PTS90K (9 * 90000) // three segments are as much, or a little more
#define LONG_SIDE 160
#define QUALITY 45
#define WAITING_MAX 16
#define NAME "scrub"

typedef struct {
    gint64 time;   // (value) where its segment begins
    GBytes *bytes; // (owned)
} Picture;

struct _LiveScrub {
    GQueue waiting; // (owned) (element-type Picture) oldest first
    gint64 last;    // (value) time of the last one
    gboolean begun; // (value) there was one
};

static void
free_picture(gpointer data)
{
    Picture *picture = data;
    g_bytes_unref(picture->bytes);
    g_free(picture);
}

LiveScrub *
live_scrub_new(void)
{
    LiveScrub *scrub = g_new0(LiveScrub, 1);
    g_queue_init(&scrub->waiting);
    return scrub;
}

void
live_scrub_free(LiveScrub *scrub)
{
    g_queue_clear_full(&scrub->waiting, free_picture);
    g_free(scrub);
}

gboolean
live_scrub_choose(const LiveScrub *scrub, gint64 time, guint *width, guint *height)
{
    guint longer = MAX(*width, *height);
    if (longer == 0 || (scrub->begun && time - scrub->last < INTERVAL_PTS90K))
        return FALSE;
    *width = MAX(*width * LONG_SIDE / longer / 2 * 2, 2);
    *height = MAX(*height * LONG_SIDE / longer / 2 * 2, 2);
    return TRUE;
}

void
live_scrub_take(LiveScrub *scrub, gint64 time, const struct AVFrame *canvas, int matrix)
{
    GBytes *bytes = encode_webp_write(canvas, matrix, QUALITY, NULL);
    scrub->last = time;
    scrub->begun = TRUE;
    if (bytes == NULL)
        return;
    Picture *picture = g_new0(Picture, 1);
    *picture = (Picture){time, bytes};
    g_queue_push_tail(&scrub->waiting, picture);
    if (scrub->waiting.length > WAITING_MAX)
        free_picture(g_queue_pop_head(&scrub->waiting));
}

gboolean
live_scrub_write(LiveScrub *scrub, LiveStore *store, ChildLiveReport *report, GError **error)
{
    Picture *first = NULL;
    gboolean written = TRUE;
    while (written && (first = g_queue_peek_head(&scrub->waiting)) != NULL &&
           first->time <= (gint64)report->time) {
        if (first->time == (gint64)report->time)
            written = live_store_add_part(store, report, NAME, 0, first->bytes, error);
        free_picture(g_queue_pop_head(&scrub->waiting));
    }
    return written;
}
