// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// SVT-AV1 through libavcodec. It ignores forced key frames, but makes one at every interval from
// the first picture on: an encoder that starts at a cut keeps the grid. It changes nothing outside
// its own memory and starts threads only, so the sandbox lets it work.
#include "pipelines/encode/av1.h"

#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>

#include "pipelines/encode/failure.h"

#define THREADS 2

struct _EncodeAv1 {
    AVCodecContext *context; // (owned)
    AVPacket *packet;        // (owned)
    AVFrame *frame;          // (owned) a reference, to set the time on; blank between calls
    guint step;              // (value) ticks a picture
    guint group;             // (value) pictures a segment
    gboolean begun;          // (value) a picture was pushed
    gboolean ended;          // (value) and the last one was told
    EncodeH264Sink sink;     // (nullable)
    gpointer user_data;      // (unowned)
};

static void
set_up(EncodeAv1 *av1, const EncodeGrid *grid, const EncodeDecidePicture *picture)
{
    AVCodecContext *context = av1->context;
    context->width = (int)picture->width;
    context->height = (int)picture->height;
    context->pix_fmt = AV_PIX_FMT_YUV420P;
    context->sample_aspect_ratio = (AVRational){1, 1};
    av_reduce(&context->framerate.num, &context->framerate.den, (int)grid->numerator,
              (gint64)grid->denominator * av1->step, G_MAXINT);
    context->time_base = av_inv_q(context->framerate);
    context->gop_size = (int)av1->group;
    context->rc_max_rate = (gint64)picture->rate_kbps * 1000;
    context->rc_buffer_size = (int)picture->rate_kbps * 1000;
    context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    context->color_range = AVCOL_RANGE_MPEG;
    av_opt_set_int(context->priv_data, "preset", picture->av1_preset, 0);
    av_opt_set_int(context->priv_data, "crf", picture->crf, 0);
    g_autofree char *parameters = g_strdup_printf("scm=%d:lp=%d", picture->screen ? 1 : 0, THREADS);
    av_opt_set(context->priv_data, "svtav1-params", parameters, 0);
}

EncodeAv1 *
encode_av1_new(const EncodeGrid *grid, const EncodeDecidePicture *picture,
               const EncodeH264Colour *colour, GError **error)
{
    const AVCodec *codec = avcodec_find_encoder_by_name("libsvtav1");
    g_autoptr(EncodeAv1) av1 = g_new0(EncodeAv1, 1);
    av1->packet = av_packet_alloc();
    av1->frame = av_frame_alloc();
    av1->context = codec != NULL ? avcodec_alloc_context3(codec) : NULL;
    if (av1->context == NULL) {
        encode_failure_set(error, AVERROR_ENCODER_NOT_FOUND, "libsvtav1");
        return NULL;
    }
    av1->step = picture->step;
    av1->group = grid->ticks / av1->step;
    av1->context->color_primaries = (enum AVColorPrimaries)colour->primaries;
    av1->context->color_trc = (enum AVColorTransferCharacteristic)colour->transfer;
    av1->context->colorspace = (enum AVColorSpace)colour->matrix;
    set_up(av1, grid, picture);
    int code = avcodec_open2(av1->context, codec, NULL);
    if (code < 0) {
        encode_failure_set(error, code, "libsvtav1");
        return NULL;
    }
    return g_steal_pointer(&av1);
}

static gboolean
push_blank(EncodeAv1 *av1)
{
    av_frame_unref(av1->frame);
    av1->frame->format = av1->context->pix_fmt;
    av1->frame->width = av1->context->width;
    av1->frame->height = av1->context->height;
    return av_frame_get_buffer(av1->frame, 0) >= 0 &&
           avcodec_send_frame(av1->context, av1->frame) >= 0;
}

/* SVT-AV1 waits for its last packet before it lets go, for ever when there was no picture. Returns:
 * FALSE when it cannot be let go. */
static gboolean
run_dry(EncodeAv1 *av1)
{
    if (av1->context == NULL || !avcodec_is_open(av1->context))
        return TRUE;
    if (!av1->begun && !push_blank(av1))
        return FALSE;
    if (!av1->ended)
        avcodec_send_frame(av1->context, NULL);
    while (avcodec_receive_packet(av1->context, av1->packet) >= 0)
        av_packet_unref(av1->packet);
    return TRUE;
}

void
encode_av1_free(EncodeAv1 *av1)
{
    if (av1 == NULL)
        return;
    if (run_dry(av1))
        avcodec_free_context(&av1->context);
    av_packet_free(&av1->packet);
    av_frame_free(&av1->frame);
    g_free(av1);
}

void
encode_av1_set_sink(EncodeAv1 *av1, EncodeH264Sink sink, gpointer user_data)
{
    av1->sink = sink;
    av1->user_data = user_data;
}

GBytes *
encode_av1_get_header(EncodeAv1 *av1)
{
    return g_bytes_new(av1->context->extradata, (gsize)av1->context->extradata_size);
}

/* A key picture that is not on the grid, or is missing there, cannot be cut. */
static gboolean
check_key(EncodeAv1 *av1, gboolean key, GError **error)
{
    gboolean cut = av1->packet->pts % av1->group == 0;
    if (key == cut)
        return TRUE;
    g_set_error(error, ENCODE_FAILURE, ENCODE_FAILURE_INTERNAL,
                "libsvtav1: picture %" G_GINT64_FORMAT " %s a key picture", av1->packet->pts,
                key ? "is" : "is not");
    return FALSE;
}

static gboolean
drain(EncodeAv1 *av1, GError **error)
{
    int code;
    while ((code = avcodec_receive_packet(av1->context, av1->packet)) >= 0) {
        gint64 tick = av1->packet->pts * av1->step;
        gboolean key = (av1->packet->flags & AV_PKT_FLAG_KEY) != 0;
        gboolean taken =
            check_key(av1, key, error) && av1->sink(av1->packet->data, (gsize)av1->packet->size,
                                                    tick, key, av1->user_data, error);
        av_packet_unref(av1->packet);
        if (!taken)
            return FALSE;
    }
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF)
        return TRUE;
    return encode_failure_set(error, code, "libsvtav1");
}

gboolean
encode_av1_push(EncodeAv1 *av1, const AVFrame *frame, gint64 tick, GError **error)
{
    if (frame != NULL && tick % av1->step != 0)
        return TRUE;
    if (frame == NULL && !av1->begun)
        return TRUE;
    int code = 0;
    if (frame != NULL) {
        code = av_frame_ref(av1->frame, frame);
        av1->frame->pts = tick / av1->step;
        av1->frame->pict_type = AV_PICTURE_TYPE_NONE;
        av1->begun = TRUE;
    }
    if (code >= 0)
        code = avcodec_send_frame(av1->context, frame != NULL ? av1->frame : NULL);
    if (code >= 0)
        av1->ended = frame == NULL;
    gboolean fine = code < 0 ? encode_failure_set(error, code, "libsvtav1") : drain(av1, error);
    // Whoever drew it may draw into it again.
    av_frame_unref(av1->frame);
    return fine;
}
