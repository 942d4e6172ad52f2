// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// RTP that comes in disorder, twice, not at all, from another sender, or is none.
#include <string.h>

#include "pipelines/intake/rtp.h"

static void
note(const guint8 *bytes, gsize length, gpointer data)
{
    g_assert_cmpuint(length, ==, 4);
    guint number = (guint)bytes[2] << 8 | bytes[3];
    g_string_append_printf(data, "%u ", number);
}

/* A packet whose payload says its number; @sender: the last byte of the SSRC. */
static void
push(IntakeRtp *rtp, guint16 number, guint8 sender)
{
    guint8 packet[16] = {0x80, 33, (guint8)(number >> 8), (guint8)number};
    packet[11] = sender;
    packet[12] = 0x47;
    packet[14] = (guint8)(number >> 8);
    packet[15] = (guint8)number;
    intake_rtp_push(rtp, packet, sizeof packet);
}

static void
expect(const char *order, const char *expected, IntakeRtpFigures figures)
{
    g_autoptr(GString) seen = g_string_new(NULL);
    g_autoptr(IntakeRtp) rtp = intake_rtp_new(note, seen);
    g_auto(GStrv) numbers = g_strsplit(order, " ", -1);
    for (guint i = 0; numbers[i] != NULL; i++)
        push(rtp, (guint16)g_ascii_strtoull(numbers[i], NULL, 10), 1);
    intake_rtp_flush(rtp);
    IntakeRtpFigures found = intake_rtp_get_figures(rtp);
    g_assert_cmpstr(seen->str, ==, expected);
    g_assert_cmpuint(found.lost, ==, figures.lost);
    g_assert_cmpuint(found.late, ==, figures.late);
    g_assert_cmpuint(found.reordered, ==, figures.reordered);
    g_assert_cmpuint(found.restarts, ==, figures.restarts);
}

static void
test_order(void)
{
    expect("1 2 3", "1 2 3 ", (IntakeRtpFigures){0});
    expect("1 3 2 4", "1 2 3 4 ", (IntakeRtpFigures){.reordered = 1});
    expect("1 4 3 2 5", "1 2 3 4 5 ", (IntakeRtpFigures){.reordered = 2});
    expect("1 2 2 3 3", "1 2 3 ", (IntakeRtpFigures){.late = 2});
    expect("1 2 4 5", "1 2 4 5 ", (IntakeRtpFigures){.lost = 1});
    expect("65534 65535 1 0 2", "65534 65535 0 1 2 ", (IntakeRtpFigures){.reordered = 1});
    expect("1 2 30000 30001", "1 2 30000 30001 ", (IntakeRtpFigures){.restarts = 1});
    expect("100 99 101", "100 101 ", (IntakeRtpFigures){.late = 1});
}

/* What is missing is waited for until the window is full, and no longer. */
static void
test_window(void)
{
    g_autoptr(GString) seen = g_string_new(NULL);
    g_autoptr(IntakeRtp) rtp = intake_rtp_new(note, seen);
    push(rtp, 0, 1);
    for (guint16 i = 2; i < INTAKE_RTP_WINDOW + 1; i++)
        push(rtp, i, 1);
    g_assert_cmpstr(seen->str, ==, "0 ");
    push(rtp, INTAKE_RTP_WINDOW + 1, 1);
    g_assert_true(g_str_has_prefix(seen->str, "0 2 3 4 "));
    g_assert_cmpuint(intake_rtp_get_figures(rtp).lost, ==, 1);
    push(rtp, 1, 1);
    g_assert_cmpuint(intake_rtp_get_figures(rtp).late, ==, 1);
}

/* The correcting packet of @count packets from @base on, @offset between two. */
static void
push_fec(IntakeRtp *rtp, guint16 base, guint8 offset, guint8 count)
{
    guint8 packet[12 + 16 + 4] = {0x80, 96};
    guint8 *header = packet + 12, *sum = header + 16;
    guint16 lengths = 0;
    header[0] = (guint8)(base >> 8);
    header[1] = (guint8)base;
    header[4] = 0x80 | 33;
    header[13] = offset;
    header[14] = count;
    for (guint i = 0; i < count; i++) {
        guint16 number = (guint16)(base + i * offset);
        lengths ^= 4;
        sum[0] ^= 0x47;
        sum[2] ^= (guint8)(number >> 8);
        sum[3] ^= (guint8)number;
    }
    header[2] = (guint8)(lengths >> 8);
    header[3] = (guint8)lengths;
    intake_rtp_push_fec(rtp, packet, sizeof packet);
}

/* A matrix of 5 columns and 4 rows from 65530 on; those of @lost do not come. */
static char *
correct(const char *lost, gboolean rows, IntakeRtpFigures *figures)
{
    g_autoptr(GString) seen = g_string_new(NULL);
    g_autoptr(IntakeRtp) rtp = intake_rtp_new(note, seen);
    const guint16 base = 65530;
    push_fec(rtp, (guint16)(base - 20), 5, 4); // of the matrix before: they may be waited for
    for (guint i = 0; i < 20; i++) {
        g_autofree char *name = g_strdup_printf(" %u ", i);
        if (strstr(lost, name) == NULL)
            push(rtp, (guint16)(base + i), 1);
    }
    for (guint i = 0; i < 5; i++)
        push_fec(rtp, (guint16)(base + i), 5, 4);
    for (guint i = 0; rows && i < 4; i++)
        push_fec(rtp, (guint16)(base + 5 * i), 1, 5);
    intake_rtp_flush(rtp);
    *figures = intake_rtp_get_figures(rtp);
    return g_strdup(seen->str);
}

