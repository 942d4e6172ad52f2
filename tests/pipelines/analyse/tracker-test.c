// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Slides out of sights, stretches out of judgements, stills out of both: on what is written here.
#include "pipelines/analyse/tracker.h"

#include <string.h>

#include "pipelines/analyse/motion.h"
#include "pipelines/analyse/stills.h"
#include "pipelines/analyse/stretches.h"

#define COLUMNS 64
#define ROWS 40
#define PICTURE_US 40000

typedef struct {
    AnalyseTracker *tracker; // (owned)
    guint8 *mask;            // (owned)
    gint64 time_us;          // (value) of the next picture
} Show;

static Show
new_show(void)
{
    return (Show){analyse_tracker_new(), g_malloc0((gsize)COLUMNS * ROWS), 0};
}

static void
clear_show(Show *show)
{
    analyse_tracker_free(show->tracker);
    g_free(show->mask);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Show, clear_show)

/* Slide @number with its first @lines lines; @shade: how far it is faded in. */
static AnalyseCells *
make_slide(guint number, guint lines, double shade)
{
    AnalyseCells *cells = analyse_cells_new(COLUMNS, ROWS);
    memset(cells->luma, 220, (gsize)COLUMNS * ROWS);
    for (guint line = 0; line < lines; line++) {
        for (guint x = 0; x < 40; x++) {
            gsize at = (gsize)(number * 2 + line * 6 + 1) * COLUMNS + number + x;
            cells->luma[at] = (guint8)(220 - shade * (150 - 20 * (x % 4)));
            cells->texture[at] = 60;
        }
    }
    return cells;
}

/* Takes @cells. */
static void
show_for(Show *show, AnalyseCells *cells, guint pictures)
{
    for (guint i = 0; i < pictures; i++) {
        AnalyseSight *sight = analyse_sight_new(
            show->time_us, PICTURE_US, i == 0 && show->time_us == 0, analyse_cells_copy(cells));
        analyse_tracker_add(show->tracker, sight, show->mask);
        analyse_sight_free(sight);
        show->time_us += PICTURE_US;
    }
    analyse_cells_free(cells);
}

static void
check_slide(const Show *show, guint at, gint64 start_us, gboolean grows)
{
    const GArray *slides = analyse_tracker_get_slides(show->tracker);
    g_assert_cmpuint(at, <, slides->len);
    const AnalyseTrackerSlide *slide = &g_array_index(slides, AnalyseTrackerSlide, at);
    g_assert_cmpint(slide->start_us, ==, start_us);
    g_assert_cmpint(slide->grows, ==, grows);
    g_assert_cmpint(slide->best_us, >=, start_us);
}

static guint
count_slides(const Show *show)
{
    return analyse_tracker_get_slides(show->tracker)->len;
}

static void
test_cuts(void)
{
    g_auto(Show) show = new_show();
    show_for(&show, make_slide(0, 1, 1), 50);
    show_for(&show, make_slide(0, 2, 1), 25);
    show_for(&show, make_slide(3, 1, 1), 25);
    // Too short to be a slide.
    show_for(&show, make_slide(6, 1, 1), 3);
    show_for(&show, make_slide(3, 1, 1), 25);
    show_for(&show, make_slide(0, 2, 1), 12);
    g_assert_cmpuint(count_slides(&show), ==, 4);
    check_slide(&show, 0, 0, FALSE);
    check_slide(&show, 1, 50 * PICTURE_US, TRUE);
    check_slide(&show, 2, 75 * PICTURE_US, FALSE);
    check_slide(&show, 3, 128 * PICTURE_US, FALSE);
}

