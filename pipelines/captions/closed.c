// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A short queue sorted by time: what is older than the longest reordering leaves it.
#include "pipelines/captions/closed.h"

#include <string.h>

#include "pipelines/captions/cea708.h"
#include "pipelines/captions/userdata.h"

#define REORDERED 32 // pictures; no codec here reorders more

typedef struct {
    gint64 pts_us;    // (value)
    GByteArray *data; // (owned)
} Waiting;

struct _CaptionsClosed {
    CaptionsTrack *track; // (owned) (nullable) of EIA-608
    CaptionsCea708 *more; // (owned) what else there is
    GQueue waiting;       // (owned) (element-type Waiting) by time
    AVPacket *packet;     // (owned)
};

CaptionsClosed *
captions_closed_new(void)
{
    CaptionsTrack *track = captions_track_new_closed();
    if (track == NULL)
        return NULL;
    CaptionsClosed *closed = g_new0(CaptionsClosed, 1);
    closed->track = track;
    closed->more = captions_cea708_new();
    closed->packet = av_packet_alloc();
    return closed;
}

static void
free_waiting(gpointer data)
{
    Waiting *waiting = data;
    g_byte_array_unref(waiting->data);
    g_free(waiting);
}

void
captions_closed_free(CaptionsClosed *closed)
{
    if (closed == NULL)
        return;
    g_queue_clear_full(&closed->waiting, free_waiting);
    captions_track_free(closed->track);
    captions_cea708_free(closed->more);
    av_packet_free(&closed->packet);
    g_free(closed);
}

static gint
compare_waiting(gconstpointer a, gconstpointer b, gpointer data)
{
    const Waiting *first = a, *second = b;
    return (first->pts_us > second->pts_us) - (first->pts_us < second->pts_us);
}

static void
give_first(CaptionsClosed *closed)
{
    Waiting *first = g_queue_pop_head(&closed->waiting);
    captions_cea708_take(closed->more, first->data->data, first->data->len, first->pts_us);
    if (av_new_packet(closed->packet, (int)first->data->len) == 0) {
        memcpy(closed->packet->data, first->data->data, first->data->len);
        closed->packet->pts = closed->packet->dts = first->pts_us;
        captions_track_take(closed->track, closed->packet, 0);
        av_packet_unref(closed->packet);
    }
    free_waiting(first);
}

void
captions_closed_take(CaptionsClosed *closed, const AVPacket *packet, gint64 pts_us)
{
    g_autoptr(GByteArray) data = g_byte_array_new();
    if (packet->size <= 0 || !captions_userdata_find(packet->data, (gsize)packet->size, data))
        return;
    Waiting *waiting = g_new0(Waiting, 1);
    waiting->pts_us = pts_us;
    waiting->data = g_steal_pointer(&data);
    g_queue_insert_sorted(&closed->waiting, waiting, compare_waiting, NULL);
    if (closed->waiting.length > REORDERED)
        give_first(closed);
}

GPtrArray *
captions_closed_finish(CaptionsClosed *closed)
{
    GPtrArray *tracks = g_ptr_array_new();
    while (closed->waiting.length > 0)
        give_first(closed);
    g_ptr_array_add(tracks, g_steal_pointer(&closed->track));
    for (guint service = 1; service <= CAPTIONS_CEA708_SERVICES; service++) {
        CaptionsCues *cues = captions_cea708_finish(closed->more, service);
        g_ptr_array_add(tracks, captions_track_new_cues(cues));
    }
    return tracks;
}
