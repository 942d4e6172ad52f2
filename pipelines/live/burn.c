// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// packets → PES → early.c → bitmap.c; the canvas of a rung is copied only while something is to be
// seen on it.
#include "pipelines/live/burn.h"

#include <libavutil/frame.h>
#include <string.h>

#include "pipelines/live/bitmap.h"
#include "pipelines/live/choose.h"
#include "pipelines/live/early.h"

struct _LiveBurn {
    char *language;          // (owned) ISO 639-2
    EncodeRungsId rung;      // (value) the only one
    LiveBurnPlace place;     // (unowned)
    gpointer data;           // (unowned) for place
    gint64 now;              // (value) of the last picture, 90 kHz of the channel
    LiveChooseBitmap chosen; // (value) pid 0: there is none
    LivePes *pes;            // (owned) (nullable) while there is one
    LiveBitmap *bitmap;      // (owned) (nullable) while there is one
    LiveEarly *early;        // (owned) (nullable) likewise
    AVFrame *drawn;          // (owned) blank at first
};

/* The named one, or the lowest with pictures. */
static gboolean
choose_rung(const ChildLiveJob *job, EncodeRungsId *rung)
{
    if (job->burn_rung[0] != '\0')
        return encode_rungs_parse(job->burn_rung, rung);
    for (guint i = 0; job->rungs[i] != NULL; i++)
        if (encode_rungs_parse(job->rungs[i], rung) && encode_rungs_moves(*rung))
            return TRUE;
    return FALSE;
}

static gboolean
on_early_place(gint64 pts90k, gint64 *time, gpointer data)
{
    const LiveBurn *burn = data;
    return burn->place(pts90k, time, burn->data);
}

static void
on_early_placed(const LivePesUnit *unit, gint64 time, gpointer data)
{
    LiveBurn *burn = data;
    if (burn->bitmap != NULL)
        live_bitmap_push(burn->bitmap, unit, time);
}

static void
on_unit(const LivePesUnit *unit, gpointer data)
{
    LiveBurn *burn = data;
    live_early_push(burn->early, unit, burn->now);
}

LiveBurn *
live_burn_new(const ChildLiveJob *job, LiveBurnPlace place, gpointer data)
{
    EncodeRungsId rung;
    if (job->burn_language[0] == '\0' || !choose_rung(job, &rung))
        return NULL;
    LiveBurn *burn = g_new0(LiveBurn, 1);
    burn->language = g_strdup(job->burn_language);
    burn->rung = rung;
    burn->place = place;
    burn->data = data;
    burn->drawn = av_frame_alloc();
    return burn;
}

static void
close_track(LiveBurn *burn)
{
    g_clear_pointer(&burn->pes, live_pes_free);
    g_clear_pointer(&burn->bitmap, live_bitmap_free);
    g_clear_pointer(&burn->early, live_early_free);
}

void
live_burn_free(LiveBurn *burn)
{
    close_track(burn);
    av_frame_free(&burn->drawn);
    g_free(burn->language);
    g_free(burn);
}

void
live_burn_follow(LiveBurn *burn, const TablesService *service)
{
    static const LiveEarlyFuncs funcs = {on_early_place, on_early_placed};
    LiveChooseBitmap chosen = live_choose_bitmap(service, burn->language);
    if (chosen.pid == burn->chosen.pid && chosen.page == burn->chosen.page &&
        chosen.ancillary == burn->chosen.ancillary)
        return;
    close_track(burn);
    burn->chosen = chosen;
    if (chosen.pid == 0)
        return;
    burn->pes = live_pes_new(on_unit, burn);
    burn->bitmap = live_bitmap_new(chosen.page, chosen.ancillary);
    burn->early = live_early_new(&funcs, burn);
}

void
live_burn_push(LiveBurn *burn, const TablesPacket *packet)
{
    if (burn->pes != NULL && burn->chosen.pid == packet->pid)
        live_pes_push(burn->pes, packet);
}

/* A fresh one each time: the encoder may still hold the one before. Returns: FALSE without memory:
 * the picture is shown as it is. */
static gboolean
copy_canvas(LiveBurn *burn, const AVFrame *canvas)
{
    AVFrame *drawn = burn->drawn;
    av_frame_unref(drawn);
    drawn->width = canvas->width;
    drawn->height = canvas->height;
    drawn->format = canvas->format;
    return av_frame_get_buffer(drawn, 0) >= 0 && av_frame_copy(drawn, canvas) >= 0 &&
           av_frame_copy_props(drawn, canvas) >= 0;
}

const AVFrame *
live_burn_draw(LiveBurn *burn, EncodeRungsId rung, gint64 time, const AVFrame *canvas, int matrix)
{
    if (rung != burn->rung || burn->bitmap == NULL)
        return NULL;
    const LiveOverlayCanvas size = {(guint)canvas->width, (guint)canvas->height, matrix};
    burn->now = time;
    live_early_look(burn->early, time);
    const LiveOverlay *overlay = live_bitmap_find(burn->bitmap, time, &size);
    if (overlay == NULL || !copy_canvas(burn, canvas))
        return NULL;
    live_overlay_draw(overlay, burn->drawn);
    return burn->drawn;
}