static void
test_correction(void)
{
    IntakeRtpFigures figures = {0};
    g_autofree char *all = correct("", FALSE, &figures);
    g_assert_cmpuint(figures.recovered, ==, 0);
    g_assert_true(g_str_has_prefix(all, "65530 65531 65532 65533 65534 65535 0 1 2 "));
    g_autofree char *burst = correct(" 6 7 8 9 10 ", FALSE, &figures); // one of each column
    g_assert_cmpstr(burst, ==, all);
    g_assert_cmpuint(figures.recovered, ==, 5);
    g_assert_cmpuint(figures.lost, ==, 0);
    g_autofree char *two = correct(" 6 11 ", FALSE, &figures); // both of one column
    g_assert_cmpuint(figures.recovered, ==, 0);
    g_assert_cmpuint(figures.lost, ==, 2);
    g_autofree char *crossed = correct(" 6 11 ", TRUE, &figures); // but of two rows
    g_assert_cmpstr(crossed, ==, all);
    g_assert_cmpuint(figures.recovered, ==, 2);
    g_autofree char *chain = correct(" 6 11 7 ", TRUE, &figures); // one makes the next possible
    g_assert_cmpstr(chain, ==, all);
    g_autofree char *square = correct(" 6 7 11 12 ", TRUE, &figures); // no way
    g_assert_cmpuint(figures.lost, ==, 4);
}

static void
test_wrong_correction(void)
{
    g_autoptr(GString) seen = g_string_new(NULL);
    g_autoptr(IntakeRtp) rtp = intake_rtp_new(note, seen);
    static const guint8 shapes[][2] = {{0, 4}, {5, 0}, {255, 255}};
    for (guint i = 0; i < G_N_ELEMENTS(shapes); i++) {
        guint8 packet[12 + 16 + 4] = {0x80, 96};
        packet[16] = 0x80;
        packet[25] = shapes[i][0];
        packet[26] = shapes[i][1];
        intake_rtp_push_fec(rtp, packet, sizeof packet);
        intake_rtp_push_fec(rtp, packet, 12 + 16);
        intake_rtp_push_fec(rtp, packet, 5);
    }
    push(rtp, 1, 1);
    push(rtp, 3, 1);
    push_fec(rtp, 2, 1, 1); // a copy of it is a correction, too
    g_assert_cmpstr(seen->str, ==, "1 2 3 ");
    for (guint i = 0; i < 1000; i++) // never of use: forgotten
        push_fec(rtp, (guint16)(i * 7), 16, 16);
    push(rtp, 4, 1);
    g_assert_cmpstr(seen->str, ==, "1 2 3 4 ");
}

static void
test_senders(void)
{
    g_autoptr(GString) seen = g_string_new(NULL);
    g_autoptr(IntakeRtp) rtp = intake_rtp_new(note, seen);
    push(rtp, 10, 1);
    push(rtp, 12, 1);
    push(rtp, 500, 2);
    g_assert_cmpstr(seen->str, ==, "10 12 500 ");
    g_assert_cmpuint(intake_rtp_get_figures(rtp).restarts, ==, 1);
}

/* Contributing sources, an extension, padding; and what is cut off or is no RTP. */
static void
test_heads(void)
{
    g_autoptr(GString) seen = g_string_new(NULL);
    g_autoptr(IntakeRtp) rtp = intake_rtp_new(note, seen);
    guint8 full[12 + 8 + 8 + 4 + 3] = {0xB2, 33, 0, 7};
    full[12 + 8 + 3] = 1; // one word of extension
    full[28] = 0x47;
    full[31] = 7;
    full[sizeof full - 1] = 3; // bytes of padding
    intake_rtp_push(rtp, full, sizeof full);
    g_assert_cmpstr(seen->str, ==, "7 ");
    g_assert_true(intake_rtp_recognise(full, sizeof full));
    for (gsize length = 0; length < 28; length++) {
        g_autofree guint8 *cut = g_memdup2(full, length);
        intake_rtp_push(rtp, cut, length);
        g_assert_false(intake_rtp_recognise(cut, length));
    }
    guint8 plain[188] = {0x47};
    g_assert_false(intake_rtp_recognise(plain, sizeof plain));
    g_assert_cmpstr(seen->str, ==, "7 ");
    g_assert_cmpuint(intake_rtp_get_figures(rtp).refused, ==, 28);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/intake/rtp/order", test_order);
    g_test_add_func("/intake/rtp/window", test_window);
    g_test_add_func("/intake/rtp/senders", test_senders);
    g_test_add_func("/intake/rtp/heads", test_heads);
    g_test_add_func("/intake/rtp/correction", test_correction);
    g_test_add_func("/intake/rtp/wrong-correction", test_wrong_correction);
    return g_test_run();
}
