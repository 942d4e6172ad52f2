// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Opus packets: long frames, in time, none missing at the end; a decoder that skips nothing hears
// each beep where it was.
#include "pipelines/encode/opus.h"

#include <math.h>
#include <opus/opus.h>

#define BLOCK ENCODE_OPUS_BLOCK

typedef struct {
    OpusDecoder *decoder; // (owned)
    guint channels;       // (value)
    gint64 next;          // (value) where the next packet must start; -1: anywhere
    gint64 first;         // (value) of the first packet
    guint bytes;          // (value)
    GArray *heard;        // (owned) (element-type float) first channel
} Ear;

static gboolean
on_packet(const guint8 *data, gsize bytes, gint64 start, guint samples, gpointer user_data,
          GError **error)
{
    Ear *ear = user_data;
    float sound[5760 * 2];
    if (ear->next < 0)
        ear->first = ear->next = start;
    g_assert_cmpint(start, ==, ear->next);
    g_assert_cmpint(opus_packet_get_nb_samples(data, (opus_int32)bytes, ENCODE_OPUS_RATE), ==,
                    samples);
    int count = opus_decode_float(ear->decoder, data, (opus_int32)bytes, sound, 5760, 0);
    g_assert_cmpint(count, ==, samples);
    for (int i = 0; i < count; i++)
        g_array_append_val(ear->heard, sound[(guint)i * ear->channels]);
    ear->next += samples;
    ear->bytes += (guint)bytes;
    return TRUE;
}

static Ear
make_ear(guint channels)
{
    return (Ear){opus_decoder_create(ENCODE_OPUS_RATE, (int)channels, NULL),
                 channels,
                 -1,
                 -1,
                 0,
                 g_array_new(FALSE, FALSE, sizeof(float))};
}

static void
clear_ear(Ear *ear)
{
    opus_decoder_destroy(ear->decoder);
    g_array_unref(ear->heard);
}

/* A beep of 1 kHz for 100 ms at the start of each second. */
static void
push_beeps(EncodeOpus *opus, gint64 first_block, guint blocks)
{
    float sound[BLOCK];
    for (gint64 block = first_block; block < first_block + blocks; block++) {
        for (guint i = 0; i < BLOCK; i++) {
            gint64 at = block * BLOCK + i;
            sound[i] =
                at % 48000 < 4800 ? 0.5f * (float)sin(2 * G_PI * 1000 * (double)at / 48000) : 0;
        }
        g_assert_true(encode_opus_push(opus, block, sound, sound, NULL));
    }
    g_assert_true(encode_opus_push(opus, 0, NULL, NULL, NULL));
}

/* Samples by which the beep of @second comes late. */
static double
find_lateness(const Ear *ear, guint second)
{
    // The middle of its energy, which the codec smears to both sides alike.
    double weight = 0, sum = 0;
    gint64 from = second * 48000 - 2400;
    for (gint64 at = from; at < from + 9600; at++) {
        double value = g_array_index(ear->heard, float, at - ear->first);
        weight += value * value;
        sum += value * value * (double)at;
    }
    return sum / weight - (second * 48000 + 2399.5);
}

static void
check_beeps(guint channels, guint kbps, gint64 first_block)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(EncodeOpus) opus = encode_opus_new(channels, kbps, &error);
    g_assert_no_error(error);
    Ear ear = make_ear(channels);
    encode_opus_set_sink(opus, on_packet, &ear);
    guint blocks = 48000 * 6 / BLOCK;
    push_beeps(opus, first_block, blocks);
    gint64 end = (first_block + blocks) * BLOCK;
    g_assert_cmpint(ear.first % ENCODE_OPUS_FRAME, ==, 0);
    g_assert_cmpint(ear.first, >=, first_block * BLOCK);
    g_assert_cmpint(ear.first, <, first_block * BLOCK + ENCODE_OPUS_FRAME);
    g_assert_cmpint(ear.next, <=, end);
    g_assert_cmpint(ear.next, >, end - 120);
    for (guint second = (guint)(ear.first / 48000) + 1; second < 4; second++)
        g_assert_cmpfloat_with_epsilon(find_lateness(&ear, second), 0, 48);
    g_assert_cmpuint(ear.bytes, <=, kbps * 1000 / 8 * 7);
    clear_ear(&ear);
}

static void
test_in_time(void)
{
    check_beeps(1, 16, 0);
    check_beeps(1, 20, 0);
    check_beeps(2, 40, 0);
}

static void
test_goes_on(void)
{
    check_beeps(1, 16, 37);
    check_beeps(2, 40, 4);
}

static void
test_short(void)
{
    for (guint blocks = 0; blocks < 8; blocks++) {
        g_autoptr(EncodeOpus) opus = encode_opus_new(1, 16, NULL);
        Ear ear = make_ear(1);
        encode_opus_set_sink(opus, on_packet, &ear);
        push_beeps(opus, 0, blocks);
        gint64 end = blocks * BLOCK;
        g_assert_cmpint(MAX(ear.next, 0), <=, end);
        g_assert_cmpint(MAX(ear.next, 0), >, end - 120);
        clear_ear(&ear);
    }
}

static void
test_config(void)
{
    g_autoptr(EncodeOpus) opus = encode_opus_new(2, 40, NULL);
    g_autoptr(GBytes) config = encode_opus_get_config(opus);
    const guint8 wanted[] = {0, 2, 0, 0, 0, 0, 0xbb, 0x80, 0, 0, 0};
    g_assert_cmpmem(g_bytes_get_data(config, NULL), g_bytes_get_size(config), wanted,
                    sizeof wanted);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/encode/opus/in-time", test_in_time);
    g_test_add_func("/encode/opus/goes-on", test_goes_on);
    g_test_add_func("/encode/opus/short", test_short);
    g_test_add_func("/encode/opus/config", test_config);
    return g_test_run();
}
