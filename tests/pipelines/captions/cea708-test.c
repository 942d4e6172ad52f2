// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// CEA-708 from triplets to WebVTT: what is written, shown, rolled up and taken away, and bytes that
// keep to nothing.
#include "pipelines/captions/cea708.h"

#include <string.h>

#include "pipelines/captions/webvtt.h"

// DefineWindow with two rows of 32 letters: hidden, shown.
#define HIDDEN_0 "\x98\x00\x46\x00\x71\x1F\x11"
#define SHOWN_0 "\x98\x20\x46\x00\x71\x1F\x11"
// Higher up.
#define SHOWN_1 "\x99\x20\x06\x00\x70\x1F\x11"
#define DISPLAY_0 "\x89\x01"
#define HIDE_0 "\x8A\x01"
#define MOST_STEPS 8

typedef struct {
    gint64 ms;         // (value)
    const char *codes; // (static) (nullable) NULL: no more
    gsize length;      // (value)
    guint service;     // (value) 0: 1
} Step;

#define STEP(ms, codes)                                                                            \
    {                                                                                              \
        ms, codes, sizeof codes - 1, 0                                                             \
    }
#define OTHER(ms, service, codes)                                                                  \
    {                                                                                              \
        ms, codes, sizeof codes - 1, service                                                       \
    }

typedef struct {
    const char *name;       // (static)
    Step steps[MOST_STEPS]; // (value)
    const char *text;       // (static) of service 1, without the first line
} Golden;

static const Golden goldens[] = {
    {"pop-on",
     {STEP(1000, HIDDEN_0 "HELLO\rWORLD"), STEP(2000, DISPLAY_0), STEP(3500, HIDE_0),
      STEP(4000, "\x0C"
                 "AGAIN" DISPLAY_0 "\x03"),
      STEP(5000, "\x8C\xFF")},
     "00:00:02.000 --> 00:00:03.500\nHELLO\nWORLD\n\n00:00:04.000 --> 00:00:05.000\nAGAIN\n"},
    {"letter by letter",
     {STEP(1000, SHOWN_0 "SA"), STEP(1100, "WAS"), STEP(1200, "DEE"), STEP(3000, "\x88\x01")},
     "00:00:01.000 --> 00:00:03.000\nSAWASDEE\n"},
    {"roll-up",
     {STEP(1000, SHOWN_0 "ONE"), STEP(2000, "\rTWO"), STEP(3000, "\rTHREE"), STEP(4000, "\r"),
      STEP(4500, "FOUR"), STEP(6000, "\x8F")},
     "00:00:01.000 --> 00:00:03.000\nONE\nTWO\n\n00:00:03.000 --> 00:00:04.000\nTHREE\n\n"
     "00:00:04.500 --> 00:00:06.000\nFOUR\n"},
    {"letters of all sets",
     {STEP(1000,
           SHOWN_0 "\x18\x0E\x01\x18\x0E\x32 \xE9\x7F <&>\r\x10\x33q\x10\x34\x10\x25\x10\xA0"),
      STEP(2000, HIDE_0)},
     "00:00:01.000 --> 00:00:02.000\nกา é♪ &lt;&amp;&gt;\n“q”…_\n"},
    {"what is taken back",
     {STEP(1000, SHOWN_0 "ABX\x08"
                         "C"),
      STEP(2000, "\x0E"
                 "NEW"),
      STEP(3000, "\x8B\x01"), STEP(4000, "\x8B\x01"), STEP(5000, "\x92\x01\x02LOW"),
      STEP(6000, "\x8F")},
     "00:00:01.000 --> 00:00:02.000\nABC\n\n00:00:02.000 --> 00:00:03.000\nNEW\n\n"
     "00:00:04.000 --> 00:00:06.000\nNEW\nLOW\n"},
    {"two windows, the higher one first",
     {STEP(1000, HIDDEN_0 "LOW" SHOWN_1 "HIGH\x89\x01"), STEP(2000, "\x80!\x8A\x03")},
     "00:00:01.000 --> 00:00:02.000\nHIGH\nLOW\n"},
    {"a row that is full goes on in the next one",
     {STEP(1000, "\x98\x20\x46\x00\x71\x03\x11"
                 "ABCDEF"),
      STEP(2000, "\x8F")},
     "00:00:01.000 --> 00:00:02.000\nABCD\nEF\n"},
    {"commands without a text",
     {STEP(1000, SHOWN_0 "\x90\x01\x02\x91\x01\x02\x03\x97\x01\x02\x03\x04\x8D\x05\x8E"),
      STEP(1000, "\x10\x05\x10\x0A\x41\x10\x13\x41\x41\x10\x84\x41\x41\x41\x41"),
      STEP(1000, "\x10\x8F\x41\x41\x41\x41\x41\x10\x95\x02\x41\x41OK"), STEP(2000, "\x8F")},
     "00:00:01.000 --> 00:00:02.000\nOK\n"},
    {"no window to write into", {STEP(1000, "LOST\r\x0C\x08"), STEP(2000, "\x83LOST")}, ""},
    {"codes that are cut off",
     {STEP(1000, SHOWN_0 "OK\x98\x20\x46"), STEP(2000, "\x18\x0E"), STEP(3000, "\x10"),
      STEP(4000, "\x8F")},
     "00:00:01.000 --> 00:00:04.000\nOK\n"},
    {"an open end", {STEP(1000, SHOWN_0 "STAYS")}, "00:00:01.000 --> 00:00:11.000\nSTAYS\n"},
    {"other services",
     {OTHER(1000, 2, SHOWN_0 "TWO"), OTHER(1500, 9, SHOWN_0 "NINE"), STEP(2000, SHOWN_0 "ONE"),
      STEP(3000, HIDE_0)},
     "00:00:02.000 --> 00:00:03.000\nONE\n"},
};

