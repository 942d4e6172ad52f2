// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Golden decisions: what is made of which lesson. A change here is a change of what learners get.
#include "pipelines/encode/decide.h"

typedef struct {
    const char *name;             // (static)
    guint width;                  // (value)
    guint height;                 // (value)
    guint rate;                   // (value)
    AnalyseResultContent content; // (value)
    gboolean face;                // (value) an inset moves beside the slides
    AnalyseResultRect sign;       // (value) the interpreter
    const char *lines[5];         // (static) what is decided of each rung that moves
} Golden;

static const Golden goldens[] = {
    {"slides with a face",
     1280,
     720,
     25,
     ANALYSE_RESULT_CONTENT_SLIDES,
     TRUE,
     {0},
     {
         "lite 854x480 step 2 drawn crf 48 rate 39 preset 10",
         "small 480x270 step 2 drawn crf 26 rate 79 preset faster",
         "medium 640x360 step 2 drawn crf 25 rate 264 preset veryfast",
         "clear 1280x720 step 2 drawn crf 40 rate 449 preset 8",
         "large 1280x720 step 2 drawn crf 24 rate 1066 preset veryfast",
     }},
    {"slides alone",
     1920,
     1080,
     30,
     ANALYSE_RESULT_CONTENT_SLIDES,
     FALSE,
     {0},
     {
         "lite 854x480 step 3 screen crf 48 rate 39 preset 10",
         "small 480x270 step 2 screen crf 26 rate 79 preset faster",
         "medium 640x360 step 2 screen crf 25 rate 264 preset veryfast",
         "clear 1280x720 step 2 screen crf 40 rate 449 preset 8",
         "large 1280x720 step 2 screen crf 24 rate 1066 preset veryfast",
     }},
    {"slides with an interpreter",
     1280,
     720,
     25,
     ANALYSE_RESULT_CONTENT_SLIDES,
     TRUE,
     {780, 700, 180, 200},
     {
         "lite 1066x600 step 2 drawn crf 48 rate 62 preset 10",
         "small 1066x600 step 2 drawn crf 26 rate 190 preset faster",
         "medium 1066x600 step 1 drawn crf 25 rate 576 preset veryfast",
         "clear 1280x720 step 1 drawn crf 40 rate 449 preset 8",
         "large 1280x720 step 1 drawn crf 24 rate 1066 preset veryfast",
     }},
    {"screen",
     1280,
     720,
     10,
     ANALYSE_RESULT_CONTENT_SCREEN,
     FALSE,
     {0},
     {
         "lite 854x480 step 1 screen crf 48 rate 39 preset 10",
         "small 480x270 step 1 screen crf 26 rate 79 preset faster",
         "medium 640x360 step 1 screen crf 25 rate 264 preset veryfast",
         "clear 1280x720 step 1 screen crf 40 rate 449 preset 8",
         "large 1280x720 step 1 screen crf 24 rate 1066 preset veryfast",
     }},
    {"camera",
     1280,
     720,
     30,
     ANALYSE_RESULT_CONTENT_CAMERA,
     FALSE,
     {0},
     {
         "lite 480x270 step 3 camera crf 45 rate 35 preset 9",
         "small 480x270 step 2 camera crf 26 rate 71 preset faster",
         "medium 640x360 step 1 camera crf 24 rate 238 preset veryfast",
         "clear 1280x720 step 1 camera crf 38 rate 404 preset 8",
         "large 1280x720 step 1 camera crf 23 rate 960 preset veryfast",
     }},
    {"upright camera",
     720,
     1280,
     25,
     ANALYSE_RESULT_CONTENT_CAMERA,
     FALSE,
     {0},
     {
         "lite 270x480 step 2 camera crf 45 rate 35 preset 9",
         "small 270x480 step 2 camera crf 26 rate 71 preset faster",
         "medium 360x640 step 1 camera crf 24 rate 238 preset veryfast",
         "clear 720x1280 step 1 camera crf 38 rate 404 preset 8",
         "large 720x1280 step 1 camera crf 23 rate 960 preset veryfast",
     }},
    {"camera with an interpreter",
     640,
     480,
     24,
     ANALYSE_RESULT_CONTENT_CAMERA,
     FALSE,
     {700, 500, 250, 400},
     {
         "lite 400x300 step 2 camera crf 45 rate 44 preset 9",
         "small 400x300 step 2 camera crf 26 rate 88 preset faster",
         "medium 480x360 step 1 camera crf 24 rate 238 preset veryfast",
         "clear 640x480 step 1 camera crf 38 rate 404 preset 8",
         "large 640x480 step 1 camera crf 23 rate 960 preset veryfast",
     }},
    {"small",
     320,
     240,
     25,
     ANALYSE_RESULT_CONTENT_CAMERA,
     FALSE,
     {0},
     {
         "lite 320x240 step 2 camera crf 45 rate 35 preset 9",
         "small 320x240 step 2 camera crf 26 rate 71 preset faster",
     }},
    {"tiny",
     40,
     30,
     25,
     ANALYSE_RESULT_CONTENT_SLIDES,
     FALSE,
     {0},
     {
         "small 40x30 step 2 screen crf 26 rate 79 preset faster",
     }},
};

