// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The grid: every cut is a picture of every rung, nothing of a lesson is left out.
#include "pipelines/encode/cuts.h"
#include "pipelines/encode/grid.h"

static void
check_rate(guint numerator, guint denominator, double fps, guint lite, guint small)
{
    for (guint seconds = 4; seconds <= 8; seconds += 4) {
        EncodeGrid grid = encode_grid_choose(numerator, denominator, seconds);
        g_assert_cmpfloat_with_epsilon((double)grid.numerator / grid.denominator, fps, 0.001);
        g_assert_cmpuint(encode_grid_find_step(&grid, 12.5), ==, lite);
        g_assert_cmpuint(encode_grid_find_step(&grid, 15), ==, small);
        g_assert_cmpuint(encode_grid_find_step(&grid, 30), ==, 1);
        g_assert_cmpuint(grid.ticks % lite, ==, 0);
        g_assert_cmpuint(grid.ticks % small, ==, 0);
        g_assert_cmpfloat_with_epsilon(encode_grid_get_segment_seconds(&grid), seconds, 0.01);
    }
}

static void
test_rates(void)
{
    check_rate(25, 1, 25, 2, 2);
    check_rate(50, 1, 25, 2, 2);
    check_rate(30000, 1001, 29.97, 3, 2);
    check_rate(60000, 1001, 29.97, 3, 2);
    check_rate(24000, 1001, 23.976, 2, 2);
    check_rate(120, 1, 30, 3, 2);
    check_rate(15, 1, 15, 1, 1);
    check_rate(1, 1, 10, 1, 1);
    check_rate(0, 0, 25, 2, 2);
    check_rate(90000, 1, 25, 2, 2);
    check_rate(17, 1, 20, 2, 2);
    check_rate(25, 2, 12.5, 1, 1);
}

static void
test_times(void)
{
    EncodeGrid grid = encode_grid_choose(30000, 1001, 4);
    for (gint64 tick = 0; tick < 100000; tick += 7) {
        gint64 pts90k = encode_grid_tick_to_pts90k(&grid, tick);
        g_assert_cmpint(pts90k, ==, tick * 3003);
        g_assert_cmpint(encode_grid_pts90k_to_tick(&grid, pts90k), ==, tick);
        g_assert_cmpint(encode_grid_us_to_tick(&grid, encode_grid_tick_to_us(&grid, tick)), ==,
                        tick);
    }
}

static void
test_count(void)
{
    EncodeGrid grid = encode_grid_choose(25, 1, 4);
    g_assert_cmpint(encode_grid_count_ticks(&grid, 0), ==, 2);
    g_assert_cmpint(encode_grid_count_ticks(&grid, 10000), ==, 2);
    g_assert_cmpint(encode_grid_count_ticks(&grid, 80000), ==, 2);
    g_assert_cmpint(encode_grid_count_ticks(&grid, 82000), ==, 2);
    g_assert_cmpint(encode_grid_count_ticks(&grid, 90000), ==, 4);
    g_assert_cmpint(encode_grid_count_ticks(&grid, G_GINT64_CONSTANT(36000000000)), ==, 900000);
    grid = encode_grid_choose(15, 1, 4);
    g_assert_cmpint(encode_grid_count_ticks(&grid, 90000), ==, 2);
    g_assert_cmpint(encode_grid_count_ticks(&grid, 170000), ==, 3);
}

/* An index of segments of these lengths, in ticks of 25 a second. */
static PackageIndex *
make_index(const guint *ticks, guint count)
{
    PackageIndex *index = package_index_new();
    guint64 at = 0;
    for (guint i = 0; i < count; i++) {
        const PackageIndexSegment segment = {.start_pts90k = at,
                                             .duration_pts90k = ticks[i] * 3600};
        g_array_append_val(index->segments, segment);
        at += segment.duration_pts90k;
    }
    return index;
}

static void
check_cuts(const guint *ticks, guint count, gboolean fits, guint expected)
{
    g_autoptr(PackageIndex) index = make_index(ticks, count);
    EncodeGrid grid = encode_grid_choose(25, 1, 4);
    g_assert_cmpint(encode_cuts_fit(index, &grid), ==, fits);
    g_assert_cmpuint(grid.ticks, ==, expected);
}

/* What is made for a recording is cut where its rungs are, or not at all. */
static void
test_cuts(void)
{
    static const guint even[] = {76, 76, 76}, tail[] = {76, 76, 88}, shorter[] = {76, 76, 20};
    static const guint long_tail[] = {76, 76, 89}, gap[] = {76, 30, 76}, one[] = {30};
    check_cuts(even, G_N_ELEMENTS(even), TRUE, 76);
    check_cuts(tail, G_N_ELEMENTS(tail), TRUE, 76);
    check_cuts(shorter, G_N_ELEMENTS(shorter), TRUE, 76);
    check_cuts(long_tail, G_N_ELEMENTS(long_tail), FALSE, 100);
    check_cuts(gap, G_N_ELEMENTS(gap), FALSE, 100);
    check_cuts(one, G_N_ELEMENTS(one), TRUE, 100);
    g_autoptr(PackageIndex) index = make_index(even, G_N_ELEMENTS(even));
    EncodeGrid grid = encode_grid_choose(24, 1, 4);
    g_assert_false(encode_cuts_fit(index, &grid)); // 72.96 ticks
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/encode/grid/rates", test_rates);
    g_test_add_func("/encode/grid/times", test_times);
    g_test_add_func("/encode/grid/count", test_count);
    g_test_add_func("/encode/grid/cuts", test_cuts);
    return g_test_run();
}
