// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// service → decoder → the first whole picture → WebP. Shades of black at the edge of programmes are
// shown as they are.
#include "pipelines/live/snapshot.h"

#include <libavutil/frame.h>
#include <string.h>

#include "pipelines/encode/webp.h"
#include "pipelines/live/canvas.h"
#include "pipelines/live/decode.h"
#include "pipelines/live/service.h"
#include "pipelines/source/failure.h"

#define PATIENCE_US (15 * G_USEC_PER_SEC)
#define LONG_SIDE 320
#define QUALITY 55
#define NAME "scrub"

struct _LiveSnapshot {
    const ChildLiveJob *job; // (unowned)
    LiveLadderSink sink;     // (unowned)
    gpointer data;           // (unowned) for sink
    LiveStore *store;        // (owned)
    LiveService *service;    // (owned)
    LiveDecode *decode;      // (owned) (nullable)
    gint64 until_us;         // (value) monotonic: then it is given up
    gboolean known;          // (value) the tables came
    gboolean done;           // (value)
    GError *error;           // (owned) (nullable) met in a callback
};

gboolean
live_snapshot_is_wanted(const ChildLiveJob *job)
{
    return strcmp(job->rungs[0], NAME) == 0 && job->rungs[1] == NULL;
}

static SourceInfo *
describe(const AVFrame *frame)
{
    SourceInfo *info = source_info_new();
    info->has_picture = TRUE;
    info->coded_width = (guint)frame->width;
    info->coded_height = (guint)frame->height;
    source_info_set_shown_size(info, frame->sample_aspect_ratio.num,
                               frame->sample_aspect_ratio.den);
    info->primaries = (int)frame->color_primaries;
    info->transfer = (int)frame->color_trc;
    info->matrix = (int)frame->colorspace;
    return info;
}

/* Returns: (transfer full): NULL with ENCODE_FAILURE. */
static GBytes *
draw(const AVFrame *frame, GError **error)
{
    g_autoptr(SourceInfo) info = describe(frame);
    guint longer = MAX(info->width, info->height);
    guint width = MAX(info->width * LONG_SIDE / MAX(longer, 1) / 2 * 2, 2);
    guint height = MAX(info->height * LONG_SIDE / MAX(longer, 1) / 2 * 2, 2);
    g_autoptr(LiveCanvas) canvas = live_canvas_new(info, width, height);
    const AVFrame *drawn = live_canvas_draw(canvas, frame, width, height, error);
    if (drawn == NULL)
        return NULL;
    return encode_webp_write(drawn, live_canvas_get_colour(canvas).matrix, QUALITY, error);
}

static void
on_decode_picture(AVFrame *frame, gint64 pts90k, gint64 duration, gpointer data)
{
    LiveSnapshot *snapshot = data;
    gboolean whole = frame->decode_error_flags == 0 && (frame->flags & AV_FRAME_FLAG_CORRUPT) == 0;
    if (!snapshot->done && snapshot->error == NULL && whole) {
        g_autoptr(ChildLiveReport) report = child_live_report_new(CHILD_LIVE_REPORT_SEGMENT);
        g_autoptr(GBytes) bytes = draw(frame, &snapshot->error);
        report->number = snapshot->job->first_number;
        report->time = snapshot->job->first_time;
        report->duration = (guint64)CLAMP(duration, 1, 90000);
        report->discontinuity = TRUE;
        snapshot->done = bytes != NULL && live_store_add_part(snapshot->store, report, NAME, 0,
                                                              bytes, &snapshot->error);
        if (snapshot->done)
            live_store_tell(snapshot->store, report);
    }
    av_frame_free(&frame);
}

static void
on_service_streams(const LiveServiceStreams *streams, gpointer data)
{
    LiveSnapshot *snapshot = data;
    snapshot->known = TRUE;
    g_clear_pointer(&snapshot->decode, live_decode_free);
    if (streams->picture.pid != 0)
        snapshot->decode =
            live_decode_new(streams->picture.codec, on_decode_picture, snapshot, NULL);
}

static void
on_service_picture(const LivePesUnit *unit, gpointer data)
{
    LiveSnapshot *snapshot = data;
    if (snapshot->decode != NULL && !snapshot->done)
        live_decode_push(snapshot->decode, unit);
}

static void
on_service_sound(const LivePesUnit *unit, gpointer data)
{
}

LiveSnapshot *
live_snapshot_new(const ChildLiveJob *job, LiveLadderSink sink, gpointer data, gint64 now_us)
{
    LiveSnapshot *snapshot = g_new0(LiveSnapshot, 1);
    const LiveServiceListener listener = {
        .on_streams = on_service_streams,
        .on_picture = on_service_picture,
        .on_sound = on_service_sound,
        .data = snapshot,
    };
    TablesTextCode fallback;
    tables_text_parse_code("tis-620", &fallback);
    snapshot->job = job;
    snapshot->sink = sink;
    snapshot->data = data;
    snapshot->until_us = now_us + PATIENCE_US;
    snapshot->store = live_store_new(job->staging, job->first_init, sink, data);
    snapshot->service = live_service_new(job->language, fallback, &listener);
    return snapshot;
}

void
live_snapshot_free(LiveSnapshot *snapshot)
{
    live_service_free(snapshot->service);
    live_decode_free(snapshot->decode);
    live_store_free(snapshot->store);
    g_clear_error(&snapshot->error);
    g_free(snapshot);
}

/* Why there is none. */
static gboolean
give_up(const LiveSnapshot *snapshot, GError **error)
{
    if (live_service_is_scrambled(snapshot->service))
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_ENCRYPTED, "a key is needed");
    else if (snapshot->known && snapshot->decode == NULL)
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_NO_STREAMS, "no picture");
    else
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_TIMED_OUT, "no picture came");
    return FALSE;
}

gboolean
live_snapshot_push(LiveSnapshot *snapshot, GBytes *bytes, gint64 now_us, GError **error)
{
    gsize length = 0;
    const guint8 *data = bytes != NULL ? g_bytes_get_data(bytes, &length) : NULL;
    if (data != NULL)
        live_service_push(snapshot->service, data, length, now_us);
    if (snapshot->error != NULL) {
        g_propagate_error(error, g_steal_pointer(&snapshot->error));
        return FALSE;
    }
    gboolean hopeless = live_service_is_scrambled(snapshot->service) ||
                        (snapshot->known && snapshot->decode == NULL);
    if (!snapshot->done && (hopeless || now_us >= snapshot->until_us))
        return give_up(snapshot, error);
    return TRUE;
}

gboolean
live_snapshot_is_done(const LiveSnapshot *snapshot)
{
    return snapshot->done;
}
