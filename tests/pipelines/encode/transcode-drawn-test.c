// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The child on a recorded lecture: sound comes out first and at its cheapest, then the slides, then
// what moves; and a better rung is made for it later, in one go or in two.
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>

#include "tests/pipelines/analyse/lecture.h"
#include "tests/pipelines/encode/folder.h"
#include "tests/pipelines/encode/job.h"
#include "tests/pipelines/encode/played.h"

// Four looks; the second only adds a line. Segments are of 8 s.
static const LectureScene scenes[] = {
    {LECTURE_SLIDE, 6000, 0},
    {LECTURE_BUILD, 5000, 0},
    {LECTURE_SLIDE, 7000, 0},
    {LECTURE_SLIDE, 8000, 0},
};
#define SECONDS 26
#define SEGMENTS 4 // three whole ones and a tail

typedef struct {
    Folder *folder; // (owned)
    char *source;   // (owned)
    char *staging;  // (owned) of the first job
} Lesson;

static void
set_up(Lesson *lesson, gconstpointer data)
{
    Lecture lecture = lecture_usual(scenes, G_N_ELEMENTS(scenes));
    lecture.height = 400; // large enough for `clear`
    lecture.rate_numerator = 15;
    lecture.gop = 150;
    lecture.inset = lecture.spoken = TRUE;
    lesson->folder = folder_new();
    lesson->source = g_build_filename(lesson->folder->path, "source.mkv", NULL);
    lesson->staging = g_build_filename(lesson->folder->path, "staging", NULL);
    lecture_write(&lecture, lesson->source);
}

static void
tear_down(Lesson *lesson, gconstpointer data)
{
    folder_free(lesson->folder);
    g_free(lesson->source);
    g_free(lesson->staging);
}

/* Where in @result the first line of this kind is. */
static guint
find_line(const JobResult *result, ChildReportKind kind, const char *name)
{
    for (guint i = 0; i < result->reports->len; i++) {
        const ChildReport *report = g_ptr_array_index(result->reports, i);
        if (report->kind == kind && (name == NULL || g_strcmp0(report->name, name) == 0))
            return i;
    }
    return G_MAXUINT;
}

static void
check_order(const JobResult *result)
{
    guint opus = find_line(result, CHILD_REPORT_RUNG, "voice-opus");
    guint aac = find_line(result, CHILD_REPORT_RUNG, "voice");
    guint slides = find_line(result, CHILD_REPORT_SLIDES, NULL);
    guint lite = find_line(result, CHILD_REPORT_CHECKPOINT, "lite");
    guint small = find_line(result, CHILD_REPORT_CHECKPOINT, "small");
    g_assert_cmpuint(opus, ==, aac - 1);
    // Nothing but the sound's own work comes before it.
    g_assert_cmpuint(aac, <, find_line(result, CHILD_REPORT_ASSET, NULL));
    g_assert_cmpuint(aac, <, slides);
    g_assert_cmpuint(slides, <, MIN(lite, small));
    g_assert_cmpuint(MAX(lite, small), <, find_line(result, CHILD_REPORT_DONE, NULL));
    for (guint i = 0; i < aac; i++) {
        const ChildReport *report = g_ptr_array_index(result->reports, i);
        if (report->kind == CHILD_REPORT_PROGRESS)
            g_assert_cmpstr(report->stage, ==, "voice");
    }
}

static void
check_voice(const JobResult *result, const char *staging, const char *rung, const char *codecs)
{
    const ChildReport *report = job_result_find(result, CHILD_REPORT_RUNG, rung);
    g_autoptr(Played) played = played_new(staging, rung);
    g_assert_cmpstr(report->codecs, ==, codecs);
    g_assert_cmpuint(played->channels, ==, 1);
    g_assert_cmpfloat(fabs(played->sound_end - SECONDS), <=, 0.1);
    g_assert_cmpuint(played->beeps->len, ==, SECONDS);
    for (guint i = 0; i < played->beeps->len; i++)
        g_assert_cmpfloat(fabs(g_array_index(played->beeps, double, i) - i), <=, 0.02);
}

