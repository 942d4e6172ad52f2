// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Sizes of the rungs: even, in shape, never larger than the source.
#include "pipelines/encode/rungs.h"

static void
check_fit(guint side, guint width, guint height, guint fit_width, guint fit_height)
{
    guint got_width, got_height;
    encode_rungs_fit(side, width, height, &got_width, &got_height);
    g_assert_cmpuint(got_width, ==, fit_width);
    g_assert_cmpuint(got_height, ==, fit_height);
}

static void
test_fit(void)
{
    check_fit(720, 1920, 1080, 1280, 720);
    check_fit(360, 1920, 1080, 640, 360);
    check_fit(270, 1920, 1080, 480, 270);
    check_fit(270, 1080, 1920, 270, 480);
    check_fit(270, 720, 576, 338, 270);
    check_fit(720, 853, 481, 852, 480);
    check_fit(270, 175, 143, 174, 142);
    check_fit(270, 1, 1, 16, 16);
    check_fit(270, 8000, 100, 730, 16);
}

static void
test_suits(void)
{
    g_assert_true(encode_rungs_suits(ENCODE_RUNGS_VOICE, TRUE, 0, 0));
    g_assert_false(encode_rungs_suits(ENCODE_RUNGS_VOICE, FALSE, 1280, 720));
    g_assert_false(encode_rungs_suits(ENCODE_RUNGS_SMALL, TRUE, 0, 0));
    g_assert_true(encode_rungs_suits(ENCODE_RUNGS_SMALL, FALSE, 100, 50));
    g_assert_false(encode_rungs_suits(ENCODE_RUNGS_MEDIUM, TRUE, 480, 270));
    g_assert_true(encode_rungs_suits(ENCODE_RUNGS_MEDIUM, TRUE, 640, 360));
    g_assert_false(encode_rungs_suits(ENCODE_RUNGS_LARGE, TRUE, 640, 360));
    g_assert_true(encode_rungs_suits(ENCODE_RUNGS_LARGE, TRUE, 480, 854));
    g_assert_true(encode_rungs_suits(ENCODE_RUNGS_LITE, FALSE, 64, 64));
    g_assert_false(encode_rungs_suits(ENCODE_RUNGS_LITE, FALSE, 320, 62));
    g_assert_false(encode_rungs_suits(ENCODE_RUNGS_LITE, FALSE, 8000, 100));
    g_assert_true(encode_rungs_suits(ENCODE_RUNGS_SLIDES, FALSE, 320, 240));
    g_assert_false(encode_rungs_suits(ENCODE_RUNGS_CLEAR, TRUE, 640, 360));
    g_assert_true(encode_rungs_suits(ENCODE_RUNGS_CLEAR, TRUE, 640, 480));
}

static void
test_names(void)
{
    EncodeRungsId id;
    for (int i = 0; i < ENCODE_RUNGS_COUNT; i++) {
        g_assert_true(encode_rungs_parse(encode_rungs_get((EncodeRungsId)i)->name, &id));
        g_assert_cmpint(id, ==, i);
    }
    g_assert_false(encode_rungs_parse("../voice", &id));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/encode/rungs/fit", test_fit);
    g_test_add_func("/encode/rungs/suits", test_suits);
    g_test_add_func("/encode/rungs/names", test_names);
    return g_test_run();
}
