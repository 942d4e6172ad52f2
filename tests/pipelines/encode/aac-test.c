// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// N blocks of sound are N frames of AAC, each at its time, and the last block is to be heard: a
// lesson that ends with a word ends with the whole word.
#include "pipelines/encode/aac.h"

#include <libavcodec/avcodec.h>
#include <libavutil/log.h>
#include <math.h>
#include <string.h>

#define MOST_FRAMES 16

typedef struct {
    guint count;                     // (value)
    gint64 starts[MOST_FRAMES];      // (value)
    GByteArray *frames[MOST_FRAMES]; // (owned)
} Coded;

static gboolean
on_frame(const guint8 *data, gsize bytes, gint64 start_samples, gpointer user_data, GError **error)
{
    Coded *coded = user_data;
    g_assert_cmpuint(coded->count, <, MOST_FRAMES);
    coded->starts[coded->count] = start_samples;
    coded->frames[coded->count] = g_byte_array_new();
    g_byte_array_append(coded->frames[coded->count++], data, (guint)bytes);
    return TRUE;
}

/* Silence, and a tone in the last of @count blocks from @first on. */
static GBytes *
encode(Coded *coded, guint channels, gint64 first, guint count)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(EncodeAac) aac = encode_aac_new(channels, 32 * channels, &error);
    g_assert_no_error(error);
    encode_aac_set_sink(aac, on_frame, coded);
    for (guint block = 0; block < count; block++) {
        float sound[ENCODE_AAC_BLOCK] = {0};
        for (guint i = 0; block == count - 1 && i < ENCODE_AAC_BLOCK; i++)
            sound[i] = 0.5f * (float)sin(2 * G_PI * 750 * i / ENCODE_AAC_RATE);
        g_assert_true(encode_aac_push(aac, first + block, sound, sound, &error));
    }
    g_assert_true(encode_aac_push(aac, 0, NULL, NULL, &error));
    return encode_aac_get_config(aac);
}

static double
measure(const AVFrame *frame)
{
    const float *samples = (const float *)(gpointer)frame->data[0];
    double sum = 0;
    for (int i = 0; i < frame->nb_samples; i++)
        sum += samples[i] * samples[i];
    return sqrt(sum / frame->nb_samples);
}

/* Root mean squares of what each frame plays. */
static void
decode(const Coded *coded, GBytes *config, double *loud)
{
    AVCodecContext *decoder = avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_AAC));
    gsize length = 0;
    const guint8 *bytes = g_bytes_get_data(config, &length);
    decoder->extradata = av_mallocz(length + AV_INPUT_BUFFER_PADDING_SIZE);
    memcpy(decoder->extradata, bytes, length);
    decoder->extradata_size = (int)length;
    g_assert_cmpint(avcodec_open2(decoder, NULL, NULL), ==, 0);
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();
    for (guint i = 0; i < coded->count; i++) {
        g_assert_cmpint(av_new_packet(packet, (int)coded->frames[i]->len), ==, 0);
        memcpy(packet->data, coded->frames[i]->data, coded->frames[i]->len);
        g_assert_cmpint(avcodec_send_packet(decoder, packet), ==, 0);
        g_assert_cmpint(avcodec_receive_frame(decoder, frame), ==, 0);
        g_assert_cmpint(frame->nb_samples, ==, ENCODE_AAC_BLOCK);
        loud[i] = measure(frame);
        av_packet_unref(packet);
        av_frame_unref(frame);
    }
    av_packet_free(&packet);
    av_frame_free(&frame);
    avcodec_free_context(&decoder);
}

static void
check(guint channels, gint64 first, guint count)
{
    Coded coded = {0};
    double loud[MOST_FRAMES] = {0};
    g_autoptr(GBytes) config = encode(&coded, channels, first, count);
    g_assert_cmpuint(coded.count, ==, count);
    for (guint i = 0; i < count; i++)
        g_assert_cmpint(coded.starts[i], ==, (first + i) * ENCODE_AAC_BLOCK);
    decode(&coded, config, loud);
    g_test_message("%u blocks: the last at %.3f", count, loud[count - 1]);
    // A tone at half of full scale is 0.354; the coder fades it at the edge to nothing.
    g_assert_cmpfloat(loud[count - 1], >, count > 1 ? 0.3 : 0.15);
    for (guint i = 0; i + 2 < count; i++)
        g_assert_cmpfloat(loud[i], <, 0.05);
    for (guint i = 0; i < count; i++)
        g_byte_array_unref(coded.frames[i]);
}

static void
test_last_block(void)
{
    for (guint count = 1; count <= 12; count++) {
        check(1, 0, count);
        check(2, 0, count);
        check(1, 1000, count); // as an attempt that goes on
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    av_log_set_level(AV_LOG_FATAL); // as the child does
    g_test_add_func("/encode/aac/last-block", test_last_block);
    return g_test_run();
}