static void
append_byte(GByteArray *bytes, guint byte)
{
    guint8 value = (guint8)byte;
    g_byte_array_append(bytes, &value, 1);
}

/* A packet with one service block. */
static GByteArray *
make_packet(const Step *step)
{
    GByteArray *packet = g_byte_array_new();
    guint service = MAX(step->service, 1);
    g_assert_cmpuint(step->length, <=, 31);
    append_byte(packet, 0);
    append_byte(packet, (MIN(service, 7) << 5) | (guint)step->length);
    if (service >= 7)
        append_byte(packet, service);
    g_byte_array_append(packet, (const guint8 *)step->codes, (guint)step->length);
    while (packet->len % 2 != 0)
        append_byte(packet, 0);
    packet->data[0] = (guint8)(packet->len / 2);
    return packet;
}

/* Triplets among those of EIA-608, as many of a packet in each picture as @pairs. */
static void
give(CaptionsCea708 *captions, const GByteArray *packet, guint pairs, gint64 ms)
{
    for (guint at = 0; at < packet->len;) {
        g_autoptr(GByteArray) picture = g_byte_array_new();
        g_byte_array_append(picture, (const guint8 *)"\xFC\x80\x80\xF8\x41\x41", 6);
        for (guint i = 0; i < pairs && at < packet->len; i++, at += 2) {
            append_byte(picture, at == 0 ? 0xFF : 0xFE);
            g_byte_array_append(picture, packet->data + at, 2);
        }
        // What is not valid is padding.
        g_byte_array_append(picture, (const guint8 *)"\xFA\x41\x41", 3);
        captions_cea708_take(captions, picture->data, picture->len, ms * 1000);
    }
}

static void
test_golden(gconstpointer data)
{
    const Golden *golden = data;
    for (guint pairs = 1; pairs <= 25; pairs += 8) {
        g_autoptr(CaptionsCea708) captions = captions_cea708_new();
        for (guint i = 0; i < MOST_STEPS && golden->steps[i].codes != NULL; i++) {
            g_autoptr(GByteArray) packet = make_packet(&golden->steps[i]);
            give(captions, packet, pairs, golden->steps[i].ms);
        }
        g_autoptr(CaptionsCues) cues = captions_cea708_finish(captions, 1);
        g_autofree char *text = captions_webvtt_write(cues);
        const char *body = strstr(text, "\n\n");
        g_assert_cmpstr(body != NULL ? body + 2 : "", ==, golden->text);
    }
}

/* Bytes by chance, always the same: no crash, and only what a caption file may hold. */
static void
test_chance(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(708);
    for (guint round = 0; round < 200; round++) {
        g_autoptr(CaptionsCea708) captions = captions_cea708_new();
        for (guint picture = 0; picture < 100; picture++) {
            guint8 triplets[31 * 3];
            for (guint i = 0; i < sizeof triplets; i++)
                triplets[i] = (guint8)(i % 3 == 0 ? 0xFC | g_rand_int_range(random, 0, 4)
                                                  : g_rand_int_range(random, 0, 256));
            captions_cea708_take(captions, triplets, sizeof triplets, picture * 40000);
        }
        for (guint service = 1; service <= CAPTIONS_CEA708_SERVICES; service++) {
            g_autoptr(CaptionsCues) cues = captions_cea708_finish(captions, service);
            g_autofree char *text = captions_webvtt_write(cues);
            CaptionsFaults *faults = captions_faults_new();
            g_autoptr(CaptionsCues) again =
                cues->cues->len > 0 ? captions_webvtt_parse(text, faults) : captions_cues_new();
            g_assert_nonnull(again);
            g_assert_cmpuint(again->cues->len, ==, cues->cues->len);
            captions_faults_free(faults);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(goldens); i++) {
        g_autofree char *name = g_strdelimit(g_strdup(goldens[i].name), " ,", '-');
        g_autofree char *path = g_strconcat("/captions/cea708/", name, NULL);
        g_test_add_data_func(path, &goldens[i], test_golden);
    }
    g_test_add_func("/captions/cea708/chance", test_chance);
    return g_test_run();
}
