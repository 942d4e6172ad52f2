// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Test input: drives libx264, libsvtav1, libopus and FFmpeg's AAC encoder directly.
#include "tests/pipelines/package/coded.h"

#include <libavcodec/avcodec.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <math.h>
#include <string.h>

#define PICTURE_PTS90K 3600

static void
free_packet(PackageCodedPacket *packet)
{
    g_bytes_unref(packet->bytes);
    g_free(packet);
}

static void
take_packets(AVCodecContext *context, GPtrArray *packets)
{
    g_autofree AVPacket **holder = g_new0(AVPacket *, 1);
    holder[0] = av_packet_alloc();
    while (avcodec_receive_packet(context, holder[0]) == 0) {
        gint64 start = holder[0]->pts;
        if (start >= 0) { // what only primes is dropped
            PackageCodedPacket *packet = g_new0(PackageCodedPacket, 1);
            packet->start = (guint64)start;
            packet->duration = (guint64)holder[0]->duration;
            packet->key = (holder[0]->flags & AV_PKT_FLAG_KEY) != 0;
            packet->bytes = g_bytes_new(holder[0]->data, (gsize)holder[0]->size);
            g_ptr_array_add(packets, packet);
        }
        av_packet_unref(holder[0]);
    }
    av_packet_free(&holder[0]);
}

static void
draw(AVFrame *frame, guint number)
{
    // A large picture has something fine in it that a small one cannot show.
    int fine = frame->width > 320 ? 12 : 0;
    for (int y = 0; y < frame->height; y++)
        for (int x = 0; x < frame->width; x++)
            frame->data[0][y * frame->linesize[0] + x] =
                (guint8)(x + y + (int)number * 3 + (x * 7 + y * 13) % 5 * fine);
    for (int plane = 1; plane <= 2; plane++)
        for (int y = 0; y < frame->height / 2; y++)
            memset(frame->data[plane] + y * frame->linesize[plane], 128, (gsize)frame->width / 2);
}

static AVCodecContext *
open_video(const PackageCodedWish *wish)
{
    const AVCodec *codec = avcodec_find_encoder_by_name(wish->av1 ? "libsvtav1" : "libx264");
    g_assert_nonnull(codec);
    AVCodecContext *context = avcodec_alloc_context3(codec);
    context->width = wish->width > 0 ? (int)wish->width : 320;
    context->height = wish->height > 0 ? (int)wish->height : 180;
    context->pix_fmt = AV_PIX_FMT_YUV420P;
    context->time_base = (AVRational){1, 90000};
    context->framerate = (AVRational){25, 1};
    context->gop_size = (int)wish->grid;
    context->max_b_frames = 0;
    context->thread_count = 1;
    context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    if (wish->av1) {
        av_opt_set(context->priv_data, "preset", "12", 0);
        av_opt_set(context->priv_data, "svtav1-params", "scd=0:lp=1", 0);
    } else {
        av_opt_set(context->priv_data, "preset", "ultrafast", 0);
        av_opt_set(context->priv_data, "profile", "baseline", 0);
        av_opt_set(context->priv_data, "x264-params", "scenecut=0", 0);
    }
    g_assert_cmpint(avcodec_open2(context, codec, NULL), ==, 0);
    return context;
}

static void
encode_video(PackageCoded *coded, const PackageCodedWish *wish)
{
    AVCodecContext *context = open_video(wish);
    AVFrame *frame = av_frame_alloc();
    frame->format = context->pix_fmt;
    frame->width = context->width;
    frame->height = context->height;
    g_assert_cmpint(av_frame_get_buffer(frame, 0), ==, 0);
    for (guint i = 0; i < wish->pictures; i++) {
        g_assert_cmpint(av_frame_make_writable(frame), ==, 0);
        draw(frame, i + (guint)(MAX(wish->from_ms, 0) / 40));
        frame->pts = (gint64)i * PICTURE_PTS90K;
        g_assert_cmpint(avcodec_send_frame(context, frame), ==, 0);
        take_packets(context, coded->video);
    }
    avcodec_send_frame(context, NULL);
    take_packets(context, coded->video);
    coded->tracks->width = (guint)context->width;
    coded->tracks->height = (guint)context->height;
    coded->tracks->frame_rate_numerator = 25;
    coded->tracks->frame_rate_denominator = 1;
    coded->tracks->picture = wish->av1 ? PACKAGE_TRACK_PICTURE_AV1 : PACKAGE_TRACK_PICTURE_AVC;
    coded->tracks->picture_config = g_bytes_new(context->extradata, (gsize)context->extradata_size);
    av_frame_free(&frame);
    avcodec_free_context(&context);
}

static AVCodecContext *
open_audio(const PackageCodedWish *wish)
{
    gboolean opus = wish->av1;
    const AVCodec *codec =
        opus ? avcodec_find_encoder_by_name("libopus") : avcodec_find_encoder(AV_CODEC_ID_AAC);
    g_assert_nonnull(codec);
    AVCodecContext *context = avcodec_alloc_context3(codec);
    context->sample_rate = PACKAGE_TRACK_AUDIO_RATE;
    context->sample_fmt = opus ? AV_SAMPLE_FMT_FLT : AV_SAMPLE_FMT_FLTP;
    context->bit_rate = opus ? 20000 : 32000;
    context->time_base = (AVRational){1, PACKAGE_TRACK_AUDIO_RATE};
    av_channel_layout_default(&context->ch_layout, 1);
    context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    if (opus)
        av_opt_set(context->priv_data, "frame_duration", "60", 0);
    if (wish->programme > 0 && !wish->av1) // what is long costs less
        av_opt_set(context->priv_data, "aac_coder", "fast", 0);
    g_assert_cmpint(avcodec_open2(context, codec, NULL), ==, 0);
    return context;
}