static void
check_still(const ChildReport *report, const char *staging, guint position, gint64 start_ms)
{
    g_autofree char *path = g_build_filename(staging, report->file, NULL);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    g_assert_cmpuint(report->position, ==, position);
    g_assert_cmpuint(report->bytes, ==, length);
    g_assert_true(memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0);
    g_assert_cmpfloat(fabs((double)report->start_ms - (double)start_ms), <=, 1000);
    g_assert_cmpuint(report->width, ==, 640);
    g_assert_cmpuint(report->height, ==, 400);
    g_assert_true(report->grows == (position == 2));
    g_autofree char *sum =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, length);
    g_assert_cmpstr(sum, ==, report->sha256);
}

static void
check_slides(const JobResult *result, const char *staging)
{
    guint stills = 0;
    gint64 start_ms = 0;
    for (guint i = 0; i < result->reports->len; i++) {
        const ChildReport *report = g_ptr_array_index(result->reports, i);
        if (report->kind != CHILD_REPORT_ASSET || report->asset != CHILD_ASSET_STILL)
            continue;
        g_assert_cmpuint(stills, <, G_N_ELEMENTS(scenes));
        check_still(report, staging, stills + 1, start_ms);
        start_ms += scenes[stills++].ms;
    }
    const ChildReport *slides = job_result_find(result, CHILD_REPORT_SLIDES, NULL);
    g_assert_cmpuint(stills, ==, G_N_ELEMENTS(scenes));
    g_assert_cmpuint(slides->count, ==, stills);
    g_assert_cmpuint(slides->width, ==, 640);
    g_assert_cmpfloat(fabs((double)slides->duration_ms - SECONDS * 1000), <=, 100);
}

static void
check_moving(const JobResult *result, const char *staging)
{
    static const char *const rungs[] = {"lite", "small"};
    for (guint i = 0; i < G_N_ELEMENTS(rungs); i++) {
        const ChildReport *report = job_result_find(result, CHILD_REPORT_RUNG, rungs[i]);
        g_autoptr(Played) played = played_new(staging, rungs[i]);
        g_assert_cmpfloat(fabs(played->picture_end - SECONDS), <=, 0.1);
        g_assert_cmpuint(played->beeps->len, ==, SECONDS);
        g_assert_cmpfloat(report->ssim, >, 0.9);
    }
}

