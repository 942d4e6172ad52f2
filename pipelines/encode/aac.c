// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// FFmpeg's own AAC encoder. It delays by exactly one frame: the first packet out only primes the
// decoder and is dropped.
#include "pipelines/encode/aac.h"

#include <string.h>
#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>

#include "pipelines/encode/failure.h"
#include "pipelines/encode/twin.h"

#define NARROW_KBPS 32 // a channel
#define NARROW_HZ 10000
// At few bits a transient may come out 4 dB higher than it went in.
#define NARROW_GAIN 0.92f

struct _EncodeAac {
    AVCodecContext *context; // (owned)
    AVPacket *packet;        // (owned)
    AVFrame *frame;          // (owned)
    GByteArray *pair;        // (owned) (nullable) the frame for two channels that are alike
    float gain;              // (value)
    gint64 first_samples;    // (value) start of the first block; -1: none came yet
    EncodeAacSink sink;      // (nullable)
    gpointer user_data;      // (unowned)
};

static int
open_encoder(EncodeAac *aac, guint channels, guint kbps)
{
    const AVCodec *codec = avcodec_find_encoder_by_name("aac");
    aac->packet = av_packet_alloc();
    aac->frame = av_frame_alloc();
    aac->context = codec != NULL ? avcodec_alloc_context3(codec) : NULL;
    if (aac->context == NULL)
        return AVERROR_ENCODER_NOT_FOUND;
    AVCodecContext *context = aac->context;
    context->sample_rate = ENCODE_AAC_RATE;
    context->sample_fmt = AV_SAMPLE_FMT_FLTP;
    // It goes up to a tenth over what it is told.
    context->bit_rate = kbps * 910;
    // What is left out above costs speech nothing.
    aac->gain = 1;
    if (kbps <= NARROW_KBPS * channels) {
        context->cutoff = NARROW_HZ;
        aac->gain = NARROW_GAIN;
    }
    context->profile = FF_PROFILE_AAC_LOW;
    context->time_base = (AVRational){1, ENCODE_AAC_RATE};
    context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    av_channel_layout_default(&context->ch_layout, (int)channels);
    // At these rates the other search is worse by every measure, passes peaks by 4 dB, and takes
    // twice the time.
    av_opt_set(context->priv_data, "aac_coder", "fast", 0);
    if (aac->pair != NULL) {
        av_opt_set_int(context->priv_data, "aac_pns", 0, 0);
        av_opt_set_int(context->priv_data, "aac_tns", 0, 0);
        context->flags |= AV_CODEC_FLAG_BITEXACT;
    }
    int code = avcodec_open2(context, codec, NULL);
    if (code < 0)
        return code;
    aac->frame->format = AV_SAMPLE_FMT_FLTP;
    aac->frame->nb_samples = ENCODE_AAC_BLOCK;
    aac->frame->sample_rate = ENCODE_AAC_RATE;
    code = av_channel_layout_copy(&aac->frame->ch_layout, &context->ch_layout);
    return code < 0 ? code : av_frame_get_buffer(aac->frame, 0);
}

EncodeAac *
encode_aac_new(guint channels, guint kbps, gboolean alike, GError **error)
{
    g_autoptr(EncodeAac) aac = g_new0(EncodeAac, 1);
    aac->first_samples = -1;
    aac->pair = channels == 2 && alike ? g_byte_array_new() : NULL;
    int code = open_encoder(aac, aac->pair != NULL ? 1 : channels, kbps);
    if (code < 0) {
        encode_failure_set(error, code, "aac");
        return NULL;
    }
    return g_steal_pointer(&aac);
}

void
encode_aac_free(EncodeAac *aac)
{
    if (aac == NULL)
        return;
    avcodec_free_context(&aac->context);
    av_packet_free(&aac->packet);
    av_frame_free(&aac->frame);
    if (aac->pair != NULL)
        g_byte_array_unref(aac->pair);
    g_free(aac);
}

void
encode_aac_set_sink(EncodeAac *aac, EncodeAacSink sink, gpointer user_data)
{
    aac->sink = sink;
    aac->user_data = user_data;
}

GBytes *
encode_aac_get_config(EncodeAac *aac)
{
    // What follows the two bytes only says that no SBR is used; some players stumble over it.
    gsize bytes = (gsize)MIN(aac->context->extradata_size, 2);
    GBytes *config = g_bytes_new(aac->context->extradata, bytes);
    if (aac->pair == NULL)
        return config;
    GBytes *pair = encode_twin_get_config(config);
    g_bytes_unref(config);
    return pair;
}

static gboolean
give(EncodeAac *aac, GError **error)
{
    const guint8 *data = aac->packet->data;
    gsize bytes = (gsize)aac->packet->size;
    if (aac->packet->pts < aac->first_samples)
        return TRUE; // it only primes the decoder
    if (aac->pair != NULL && !encode_twin_write(data, bytes, aac->pair))
        return encode_failure_set(error, AVERROR_BUG, "aac");
    if (aac->pair != NULL) {
        data = aac->pair->data;
        bytes = aac->pair->len;
    }
    return aac->sink(data, bytes, aac->packet->pts, aac->user_data, error);
}

static gboolean
drain(EncodeAac *aac, GError **error)
{
    int code;
    while ((code = avcodec_receive_packet(aac->context, aac->packet)) >= 0) {
        gboolean taken = give(aac, error);
        av_packet_unref(aac->packet);
        if (!taken)
            return FALSE;
    }
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF)
        return TRUE;
    return encode_failure_set(error, code, "aac");
}

static void
fill_frame(EncodeAac *aac, const float *left, const float *right)
{
    float *first = (float *)aac->frame->data[0], *second = (float *)aac->frame->data[1];
    gboolean stereo = aac->frame->ch_layout.nb_channels == 2;
    for (int i = 0; i < ENCODE_AAC_BLOCK; i++) {
        first[i] = (stereo ? left[i] : (left[i] + right[i]) * 0.5f) * aac->gain;
        if (stereo)
            second[i] = right[i] * aac->gain;
    }
}

gboolean
encode_aac_push(EncodeAac *aac, gint64 block, const float *left, const float *right, GError **error)
{
    int code = 0;
    if (left != NULL) {
        code = av_frame_make_writable(aac->frame);
        if (code < 0)
            return encode_failure_set(error, code, "aac");
        fill_frame(aac, left, right);
        aac->frame->pts = block * ENCODE_AAC_BLOCK;
        if (aac->first_samples < 0)
            aac->first_samples = aac->frame->pts;
    }
    code = avcodec_send_frame(aac->context, left != NULL ? aac->frame : NULL);
    if (code < 0)
        return encode_failure_set(error, code, "aac");
    return drain(aac, error);
}
