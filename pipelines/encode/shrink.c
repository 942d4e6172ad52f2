// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// libswscale from 4:2:0 to 4:2:0.
#include "pipelines/encode/shrink.h"

#include <libavutil/frame.h>
#include <libswscale/swscale.h>

#include "pipelines/encode/failure.h"

struct _EncodeShrink {
    struct SwsContext *scaler; // (owned) (nullable) NULL: same size
    AVFrame *copy;             // (owned)
};

EncodeShrink *
encode_shrink_new(guint from_width, guint from_height, guint to_width, guint to_height,
                  GError **error)
{
    g_autoptr(EncodeShrink) shrink = g_new0(EncodeShrink, 1);
    shrink->copy = av_frame_alloc();
    shrink->copy->format = AV_PIX_FMT_YUV420P;
    shrink->copy->width = (int)to_width;
    shrink->copy->height = (int)to_height;
    if (from_width == to_width && from_height == to_height)
        return g_steal_pointer(&shrink);
    shrink->scaler =
        sws_getContext((int)from_width, (int)from_height, AV_PIX_FMT_YUV420P, (int)to_width,
                       (int)to_height, AV_PIX_FMT_YUV420P, SWS_BICUBIC, NULL, NULL, NULL);
    int code = shrink->scaler != NULL ? av_frame_get_buffer(shrink->copy, 0) : AVERROR(EINVAL);
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
    sws_freeContext(shrink->scaler);
    av_frame_free(&shrink->copy);
    g_free(shrink);
}

const AVFrame *
encode_shrink_draw(EncodeShrink *shrink, const AVFrame *canvas, GError **error)
{
    if (shrink->scaler == NULL)
        return canvas;
    int code = av_frame_make_writable(shrink->copy);
    if (code >= 0)
        code = sws_scale(shrink->scaler, (const guint8 *const *)canvas->data, canvas->linesize, 0,
                         canvas->height, shrink->copy->data, shrink->copy->linesize);
    if (code >= 0)
        return shrink->copy;
    encode_failure_set(error, code, "scaler");
    return NULL;
}
