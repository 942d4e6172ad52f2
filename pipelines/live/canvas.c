// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Drawn once at the largest size, from which the smaller ones are made. What changes shape in the
// midst of an epoch is fitted into the same canvas.
#include "pipelines/live/canvas.h"

#include <libavutil/frame.h>
#include <string.h>

#include "pipelines/encode/failure.h"
#include "pipelines/encode/picture.h"
#include "pipelines/encode/shrink.h"

#define SIZES_MAX 5
#define SLATE_LUMA 40 // dark, and yet not taken for a dead screen
#define SLATE_BLUE 140
#define SLATE_RED 122

typedef struct {
    guint width;          // (value)
    guint height;         // (value)
    EncodeShrink *shrink; // (owned)
    const AVFrame *drawn; // (unowned) (nullable) of the present picture
} Size;

struct _LiveCanvas {
    SourceInfo *info;       // (owned)
    guint width;            // (value)
    guint height;           // (value)
    EncodePicture *picture; // (owned) for pictures of the shape below
    AVRational ratio;       // (value) of its pixels
    int frame_width;        // (value)
    int frame_height;       // (value)
    AVFrame *drawn;         // (owned) blank at first
    AVFrame *slate;         // (owned)
    gboolean slated;        // (value) the slate is the present picture
    gint64 pts;             // (value) of the present picture
    Size sizes[SIZES_MAX];  // (owned)
    guint count;            // (value)
};

static AVFrame *
make_slate(guint width, guint height)
{
    AVFrame *slate = av_frame_alloc();
    slate->format = AV_PIX_FMT_YUV420P;
    slate->width = (int)width;
    slate->height = (int)height;
    if (av_frame_get_buffer(slate, 0) < 0)
        return slate;
    memset(slate->data[0], SLATE_LUMA, (gsize)slate->linesize[0] * height);
    memset(slate->data[1], SLATE_BLUE, (gsize)slate->linesize[1] * ((height + 1) / 2));
    memset(slate->data[2], SLATE_RED, (gsize)slate->linesize[2] * ((height + 1) / 2));
    return slate;
}

LiveCanvas *
live_canvas_new(const SourceInfo *info, guint width, guint height)
{
    LiveCanvas *canvas = g_new0(LiveCanvas, 1);
    canvas->info = source_info_copy(info);
    // So that each picture is fitted by its own shape.
    canvas->info->coded_width = canvas->info->coded_height = 0;
    canvas->width = width;
    canvas->height = height;
    canvas->drawn = av_frame_alloc();
    canvas->slate = make_slate(width, height);
    canvas->pts = G_MININT64;
    return canvas;
}

void
live_canvas_free(LiveCanvas *canvas)
{
    for (guint i = 0; i < canvas->count; i++)
        encode_shrink_free(canvas->sizes[i].shrink);
    g_clear_pointer(&canvas->picture, encode_picture_free);
    av_frame_free(&canvas->drawn);
    av_frame_free(&canvas->slate);
    source_info_free(canvas->info);
    g_free(canvas);
}

void
live_canvas_get_size(const LiveCanvas *canvas, guint *width, guint *height)
{
    *width = canvas->width;
    *height = canvas->height;
}

EncodeH264Colour
live_canvas_get_colour(const LiveCanvas *canvas)
{
    return encode_picture_choose_colour(canvas->info);
}

/* The filters are set up by size, not by the shape of pixels. */
static void
prepare_picture(LiveCanvas *canvas, const AVFrame *frame)
{
    gboolean same = canvas->picture != NULL && canvas->frame_width == frame->width &&
                    canvas->frame_height == frame->height &&
                    av_cmp_q(canvas->ratio, frame->sample_aspect_ratio) == 0;
    if (same)
        return;
    g_clear_pointer(&canvas->picture, encode_picture_free);
    canvas->picture = encode_picture_new(canvas->info, canvas->width, canvas->height);
    canvas->frame_width = frame->width;
    canvas->frame_height = frame->height;
    canvas->ratio = frame->sample_aspect_ratio;
}

static void
draw_largest(LiveCanvas *canvas, const AVFrame *frame)
{
    if (frame == NULL ? canvas->slated : !canvas->slated && canvas->pts == frame->pts)
        return;
    for (guint i = 0; i < canvas->count; i++)
        canvas->sizes[i].drawn = NULL;
    canvas->slated = frame == NULL;
    if (frame == NULL)
        return;
    AVFrame *fresh = av_frame_alloc();
    canvas->pts = frame->pts;
    prepare_picture(canvas, frame);
    if (encode_picture_draw(canvas->picture, frame, fresh, NULL)) {
        av_frame_unref(canvas->drawn);
        av_frame_move_ref(canvas->drawn, fresh);
    }
    av_frame_free(&fresh);
}

static Size *
find_size(LiveCanvas *canvas, guint width, guint height, GError **error)
{
    for (guint i = 0; i < canvas->count; i++)
        if (canvas->sizes[i].width == width && canvas->sizes[i].height == height)
            return &canvas->sizes[i];
    if (canvas->count == SIZES_MAX) {
        g_set_error_literal(error, ENCODE_FAILURE, ENCODE_FAILURE_INTERNAL, "too many sizes");
        return NULL;
    }
    EncodeShrink *shrink = encode_shrink_new(canvas->width, canvas->height, width, height, error);
    if (shrink == NULL)
        return NULL;
    Size *size = &canvas->sizes[canvas->count++];
    *size = (Size){width, height, shrink, NULL};
    return size;
}

const AVFrame *
live_canvas_draw(LiveCanvas *canvas, const AVFrame *frame, guint width, guint height,
                 GError **error)
{
    Size *size = find_size(canvas, width, height, error);
    if (size == NULL)
        return NULL;
    draw_largest(canvas, frame);
    // Until a picture could be drawn the slate stands.
    const AVFrame *largest =
        canvas->slated || canvas->drawn->width == 0 ? canvas->slate : canvas->drawn;
    if (size->drawn == NULL)
        size->drawn = encode_shrink_draw(size->shrink, largest, NULL, error);
    return size->drawn;
}
