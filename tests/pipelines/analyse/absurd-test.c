// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The analysis of what no lesson is: it says something sane or why not, in bounded time and memory,
// and can be stopped.
#include <string.h>

#include "pipelines/analyse/glance.h"
#include "pipelines/analyse/picture.h"
#include "pipelines/source/failure.h"
#include "pipelines/source/reader.h"
#include "tests/pipelines/analyse/lecture.h"
#include "tests/pipelines/encode/damage.h"
#include "tests/pipelines/encode/folder.h"
#include "tests/pipelines/encode/maker.h"

#define SEED 20260301
#define SHORT_COUNT 120
#define LONG_COUNT 3000
#define FAR 1550 // the damage that gives a file times of a month

/* The lists are in order and within the lesson, as those who read them may trust. */
static void
check_sane(AnalyseResult *result)
{
    result->has_picture = TRUE;
    g_autofree char *text = analyse_result_to_json(result);
    g_autoptr(GError) error = NULL;
    g_autoptr(AnalyseResult) again = analyse_result_parse(text, strlen(text), &error);
    g_assert_no_error(error);
    g_assert_cmpuint(again->picture.slides->len, ==, result->picture.slides->len);
}

/* Returns: (transfer full): NULL when the file cannot be read, or not analysed, which is said. */
static AnalyseResult *
analyse_file(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SourceReader) reader = source_reader_open(path, 0, NULL, NULL, &error);
    if (reader == NULL) {
        g_assert_nonnull(error);
        return NULL;
    }
    const SourceInfo *info = source_reader_get_info(reader);
    if (!info->has_picture)
        return NULL;
    AnalyseGlance glance = {0};
    if (!analyse_glance_run(path, info, NULL, NULL, &glance, &error)) {
        g_assert_nonnull(error);
        g_clear_error(&error);
    }
    g_autoptr(AnalyseResult) result = analyse_result_new();
    AnalysePictureJob job = {.path = path, .info = info};
    if (!analyse_picture_run(&job, &result->picture, &error)) {
        g_assert_nonnull(error);
        return NULL;
    }
    check_sane(result);
    return g_steal_pointer(&result);
}

static AnalyseResult *
analyse_lecture(const Lecture *lecture, const char *name)
{
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *path = g_build_filename(folder->path, name, NULL);
    lecture_write(lecture, path);
    AnalyseResult *result = analyse_file(path);
    g_assert_nonnull(result);
    return result;
}

static void
test_sizes(void)
{
    static const LectureScene scenes[] = {{LECTURE_BLACK, 400, 0}, {LECTURE_SLIDE, 800, 0}};
    Lecture lecture = lecture_usual(scenes, G_N_ELEMENTS(scenes));
    lecture.encoder = "ffv1";
    lecture.width = lecture.height = 1;
    g_autoptr(AnalyseResult) dot = analyse_lecture(&lecture, "dot.mkv");
    g_assert_cmpuint(dot->picture.crop.width, ==, 1);
    lecture.width = 4096;
    lecture.height = 2;
    g_autoptr(AnalyseResult) line = analyse_lecture(&lecture, "line.mkv");
    g_assert_cmpuint(line->picture.crop.width, ==, 4096);
    lecture.encoder = "mjpeg";
    lecture.width = 7680;
    lecture.height = 4320;
    lecture.rate_numerator = 5;
    g_autoptr(AnalyseResult) large = analyse_lecture(&lecture, "large.avi");
    g_assert_cmpuint(large->picture.slides->len, ==, 1);
    g_assert_cmpint(large->picture.black_start_ms, ==, 400);
}

static void
test_fast(void)
{
    static const LectureScene scenes[] = {
        {LECTURE_SLIDE, 1500, 0}, {LECTURE_SLIDE, 1500, 0}, {LECTURE_BUILD, 1000, 0}};
    Lecture lecture = lecture_usual(scenes, G_N_ELEMENTS(scenes));
    lecture.rate_numerator = 240;
    lecture.width = 320;
    lecture.height = 180;
    g_autoptr(AnalyseResult) result = analyse_lecture(&lecture, "fast.mp4");
    const GArray *slides = result->picture.slides;
    g_assert_cmpuint(slides->len, ==, 3);
    for (guint i = 0; i < 3; i++)
        g_assert_cmpint(ABS(g_array_index(slides, AnalyseResultSlide, i).start_ms - 1500 * i), <=,
                        35);
}

static void
test_stills_as_video(void)
{
    static const LectureScene scenes[] = {
        {LECTURE_SLIDE, 20000, 0}, {LECTURE_BUILD, 10000, 0}, {LECTURE_SLIDE, 30000, 0}};
    Lecture lecture = lecture_usual(scenes, G_N_ELEMENTS(scenes));
    lecture.encoder = "png";
    lecture.rate_numerator = 1;
    lecture.rate_denominator = 5;
    g_autoptr(AnalyseResult) result = analyse_lecture(&lecture, "png.mov");
    g_assert_cmpuint(result->picture.slides->len, ==, 3);
    g_assert_cmpint(g_array_index(result->picture.slides, AnalyseResultSlide, 2).start_ms, ==,
                    30000);
}

