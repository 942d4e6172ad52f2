// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Size and orientation as shown.
#include "pipelines/source/info.h"

#define ONE 0x10000

static void
check_matrix(const gint32 a, const gint32 b, const gint32 c, const gint32 d, guint degrees)
{
    g_autoptr(SourceInfo) info = source_info_new();
    const gint32 matrix[9] = {a, b, 0, c, d, 0, 0, 0, 0x40000000};
    source_info_set_orientation(info, matrix);
    g_assert_cmpuint(info->turn_degrees, ==, degrees);
    g_assert_cmpint(info->mirrored, ==, (gint64)a * d - (gint64)b * c < 0);
}

static void
test_orientation(void)
{
    check_matrix(ONE, 0, 0, ONE, 0);
    check_matrix(0, ONE, -ONE, 0, 90);
    check_matrix(-ONE, 0, 0, -ONE, 180);
    check_matrix(0, -ONE, ONE, 0, 270);
    check_matrix(-ONE, 0, 0, ONE, 0);
    check_matrix(ONE, 0, 0, -ONE, 180);
    check_matrix(0, 0, 0, 0, 0);
    check_matrix(46341, 46341, -46341, 46341, 0);
}

static void
check_size(guint turn, int numerator, int denominator, guint width, guint height)
{
    g_autoptr(SourceInfo) info = source_info_new();
    info->coded_width = 720;
    info->coded_height = 576;
    info->turn_degrees = turn;
    source_info_set_shown_size(info, numerator, denominator);
    g_assert_cmpuint(info->width, ==, width);
    g_assert_cmpuint(info->height, ==, height);
}

static void
test_shown_size(void)
{
    check_size(0, 1, 1, 720, 576);
    check_size(0, 0, 0, 720, 576);
    check_size(0, 64, 45, 1024, 576);
    check_size(0, 15, 16, 720, 614);
    check_size(90, 64, 45, 576, 1024);
    check_size(0, 1000, 1, 720, 576);
    check_size(0, -5, 3, 720, 576);
}

static void
test_truncated(void)
{
    g_autoptr(SourceInfo) info = source_info_new();
    g_assert_false(source_info_is_truncated(info, 5 * G_USEC_PER_SEC));
    info->duration_us = 10 * G_USEC_PER_SEC;
    g_assert_true(source_info_is_truncated(info, 5 * G_USEC_PER_SEC));
    g_assert_false(source_info_is_truncated(info, 9500000));
    info->origin_us = 5 * G_USEC_PER_SEC;
    g_assert_false(source_info_is_truncated(info, 5 * G_USEC_PER_SEC));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/source/info/orientation", test_orientation);
    g_test_add_func("/source/info/shown-size", test_shown_size);
    g_test_add_func("/source/info/truncated", test_truncated);
    return g_test_run();
}
