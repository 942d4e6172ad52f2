// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The child is killed after each checkpoint and started again: it goes on from there, and what
// comes out plays as if nothing had happened.
#include <math.h>
#include <signal.h>
#include <string.h>

#include "tests/pipelines/encode/folder.h"
#include "tests/pipelines/encode/job.h"
#include "tests/pipelines/encode/maker.h"
#include "tests/pipelines/encode/played.h"

#define SECONDS 17

static const char *const rungs[] = {"lite", "small", "medium"};

static void
check_whole(const char *staging)
{
    g_autoptr(Played) small = played_new(staging, "small");
    for (guint i = 0; i < G_N_ELEMENTS(rungs); i++) {
        g_autoptr(Played) played = played_new(staging, rungs[i]);
        g_assert_cmpfloat(fabs(played->picture_end - SECONDS), <=, 0.1);
        played_check_marks(played, SECONDS, played->av1 ? 36 : 30);
        // 4 s segments and a tail of 1 s.
        g_assert_cmpuint(played->cuts->len, ==, 5);
        for (guint cut = 0; cut < played->cuts->len; cut++)
            g_assert_cmpint(g_array_index(played->cuts, gint64, cut), ==,
                            g_array_index(small->cuts, gint64, cut));
    }
}

/* Segments told by the first or the last checkpoint of @rung; 0: there is none. */
static guint
find_segments(const JobResult *result, const char *rung, gboolean first)
{
    guint segments = 0;
    for (guint i = 0; i < result->reports->len; i++) {
        const ChildReport *report = g_ptr_array_index(result->reports, i);
        if (report->kind != CHILD_REPORT_CHECKPOINT || strcmp(report->name, rung) != 0)
            continue;
        segments = report->segments;
        if (first)
            break;
    }
    return segments;
}

/* Nothing that was durable is done again. */
static void
check_goes_on(const JobResult *first, const JobResult *second)
{
    for (guint i = 0; i < G_N_ELEMENTS(rungs); i++) {
        guint before = find_segments(first, rungs[i], FALSE);
        guint after = find_segments(second, rungs[i], TRUE);
        g_assert_true(after == 0 || after > before);
    }
}

/* The same rungs are kept, and all are measured, whatever was made before the kill. */
static void
check_measured(const JobResult *whole, const JobResult *second)
{
    for (guint i = 0; i < G_N_ELEMENTS(rungs); i++) {
        const ChildReport *before = job_result_find(whole, CHILD_REPORT_RUNG, rungs[i]);
        const ChildReport *after = job_result_find(second, CHILD_REPORT_RUNG, rungs[i]);
        g_assert_true(before != NULL && after != NULL);
        g_test_message("%s: %.4f, resumed %.4f", rungs[i], before->ssim, after->ssim);
        g_assert_cmpfloat(before->ssim, >, 0.5);
        g_assert_cmpfloat(after->ssim, >, 0.5);
    }
}

static void
test_kill_at_each_checkpoint(void)
{
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *source = g_build_filename(folder->path, "source.mp4", NULL);
    Maker maker = maker_usual();
    maker.width = 400;
    maker.height = 300;
    maker.picture_ms = maker.sound_ms = SECONDS * 1000;
    maker_write(&maker, source);
    guint killed = 0;
    g_autofree char *unbroken = g_build_filename(folder->path, "unbroken", NULL);
    JobOptions usual = {0};
    g_autoptr(JobResult) whole = job_run(source, unbroken, &usual);
    // Three rungs with four checkpoints each.
    for (guint kill = 1; kill <= 11; kill += 2) {
        g_autofree char *staging = g_strdup_printf("%s/staging%u", folder->path, kill);
        JobOptions options = {.kill_checkpoints = kill};
        g_autoptr(JobResult) first = job_run(source, staging, &options);
        // The last of them may come when all is done.
        killed += first->signal == SIGKILL;
        guint permille = 0;
        for (guint i = 0; i < first->reports->len; i++)
            permille =
                MAX(permille, ((ChildReport *)g_ptr_array_index(first->reports, i))->permille);
        JobOptions again = {.done = "voice", .permille = permille};
        g_autoptr(JobResult) second = job_run(source, staging, &again);
        job_result_check_order(second);
        g_assert_cmpint(job_result_get_last(second)->kind, ==, CHILD_REPORT_DONE);
        const ChildReport *progress = job_result_find(second, CHILD_REPORT_PROGRESS, NULL);
        g_assert_cmpuint(progress->permille, >=, permille);
        check_goes_on(first, second);
        check_measured(whole, second);
        check_whole(staging);
    }
    g_assert_cmpuint(killed, >=, 3);
    // Killed when all was done but told: nothing is left to encode, all is measured.
    g_autoptr(JobResult) third = job_run(source, unbroken, &(JobOptions){.done = "voice"});
    g_assert_null(job_result_find(third, CHILD_REPORT_CHECKPOINT, "small"));
    check_measured(whole, third);
}

static void
test_kill_in_voice(void)
{
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *source = g_build_filename(folder->path, "source.mp4", NULL);
    g_autofree char *staging = g_build_filename(folder->path, "staging", NULL);
    Maker maker = maker_usual();
    maker.picture = NULL;
    maker.sound_ms = SECONDS * 1000;
    maker_write(&maker, source);
    JobOptions options = {.cancel = TRUE};
    g_autoptr(JobResult) first = job_run(source, staging, &options);
    g_assert_cmpstr(job_result_get_last(first)->code, ==, "cancelled");
    JobOptions again = {.permille = 1};
    g_autoptr(JobResult) second = job_run(source, staging, &again);
    g_assert_cmpint(job_result_get_last(second)->kind, ==, CHILD_REPORT_DONE);
    g_autoptr(Played) played = played_new(staging, "voice");
    g_assert_cmpuint(played->beeps->len, ==, SECONDS);
    for (guint i = 0; i < SECONDS; i++)
        g_assert_cmpfloat(fabs(g_array_index(played->beeps, double, i) - i), <=, 0.02);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/encode/resume/kill-at-each-checkpoint", test_kill_at_each_checkpoint);
    g_test_add_func("/encode/resume/kill-in-voice", test_kill_in_voice);
    return g_test_run();
}
