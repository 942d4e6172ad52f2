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
         "small 480x270 step 2 drawn crf 31 rate 79 preset medium",
         "medium 640x360 step 2 drawn crf 34 rate 264 preset medium",
         "clear 1280x720 step 2 drawn crf 40 rate 449 preset 8",
         "large 1280x720 step 2 drawn crf 33 rate 1066 preset medium",
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
         "small 480x270 step 2 screen crf 31 rate 79 preset medium",
         "medium 640x360 step 2 screen crf 34 rate 264 preset medium",
         "clear 1280x720 step 2 screen crf 40 rate 449 preset 8",
         "large 1280x720 step 2 screen crf 33 rate 1066 preset medium",
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
         "small 1066x600 step 2 drawn crf 31 rate 190 preset medium",
         "medium 1066x600 step 1 drawn crf 34 rate 576 preset medium",
         "clear 1280x720 step 1 drawn crf 40 rate 449 preset 8",
         "large 1280x720 step 1 drawn crf 33 rate 1066 preset medium",
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
         "small 480x270 step 1 screen crf 31 rate 79 preset medium",
         "medium 640x360 step 1 screen crf 34 rate 264 preset medium",
         "clear 1280x720 step 1 screen crf 40 rate 449 preset 8",
         "large 1280x720 step 1 screen crf 33 rate 1066 preset medium",
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
         "small 40x30 step 2 screen crf 31 rate 79 preset medium",
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
    EncodeDecideFacts facts = {info, &analysis, golden->sign, NULL};
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
test_sound(void)
{
    static const struct {
        guint speech, music; // (value) permille
        double wider;        // (value) LU that two channels are louder than one
        guint medium, large; // (value) kbit/s
        gboolean alike;      // (value)
    } lines[] = {{1000, 0, 3.01, 40, 40, TRUE},  {500, 50, 3.02, 40, 40, TRUE},
                 {1000, 0, 3.03, 40, 56, FALSE}, {500, 50, 6.02, 40, 56, FALSE},
                 {499, 0, 3.01, 48, 96, FALSE},  {900, 51, 3.01, 48, 96, FALSE},
                 {0, 0, 3.01, 48, 96, FALSE}};
    g_autoptr(SourceInfo) info = source_info_new();
    info->has_picture = info->has_sound = TRUE;
    info->width = 1280;
    info->height = 720;
    EncodeGrid grid = encode_decide_grid(info, ANALYSE_RESULT_CONTENT_CAMERA);
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        AnalyseResultSound sound = {.speech_permille = lines[i].speech,
                                    .music_permille = lines[i].music,
                                    .loudness_lufs = -20,
                                    .stereo_lufs = -20 + lines[i].wider};
        EncodeDecideFacts facts = {.info = info, .sound = &sound};
        EncodeDecidePicture large = encode_decide_picture(&facts, &grid, ENCODE_RUNGS_LARGE);
        EncodeDecidePicture medium = encode_decide_picture(&facts, &grid, ENCODE_RUNGS_MEDIUM);
        g_assert_cmpuint(large.sound_kbps, ==, lines[i].large);
        g_assert_cmpuint(medium.sound_kbps, ==, lines[i].medium);
        EncodeDecidePicture clear = encode_decide_picture(&facts, &grid, ENCODE_RUNGS_CLEAR);
        g_assert_cmpint(large.alike, ==, lines[i].alike);
        g_assert_cmpuint(clear.sound_kbps, ==, lines[i].alike ? 32 : 40);
        g_assert_false(medium.alike || clear.alike); // one channel; Opus knows by itself
    }
    EncodeDecideFacts silent = {.info = info};
    g_assert_cmpuint(encode_decide_picture(&silent, &grid, ENCODE_RUNGS_LARGE).sound_kbps, ==, 96);
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

/* What was measured of one rung, and what is made of it. */
typedef struct {
    EncodeRungsId id;             // (value)
    guint64 bytes;                // (value)
    double ssim;                  // (value)
    double below[3];              // (value) of the rungs before it in the list, from the first on
    gboolean published;           // (value)
    EncodeDecideVerdict expected; // (value)
} WorthLine;

typedef struct {
    const char *name;   // (static)
    WorthLine lines[5]; // (value) ends with bytes 0
} WorthGolden;

#define LITE ENCODE_RUNGS_LITE
#define SMALL ENCODE_RUNGS_SMALL
#define MEDIUM ENCODE_RUNGS_MEDIUM
#define CLEAR ENCODE_RUNGS_CLEAR
#define LARGE ENCODE_RUNGS_LARGE
#define KEEP ENCODE_DECIDE_KEEP
#define NO_GAIN ENCODE_DECIDE_NO_GAIN
#define DEARER ENCODE_DECIDE_DEARER

