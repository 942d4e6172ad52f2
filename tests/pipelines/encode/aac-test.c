// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// N blocks of sound are N frames of AAC, each at its time, and the last block is to be heard: a
// lesson that ends with a word ends with the whole word.
#include "pipelines/encode/aac.h"
#include "pipelines/encode/twin.h"

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
    g_autoptr(EncodeAac) aac = encode_aac_new(channels, 32 * channels, FALSE, &error);
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

#define PAIRS 60

typedef struct {
    AVCodecContext *decoder; // (owned)
    AVPacket *packet;        // (owned)
    AVFrame *frame;          // (owned)
    guint frames, eight;     // (value) how many, and how many of eight short windows
    double played, missed;   // (value) energy of what is heard, and of what differs from the source
} Pair;

/* Something between speech and noise, with a clap now and then. */
static float
utter(guint at)
{
    double s = (double)at / ENCODE_AAC_RATE;
    double voice = sin(2 * G_PI * 180 * s) + 0.5 * sin(2 * G_PI * 1330 * s + sin(9 * s));
    guint noise = at * 2654435761U;
    double clap = at % 7000 < 90 ? 0.5 : 0.0005;
    return (float)(0.2 * voice * (1 + sin(2 * G_PI * 4 * s)) +
                   clap * ((double)(noise ^ noise >> 15) / 2147483648.0 - 1));
}

static gboolean
on_pair(const guint8 *data, gsize bytes, gint64 start_samples, gpointer user_data, GError **error)
{
    Pair *pair = user_data;
    g_assert_cmpuint(data[0] >> 5, ==, 1); // a pair of channels
    pair->eight += (data[1] >> 5 & 3) == 2;
    g_assert_cmpint(av_new_packet(pair->packet, (int)bytes), ==, 0);
    memcpy(pair->packet->data, data, bytes);
    g_assert_cmpint(avcodec_send_packet(pair->decoder, pair->packet), ==, 0);
    g_assert_cmpint(avcodec_receive_frame(pair->decoder, pair->frame), ==, 0);
    g_assert_cmpint(pair->frame->ch_layout.nb_channels, ==, 2);
    const float *left = (const float *)(gpointer)pair->frame->data[0];
    // Not one bit of difference: neither channel has anything of its own.
    g_assert_cmpmem(left, ENCODE_AAC_BLOCK * sizeof(float), pair->frame->data[1],
                    ENCODE_AAC_BLOCK * sizeof(float));
    for (guint i = 0; pair->frames > 0 && i < ENCODE_AAC_BLOCK; i++) {
        double source = utter((guint)start_samples + i);
        pair->played += source * source;
        pair->missed += (left[i] - source) * (left[i] - source);
    }
    pair->frames++;
    av_packet_unref(pair->packet);
    av_frame_unref(pair->frame);
    return TRUE;
}

static void
test_alike(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(EncodeAac) aac = encode_aac_new(2, 40, TRUE, &error);
    g_assert_no_error(error);
    g_autoptr(GBytes) config = encode_aac_get_config(aac);
    static const guint8 expected[] = {0x11, 0x90}; // AAC-LC, 48 kHz, two channels
    g_assert_cmpmem(g_bytes_get_data(config, NULL), g_bytes_get_size(config), expected,
                    sizeof expected);
    Pair pair = {.decoder = avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_AAC)),
                 .packet = av_packet_alloc(),
                 .frame = av_frame_alloc()};
    pair.decoder->extradata = av_mallocz(sizeof expected + AV_INPUT_BUFFER_PADDING_SIZE);
    memcpy(pair.decoder->extradata, expected, sizeof expected);
    pair.decoder->extradata_size = sizeof expected;
    g_assert_cmpint(avcodec_open2(pair.decoder, NULL, NULL), ==, 0);
    encode_aac_set_sink(aac, on_pair, &pair);
    for (guint block = 0; block < PAIRS; block++) {
        float sound[ENCODE_AAC_BLOCK];
        for (guint i = 0; i < ENCODE_AAC_BLOCK; i++)
            sound[i] = utter(block * ENCODE_AAC_BLOCK + i);
        g_assert_true(encode_aac_push(aac, block, sound, sound, &error));
    }
    g_assert_true(encode_aac_push(aac, 0, NULL, NULL, &error));
    double snr = 10 * log10(pair.played / pair.missed);
    g_test_message("%u frames, %u of short windows, %.1f dB", pair.frames, pair.eight, snr);
    g_assert_cmpuint(pair.frames, ==, PAIRS);
    g_assert_cmpuint(pair.eight, >, 0);
    g_assert_cmpuint(pair.eight, <, PAIRS / 2);
    g_assert_cmpfloat(snr, >, 12);
    av_packet_free(&pair.packet);
    av_frame_free(&pair.frame);
    avcodec_free_context(&pair.decoder);
}

/* By hand: tag 0, gain 100, one long window, no bands, no tools, END. */
static void
test_pair_golden(void)
{
    // 000 0000 01100100 | 0 00 0 000000 0 | 000 | 111
    static const guint8 mono[] = {0x00, 0xc8, 0x00, 0x07};
    // 001 0000 1 | 0 00 0 000000 0 | 10 | 01100100 000 | 00000000 000 | 111 and zeros
    static const guint8 expected[] = {0x21, 0x00, 0x13, 0x20, 0x00, 0x1c};
    g_autoptr(GByteArray) pair = g_byte_array_new();
    g_assert_true(encode_twin_write(mono, sizeof mono, pair));
    g_assert_cmpmem(pair->data, pair->len, expected, sizeof expected);
}

/* Blocks that end too early, are of another kind, or have nothing but noise. */
static void
test_pair_refused(void)
{
    static const guint8 pair_already[] = {0x20, 0xc8, 0x00, 0x07};
    static const guint8 predicts[] = {0x00, 0xc8, 0x00, 0x47};
    static const guint8 no_end[] = {0x00, 0xc8, 0x00, 0x05};
    static const guint8 zeros[8] = {0};
    g_autoptr(GByteArray) pair = g_byte_array_new();
    g_assert_false(encode_twin_write(pair_already, sizeof pair_already, pair));
    g_assert_false(encode_twin_write(predicts, sizeof predicts, pair));
    g_assert_false(encode_twin_write(no_end, sizeof no_end, pair));
    g_assert_false(encode_twin_write(zeros, sizeof zeros, pair));
    g_assert_false(encode_twin_write(zeros, 0, pair));
    for (gsize bytes = 1; bytes < 4; bytes++) {
        guint8 *cut = g_memdup2("\xe0\x07\x07", bytes);
        g_assert_false(encode_twin_write(cut, bytes, pair));
        g_free(cut);
    }
    for (guint32 i = 0; i < 20000; i++) {
        guint8 block[24];
        gsize bytes = 1 + i % sizeof block;
        for (gsize at = 0; at < bytes; at++)
            block[at] = (guint8)g_test_rand_int();
        guint8 *exact = g_memdup2(block, bytes);
        if (encode_twin_write(exact, bytes, pair))
            g_assert_cmpuint(pair->len, >, bytes);
        g_free(exact);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    av_log_set_level(AV_LOG_FATAL); // as the child does
    g_test_add_func("/encode/aac/last-block", test_last_block);
    g_test_add_func("/encode/aac/alike", test_alike);
    g_test_add_func("/encode/aac/pair-golden", test_pair_golden);
    g_test_add_func("/encode/aac/pair-refused", test_pair_refused);
    return g_test_run();
}
