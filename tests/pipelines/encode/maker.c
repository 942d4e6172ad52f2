// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// An encoder for each track and a muxer. Aborts when a library refuses: a test cannot go on then.
#include "tests/pipelines/encode/maker.h"

#include <math.h>
#include <string.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>

#define MARK_MS 100
#define TONE_HZ 1000

typedef struct {
    AVFormatContext *format; // (owned)
    AVCodecContext *encoder; // (owned)
    AVStream *stream;        // (unowned)
    AVFrame *frame;          // (owned)
    gint64 next;             // (value) frame or sample number
    gint64 end;              // (value)
    gint64 shift;            // (value) in units of the encoder's time base
} Track;

Maker
maker_usual(void)
{
    return (Maker){.picture = "libx264",
                   .sound = "aac",
                   .width = 320,
                   .height = 240,
                   .rate_numerator = 25,
                   .rate_denominator = 1,
                   .channels = 1,
                   .sample_rate = 48000,
                   .picture_ms = 2000,
                   .sound_ms = 2000};
}

static void
open_track(Track *track, const char *name)
{
    const AVCodec *codec = avcodec_find_encoder_by_name(name);
    g_assert_nonnull(codec);
    track->encoder = avcodec_alloc_context3(codec);
    track->stream = avformat_new_stream(track->format, NULL);
    track->frame = av_frame_alloc();
    if ((track->format->oformat->flags & AVFMT_GLOBALHEADER) != 0)
        track->encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
}

static void
open_codec(Track *track)
{
    g_assert_cmpint(avcodec_open2(track->encoder, NULL, NULL), >=, 0);
    avcodec_parameters_from_context(track->stream->codecpar, track->encoder);
    track->stream->time_base = track->encoder->time_base;
}

static void
open_picture(Track *track, const Maker *maker)
{
    open_track(track, maker->picture);
    AVCodecContext *encoder = track->encoder;
    encoder->width = maker->width;
    encoder->height = maker->height;
    encoder->pix_fmt = AV_PIX_FMT_YUV420P;
    encoder->time_base = (AVRational){maker->rate_denominator, maker->rate_numerator};
    encoder->framerate = av_inv_q(encoder->time_base);
    encoder->gop_size = 12;
    encoder->bit_rate = 400000;
    if (maker->sar_numerator > 0)
        encoder->sample_aspect_ratio = (AVRational){maker->sar_numerator, maker->sar_denominator};
    if (maker->interlaced)
        encoder->flags |= AV_CODEC_FLAG_INTERLACED_DCT | AV_CODEC_FLAG_INTERLACED_ME;
    if (strcmp(maker->picture, "libx264") == 0)
        av_opt_set(encoder->priv_data, "preset", "ultrafast", 0);
    open_codec(track);
    track->stream->avg_frame_rate = encoder->framerate;
    track->stream->sample_aspect_ratio = encoder->sample_aspect_ratio;
    if (maker->turn_degrees != 0) {
        guint8 *matrix =
            av_stream_new_side_data(track->stream, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(gint32));
        // The library counts counter-clockwise.
        av_display_rotation_set((gint32 *)(gpointer)matrix, -maker->turn_degrees);
    }
    track->frame->format = AV_PIX_FMT_YUV420P;
    track->frame->width = maker->width;
    track->frame->height = maker->height;
    g_assert_cmpint(av_frame_get_buffer(track->frame, 0), >=, 0);
    track->end =
        (gint64)maker->picture_ms * maker->rate_numerator / (1000 * maker->rate_denominator);
    track->end = MAX(track->end, 1);
    track->shift = av_rescale_q(maker->picture_start_ms, (AVRational){1, 1000}, encoder->time_base);
}

static void
open_sound(Track *track, const Maker *maker)
{
    open_track(track, maker->sound);
    AVCodecContext *encoder = track->encoder;
    encoder->sample_rate = maker->sample_rate;
    encoder->sample_fmt = encoder->codec->sample_fmts[0];
    encoder->bit_rate = 64000 * maker->channels;
    encoder->time_base = (AVRational){1, maker->sample_rate};
    av_channel_layout_default(&encoder->ch_layout, maker->channels);
    open_codec(track);
    track->frame->format = encoder->sample_fmt;
    track->frame->nb_samples = encoder->frame_size > 0 ? encoder->frame_size : 1024;
    track->frame->sample_rate = maker->sample_rate;
    av_channel_layout_copy(&track->frame->ch_layout, &encoder->ch_layout);
    g_assert_cmpint(av_frame_get_buffer(track->frame, 0), >=, 0);
    track->end = (gint64)maker->sound_ms * maker->sample_rate / 1000;
    track->shift = (gint64)maker->sound_start_ms * maker->sample_rate / 1000;
}

static gboolean
is_marked(double seconds)
{
    return seconds - floor(seconds + 1e-6) < MARK_MS / 1000.0 - 1e-6;
}

/* Something fine that moves around the middle, as a camera would see it: pictures differ, and
 * larger ones show more. */
static void
draw_texture(AVFrame *frame, gint64 pts)
{
    for (int y = 0; y < frame->height; y++) {
        gboolean middle = y > frame->height / 4 && y < frame->height * 3 / 4;
        guint8 *row = frame->data[0] + y * frame->linesize[0];
        for (int x = 0; x < frame->width; x++) {
            guint32 hash = (guint32)(x + pts * 3) * 2654435761u ^ (guint32)y * 2246822519u;
            if (!middle || x < frame->width / 4 || x > frame->width * 3 / 4)
                row[x] = (guint8)(64 + (hash >> 15) % 128);
        }
    }
}