static const WorthGolden worth_goldens[] = {
    {"a Thai lesson of two minutes",
     {{LITE, 569000, 0.972, {0}, TRUE, KEEP},
      {SMALL, 798000, 0.961, {0}, TRUE, KEEP},
      {MEDIUM, 1125000, 0.978, {0}, TRUE, KEEP},
      {LARGE, 2319000, 0.985, {0}, TRUE, KEEP},
      {CLEAR, 1147000, 0.981, {0.948, 0.911, 0.953}, FALSE, KEEP}}},
    {"each much better than the one below",
     {{SMALL, 100, 0.98, {0}, FALSE, KEEP},
      {MEDIUM, 200, 0.98, {0.95}, FALSE, KEEP},
      {LARGE, 300, 0.98, {0.9, 0.96}, FALSE, KEEP}}},
    {"not measured: kept",
     {{SMALL, 100, 0, {0}, FALSE, KEEP},
      {MEDIUM, 200, 0, {0.95}, FALSE, KEEP},
      {LARGE, 300, 0.97, {0}, FALSE, KEEP}}},
    {"the middle one is no better, the one above it is",
     {{SMALL, 100, 0.98, {0}, FALSE, KEEP},
      {MEDIUM, 200, 0.9515, {0.95}, FALSE, NO_GAIN},
      {LARGE, 300, 0.98, {0.9, 0.979}, FALSE, KEEP}}},
    {"without the middle one the next lower counts",
     {{SMALL, 100, 0.98, {0}, FALSE, KEEP},
      {MEDIUM, 200, 0.9515, {0.95}, FALSE, NO_GAIN},
      {LARGE, 300, 0.98, {0.979, 0.9}, FALSE, NO_GAIN}}},
    {"the largest is no better",
     {{SMALL, 100, 0.98, {0}, FALSE, KEEP},
      {MEDIUM, 200, 0.98, {0.95}, FALSE, KEEP},
      {LARGE, 300, 0.98, {0.9, 0.9785}, FALSE, NO_GAIN}}},
    {"the dearer one goes",
     {{SMALL, 100, 0.98, {0}, FALSE, KEEP},
      {MEDIUM, 300, 0.98, {0.95}, FALSE, DEARER},
      {LARGE, 300, 0.98, {0.9, 0.9785}, FALSE, KEEP}}},
    {"the lowest is kept whatever it costs, and what is published stays",
     {{SMALL, 1000, 0.98, {0}, FALSE, KEEP},
      {MEDIUM, 400, 0.98, {0.98}, TRUE, KEEP},
      {LARGE, 300, 0.98, {0.9, 0.9}, FALSE, KEEP}}},
    {"clear is no better than lite",
     {{LITE, 100, 0.98, {0}, TRUE, KEEP}, {CLEAR, 200, 0.981, {0.9795}, FALSE, NO_GAIN}}},
    {"clear is no better than medium, and costs more",
     {{LITE, 100, 0.98, {0}, TRUE, KEEP},
      {MEDIUM, 300, 0.98, {0}, TRUE, KEEP},
      {CLEAR, 301, 0.981, {0.95, 0.98}, FALSE, NO_GAIN}}},
    {"clear is no better than medium, but costs less",
     {{LITE, 100, 0.98, {0}, TRUE, KEEP},
      {MEDIUM, 300, 0.98, {0}, TRUE, KEEP},
      {CLEAR, 299, 0.981, {0.95, 0.98}, FALSE, KEEP}}},
    {"clear costs more than large, which is as good",
     {{LITE, 100, 0.98, {0}, TRUE, KEEP},
      {LARGE, 300, 0.98, {0}, TRUE, KEEP},
      {CLEAR, 300, 0.981, {0.95}, FALSE, DEARER}}},
    {"clear costs more than large, and is better",
     {{LITE, 100, 0.98, {0}, TRUE, KEEP},
      {LARGE, 300, 0.97, {0}, TRUE, KEEP},
      {CLEAR, 310, 0.981, {0.95}, FALSE, KEEP}}},
    {"clear costs more than large, and neither was measured",
     {{LITE, 100, 0, {0}, TRUE, KEEP},
      {LARGE, 300, 0, {0}, TRUE, KEEP},
      {CLEAR, 300, 0, {0}, FALSE, DEARER}}},
    {"large is not held against clear",
     {{LITE, 100, 0.98, {0}, FALSE, KEEP},
      {CLEAR, 200, 0.98, {0.95}, FALSE, KEEP},
      {LARGE, 300, 0.98, {0.95, 0.98}, FALSE, KEEP}}},
};

static void
test_worth(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(worth_goldens); i++) {
        const WorthGolden *golden = &worth_goldens[i];
        EncodeDecideWorth worths[ENCODE_RUNGS_COUNT] = {0};
        EncodeDecideVerdict verdicts[ENCODE_RUNGS_COUNT];
        g_test_message("%s", golden->name);
        for (guint line = 0; line < 5 && golden->lines[line].bytes > 0; line++) {
            const WorthLine *known = &golden->lines[line];
            EncodeDecideWorth *worth = &worths[known->id];
            worth->made = TRUE;
            worth->published = known->published;
            worth->bytes = known->bytes;
            worth->ssim = known->ssim;
            for (guint lower = 0; lower < MIN(line, G_N_ELEMENTS(known->below)); lower++)
                worth->below[golden->lines[lower].id] = known->below[lower];
        }
        encode_decide_worth(worths, verdicts);
        for (guint line = 0; line < 5 && golden->lines[line].bytes > 0; line++)
            g_assert_cmpint(verdicts[golden->lines[line].id], ==, golden->lines[line].expected);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/encode/decide/goldens", test_goldens);
    g_test_add_func("/encode/decide/unknown", test_unknown);
    g_test_add_func("/encode/decide/sound", test_sound);
    g_test_add_func("/encode/decide/keys", test_keys);
    g_test_add_func("/encode/decide/worth", test_worth);
    return g_test_run();
}
