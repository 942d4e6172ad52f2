// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A plain player: every packet is looked at, every frame decoded.
#include "tests/pipelines/encode/played.h"

#include <math.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/intreadwrite.h>

#define AAC_FRAME 1024
#define LOUD 0.1f
#define WHITE 140
#define QUIET_SECONDS 0.3

typedef struct {
    AVFormatContext *format;    // (owned)
    AVCodecContext *decoder[2]; // (owned) by stream
    gint64 next[2];             // (value) where the next packet must start
    gboolean white;             // (value) the last picture was
    double last_loud;           // (value) seconds
} Player;

static void
open_player(Player *player, const char *path)
{
    AVDictionary *options = NULL;
    // As a player that knows nothing of edit lists.
    av_dict_set(&options, "ignore_editlist", "1", 0);
    g_assert_cmpint(avformat_open_input(&player->format, path, NULL, &options), >=, 0);
    av_dict_free(&options);
    g_assert_cmpint(avformat_find_stream_info(player->format, NULL), >=, 0);
    g_assert_cmpuint(player->format->nb_streams, <=, 2);
    for (guint i = 0; i < player->format->nb_streams; i++) {
        const AVCodecParameters *parameters = player->format->streams[i]->codecpar;
        const AVCodec *codec = avcodec_find_decoder(parameters->codec_id);
        player->decoder[i] = avcodec_alloc_context3(codec);
        avcodec_parameters_to_context(player->decoder[i], parameters);
        g_assert_cmpint(avcodec_open2(player->decoder[i], codec, NULL), >=, 0);
    }
    player->last_loud = -1;
}

static void
check_streams(const Player *player, Played *played)
{
    for (guint i = 0; i < player->format->nb_streams; i++) {
        const AVStream *stream = player->format->streams[i];
        const AVCodecParameters *parameters = stream->codecpar;
        if (parameters->codec_type == AVMEDIA_TYPE_VIDEO) {
            played->has_picture = TRUE;
            played->width = (guint)parameters->width;
            played->height = (guint)parameters->height;
            g_assert_cmpint(i, ==, 0);
            played->av1 = parameters->codec_id == AV_CODEC_ID_AV1;
            g_assert_true(played->av1 || parameters->codec_id == AV_CODEC_ID_H264);
            g_assert_cmpint(stream->time_base.den, ==, 90000);
            g_assert_cmpint(parameters->width % 2 + parameters->height % 2, ==, 0);
            g_assert_cmpint(parameters->extradata[0], ==, played->av1 ? 0x81 : 1);
        } else {
            played->opus = parameters->codec_id == AV_CODEC_ID_OPUS;
            g_assert_true(played->opus || parameters->codec_id == AV_CODEC_ID_AAC);
            g_assert_cmpint(parameters->sample_rate, ==, 48000);
            g_assert_cmpint(stream->time_base.den, ==, 48000);
            played->channels = (guint)parameters->ch_layout.nb_channels;
        }
    }
    g_assert_cmpuint(played->channels, >, 0);
    g_assert_true(!played->has_picture || played->av1 == played->opus);
}

/* In-band parameter sets: an IDR picture's access unit begins with an SPS. */
static void
check_parameter_sets(const AVPacket *packet)
{
    gboolean found = FALSE;
    for (int at = 0; at + 5 < packet->size;) {
        guint32 bytes = AV_RB32(packet->data + at);
        found = found || (packet->data[at + 4] & 31) == 7;
        at += 4 + (int)MIN(bytes, (guint32)packet->size);
    }
    g_assert_true(found);
}

/* Samples hold no temporal delimiter; a key picture brings the sequence header (AV1 in ISOBMFF
 * §2.4). */
static void
check_units(const AVPacket *packet)
{
    int type = packet->data[0] >> 3 & 15;
    g_assert_cmpint(type, !=, 2);
    g_assert_true(type == 1 || (packet->flags & AV_PKT_FLAG_KEY) == 0);
}

static void
check_picture_packet(Played *played, const AVPacket *packet)
{
    g_assert_cmpint(packet->pts, ==, packet->dts);
    played->packets++;
    played->picture_end = (packet->pts + packet->duration) / 90000.0;
    if (played->av1)
        check_units(packet);
    if ((packet->flags & AV_PKT_FLAG_KEY) == 0)
        return;
    if (!played->av1)
        check_parameter_sets(packet);
    g_array_append_val(played->cuts, packet->pts);
}

/* RFC 6716 §3.1: libavformat does not tell how long an Opus packet is. */
static gint64
count_samples(const Played *played, const AVPacket *packet)
{
    static const int silk[] = {480, 960, 1920, 2880};
    if (!played->opus)
        return AAC_FRAME;
    int config = packet->data[0] >> 3;
    int frames = packet->data[0] % 4 == 3 ? packet->data[1] & 63 : 1 + (packet->data[0] % 4 > 0);
    if (config < 12)
        return (gint64)frames * silk[config % 4];
    return (gint64)frames * (config < 16 ? 480 << config % 2 : 120 << config % 4);
}

