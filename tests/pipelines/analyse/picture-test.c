// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The picture half of the analysis against lectures whose slides are known: each is found, at its
// time, and next to nothing else.
#include "pipelines/analyse/picture.h"

#include "pipelines/analyse/glance.h"
#include "pipelines/source/reader.h"
#include "tests/pipelines/analyse/board.h"
#include "tests/pipelines/analyse/lecture.h"
#include "tests/pipelines/encode/folder.h"

#define LATEST_MS 1000
#define FALSE_PERMILLE 20
#define FAINT_MS 80

typedef struct {
    AnalyseResult *result; // (owned)
    AnalyseGlance glance;  // (value)
    SourceInfo *info;      // (owned)
    guint beats;           // (value)
} Seen;

static void
free_seen(Seen *seen)
{
    analyse_result_free(seen->result);
    source_info_free(seen->info);
    g_free(seen);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Seen, free_seen)

static void
on_progress(gint64 media_us, gpointer data)
{
    g_assert_cmpint(media_us, >=, 0);
    ((Seen *)data)->beats++;
}

static Seen *
analyse(const Lecture *lecture, const char *name)
{
    g_autoptr(Folder) folder = folder_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(folder->path, name, NULL);
    lecture_write(lecture, path);
    g_autoptr(SourceReader) reader = source_reader_open(path, 0, NULL, NULL, &error);
    g_assert_no_error(error);
    Seen *seen = g_new0(Seen, 1);
    seen->info = source_info_copy(source_reader_get_info(reader));
    seen->result = analyse_result_new();
    analyse_glance_run(path, seen->info, NULL, NULL, &seen->glance, &error);
    g_assert_no_error(error);
    AnalysePictureJob job = {
        .path = path, .info = seen->info, .progress = on_progress, .data = seen};
    analyse_picture_run(&job, &seen->result->picture, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(seen->beats, >, 0);
    return seen;
}

static const AnalyseResultSlide *
find_still(const GArray *slides, const LectureTruth *truth, gint64 slack_ms)
{
    for (guint i = 0; i < slides->len; i++) {
        const AnalyseResultSlide *slide = &g_array_index(slides, AnalyseResultSlide, i);
        if (ABS(slide->start_ms - truth->start_ms) <= slack_ms)
            return slide;
    }
    g_error("nothing found at %" G_GINT64_FORMAT " ms", truth->start_ms);
    return NULL;
}

/* Every slide, each within @slack_ms, next to no others; what is shown for each is of its time. */
static void
check(const Seen *seen, const Lecture *lecture, gint64 slack_ms)
{
    g_autoptr(GArray) truths = lecture_get_truth(lecture);
    const GArray *slides = seen->result->picture.slides;
    for (guint i = 0; i < truths->len; i++) {
        const LectureTruth *truth = &g_array_index(truths, LectureTruth, i);
        const AnalyseResultSlide *slide = find_still(slides, truth, slack_ms);
        g_assert_cmpint(slide->best_ms, >=, truth->start_ms);
        // The first steps of a fade are not seen.
        g_assert_cmpint(slide->best_ms, <, truth->end_ms + MIN(slack_ms, FAINT_MS) - 1);
        g_assert_cmpint(slide->grows, ==, truth->kind == LECTURE_BUILD);
    }
    g_test_message("%u slides, %u stills", truths->len, slides->len);
    g_assert_cmpuint((slides->len - truths->len) * 1000, <=, slides->len * FALSE_PERMILLE);
}

static const LectureScene usual_scenes[] = {
    {LECTURE_SLIDE, 6000, 0},  {LECTURE_BUILD, 7320, 0}, {LECTURE_BUILD, 5000, 0},
    {LECTURE_SLIDE, 9000, 0},  {LECTURE_BUILD, 4000, 0}, {LECTURE_SLIDE, 3000, 0},
    {LECTURE_SLIDE, 12040, 0}, {LECTURE_BUILD, 2000, 0}, {LECTURE_SLIDE, 8000, 0}};

static Lecture
make_usual(void)
{
    return lecture_usual(usual_scenes, G_N_ELEMENTS(usual_scenes));
}

static void
test_slides(void)
{
    Lecture lecture = make_usual();
    g_autoptr(Seen) seen = analyse(&lecture, "lecture.mp4");
    const AnalyseResultPicture *picture = &seen->result->picture;
    check(seen, &lecture, 1);
    g_assert_cmpint(picture->content, ==, ANALYSE_RESULT_CONTENT_SLIDES);
    g_assert_cmpint(seen->glance.content, ==, ANALYSE_RESULT_CONTENT_SLIDES);
    g_assert_cmpuint(picture->inset.width, ==, 0);
    g_assert_cmpuint(picture->crop.width, ==, 640);
    g_assert_cmpuint(picture->crop.height, ==, 360);
    g_assert_false(picture->interlaced);
    g_assert_cmpint(picture->black_start_ms, ==, 0);
    g_assert_cmpint(picture->black_end_ms, ==, 0);
    g_assert_cmpuint(picture->stretches->len, ==, 1);
}

static void
test_inset(void)
{
    Lecture lecture = make_usual();
    guint box[4];
    lecture.inset = lecture.pointer = TRUE;
    g_autoptr(Seen) seen = analyse(&lecture, "lecture.mkv");
    const AnalyseResultRect *inset = &seen->result->picture.inset;
    check(seen, &lecture, 1);
    g_assert_cmpint(seen->result->picture.content, ==, ANALYSE_RESULT_CONTENT_SLIDES);
    g_assert_cmpint(seen->glance.content, ==, ANALYSE_RESULT_CONTENT_SLIDES);
    // The box that moves lies within the true one, or a few cells around it, and is most of it.
    const Lecture shape = lecture;
    box[0] = (guint)shape.width * 3 / 4;
    box[1] = (guint)shape.height * 2 / 3;
    box[2] = (guint)shape.width / 5;
    box[3] = (guint)shape.height / 4;
    g_assert_cmpuint(inset->x + 16, >=, box[0]);
    g_assert_cmpuint(inset->y + 16, >=, box[1]);
    g_assert_cmpuint(inset->x + inset->width, <=, box[0] + box[2] + 16);
    g_assert_cmpuint(inset->y + inset->height, <=, box[1] + box[3] + 16);
    g_assert_cmpuint(inset->width * inset->height * 2, >=, box[2] * box[3]);
}

static void
test_fades(void)
{
    static const LectureScene scenes[] = {{LECTURE_BLACK, 2000, 0},   {LECTURE_SLIDE, 6000, 800},
                                          {LECTURE_BUILD, 5000, 600}, {LECTURE_SLIDE, 7000, 1200},
                                          {LECTURE_BUILD, 4000, 400}, {LECTURE_SLIDE, 6000, 1000},
                                          {LECTURE_BLACK, 1600, 0}};
    Lecture lecture = lecture_usual(scenes, G_N_ELEMENTS(scenes));
    g_autoptr(Seen) seen = analyse(&lecture, "lecture.mp4");
    check(seen, &lecture, LATEST_MS);
    g_assert_cmpint(ABS(seen->result->picture.black_start_ms - 2000), <=, 200);
    g_assert_cmpint(seen->result->picture.black_end_ms, ==, 1600);
}

static void
test_camera_between(void)
{
    static const LectureScene scenes[] = {{LECTURE_SLIDE, 8000, 0},
                                          {LECTURE_BUILD, 6000, 0},
                                          {LECTURE_CAMERA, 14000, 0},
                                          {LECTURE_SLIDE, 5000, 0},
                                          {LECTURE_BUILD, 11000, 0}};
    Lecture lecture = lecture_usual(scenes, G_N_ELEMENTS(scenes));
    g_autoptr(Seen) seen = analyse(&lecture, "lecture.mp4");
    const GArray *stretches = seen->result->picture.stretches;
    check(seen, &lecture, 200);
    g_assert_cmpuint(stretches->len, ==, 3);
    const AnalyseResultStretch *camera = &g_array_index(stretches, AnalyseResultStretch, 1);
    g_assert_cmpint(camera->content, ==, ANALYSE_RESULT_CONTENT_CAMERA);
    g_assert_cmpint(ABS(camera->start_ms - 14000), <=, 200);
    g_assert_cmpint(ABS(camera->end_ms - 28000), <=, 200);
}

static void
test_quick(void)
{
    LectureScene scenes[40];
    for (guint i = 0; i < G_N_ELEMENTS(scenes); i++)
        scenes[i] = (LectureScene){LECTURE_SLIDE, i < 32 ? 500 : 2000, 0};
    Lecture lecture = lecture_usual(scenes, G_N_ELEMENTS(scenes));
    g_autoptr(Seen) seen = analyse(&lecture, "lecture.mp4");
    check(seen, &lecture, 40);
}

static void
test_slow_rate(void)
{
    Lecture lecture = make_usual();
    lecture.rate_numerator = 1;
    g_autoptr(Seen) seen = analyse(&lecture, "lecture.mp4");
    check(seen, &lecture, 1);
}

static void
test_key_pictures(void)
{
    Lecture lecture = make_usual();
    lecture.inset = TRUE;
    lecture.gop = 100000;
    g_autoptr(Seen) one = analyse(&lecture, "lecture.mp4");
    check(one, &lecture, 1);
    lecture.gop = 12;
    g_autoptr(Seen) dense = analyse(&lecture, "lecture.ts");
    check(dense, &lecture, 1);
    lecture.encoder = "mjpeg";
    lecture.inset = FALSE;
    g_autoptr(Seen) all = analyse(&lecture, "lecture.avi");
    check(all, &lecture, 1);
}

static void
test_turned(void)
{
    Lecture lecture = make_usual();
    lecture.turn_degrees = 90;
    lecture.inset = TRUE;
    g_autoptr(Seen) seen = analyse(&lecture, "lecture.mp4");
    const AnalyseResultRect *inset = &seen->result->picture.inset;
    check(seen, &lecture, 1);
    g_assert_cmpuint(seen->info->width, ==, 360);
    // What was at the lower right is at the lower left.
    g_assert_cmpuint(inset->x + inset->width, <, 180);
    g_assert_cmpuint(inset->y, >, 320);
}

static void
test_bars(void)
{
    Lecture lecture = make_usual();
    lecture.bars = TRUE;
    g_autoptr(Seen) seen = analyse(&lecture, "lecture.mp4");
    const AnalyseResultRect *crop = &seen->result->picture.crop;
    g_assert_cmpuint(crop->x, ==, 0);
    g_assert_cmpuint(crop->width, ==, 640);
    g_assert_cmpuint(crop->y, >=, 44);
    g_assert_cmpuint(crop->y, <=, 48);
    g_assert_cmpuint(crop->y + crop->height, >=, 312);
    g_assert_cmpuint(crop->y + crop->height, <=, 316);
    g_assert_cmpuint(seen->glance.crop.height, ==, crop->height);
}

static void
test_camera(void)
{
    static const LectureScene scenes[] = {{LECTURE_CAMERA, 15000, 0}};
    Lecture lecture = lecture_usual(scenes, G_N_ELEMENTS(scenes));
    g_autoptr(Seen) seen = analyse(&lecture, "lecture.mp4");
    g_assert_cmpint(seen->result->picture.content, ==, ANALYSE_RESULT_CONTENT_CAMERA);
    g_assert_cmpint(seen->glance.content, ==, ANALYSE_RESULT_CONTENT_CAMERA);
    g_assert_cmpuint(seen->result->picture.slides->len, ==, 0);
    g_assert_false(seen->result->picture.interlaced);
}

static void
test_fields(void)
{
    static const LectureScene scenes[] = {{LECTURE_CAMERA, 6000, 0}};
    Lecture lecture = lecture_usual(scenes, G_N_ELEMENTS(scenes));
    lecture.fields = lecture.flagged = TRUE;
    lecture.encoder = "mpeg2video";
    lecture.gop = 12;
    g_autoptr(Seen) flagged = analyse(&lecture, "lecture.ts");
    g_assert_true(flagged->result->picture.interlaced);
    g_assert_true(flagged->glance.interlaced);
    lecture.flagged = FALSE;
    g_autoptr(Seen) silent = analyse(&lecture, "lecture.ts");
    g_assert_true(silent->result->picture.interlaced);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/analyse/picture/slides", test_slides);
    g_test_add_func("/analyse/picture/inset", test_inset);
    g_test_add_func("/analyse/picture/fades", test_fades);
    g_test_add_func("/analyse/picture/camera-between", test_camera_between);
    g_test_add_func("/analyse/picture/quick", test_quick);
    g_test_add_func("/analyse/picture/slow-rate", test_slow_rate);
    g_test_add_func("/analyse/picture/key-pictures", test_key_pictures);
    g_test_add_func("/analyse/picture/turned", test_turned);
    g_test_add_func("/analyse/picture/bars", test_bars);
    g_test_add_func("/analyse/picture/camera", test_camera);
    g_test_add_func("/analyse/picture/fields", test_fields);
    return g_test_run();
}
