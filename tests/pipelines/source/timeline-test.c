// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Running time of broken clocks: jumps are closed alike in picture and sound, gaps that mean
// something stay.
#include "pipelines/source/timeline.h"

#define MS 1000
#define FRAME (40 * MS)

static void
test_plain(void)
{
    g_autoptr(SourceTimeline) timeline = source_timeline_new(5000 * MS, FALSE, 0);
    gint64 none = SOURCE_TIMELINE_NONE;
    g_assert_cmpint(source_timeline_place(timeline, 0, 5000 * MS, FRAME), ==, 0);
    g_assert_cmpint(source_timeline_place(timeline, 0, none, FRAME), ==, FRAME);
    g_assert_cmpint(source_timeline_place(timeline, 0, none, FRAME), ==, 2 * FRAME);
    g_assert_cmpint(source_timeline_place(timeline, 1, 4990 * MS, FRAME), ==, -10 * MS);
    // A slide that stands for five minutes.
    g_assert_cmpint(source_timeline_place(timeline, 0, 305000 * MS, FRAME), ==, 300000 * MS);
    g_assert_cmpuint(source_timeline_get_jumps(timeline), ==, 0);
}

static void
test_same_jump_in_both(void)
{
    g_autoptr(SourceTimeline) timeline = source_timeline_new(0, TRUE, 0);
    for (int i = 0; i < 100; i++) {
        source_timeline_place(timeline, 0, i * FRAME, FRAME);
        source_timeline_place(timeline, 1, i * FRAME + 7 * MS, FRAME);
    }
    // The clock wraps: back by 26 hours, picture first; the sound is still 7 ms behind.
    gint64 wrap = G_GINT64_CONSTANT(95443) * 1000 * MS;
    g_assert_cmpint(source_timeline_place(timeline, 0, 100 * FRAME - wrap, FRAME), ==, 100 * FRAME);
    g_assert_cmpint(source_timeline_place(timeline, 1, 100 * FRAME + 7 * MS - wrap, FRAME), ==,
                    100 * FRAME + 7 * MS);
    g_assert_cmpuint(source_timeline_get_jumps(timeline), ==, 1);
}

static void
test_absurd_stamps(void)
{
    g_autoptr(SourceTimeline) timeline = source_timeline_new(0, FALSE, 10000 * MS);
    g_assert_cmpint(source_timeline_place(timeline, 0, 0, FRAME), ==, 0);
    g_assert_cmpint(source_timeline_place(timeline, 0, G_MAXINT64, FRAME), ==, FRAME);
    g_assert_cmpint(source_timeline_place(timeline, 0, G_MININT64 + 1, G_MAXINT64 / 16), <,
                    G_MAXINT64 / 8);
    for (int i = 0; i < 20000; i++)
        source_timeline_place(timeline, 1, i % 2 == 0 ? G_MAXINT64 : G_MININT64 + 1, FRAME);
    g_assert_cmpuint(source_timeline_get_jumps(timeline), <, 5000);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/source/timeline/plain", test_plain);
    g_test_add_func("/source/timeline/same-jump-in-both", test_same_jump_in_both);
    g_test_add_func("/source/timeline/absurd-stamps", test_absurd_stamps);
    return g_test_run();
}