static void
check_packet(Player *player, Played *played, const AVPacket *packet)
{
    int i = packet->stream_index;
    gboolean picture = player->decoder[i]->codec_type == AVMEDIA_TYPE_VIDEO;
    gint64 length = picture ? packet->duration : count_samples(played, packet);
    if (picture) {
        // libavformat rounds the duration of a picture, so half a picture is let pass, and tells
        // none for AV1.
        if (played->av1)
            g_assert_true(packet->pts == 0 || packet->pts >= player->next[i]);
        else
            g_assert_cmpint(ABS(packet->pts - player->next[i]), <=, player->next[i] > 0 ? 10 : 0);
        check_picture_packet(played, packet);
        const AVStream *stream = player->format->streams[i];
        // A last picture that is shorter than others is told by the track alone.
        if (played->av1 || played->picture_end * 90000 > stream->duration)
            played->picture_end = stream->duration / 90000.0;
    } else {
        g_assert_cmpint(packet->pts, ==, player->next[i]);
        played->sound_end = (double)(packet->pts + length) / 48000;
    }
    player->next[i] = packet->pts + length;
}

static void
see(Player *player, Played *played, const AVFrame *frame)
{
    gsize middle = (gsize)frame->height / 2 * (gsize)frame->linesize[0] + (gsize)frame->width / 2;
    gboolean white = frame->data[0][middle] > WHITE;
    double seconds = frame->pts / 90000.0;
    if (white && !player->white)
        g_array_append_val(played->flashes, seconds);
    player->white = white;
    if (played->pictures++ > 0)
        return;
    gsize tenth = (gsize)frame->height / 10 * (gsize)frame->linesize[0];
    played->top_luma = frame->data[0][tenth + (gsize)frame->width / 2];
    played->bottom_luma = frame->data[0][9 * tenth + (gsize)frame->width / 2];
}

static void
hear(Player *player, Played *played, const AVFrame *frame)
{
    const float *samples = (const float *)(gconstpointer)frame->data[0];
    for (int i = 0; i < frame->nb_samples; i++) {
        double seconds = (double)(frame->pts + i) / 48000;
        if (fabsf(samples[i]) < LOUD)
            continue;
        if (player->last_loud < 0 || seconds - player->last_loud > QUIET_SECONDS)
            g_array_append_val(played->beeps, seconds);
        player->last_loud = seconds;
    }
}

static void
decode(Player *player, Played *played, int stream, const AVPacket *packet)
{
    AVFrame *frame = av_frame_alloc();
    g_assert_cmpint(avcodec_send_packet(player->decoder[stream], packet), >=, 0);
    while (avcodec_receive_frame(player->decoder[stream], frame) >= 0) {
        g_assert_cmpint(frame->decode_error_flags, ==, 0);
        if (player->decoder[stream]->codec_type == AVMEDIA_TYPE_VIDEO)
            see(player, played, frame);
        else
            hear(player, played, frame);
        av_frame_unref(frame);
    }
    av_frame_free(&frame);
}

static void
check_ends(const Played *played)
{
    if (!played->has_picture)
        return;
    double silence = played->picture_end - played->sound_end;
    // One shown picture a unit.
    g_assert_cmpuint(played->pictures, ==, played->packets);
    g_assert_cmpfloat(silence, >=, -0.0002);
    // A frame of AAC; Opus packets are of 10 ms and more, made of the same blocks.
    g_assert_cmpfloat(silence, <=, played->opus ? 0.0316 : 0.0216);
    g_assert_cmpuint(played->cuts->len, >, 0);
}

Played *
played_new(const char *staging, const char *rung)
{
    Player player = {0};
    Played *played = g_new0(Played, 1);
    played->cuts = g_array_new(FALSE, FALSE, sizeof(gint64));
    played->flashes = g_array_new(FALSE, FALSE, sizeof(double));
    played->beeps = g_array_new(FALSE, FALSE, sizeof(double));
    g_autofree char *path = g_strdup_printf("%s/%s.mp4", staging, rung);
    open_player(&player, path);
    check_streams(&player, played);
    AVPacket *packet = av_packet_alloc();
    while (av_read_frame(player.format, packet) >= 0) {
        check_packet(&player, played, packet);
        decode(&player, played, packet->stream_index, packet);
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    for (guint i = 0; i < player.format->nb_streams; i++) {
        decode(&player, played, (int)i, NULL);
        avcodec_free_context(&player.decoder[i]);
    }
    avformat_close_input(&player.format);
    check_ends(played);
    return played;
}

void
played_free(Played *played)
{
    g_array_unref(played->cuts);
    g_array_unref(played->flashes);
    g_array_unref(played->beeps);
    g_free(played);
}

void
played_check_marks(const Played *played, guint count, guint tolerance_ms)
{
    g_assert_cmpuint(played->flashes->len, ==, count);
    g_assert_cmpuint(played->beeps->len, ==, count);
    // The first picture also stands for the time before it, so its flash tells nothing.
    for (guint i = 1; i < count; i++) {
        double flash = g_array_index(played->flashes, double, i);
        double beep = g_array_index(played->beeps, double, i);
        g_test_message("flash %.4f beep %.4f", flash, beep);
        g_assert_cmpfloat(fabs(flash - beep), <=, tolerance_ms / 1000.0);
    }
}
