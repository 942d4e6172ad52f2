// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Fills a data folder with what a channel kept: patch-maker FOLDER. A recording with a gap, its
// repeat, and another programme of the same title; the daemon that is started then makes their
// lessons. Prints their ids, a line each. For tests that patch as a teacher does.
#include "tests/server/flows/patch-harness.h"

#define DAY_MS (G_GINT64_CONSTANT(24) * 3600 * 1000)

int
main(int argc, char **argv)
{
    static const PatchHarnessStretch other = {PATCH_HARNESS_PROGRAMME + 1, PATCH_HARNESS_REPEAT_MS,
                                              PATCH_HARNESS_REPEAT_S};
    if (argc != 2)
        g_error("usage: patch-maker FOLDER");
    PatchHarness *harness =
        patch_harness_new(g_strdup(argv[1]), "/bin/false", g_get_real_time() / 1000);
    patch_harness_keep_own(harness);
    patch_harness_keep_repeat(harness, NULL, 0);
    g_print("%s\n%s\n", harness->own, harness->repeat);
    harness->repeated_ms += DAY_MS;
    patch_harness_keep_repeat(harness, &other, 1);
    g_print("%s\n", harness->repeat);
    patch_harness_free(harness);
    return 0;
}
