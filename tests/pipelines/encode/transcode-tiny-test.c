// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The child on pictures that are hardly there: they become the smallest rung there is, never none.
#include <math.h>
#include <string.h>

#include "tests/pipelines/encode/folder.h"
#include "tests/pipelines/encode/job.h"
#include "tests/pipelines/encode/maker.h"
#include "tests/pipelines/encode/played.h"

#define SMALLEST 16

static const int sizes[][2] = {{1, 1}, {2, 2}, {16, 16}};

static void
check_size(int width, int height)
{
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *source = g_build_filename(folder->path, "source.mkv", NULL);
    g_autofree char *staging = g_build_filename(folder->path, "staging", NULL);
    Maker maker = maker_usual();
    maker.picture = "ffv1";
    maker.width = width;
    maker.height = height;
    maker.picture_ms = maker.sound_ms = 2000;
    maker_write(&maker, source);
    JobOptions options = {.rungs = "voice,voice-opus,slides,lite,small,medium,clear,large"};
    g_autoptr(JobResult) result = job_run(source, staging, &options);
    job_result_check_order(result);
    g_assert_false(result->sanitizer);
    g_assert_cmpint(job_result_get_last(result)->kind, ==, CHILD_REPORT_DONE);
    g_assert_null(job_result_find(result, CHILD_REPORT_RUNG_FAILED, NULL));
    const ChildReport *plan = job_result_find(result, CHILD_REPORT_PLAN, NULL);
    g_autofree char *rungs = g_strjoinv(",", plan->rungs);
    g_test_message("%d x %d: %s", width, height, rungs);
    // No room for AV1, nothing above the smallest, and nothing drawn to be read.
    g_assert_nonnull(strstr(rungs, "voice,voice-opus"));
    g_assert_true(g_str_has_suffix(rungs, ",small"));
    const ChildReport *report = job_result_find(result, CHILD_REPORT_RUNG, "small");
    g_assert_nonnull(report);
    g_autoptr(Played) played = played_new(staging, "small");
    g_assert_cmpuint(played->width, >=, SMALLEST);
    g_assert_cmpuint(played->height, >=, SMALLEST);
    g_assert_cmpfloat(fabs(played->picture_end - 2), <=, 0.1);
    g_assert_cmpuint(played->beeps->len, ==, 2);
}

static void
test_sizes(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++)
        check_size(sizes[i][0], sizes[i][1]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/encode/transcode/tiny", test_sizes);
    return g_test_run();
}