static void
test_ten_hours_of_black(void)
{
    static const LectureScene scenes[] = {{LECTURE_BLACK, 36000000, 0}};
    Lecture lecture = lecture_usual(scenes, G_N_ELEMENTS(scenes));
    lecture.width = 64;
    lecture.height = 64;
    lecture.rate_numerator = 1;
    lecture.rate_denominator = 4;
    g_autoptr(AnalyseResult) result = analyse_lecture(&lecture, "black.mp4");
    g_assert_cmpuint(result->picture.slides->len, ==, 0);
    g_assert_cmpint(result->picture.black_start_ms, ==, 36000000);
}

static gboolean
on_stop(gpointer data)
{
    guint *asked = data;
    return ++*asked > 5;
}

static void
test_stopped(void)
{
    static const LectureScene scenes[] = {{LECTURE_SLIDE, 6000, 0}, {LECTURE_SLIDE, 6000, 0}};
    Lecture lecture = lecture_usual(scenes, G_N_ELEMENTS(scenes));
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *path = g_build_filename(folder->path, "lecture.mp4", NULL);
    lecture_write(&lecture, path);
    g_autoptr(SourceReader) reader = source_reader_open(path, 0, NULL, NULL, NULL);
    g_assert_nonnull(reader);
    const SourceInfo *info = source_reader_get_info(reader);
    g_autoptr(AnalyseResult) result = analyse_result_new();
    guint asked = 0;
    g_autoptr(GError) error = NULL;
    AnalysePictureJob job = {.path = path, .info = info, .stop = on_stop, .data = &asked};
    g_assert_false(analyse_picture_run(&job, &result->picture, &error));
    g_assert_error(error, SOURCE_FAILURE, SOURCE_FAILURE_CANCELLED);
    g_clear_error(&error);
    AnalyseGlance glance = {.samples = 77};
    asked = 0;
    g_assert_false(analyse_glance_run(path, info, on_stop, &asked, &glance, &error));
    g_assert_error(error, SOURCE_FAILURE, SOURCE_FAILURE_CANCELLED);
    g_assert_cmpuint(glance.samples, ==, 77);
    g_clear_error(&error);
    job.path = "/nowhere/at/all";
    job.stop = NULL;
    g_assert_false(analyse_picture_run(&job, &result->picture, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

static void
run_damaged(const char *folder, const GByteArray *whole, const char *ending, guint number)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED + number);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_byte_array_append(bytes, whole->data, whole->len);
    damage_bytes(random, bytes);
    if (g_rand_boolean(random))
        damage_bytes(random, bytes);
    g_autofree char *path = g_strdup_printf("%s/damaged.%s", folder, ending);
    g_assert_true(g_file_set_contents(path, (const char *)bytes->data, (gssize)bytes->len, NULL));
    analyse_result_free(analyse_file(path));
}

/* 120 damaged files, 3,000 with DAORIAN_TEST_LONG=1. */
static void
test_damaged(void)
{
    static const char *const endings[] = {"mp4", "mkv", "ts", "avi", "flv"};
    static const LectureScene scenes[] = {
        {LECTURE_SLIDE, 900, 0}, {LECTURE_BUILD, 700, 0}, {LECTURE_CAMERA, 800, 0}};
    g_autoptr(Folder) folder = folder_new();
    GByteArray *wholes[G_N_ELEMENTS(endings)];
    for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
        Lecture lecture = lecture_usual(scenes, G_N_ELEMENTS(scenes));
        gsize length = 0;
        char *content = NULL;
        g_autofree char *path = g_strdup_printf("%s/whole.%s", folder->path, endings[i]);
        lecture.width = 160;
        lecture.height = 96;
        lecture.gop = 12;
        lecture.encoder = i == 2 ? "mpeg2video" : i == 3 ? "mpeg4" : "libx264";
        lecture_write(&lecture, path);
        g_assert_true(g_file_get_contents(path, &content, &length, NULL));
        wholes[i] = g_byte_array_new_take((guint8 *)content, length);
    }
    guint count = g_strcmp0(g_getenv("DAORIAN_TEST_LONG"), "1") == 0 ? LONG_COUNT : SHORT_COUNT;
    for (guint number = 0; number < count; number++) {
        guint kind = number % G_N_ELEMENTS(endings);
        run_damaged(folder->path, wholes[kind], endings[kind], number);
    }
    run_damaged(folder->path, wholes[FAR % G_N_ELEMENTS(endings)],
                endings[FAR % G_N_ELEMENTS(endings)], FAR);
    for (guint i = 0; i < G_N_ELEMENTS(endings); i++)
        g_byte_array_unref(wholes[i]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/analyse/absurd/sizes", test_sizes);
    g_test_add_func("/analyse/absurd/fast", test_fast);
    g_test_add_func("/analyse/absurd/stills-as-video", test_stills_as_video);
    g_test_add_func("/analyse/absurd/ten-hours-of-black", test_ten_hours_of_black);
    g_test_add_func("/analyse/absurd/stopped", test_stopped);
    g_test_add_func("/analyse/absurd/damaged", test_damaged);
    return g_test_run();
}