static GBytes *
get_sound_config(const AVCodecContext *context, gboolean opus)
{
    static const guint8 dops[11] = {0, 1, 0, 0, 0, 0, 0xbb, 0x80, 0, 0, 0};
    return opus ? g_bytes_new_static(dops, sizeof dops)
                : g_bytes_new(context->extradata, (gsize)context->extradata_size);
}

/* Opus packets are labelled so that those of the look-ahead come before 0, and begin at whole
 * packets from there. */
static void
shift_to_whole_packets(GPtrArray *packets)
{
    guint64 at = 0;
    for (guint i = 0; i < packets->len; i++) {
        PackageCodedPacket *packet = packets->pdata[i];
        packet->start = at;
        at += packet->duration;
    }
}

float
package_coded_get_loudness(guint programme, gint64 moment_ms)
{
    guint64 mixed = (guint64)(moment_ms + 3600000) / 80 * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) +
                    programme * G_GUINT64_CONSTANT(0xd1342543de82ef95);
    mixed = (mixed ^ mixed >> 29) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    return 0.003f * powf(40.0f, (float)(mixed >> 40) / (float)(1 << 24));
}

static float
measure_loudness(const PackageCodedWish *wish, guint64 sample)
{
    return wish->programme == 0
               ? 0.2f
               : package_coded_get_loudness(wish->programme, wish->from_ms + (gint64)(sample / 48));
}

static void
encode_audio(PackageCoded *coded, const PackageCodedWish *wish)
{
    AVCodecContext *context = open_audio(wish);
    AVFrame *frame = av_frame_alloc();
    guint length = (guint)context->frame_size;
    frame->format = context->sample_fmt;
    frame->nb_samples = (int)length;
    av_channel_layout_copy(&frame->ch_layout, &context->ch_layout);
    g_assert_cmpint(av_frame_get_buffer(frame, 0), ==, 0);
    for (guint64 at = 0; at + length <= wish->samples; at += length) {
        g_assert_cmpint(av_frame_make_writable(frame), ==, 0);
        float *tone = (float *)frame->data[0];
        for (guint i = 0; i < length; i++)
            tone[i] = measure_loudness(wish, at + i) * sinf((float)((at + i) % 48000) * 0.0575f);
        frame->pts = (gint64)at;
        g_assert_cmpint(avcodec_send_frame(context, frame), ==, 0);
        take_packets(context, coded->audio);
    }
    avcodec_send_frame(context, NULL);
    take_packets(context, coded->audio);
    if (wish->av1)
        shift_to_whole_packets(coded->audio);
    coded->tracks->sound = wish->av1 ? PACKAGE_TRACK_SOUND_OPUS : PACKAGE_TRACK_SOUND_AAC;
    coded->tracks->channels = 1;
    coded->tracks->sound_config = get_sound_config(context, wish->av1);
    av_frame_free(&frame);
    avcodec_free_context(&context);
}

PackageCoded *
package_coded_new(const PackageCodedWish *wish)
{
    PackageCoded *coded = g_new0(PackageCoded, 1);
    coded->tracks = package_track_new();
    coded->video = g_ptr_array_new_with_free_func((GDestroyNotify)free_packet);
    coded->audio = g_ptr_array_new_with_free_func((GDestroyNotify)free_packet);
    if (wish->pictures > 0)
        encode_video(coded, wish);
    if (wish->samples > 0)
        encode_audio(coded, wish);
    return coded;
}

void
package_coded_free(PackageCoded *coded)
{
    package_track_free(coded->tracks);
    g_ptr_array_unref(coded->video);
    g_ptr_array_unref(coded->audio);
    g_free(coded);
}

static gboolean
add_picture(PackageWriter *writer, const PackageCodedPacket *packet, GError **error)
{
    gsize bytes = 0;
    const guint8 *data = g_bytes_get_data(packet->bytes, &bytes);
    const PackageWriterPicture picture = {data, bytes, packet->start, PICTURE_PTS90K, packet->key};
    return package_writer_add_video(writer, &picture, error);
}

static gboolean
add_sound(PackageWriter *writer, const PackageCodedPacket *packet, GError **error)
{
    gsize bytes = 0;
    const guint8 *data = g_bytes_get_data(packet->bytes, &bytes);
    return package_writer_add_audio(writer, data, bytes, packet->start, error);
}

/* Adds what starts before @until_pts90k, from @next on; moves @next. */
static gboolean
add_until(PackageCoded *coded, PackageWriter *writer, guint64 until_pts90k, guint next[2],
          GError **error)
{
    for (; next[0] < coded->video->len; next[0]++) {
        const PackageCodedPacket *packet = coded->video->pdata[next[0]];
        if (packet->start >= until_pts90k)
            break;
        if (!add_picture(writer, packet, error))
            return FALSE;
    }
    for (; next[1] < coded->audio->len; next[1]++) {
        const PackageCodedPacket *packet = coded->audio->pdata[next[1]];
        if (packet->start * 15 / 8 >= until_pts90k)
            break;
        if (!add_sound(writer, packet, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
package_coded_feed(PackageCoded *coded, PackageWriter *writer, guint64 grid_pts90k,
                   guint max_segments, GError **error)
{
    guint next[2] = {0, 0};
    guint64 cut = grid_pts90k;
    while (next[0] < coded->video->len || next[1] < coded->audio->len) {
        if (!add_until(coded, writer, cut, next, error) || !package_writer_cut(writer, cut, error))
            return FALSE;
        if (package_writer_get_segments(writer, NULL) >= max_segments)
            return TRUE;
        cut += grid_pts90k;
    }
    return TRUE;
}
