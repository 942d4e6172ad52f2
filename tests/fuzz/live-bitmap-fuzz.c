// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Any bytes as pages of bitmap subtitles, drawn onto pictures of two sizes: nothing breaks, and
// nothing is written outside of a picture.
#include <libavutil/frame.h>
#include <libavutil/log.h>
#include <string.h>

#include "pipelines/live/bitmap.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

#define STEP 3600

static void
draw(LiveBitmap *bitmap, gint64 time, int width, int height)
{
    const LiveOverlayCanvas canvas = {(guint)width, (guint)height, 1};
    const LiveOverlay *overlay = live_bitmap_find(bitmap, time, &canvas);
    if (overlay == NULL)
        return;
    AVFrame *frame = av_frame_alloc();
    frame->format = 0; // yuv420p
    frame->width = width;
    frame->height = height;
    // Without padding, so that what is written beyond a line is seen.
    g_assert_cmpint(av_frame_get_buffer(frame, 1), >=, 0);
    for (int plane = 0; plane < 3; plane++)
        memset(frame->data[plane], 128,
               (gsize)frame->linesize[plane] * (gsize)(plane == 0 ? height : height / 2));
    live_overlay_draw(overlay, frame);
    av_frame_free(&frame);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    av_log_set_level(AV_LOG_QUIET);
    g_autoptr(LiveBitmap) bitmap = live_bitmap_new(7, 8);
    gsize half = size / 2;
    const LivePesUnit units[] = {{data, size, 0, 0, FALSE},
                                 {data + half, size - half, 0, 0, FALSE}};
    g_assert_nonnull(bitmap);
    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        if (units[i].bytes == 0)
            continue;
        live_bitmap_push(bitmap, &units[i], (gint64)i * STEP);
        draw(bitmap, (gint64)i * STEP, 64, 36);
        draw(bitmap, (gint64)i * STEP, 130, 74);
    }
    return 0;
}