static void
draw_picture(Track *track, gint64 pts)
{
    AVFrame *frame = track->frame;
    double seconds = pts * av_q2d(track->encoder->time_base);
    g_assert_cmpint(av_frame_make_writable(frame), >=, 0);
    memset(frame->data[0], is_marked(seconds) ? 235 : 16,
           (gsize)frame->linesize[0] * (gsize)frame->height);
    draw_texture(frame, pts);
    for (int plane = 1; plane <= 2; plane++)
        memset(frame->data[plane], 128,
               (gsize)frame->linesize[plane] * (gsize)((frame->height + 1) / 2));
    frame->pts = pts;
    frame->interlaced_frame = (track->encoder->flags & AV_CODEC_FLAG_INTERLACED_DCT) != 0;
    frame->top_field_first = frame->interlaced_frame;
}

static void
put_sample(AVFrame *frame, int at, float value)
{
    int channels = frame->ch_layout.nb_channels;
    for (int c = 0; c < channels; c++) {
        if (frame->format == AV_SAMPLE_FMT_FLTP)
            ((float *)(gpointer)frame->extended_data[c])[at] = value;
        else if (frame->format == AV_SAMPLE_FMT_S16)
            ((gint16 *)(gpointer)frame->data[0])[at * channels + c] = (gint16)(value * 32000);
        else if (frame->format == AV_SAMPLE_FMT_S16P)
            ((gint16 *)(gpointer)frame->extended_data[c])[at] = (gint16)(value * 32000);
        else
            g_assert_not_reached();
    }
}

static void
draw_sound(Track *track)
{
    AVFrame *frame = track->frame;
    g_assert_cmpint(av_frame_make_writable(frame), >=, 0);
    gint64 left = track->end - track->next;
    if (track->encoder->frame_size == 0)
        frame->nb_samples = (int)MIN(1024, left);
    for (int i = 0; i < frame->nb_samples; i++) {
        double seconds = (double)(track->next + track->shift + i) / frame->sample_rate;
        gboolean loud = is_marked(seconds) && track->next + i < track->end;
        put_sample(frame, i, loud ? 0.5f * (float)sin(2 * G_PI * TONE_HZ * seconds) : 0.0f);
    }
    frame->pts = track->next + track->shift;
}

static void
write_packets(Track *track)
{
    AVPacket *packet = av_packet_alloc();
    while (avcodec_receive_packet(track->encoder, packet) >= 0) {
        packet->stream_index = track->stream->index;
        av_packet_rescale_ts(packet, track->encoder->time_base, track->stream->time_base);
        g_assert_cmpint(av_interleaved_write_frame(track->format, packet), >=, 0);
    }
    av_packet_free(&packet);
}

static double
get_time(const Track *track)
{
    return (track->next + track->shift) * av_q2d(track->encoder->time_base);
}

static void
advance(Track *track, const Maker *maker)
{
    gboolean picture = track->encoder->codec_type == AVMEDIA_TYPE_VIDEO;
    if (picture)
        draw_picture(track, track->next + track->shift);
    else
        draw_sound(track);
    // Within odd seconds, and away from the marks, the variable rate leaves pictures out.
    gint64 fps = maker->rate_numerator / maker->rate_denominator;
    gboolean skip =
        picture && maker->skip_frames && track->next % fps > fps / 2 && track->next % 3 != 0;
    if (!skip) {
        g_assert_cmpint(avcodec_send_frame(track->encoder, track->frame), >=, 0);
        write_packets(track);
    }
    track->next += picture ? 1 : track->frame->nb_samples;
}

static void
write_tracks(Track *tracks, int count, const Maker *maker)
{
    for (;;) {
        Track *first = NULL;
        for (int i = 0; i < count; i++) {
            if (tracks[i].next < tracks[i].end &&
                (first == NULL || get_time(&tracks[i]) < get_time(first)))
                first = &tracks[i];
        }
        if (first == NULL)
            break;
        advance(first, maker);
    }
    for (int i = 0; i < count; i++) {
        avcodec_send_frame(tracks[i].encoder, NULL);
        write_packets(&tracks[i]);
    }
}

void
maker_write(const Maker *maker, const char *path)
{
    AVFormatContext *format = NULL;
    Track tracks[2] = {{0}};
    int count = 0;
    av_log_set_level(AV_LOG_FATAL);
    g_assert_cmpint(avformat_alloc_output_context2(&format, NULL, NULL, path), >=, 0);
    tracks[0].format = tracks[1].format = format;
    if (maker->picture != NULL)
        open_picture(&tracks[count++], maker);
    if (maker->sound != NULL)
        open_sound(&tracks[count++], maker);
    g_assert_cmpint(avio_open(&format->pb, path, AVIO_FLAG_WRITE), >=, 0);
    g_assert_cmpint(avformat_write_header(format, NULL), >=, 0);
    write_tracks(tracks, count, maker);
    g_assert_cmpint(av_write_trailer(format), >=, 0);
    avio_closep(&format->pb);
    for (int i = 0; i < count; i++) {
        avcodec_free_context(&tracks[i].encoder);
        av_frame_free(&tracks[i].frame);
    }
    avformat_free_context(format);
}