static void
test_fade(void)
{
    g_auto(Show) show = new_show();
    show_for(&show, make_slide(0, 1, 1), 50);
    for (guint i = 1; i < 20; i++)
        show_for(&show, make_slide(0, 1, 1 - i / 20.0), 1);
    for (guint i = 0; i < 20; i++)
        show_for(&show, make_slide(3, 2, i / 20.0), 1);
    show_for(&show, make_slide(3, 2, 1), 50);
    // Whatever stood still for a moment within the fade, the slide itself comes within it.
    const GArray *slides = analyse_tracker_get_slides(show.tracker);
    const AnalyseTrackerSlide *last = &g_array_index(slides, AnalyseTrackerSlide, slides->len - 1);
    g_assert_cmpint(last->start_us, >, 49 * PICTURE_US);
    g_assert_cmpint(last->start_us, <, 90 * PICTURE_US);
    g_assert_cmpint(last->best_us, >=, 88 * PICTURE_US);
    g_assert_cmpuint(slides->len, ==, 2);
}

static void
test_black(void)
{
    g_auto(Show) show = new_show();
    show_for(&show, analyse_cells_new(COLUMNS, ROWS), 50);
    show_for(&show, make_slide(0, 1, 1), 50);
    show_for(&show, analyse_cells_new(COLUMNS, ROWS), 25);
    show_for(&show, make_slide(0, 1, 1), 50);
    show_for(&show, analyse_cells_new(COLUMNS, ROWS), 25);
    show_for(&show, make_slide(0, 2, 1), 50);
    g_assert_cmpuint(count_slides(&show), ==, 2);
    check_slide(&show, 0, 50 * PICTURE_US, FALSE);
    // After black nothing grows: it is seen anew.
    check_slide(&show, 1, 200 * PICTURE_US, FALSE);
}

static AnalyseCells *
make_moving(guint moment)
{
    AnalyseCells *cells = make_slide(0, 1, 1);
    for (guint i = 0; i < COLUMNS * ROWS; i++)
        cells->luma[i] = (guint8)(40 + (((i + 7) * (moment + 11) * 2654435761U) >> 16) % 160);
    return cells;
}

static void
test_motion(void)
{
    g_auto(Show) show = new_show();
    show_for(&show, make_slide(0, 1, 1), 50);
    for (guint i = 0; i < 25 * 25; i++)
        show_for(&show, make_moving(i), 1);
    show_for(&show, make_slide(3, 1, 1), 50);
    const GArray *departures = analyse_tracker_get_departures(show.tracker);
    g_assert_cmpint(g_array_index(departures, gint64, 0), ==, 50 * PICTURE_US);
    // One every ten seconds of what moves, then the slide.
    g_assert_cmpuint(count_slides(&show), ==, 4);
    check_slide(&show, 3, (50 + 625) * PICTURE_US, FALSE);
}

static void
test_mask(void)
{
    g_auto(Show) show = new_show();
    memset(show.mask + (gsize)30 * COLUMNS, 1, (gsize)10 * COLUMNS);
    for (guint i = 0; i < 50; i++) {
        AnalyseCells *cells = make_slide(0, 2, 1);
        memset(cells->luma + (gsize)30 * COLUMNS, (int)(i * 5), (gsize)10 * COLUMNS);
        show_for(&show, cells, 1);
    }
    // The inset goes, and what was under it is seen: no new slide.
    memset(show.mask, 0, (gsize)COLUMNS * ROWS);
    show_for(&show, make_slide(0, 2, 1), 50);
    g_assert_cmpuint(count_slides(&show), ==, 1);
    show_for(&show, make_slide(0, 3, 1), 50);
    check_slide(&show, 1, 100 * PICTURE_US, TRUE);
}

static void
test_boxes(void)
{
    guint16 active[COLUMNS * ROWS] = {0};
    guint8 mask[COLUMNS * ROWS];
    g_assert_false(analyse_motion_find_boxes(active, COLUMNS, ROWS, mask));
    for (guint y = 20; y < 32; y++) {
        for (guint x = 40; x < 56; x += 2)
            active[y * COLUMNS + x] = 600;
    }
    // A pointer that is moved here and there.
    active[5 * COLUMNS + 5] = active[6 * COLUMNS + 6] = 900;
    g_assert_true(analyse_motion_find_boxes(active, COLUMNS, ROWS, mask));
    g_assert_cmpuint(mask[25 * COLUMNS + 47], ==, 1);
    g_assert_cmpuint(mask[18 * COLUMNS + 38], ==, 1);
    g_assert_cmpuint(mask[17 * COLUMNS + 38], ==, 0);
    g_assert_cmpuint(mask[5 * COLUMNS + 5], ==, 0);
    // All of it moving is a camera, no inset.
    for (guint i = 0; i < COLUMNS * ROWS; i++)
        active[i] = 700;
    g_assert_false(analyse_motion_find_boxes(active, COLUMNS, ROWS, mask));
    g_assert_cmpuint(mask[25 * COLUMNS + 47], ==, 0);
}

