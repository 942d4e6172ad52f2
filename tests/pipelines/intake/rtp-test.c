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
    return g_test_run();
}
