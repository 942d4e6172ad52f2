// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Writes the Thai multiplex with a true picture and sound in its first service (MPEG-2, MP2) and
// true sound in its radio, so that it can be watched: thai-coded SECONDS FILE.
#include <libavcodec/avcodec.h>
#include <math.h>
#include <stdlib.h>

#include "tests/support/thai.h"

#define WIDTH 352
#define HEIGHT 288
#define RATE 48000
#define FRAMES_AT_ONCE 5 // of 24 ms: 120 ms, three ticks of the multiplex
#define SOUND_MS 120
#define BITS_PER_SECOND 6000000
#define START_MS G_GINT64_CONSTANT(1795276800000)

typedef struct {
    AVCodecContext *context; // (owned)
    AVFrame *frame;          // (owned)
    gint64 done;             // (value) pictures or samples
} Coder;

typedef struct {
    Coder picture;   // (value)
    Coder sounds[2]; // (value) of the first service and of the radio
    guint16 pids[3]; // (value) of the picture and the sounds
} Coders;

static void
open_coder(Coder *coder, const char *name)
{
    const AVCodec *codec = avcodec_find_encoder_by_name(name);
    g_assert_nonnull(codec);
    AVCodecContext *context = coder->context = avcodec_alloc_context3(codec);
    AVFrame *frame = coder->frame = av_frame_alloc();
    gboolean picture = codec->type == AVMEDIA_TYPE_VIDEO;
    context->bit_rate = picture ? 900000 : 128000;
    context->time_base = picture ? (AVRational){1, 25} : (AVRational){1, RATE};
    if (picture) {
        context->width = frame->width = WIDTH;
        context->height = frame->height = HEIGHT;
        context->pix_fmt = AV_PIX_FMT_YUV420P;
        context->framerate = (AVRational){25, 1};
        context->gop_size = 12;
        frame->format = AV_PIX_FMT_YUV420P;
    } else {
        context->sample_rate = frame->sample_rate = RATE;
        context->sample_fmt = AV_SAMPLE_FMT_S16;
        frame->format = AV_SAMPLE_FMT_S16;
        av_channel_layout_default(&context->ch_layout, 2);
        av_channel_layout_copy(&frame->ch_layout, &context->ch_layout);
    }
    context->thread_count = 1;
    g_assert_cmpint(avcodec_open2(context, codec, NULL), >=, 0);
    frame->nb_samples = context->frame_size;
    g_assert_cmpint(av_frame_get_buffer(frame, 0), >=, 0);
}

static void
close_coder(Coder *coder)
{
    avcodec_free_context(&coder->context);
    av_frame_free(&coder->frame);
}

static void
code(Coder *coder, GByteArray *out)
{
    AVPacket *packet = av_packet_alloc();
    coder->frame->pts = coder->done;
    g_assert_cmpint(avcodec_send_frame(coder->context, coder->frame), >=, 0);
    while (avcodec_receive_packet(coder->context, packet) >= 0) {
        g_byte_array_append(out, packet->data, (guint)packet->size);
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
}

/* Stripes that wander, so that every picture is another. */
static void
code_picture(Coder *coder, GByteArray *out)
{
    AVFrame *frame = coder->frame;
    g_assert_cmpint(av_frame_make_writable(frame), >=, 0);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            frame->data[0][y * frame->linesize[0] + x] = (guint8)(x + y / 2 + 3 * coder->done);
    for (int y = 0; y < HEIGHT / 2; y++)
        for (int x = 0; x < WIDTH / 2; x++) {
            frame->data[1][y * frame->linesize[1] + x] = 110;
            frame->data[2][y * frame->linesize[2] + x] = 140;
        }
    code(coder, out);
    coder->done++;
}

static void
code_sound(Coder *coder, GByteArray *out)
{
    AVFrame *frame = coder->frame;
    g_assert_cmpint(av_frame_make_writable(frame), >=, 0);
    gint16 *samples = (gint16 *)frame->data[0];
    for (int i = 0; i < frame->nb_samples; i++) {
        double angle = 2 * M_PI * 440 * (double)(coder->done + i) / RATE;
        samples[2 * i] = samples[2 * i + 1] = (gint16)(8000 * sin(angle));
    }
    code(coder, out);
    coder->done += frame->nb_samples;
}

static GByteArray *
make_unit(guint16 pid, gint64 ms, gpointer data)
{
    Coders *coders = data;
    GByteArray *out = g_byte_array_new();
    if (pid == coders->pids[0])
        code_picture(&coders->picture, out);
    for (guint i = 0; i < 2 && ms % SOUND_MS == 0; i++) {
        for (guint k = 0; pid == coders->pids[i + 1] && k < FRAMES_AT_ONCE; k++)
            code_sound(&coders->sounds[i], out);
    }
    if (out->len == 0)
        g_clear_pointer(&out, g_byte_array_unref);
    return out;
}

int
main(int argc, char **argv)
{
    if (argc != 3)
        return 64;
    Coders coders = {.pids = {thai_get_service(0)->video_pid, thai_get_service(0)->audio_pid,
                              thai_get_service(2)->audio_pid}};
    open_coder(&coders.picture, "mpeg2video");
    open_coder(&coders.sounds[0], "mp2");
    open_coder(&coders.sounds[1], "mp2");
    const ThaiOptions options = {
        .bits_per_second = BITS_PER_SECOND,
        .first_pcr27m = G_GUINT64_CONSTANT(27000000) * 10,
        .start_ms = START_MS,
        .unit = make_unit,
        .data = &coders,
    };
    g_autoptr(Thai) thai = thai_new(&options);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    thai_run(thai, (guint)atoi(argv[1]) * 1000, stream);
    close_coder(&coders.picture);
    close_coder(&coders.sounds[0]);
    close_coder(&coders.sounds[1]);
    return g_file_set_contents(argv[2], (const char *)stream->data, stream->len, NULL) ? 0 : 74;
}