static void
check_stretch(const GArray *stretches, guint at, gint64 start_ms, AnalyseResultContent content)
{
    g_assert_cmpuint(at, <, stretches->len);
    const AnalyseResultStretch *stretch = &g_array_index(stretches, AnalyseResultStretch, at);
    g_assert_cmpint(stretch->start_ms, ==, start_ms);
    g_assert_cmpint(stretch->content, ==, content);
}

static void
test_stretches(void)
{
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(AnalyseStretchesSpan));
    g_autoptr(GArray) marks = g_array_new(FALSE, FALSE, sizeof(gint64));
    static const struct {
        int seconds;
        AnalyseKind kind;
    } parts[] = {{2, ANALYSE_KIND_BLACK},   {20, ANALYSE_KIND_SLIDES}, {1, ANALYSE_KIND_SCREEN},
                 {10, ANALYSE_KIND_SLIDES}, {5, ANALYSE_KIND_PHOTO},   {30, ANALYSE_KIND_CAMERA},
                 {4, ANALYSE_KIND_PHOTO},   {2, ANALYSE_KIND_SLIDES},  {20, ANALYSE_KIND_CAMERA},
                 {9, ANALYSE_KIND_SCREEN}};
    gint64 time_us = 0;
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        gint64 end_us = time_us + parts[i].seconds * G_USEC_PER_SEC;
        analyse_stretches_add(spans, time_us, end_us, parts[i].kind);
        time_us = end_us;
    }
    gint64 mark_us = 34 * G_USEC_PER_SEC + 400000;
    g_array_append_val(marks, mark_us);
    g_autoptr(GArray) stretches = analyse_stretches_merge(spans, marks, time_us + 400000);
    g_assert_cmpuint(stretches->len, ==, 3);
    check_stretch(stretches, 0, 0, ANALYSE_RESULT_CONTENT_SLIDES);
    check_stretch(stretches, 1, 34400, ANALYSE_RESULT_CONTENT_CAMERA);
    check_stretch(stretches, 2, 94000, ANALYSE_RESULT_CONTENT_SCREEN);
    g_assert_cmpint(g_array_index(stretches, AnalyseResultStretch, 2).end_ms, ==, 103400);
    g_assert_cmpint(analyse_stretches_get_content(stretches), ==, ANALYSE_RESULT_CONTENT_CAMERA);

    g_array_set_size(spans, 0);
    g_autoptr(GArray) none = analyse_stretches_merge(spans, marks, 5000000);
    g_assert_cmpuint(none->len, ==, 1);
    g_autoptr(GArray) nothing = analyse_stretches_merge(spans, marks, 0);
    g_assert_cmpuint(nothing->len, ==, 0);
    g_assert_cmpint(analyse_stretches_get_content(nothing), ==, ANALYSE_RESULT_CONTENT_NONE);
}

static void
add_slide(GArray *slides, gint64 ms, gboolean grows)
{
    AnalyseTrackerSlide slide = {ms * 1000, ms * 1000 + 300000, grows, FALSE};
    g_array_append_val(slides, slide);
}