static char *
format_picture(EncodeRungsId id, const EncodeDecidePicture *picture)
{
    g_autofree char *number = g_strdup_printf("%d", picture->av1_preset);
    return g_strdup_printf(
        "%s %ux%u step %u %s crf %u rate %u preset %s", encode_rungs_get(id)->name, picture->width,
        picture->height, picture->step,
        picture->screen  ? "screen"
        : picture->drawn ? "drawn"
                         : "camera",
        picture->crf, picture->rate_kbps, picture->preset != NULL ? picture->preset : number);
}

static void
check_golden(const Golden *golden)
{
    g_autoptr(SourceInfo) info = source_info_new();
    info->has_picture = info->has_sound = TRUE;
    info->width = golden->width;
    info->height = golden->height;
    info->rate_numerator = golden->rate;
    info->rate_denominator = 1;
    AnalyseResultPicture analysis = {.content = golden->content};
    analysis.inset.width = golden->face ? 200 : 0;
    EncodeDecideFacts facts = {info, &analysis, golden->sign};
    EncodeGrid grid = encode_decide_grid(info, golden->content);
    guint line = 0;
    for (int i = 0; i < ENCODE_RUNGS_COUNT; i++) {
        EncodeRungsId id = (EncodeRungsId)i;
        if (!encode_rungs_moves(id) || !encode_decide_suits(id, info, golden->content))
            continue;
        EncodeDecidePicture picture = encode_decide_picture(&facts, &grid, id);
        g_autofree char *text = format_picture(id, &picture);
        g_test_message("%s: %s", golden->name, text);
        g_assert_cmpstr(text, ==, golden->lines[line]);
        g_assert_cmpuint(grid.ticks % picture.step, ==, 0);
        line++;
    }
    g_assert_true(line == G_N_ELEMENTS(golden->lines) || golden->lines[line] == NULL);
}

static void
test_goldens(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(goldens); i++)
        check_golden(&goldens[i]);
}

static void
test_unknown(void)
{
    g_autoptr(SourceInfo) info = source_info_new();
    info->has_picture = TRUE;
    info->width = 640;
    info->height = 360;
    EncodeDecideFacts facts = {.info = info};
    EncodeGrid grid = encode_decide_grid(info, ANALYSE_RESULT_CONTENT_NONE);
    EncodeDecidePicture picture = encode_decide_picture(&facts, &grid, ENCODE_RUNGS_LITE);
    g_assert_false(picture.drawn);
    g_assert_false(encode_decide_suits(ENCODE_RUNGS_SLIDES, info, ANALYSE_RESULT_CONTENT_CAMERA));
    g_assert_true(encode_decide_suits(ENCODE_RUNGS_SLIDES, info, ANALYSE_RESULT_CONTENT_SCREEN));
    g_assert_false(
        encode_decide_suits(ENCODE_RUNGS_VOICE_OPUS, info, ANALYSE_RESULT_CONTENT_CAMERA));
    info->has_picture = FALSE;
    g_assert_false(encode_decide_suits(ENCODE_RUNGS_SMALL, info, ANALYSE_RESULT_CONTENT_CAMERA));
}

