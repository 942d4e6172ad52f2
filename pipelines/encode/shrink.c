// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// libswscale, plane by plane: of a picture with chroma it draws a slice of luma at the wrong rows
// when it is asked for one in the middle, of a single plane it does not.
#include "pipelines/encode/shrink.h"

#include <libavutil/frame.h>
#include <libswscale/swscale.h>

#include "pipelines/encode/changes.h"
#include "pipelines/encode/failure.h"

#define PLANES 3
#define REACH 2 // of the bicubic filter, in rows of the smaller of the two pictures
#define ROUNDED 2

struct _EncodeShrink {
    struct SwsContext *luma;   // (owned) (nullable) NULL: same size
    struct SwsContext *chroma; // (owned) (nullable)
    AVFrame *source;           // (owned) one plane of the canvas while it is drawn
    AVFrame *target;           // (owned) one plane of the copy
    AVFrame *copy;             // (owned)
    guint64 drawn;             // (value) of the changes
};

static struct SwsContext *
open_scaler(guint from_width, guint from_height, guint to_width, guint to_height)
{
    return sws_getContext((int)from_width, (int)from_height, AV_PIX_FMT_GRAY8, (int)to_width,
                          (int)to_height, AV_PIX_FMT_GRAY8, SWS_BICUBIC, NULL, NULL, NULL);
}

EncodeShrink *
encode_shrink_new(guint from_width, guint from_height, guint to_width, guint to_height,
                  GError **error)
{
    g_autoptr(EncodeShrink) shrink = g_new0(EncodeShrink, 1);
    shrink->source = av_frame_alloc();
    shrink->target = av_frame_alloc();
    shrink->copy = av_frame_alloc();
    shrink->copy->format = AV_PIX_FMT_YUV420P;
    shrink->copy->width = (int)to_width;
    shrink->copy->height = (int)to_height;
    if (from_width == to_width && from_height == to_height)
        return g_steal_pointer(&shrink);
    shrink->luma = open_scaler(from_width, from_height, to_width, to_height);
    shrink->chroma = open_scaler((from_width + 1) / 2, (from_height + 1) / 2, (to_width + 1) / 2,
                                 (to_height + 1) / 2);
    int code = shrink->luma != NULL && shrink->chroma != NULL ? av_frame_get_buffer(shrink->copy, 0)
                                                              : AVERROR(EINVAL);
    if (code < 0) {
        encode_failure_set(error, code, "scaler");
        return NULL;
    }
    return g_steal_pointer(&shrink);
}

void
encode_shrink_free(EncodeShrink *shrink)
{
    if (shrink == NULL)
        return;
    sws_freeContext(shrink->luma);
    sws_freeContext(shrink->chroma);
    av_frame_free(&shrink->source);
    av_frame_free(&shrink->target);
    av_frame_free(&shrink->copy);
    g_free(shrink);
}

/* @one becomes a plane of @frame, in the same memory. */
static int
take_plane(AVFrame *one, const AVFrame *frame, int plane)
{
    int shift = plane > 0 ? 1 : 0;
    int code = av_frame_ref(one, frame);
    if (code < 0)
        return code;
    one->format = AV_PIX_FMT_GRAY8;
    one->width = (frame->width + shift) >> shift;
    one->height = (frame->height + shift) >> shift;
    one->data[0] = frame->data[plane];
    one->linesize[0] = frame->linesize[plane];
    for (int i = 1; i < PLANES; i++) {
        one->data[i] = NULL;
        one->linesize[i] = 0;
    }
    return 0;
}

/* The next rows of the copy that show something new, even and below those found before. @at is
 * where in the canvas to look next. */
static gboolean
find_rows(const EncodeShrink *shrink, const AVFrame *canvas, const EncodeChanges *changes, int *at,
          int *top, int *bottom)
{
    int from = canvas->height, to = shrink->copy->height, until = from;
    gboolean found =
        changes != NULL ? encode_changes_find(changes, shrink->drawn, at, &until) : *at < from;
    if (!found)
        return FALSE;
    int reach = REACH * MAX(from, to) / to + ROUNDED;
    *top = MAX((*at - reach) * to / from - ROUNDED, *bottom) & ~1;
    *bottom = MIN(((until + reach) * to / from + ROUNDED + 1) & ~1, to);
    *at = until;
    return TRUE;
}

static int
draw_plane(EncodeShrink *shrink, const AVFrame *canvas, const EncodeChanges *changes, int plane)
{
    struct SwsContext *scaler = plane > 0 ? shrink->chroma : shrink->luma;
    int shift = plane > 0 ? 1 : 0;
    int at = 0, top = 0, bottom = 0;
    int code = take_plane(shrink->source, canvas, plane);
    if (code >= 0)
        code = take_plane(shrink->target, shrink->copy, plane);
    if (code >= 0)
        code = sws_frame_start(scaler, shrink->target, shrink->source);
    if (code >= 0)
        code = sws_send_slice(scaler, 0, (guint)shrink->source->height);
    while (code >= 0 && find_rows(shrink, canvas, changes, &at, &top, &bottom)) {
        guint rows = (guint)(((bottom + shift) >> shift) - (top >> shift));
        if (top < bottom)
            code = sws_receive_slice(scaler, (guint)(top >> shift), rows);
    }
    sws_frame_end(scaler);
    av_frame_unref(shrink->source);
    av_frame_unref(shrink->target);
    return code;
}

const AVFrame *
encode_shrink_draw(EncodeShrink *shrink, const AVFrame *canvas, const EncodeChanges *changes,
                   GError **error)
{
    if (shrink->luma == NULL)
        return canvas;
    int code = av_frame_make_writable(shrink->copy);
    for (int plane = 0; code >= 0 && plane < PLANES; plane++)
        code = draw_plane(shrink, canvas, changes, plane);
    if (code >= 0) {
        shrink->drawn = changes != NULL ? encode_changes_get_count(changes) : 0;
        return shrink->copy;
    }
    encode_failure_set(error, code, "scaler");
    return NULL;
}
