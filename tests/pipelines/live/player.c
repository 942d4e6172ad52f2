// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Plays what belongs to one init file as one file, as a player does that appends them.
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <math.h>

#include "tests/pipelines/live/viewer.h"

#define WHITE 150
#define LOUD 0.25f // what a codec smears ahead of a tone is less
#define QUIET_MS 300

typedef struct {
    Played *played;             // (unowned)
    AVFormatContext *format;    // (owned)
    AVCodecContext *decoder[2]; // (owned) by stream
    gint64 next[2];             // (value) where the next packet of a stream may begin
    gboolean white;             // (value) the last picture was
    gint64 loud_ms;             // (value) when it was last loud
} Player;

static void
open_player(Player *player, const char *path)
{
    g_assert_cmpint(avformat_open_input(&player->format, path, NULL, NULL), >=, 0);
    g_assert_cmpuint(player->format->nb_streams, <=, 2);
    for (guint i = 0; i < player->format->nb_streams; i++) {
        const AVCodecParameters *parameters = player->format->streams[i]->codecpar;
        const AVCodec *codec = avcodec_find_decoder(parameters->codec_id);
        player->decoder[i] = avcodec_alloc_context3(codec);
        avcodec_parameters_to_context(player->decoder[i], parameters);
        player->decoder[i]->thread_count = 1;
        g_assert_cmpint(avcodec_open2(player->decoder[i], codec, NULL), >=, 0);
    }
}

static void
close_player(Player *player)
{
    for (guint i = 0; i < 2; i++)
        avcodec_free_context(&player->decoder[i]);
    avformat_close_input(&player->format);
}

/* The mean of a plane between two corners, in permille of the picture. */
static guint8
mean(const AVFrame *frame, int plane, const int corners[4])
{
    int width = frame->width / 2, height = frame->height / 2;
    guint sum = 0, count = 0;
    for (int y = corners[1] * height / 1000; y < corners[3] * height / 1000; y++)
        for (int x = corners[0] * width / 1000; x < corners[2] * width / 1000; x++) {
            sum += frame->data[plane][y * frame->linesize[plane] + x];
            count++;
        }
    return (guint8)(sum / MAX(count, 1));
}

static void
note_tint(Player *player, const AVFrame *frame, gint64 ms)
{
    static const int bar[] = {450, 855, 550, 895}, far[] = {0, 0, 1000, 500};
    const PlayedTint tint = {ms, mean(frame, 1, bar), mean(frame, 2, bar), mean(frame, 2, far)};
    g_array_append_val(player->played->tints, tint);
}

static void
see(Player *player, const AVFrame *frame, gint64 ms)
{
    guint64 sum = 0;
    for (int y = 0; y < frame->height; y++)
        for (int x = 0; x < frame->width; x++)
            sum += frame->data[0][y * frame->linesize[0] + x];
    gboolean white = sum / (guint64)(frame->width * frame->height) > WHITE;
    if (white && !player->white)
        g_array_append_val(player->played->flashes, ms);
    player->white = white;
    note_tint(player, frame, ms);
    player->played->pictures++;
}

static void
hear(Player *player, const AVFrame *frame, gint64 ms)
{
    const float *samples = (const float *)frame->data[0];
    for (int i = 0; i < frame->nb_samples; i++) {
        gint64 now_ms = ms + (gint64)i * 1000 / 48000;
        if (fabsf(samples[i]) < LOUD)
            continue;
        if (now_ms - player->loud_ms > QUIET_MS)
            g_array_append_val(player->played->tones, now_ms);
        player->loud_ms = now_ms;
    }
    player->played->samples += frame->nb_samples;
}

static void
note_time(Played *played, gint64 ms)
{
    played->first_ms = played->first_ms < 0 ? ms : MIN(played->first_ms, ms);
    played->last_ms = MAX(played->last_ms, ms);
}

static void
play_packet(Player *player, AVPacket *packet, AVFrame *frame)
{
    guint stream = (guint)packet->stream_index;
    AVRational base = player->format->streams[stream]->time_base;
    gboolean picture = player->decoder[stream]->codec_type == AVMEDIA_TYPE_VIDEO;
    gboolean back = packet->pts < player->next[stream];
    if (back)
        g_test_message("stream %u goes back from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, stream,
                       player->next[stream], packet->pts);
    // How long each lasts was looked at in the boxes.
    player->next[stream] = packet->pts + 1;
    gboolean refused = avcodec_send_packet(player->decoder[stream], packet) < 0;
    player->played->bad += back || refused;
    while (avcodec_receive_frame(player->decoder[stream], frame) >= 0) {
        gint64 ms = av_rescale_q(frame->pts, base, (AVRational){1, 1000});
        if (picture)
            see(player, frame, ms);
        else
            hear(player, frame, ms);
        note_time(player->played, ms);
    }
}

static void
play_file(Player *player, const char *path)
{
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();
    open_player(player, path);
    player->next[0] = player->next[1] = G_MININT64;
    while (av_read_frame(player->format, packet) >= 0) {
        play_packet(player, packet, frame);
        av_packet_unref(packet);
    }
    close_player(player);
    av_packet_free(&packet);
    av_frame_free(&frame);
}

static void
append_file(GByteArray *bytes, const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    g_byte_array_append(bytes, (const guint8 *)text, (guint)length);
}

static void
append_init(GByteArray *bytes, const Viewing *viewing, guint64 init)
{
    for (guint i = 0; i < viewing->reports->len; i++) {
        const ChildLiveReport *report = viewing->reports->pdata[i];
        if (report->kind == CHILD_LIVE_REPORT_INIT && report->init == init)
            append_file(bytes, viewing->folder, report->file);
    }
}

static void
play_bytes(Player *player, const Viewing *viewing, GByteArray *bytes)
{
    g_autofree char *path = g_build_filename(viewing->folder, "played.mp4", NULL);
    if (bytes->len == 0)
        return;
    g_assert_true(g_file_set_contents(path, (const char *)bytes->data, bytes->len, NULL));
    play_file(player, path);
    g_unlink(path);
    g_byte_array_set_size(bytes, 0);
}

static const ChildLiveReportPart *
find_part(const ChildLiveReport *segment, const char *rung)
{
    for (guint i = 0; i < segment->parts->len; i++) {
        const ChildLiveReportPart *part = segment->parts->pdata[i];
        if (g_strcmp0(part->rung, rung) == 0)
            return part;
    }
    return NULL;
}

Played *
viewing_play(const Viewing *viewing, const char *rung)
{
    Played *played = g_new0(Played, 1);
    played->flashes = g_array_new(FALSE, FALSE, sizeof(gint64));
    played->tones = g_array_new(FALSE, FALSE, sizeof(gint64));
    played->tints = g_array_new(FALSE, FALSE, sizeof(PlayedTint));
    played->first_ms = -1;
    Player player = {.played = played, .loud_ms = -QUIET_MS};
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    guint64 init = G_MAXUINT64;
    const ChildLiveReport *segment;
    for (guint i = 0; (segment = viewing_get_segment(viewing, i)) != NULL; i++) {
        const ChildLiveReportPart *part = find_part(segment, rung);
        if (part == NULL)
            continue;
        if (part->init != init) {
            play_bytes(&player, viewing, bytes);
            append_init(bytes, viewing, part->init);
        }
        init = part->init;
        append_file(bytes, viewing->folder, part->file);
    }
    play_bytes(&player, viewing, bytes);
    return played;
}

void
played_free(Played *played)
{
    g_array_unref(played->flashes);
    g_array_unref(played->tones);
    g_array_unref(played->tints);
    g_free(played);
}