static void
make_refined(const Lesson *lesson, const char *staging)
{
    // What the daemon does: the published analysis lies in the new staging folder.
    g_autofree char *from = g_build_filename(lesson->staging, "analysis.json", NULL);
    g_autofree char *to = g_build_filename(staging, "analysis.json", NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    g_assert_cmpint(g_mkdir_with_parents(staging, 0755), ==, 0);
    g_assert_true(g_file_get_contents(from, &text, &length, NULL));
    g_assert_true(g_file_set_contents(to, text, (gssize)length, NULL));
}

/* Nothing that is published already is made or told again. */
static void
check_refined(const JobResult *result)
{
    job_result_check_order(result);
    g_assert_cmpint(job_result_get_last(result)->kind, ==, CHILD_REPORT_DONE);
    const ChildReport *plan = job_result_find(result, CHILD_REPORT_PLAN, NULL);
    g_autofree char *rungs = g_strjoinv(",", plan->rungs);
    g_assert_cmpstr(rungs, ==, "clear");
    g_assert_null(job_result_find(result, CHILD_REPORT_ASSET, NULL));
    g_assert_null(job_result_find(result, CHILD_REPORT_SLIDES, NULL));
    g_assert_null(job_result_find(result, CHILD_REPORT_WARNING, NULL));
    g_assert_nonnull(job_result_find(result, CHILD_REPORT_RUNG, "clear"));
    for (guint i = 0; i < result->reports->len; i++) {
        const ChildReport *report = g_ptr_array_index(result->reports, i);
        if (report->kind == CHILD_REPORT_PROGRESS)
            g_assert_cmpstr(report->stage, ==, "clear");
    }
}

/* Killed after checkpoint @kill, in the middle. */
static void
check_killed(const Lesson *lesson, guint kill, const Played *whole)
{
    g_autofree char *staging = g_strdup_printf("%s/killed%u", lesson->folder->path, kill);
    make_refined(lesson, staging);
    JobOptions options = {.rungs = "clear", .kill_checkpoints = kill};
    g_autoptr(JobResult) first = job_run(lesson->source, staging, &options);
    g_assert_cmpint(first->signal, ==, SIGKILL);
    g_assert_null(job_result_find(first, CHILD_REPORT_RUNG, NULL));
    JobOptions again = {.rungs = "clear"};
    g_autoptr(JobResult) second = job_run(lesson->source, staging, &again);
    check_refined(second);
    const ChildReport *next = job_result_find(second, CHILD_REPORT_CHECKPOINT, "clear");
    g_assert_true(next == NULL || next->segments > kill);
    g_autoptr(Played) played = played_new(staging, "clear");
    g_assert_cmpuint(played->packets, ==, whole->packets);
    g_assert_cmpuint(played->pictures, ==, whole->pictures);
    g_assert_cmpuint(played->cuts->len, ==, whole->cuts->len);
    g_assert_cmpfloat(played->picture_end, ==, whole->picture_end);
    g_assert_cmpfloat(played->sound_end, ==, whole->sound_end);
    g_assert_cmpuint(played->beeps->len, ==, SECONDS);
}

/* `lite` of a lesson as small as this one shows all there is: `clear` is thrown away, for good. */
static void
check_needless(const Lesson *lesson)
{
    g_autofree char *staging = g_build_filename(lesson->folder->path, "needless", NULL);
    g_autofree char *made = g_build_filename(staging, "clear.mp4", NULL);
    make_refined(lesson, staging);
    for (guint attempt = 0; attempt < 2; attempt++) {
        JobOptions options = {.rungs = "clear", .bundle = lesson->staging};
        g_autoptr(JobResult) result = job_run(lesson->source, staging, &options);
        const ChildReport *skipped = job_result_find(result, CHILD_REPORT_RUNG_SKIPPED, "clear");
        job_result_check_order(result);
        g_assert_cmpint(job_result_get_last(result)->kind, ==, CHILD_REPORT_DONE);
        g_assert_nonnull(skipped);
        g_assert_cmpstr(skipped->code, ==, "no-gain");
        g_assert_null(job_result_find(result, CHILD_REPORT_RUNG, NULL));
        g_assert_false(g_file_test(made, G_FILE_TEST_EXISTS));
        gboolean encoded = job_result_find(result, CHILD_REPORT_CHECKPOINT, NULL) != NULL;
        g_assert_true(encoded == (attempt == 0));
    }
}

static void
test_lesson(Lesson *lesson, gconstpointer data)
{
    JobOptions options = {.rungs = "voice,voice-opus,slides,lite,small"};
    g_autoptr(JobResult) result = job_run(lesson->source, lesson->staging, &options);
    job_result_check_order(result);
    g_assert_cmpint(job_result_get_last(result)->kind, ==, CHILD_REPORT_DONE);
    check_order(result);
    check_voice(result, lesson->staging, "voice-opus", "opus");
    check_voice(result, lesson->staging, "voice", "mp4a.40.2");
    check_slides(result, lesson->staging);
    check_moving(result, lesson->staging);

    g_autofree char *staging = g_build_filename(lesson->folder->path, "refined", NULL);
    make_refined(lesson, staging);
    JobOptions refine = {.rungs = "clear"};
    g_autoptr(JobResult) refined = job_run(lesson->source, staging, &refine);
    check_refined(refined);
    g_autoptr(Played) played = played_new(staging, "clear");
    g_autoptr(Played) lite = played_new(lesson->staging, "lite");
    g_assert_true(played->av1 && played->opus);
    g_assert_cmpuint(played->channels, ==, 2);
    g_assert_cmpuint(played->height, ==, 400);
    g_assert_cmpfloat(played->picture_end, ==, lite->picture_end);
    // One key picture a segment, where the others are cut.
    g_assert_cmpuint(played->cuts->len, ==, SEGMENTS);
    g_assert_cmpuint(lite->cuts->len, ==, SEGMENTS);
    check_killed(lesson, SEGMENTS / 2, played);
    check_needless(lesson);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/encode/transcode/drawn", Lesson, NULL, set_up, test_lesson, tear_down);
    return g_test_run();
}