static void
check_still(const GArray *stills, guint at, gint64 start_ms, gboolean grows)
{
    g_assert_cmpuint(at, <, stills->len);
    const AnalyseResultSlide *still = &g_array_index(stills, AnalyseResultSlide, at);
    g_assert_cmpint(still->start_ms, ==, start_ms);
    g_assert_cmpint(still->grows, ==, grows);
    g_assert_cmpint(still->best_ms, >=, still->start_ms);
    g_assert_cmpint(still->best_ms, <, still->end_ms);
    if (at + 1 < stills->len)
        g_assert_cmpint(still->end_ms, ==,
                        g_array_index(stills, AnalyseResultSlide, at + 1).start_ms);
}

static void
test_stills(void)
{
    g_autoptr(GArray) slides = g_array_new(FALSE, FALSE, sizeof(AnalyseTrackerSlide));
    g_autoptr(GArray) stretches = g_array_new(FALSE, FALSE, sizeof(AnalyseResultStretch));
    const AnalyseResultStretch parts[] = {{0, 20000, ANALYSE_RESULT_CONTENT_SLIDES},
                                          {20000, 40000, ANALYSE_RESULT_CONTENT_CAMERA},
                                          {40000, 60000, ANALYSE_RESULT_CONTENT_SLIDES}};
    add_slide(slides, 500, FALSE);
    add_slide(slides, 9000, TRUE);
    add_slide(slides, 25000, FALSE);
    add_slide(slides, 50000, TRUE);
    g_array_append_vals(stretches, parts, G_N_ELEMENTS(parts));
    g_autoptr(GArray) stills = analyse_stills_choose(slides, stretches);
    g_assert_cmpuint(stills->len, ==, 5);
    check_still(stills, 0, 500, FALSE);
    check_still(stills, 1, 9000, TRUE);
    check_still(stills, 2, 20000, FALSE);
    // The slide before the camera is there again, and then grows.
    check_still(stills, 3, 40000, FALSE);
    check_still(stills, 4, 50000, TRUE);
    g_assert_cmpint(g_array_index(stills, AnalyseResultSlide, 4).end_ms, ==, 60000);

    for (guint i = 0; i < stretches->len; i++)
        g_array_index(stretches, AnalyseResultStretch, i).content = ANALYSE_RESULT_CONTENT_CAMERA;
    g_autoptr(GArray) none = analyse_stills_choose(slides, stretches);
    g_assert_cmpuint(none->len, ==, 0);
}

static void
test_handwriting(void)
{
    g_autoptr(GArray) slides = g_array_new(FALSE, FALSE, sizeof(AnalyseTrackerSlide));
    g_autoptr(GArray) stretches = g_array_new(FALSE, FALSE, sizeof(AnalyseResultStretch));
    const AnalyseResultStretch whole = {0, 100000, ANALYSE_RESULT_CONTENT_SCREEN};
    g_array_append_val(stretches, whole);
    add_slide(slides, 0, FALSE);
    for (int i = 0; i < 30; i++)
        add_slide(slides, 5000 + i * 700, TRUE);
    add_slide(slides, 60000, FALSE);
    g_autoptr(GArray) stills = analyse_stills_choose(slides, stretches);
    // 21 seconds of writing are one still in three, each from when its writing begins.
    g_assert_cmpuint(stills->len, >=, 7);
    g_assert_cmpuint(stills->len, <=, 10);
    check_still(stills, 1, 5000, TRUE);
    check_still(stills, stills->len - 1, 60000, FALSE);
    // Three builds in three seconds are no handwriting.
    g_array_set_size(slides, 4);
    g_autoptr(GArray) few = analyse_stills_choose(slides, stretches);
    g_assert_cmpuint(few->len, ==, 4);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/analyse/tracker/cuts", test_cuts);
    g_test_add_func("/analyse/tracker/fade", test_fade);
    g_test_add_func("/analyse/tracker/black", test_black);
    g_test_add_func("/analyse/tracker/motion", test_motion);
    g_test_add_func("/analyse/tracker/mask", test_mask);
    g_test_add_func("/analyse/tracker/boxes", test_boxes);
    g_test_add_func("/analyse/tracker/stretches", test_stretches);
    g_test_add_func("/analyse/tracker/stills", test_stills);
    g_test_add_func("/analyse/tracker/handwriting", test_handwriting);
    return g_test_run();
}