static void
add_slide(AnalyseResultPicture *analysis, gint64 start_ms, gboolean grows)
{
    AnalyseResultSlide slide = {.start_ms = start_ms, .grows = grows};
    g_array_append_val(analysis->slides, slide);
}

static void
test_keys(void)
{
    AnalyseResultPicture analysis = {.slides =
                                         g_array_new(FALSE, FALSE, sizeof(AnalyseResultSlide))};
    EncodeGrid grid = encode_grid_choose(25, 1, 8);
    add_slide(&analysis, 0, FALSE);
    add_slide(&analysis, 5000, FALSE);
    add_slide(&analysis, 5500, FALSE);
    add_slide(&analysis, 6500, TRUE);
    add_slide(&analysis, 7500, FALSE);
    add_slide(&analysis, 8500, FALSE);
    add_slide(&analysis, 9500, FALSE);
    g_autoptr(GArray) keys = encode_decide_keys(&analysis, &grid);
    g_assert_cmpuint(keys->len, ==, 2);
    g_assert_cmpint(g_array_index(keys, gint64, 0), ==, 125);
    g_assert_cmpint(g_array_index(keys, gint64, 1), ==, 238);
    g_autoptr(GArray) none = encode_decide_keys(NULL, &grid);
    g_assert_cmpuint(none->len, ==, 0);
    g_array_unref(analysis.slides);
}

static void
check_worth(const EncodeDecideWorth worths[3], const EncodeDecideVerdict expected[3])
{
    EncodeDecideVerdict verdicts[3];
    encode_decide_worth(worths, 3, verdicts);
    for (guint i = 0; i < 3; i++)
        g_assert_cmpint(verdicts[i], ==, expected[i]);
}

static void
test_worth(void)
{
    const EncodeDecideVerdict all[3] = {ENCODE_DECIDE_KEEP, ENCODE_DECIDE_KEEP, ENCODE_DECIDE_KEEP};
    EncodeDecideWorth worths[3] = {
        {TRUE, 100, 0.98, 0}, {TRUE, 200, 0.98, 0.95}, {TRUE, 300, 0.98, 0.96}};
    check_worth(worths, all);
    // Not measured: kept.
    worths[1].ssim = 0;
    check_worth(worths, all);
    // No better than the one below.
    worths[1].ssim = 0.9515;
    check_worth(worths, (EncodeDecideVerdict[]){ENCODE_DECIDE_KEEP, ENCODE_DECIDE_NO_GAIN,
                                                ENCODE_DECIDE_KEEP});
    worths[1].ssim = 0.98;
    worths[2].below = 0.9785;
    check_worth(worths, (EncodeDecideVerdict[]){ENCODE_DECIDE_KEEP, ENCODE_DECIDE_KEEP,
                                                ENCODE_DECIDE_NO_GAIN});
    // The dearer one goes, the better one stays even when it is hardly better.
    worths[1].bytes = 300;
    check_worth(worths, (EncodeDecideVerdict[]){ENCODE_DECIDE_KEEP, ENCODE_DECIDE_DEARER,
                                                ENCODE_DECIDE_KEEP});
    // The lowest is kept whatever it costs; one that failed is nothing to compare with.
    worths[0].bytes = 1000;
    worths[1].made = FALSE;
    check_worth(worths, all);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/encode/decide/goldens", test_goldens);
    g_test_add_func("/encode/decide/unknown", test_unknown);
    g_test_add_func("/encode/decide/keys", test_keys);
    g_test_add_func("/encode/decide/worth", test_worth);
    return g_test_run();
}
