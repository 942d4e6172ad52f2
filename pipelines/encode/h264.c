// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// libx264 through libavcodec. `stitchable` keeps the parameter sets independent of content, so that
// what a resumed encoder makes fits behind what an earlier one made.
#include "pipelines/encode/h264.h"

#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>

#include "pipelines/encode/failure.h"

#define THREADS 2

struct _EncodeH264 {
    AVCodecContext *context; // (owned)
    AVPacket *packet;        // (owned)
    AVFrame *frame;          // (owned) a reference, to set the time on; blank between calls
    guint step;              // (value) ticks a picture
    guint group;             // (value) pictures a segment
    EncodeH264Sink sink;     // (nullable)
    gpointer user_data;      // (unowned)
};

static void
set_up(EncodeH264 *h264, const EncodeRungsSpec *spec, const EncodeGrid *grid,
       const EncodeDecidePicture *picture)
{
    AVCodecContext *context = h264->context;
    context->pix_fmt = AV_PIX_FMT_YUV420P;
    context->sample_aspect_ratio = (AVRational){1, 1};
    context->framerate = (AVRational){(int)grid->numerator, (int)(grid->denominator * h264->step)};
    av_reduce(&context->framerate.num, &context->framerate.den, context->framerate.num,
              context->framerate.den, G_MAXINT);
    context->time_base = av_inv_q(context->framerate);
    context->gop_size = (int)h264->group;
    context->keyint_min = (int)h264->group;
    context->max_b_frames = 0;
    context->thread_count = THREADS;
    context->rc_max_rate = (int)picture->rate_kbps * 1000;
    context->rc_buffer_size = (int)picture->rate_kbps * 1000;
    context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_CLOSED_GOP;
    context->color_range = AVCOL_RANGE_MPEG;
    av_opt_set(context->priv_data, "preset", picture->preset, 0);
    av_opt_set(context->priv_data, "profile", spec->profile, 0);
    av_opt_set_double(context->priv_data, "crf", picture->crf, 0);
    // Not `stillimage`: its psychovisual noise costs bytes and SSIM on slides.
    av_opt_set_int(context->priv_data, "forced-idr", 1, 0);
    av_opt_set(context->priv_data, "x264-params",
               "scenecut=0:open-gop=0:bframes=0:force-cfr=1:stitchable=1:repeat-headers=1", 0);
    // What stands still is as good as its key picture, and what moves beside it may be worse: the
    // same SSIM for 13 % less than with the usual 1.4 and 0.6.
    if (picture->drawn) {
        context->i_quant_factor = 1 / 2.5f;
        context->qcompress = 0.4f;
    }
}

EncodeH264 *
encode_h264_new(const EncodeRungsSpec *spec, const EncodeGrid *grid,
                const EncodeDecidePicture *picture, const EncodeH264Colour *colour, GError **error)
{
    const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
    g_autoptr(EncodeH264) h264 = g_new0(EncodeH264, 1);
    h264->packet = av_packet_alloc();
    h264->frame = av_frame_alloc();
    h264->context = codec != NULL ? avcodec_alloc_context3(codec) : NULL;
    if (h264->context == NULL) {
        encode_failure_set(error, AVERROR_ENCODER_NOT_FOUND, "libx264");
        return NULL;
    }
    h264->step = picture->step;
    h264->group = grid->ticks / h264->step;
    h264->context->width = (int)picture->width;
    h264->context->height = (int)picture->height;
    h264->context->color_primaries = (enum AVColorPrimaries)colour->primaries;
    h264->context->color_trc = (enum AVColorTransferCharacteristic)colour->transfer;
    h264->context->colorspace = (enum AVColorSpace)colour->matrix;
    set_up(h264, spec, grid, picture);
    int code = avcodec_open2(h264->context, codec, NULL);
    if (code < 0) {
        encode_failure_set(error, code, "libx264");
        return NULL;
    }
    return g_steal_pointer(&h264);
}

void
encode_h264_free(EncodeH264 *h264)
{
    if (h264 == NULL)
        return;
    avcodec_free_context(&h264->context);
    av_packet_free(&h264->packet);
    av_frame_free(&h264->frame);
    g_free(h264);
}

void
encode_h264_set_sink(EncodeH264 *h264, EncodeH264Sink sink, gpointer user_data)
{
    h264->sink = sink;
    h264->user_data = user_data;
}

GBytes *
encode_h264_get_parameter_sets(EncodeH264 *h264)
{
    return g_bytes_new(h264->context->extradata, (gsize)h264->context->extradata_size);
}

static gboolean
drain(EncodeH264 *h264, GError **error)
{
    int code;
    while ((code = avcodec_receive_packet(h264->context, h264->packet)) >= 0) {
        gint64 tick = h264->packet->pts * h264->step;
        gboolean key = (h264->packet->flags & AV_PKT_FLAG_KEY) != 0;
        gboolean taken = h264->sink(h264->packet->data, (gsize)h264->packet->size, tick, key,
                                    h264->user_data, error);
        av_packet_unref(h264->packet);
        if (!taken)
            return FALSE;
    }
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF)
        return TRUE;
    return encode_failure_set(error, code, "libx264");
}

gboolean
encode_h264_push(EncodeH264 *h264, const AVFrame *frame, gint64 tick, gboolean key, GError **error)
{
    if (frame != NULL && tick % h264->step != 0)
        return TRUE;
    int code = 0;
    if (frame != NULL) {
        code = av_frame_ref(h264->frame, frame);
        h264->frame->pts = tick / h264->step;
        gboolean cut = key || h264->frame->pts % h264->group == 0;
        h264->frame->pict_type = cut ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    }
    if (code >= 0)
        code = avcodec_send_frame(h264->context, frame != NULL ? h264->frame : NULL);
    gboolean fine = code < 0 ? encode_failure_set(error, code, "libx264") : drain(h264, error);
    // Whoever drew it may draw into it again.
    av_frame_unref(h264->frame);
    return fine;
}
