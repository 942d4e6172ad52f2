// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The pure parts of the analysis, on cells that are written down here.
#include "pipelines/analyse/cells.h"

#include <string.h>
#include <libavutil/frame.h>

#include "pipelines/analyse/blobs.h"
#include "pipelines/analyse/change.h"
#include "pipelines/analyse/kind.h"

#define COLUMNS 64
#define ROWS 40
#define GROUND 220

static AnalyseCells *
make_ground(void)
{
    AnalyseCells *cells = analyse_cells_new(COLUMNS, ROWS);
    memset(cells->luma, GROUND, (gsize)COLUMNS * ROWS);
    return cells;
}

/* Something written: dark and light by turns. */
static void
write_line(AnalyseCells *cells, guint x, guint y, guint width, guint height)
{
    for (guint v = y; v < y + height; v++) {
        for (guint u = x; u < x + width; u++) {
            gsize at = (gsize)v * COLUMNS + u;
            cells->luma[at] = (guint8)(60 + 40 * ((u + v) % 3));
            cells->texture[at] = 80;
        }
    }
}

static void
test_blobs(void)
{
    guint8 marked[8 * 4] = {0};
    guint16 labels[8 * 4];
    marked[0] = marked[1] = marked[8] = 1;
    marked[4] = 1;
    marked[31] = 1;
    g_autoptr(GArray) apart = analyse_blobs_find(marked, 8, 4, 0, labels);
    g_assert_cmpuint(apart->len, ==, 3);
    const AnalyseBlobs *first = &g_array_index(apart, AnalyseBlobs, 0);
    g_assert_cmpuint(first->cells, ==, 3);
    g_assert_cmpuint(first->width, ==, 2);
    g_assert_cmpuint(first->height, ==, 2);
    g_assert_cmpuint(labels[4], ==, 2);
    g_assert_cmpuint(labels[2], ==, 0);
    g_autoptr(GArray) near = analyse_blobs_find(marked, 8, 4, 2, NULL);
    g_assert_cmpuint(near->len, ==, 1);
}

static void
test_mark(void)
{
    g_autoptr(AnalyseCells) a = make_ground();
    g_autoptr(AnalyseCells) b = analyse_cells_copy(a);
    guint8 changed[COLUMNS * ROWS];
    guint8 ignored[COLUMNS * ROWS] = {0};
    b->luma[5] = GROUND - 9;
    b->luma[6] = GROUND - 8;
    b->luma[100] = GROUND + 9;
    b->blue[COLUMNS * ROWS - 1] = 150;
    b->red[COLUMNS * ROWS - 2] = 100;
    g_assert_cmpuint(analyse_change_mark(a, b, 8, NULL, changed), ==, 4);
    g_assert_cmpuint(changed[5] + changed[100] + changed[COLUMNS * ROWS - 1], ==, 3);
    g_assert_cmpuint(changed[6], ==, 0);
    ignored[100] = 1;
    g_assert_cmpuint(analyse_change_mark(a, b, 8, ignored, NULL), ==, 3);
    g_assert_cmpuint(analyse_change_mark(a, b, 7, ignored, NULL), ==, 4);
    // A picture smaller than what is compared at once.
    g_autoptr(AnalyseCells) dot = analyse_cells_new(1, 1);
    g_autoptr(AnalyseCells) spot = analyse_cells_new(1, 1);
    spot->luma[0] = 90;
    g_assert_cmpuint(analyse_change_mark(dot, spot, 8, NULL, NULL), ==, 1);
    g_assert_cmpuint(analyse_change_count(dot, spot, NULL), ==, 1);
}

static void
test_specks(void)
{
    g_autoptr(AnalyseCells) a = make_ground();
    g_autoptr(AnalyseCells) pointer = analyse_cells_copy(a);
    write_line(pointer, 10, 10, 3, 4);
    write_line(pointer, 40, 20, 3, 4);
    g_assert_cmpuint(analyse_change_count(a, pointer, NULL), ==, 0);
    g_autoptr(AnalyseCells) line = analyse_cells_copy(a);
    write_line(line, 10, 10, 20, 3);
    g_assert_cmpuint(analyse_change_count(a, line, NULL), ==, 60);
    // Letters far apart are no specks: there are too many.
    g_autoptr(AnalyseCells) letters = analyse_cells_copy(a);
    for (guint i = 0; i < 6; i++)
        write_line(letters, 4 + i * 8, 10, 2, 3);
    g_assert_cmpuint(analyse_change_count(a, letters, NULL), ==, 36);
}

static void
test_grows(void)
{
    g_autoptr(AnalyseCells) ground = make_ground();
    g_autoptr(AnalyseCells) one = analyse_cells_copy(ground);
    write_line(one, 5, 5, 40, 3);
    g_autoptr(AnalyseCells) two = analyse_cells_copy(one);
    write_line(two, 5, 15, 30, 3);
    g_autoptr(AnalyseCells) other = analyse_cells_copy(ground);
    write_line(other, 12, 20, 40, 3);
    g_assert_true(analyse_change_grows(one, two, NULL));
    g_assert_false(analyse_change_grows(two, one, NULL));
    g_assert_false(analyse_change_grows(one, other, NULL));
    g_assert_false(analyse_change_grows(one, one, NULL));
    // A slide after an empty one is a slide of its own.
    g_assert_false(analyse_change_grows(ground, one, NULL));
    // What an inset hides is not lost.
    g_autofree guint8 *hidden = g_malloc0((gsize)COLUMNS * ROWS);
    memset(hidden + (gsize)20 * COLUMNS, 1, (gsize)3 * COLUMNS);
    g_autoptr(AnalyseCells) both = analyse_cells_copy(two);
    write_line(both, 0, 20, 30, 3);
    g_assert_false(analyse_change_grows(both, two, NULL));
    g_assert_false(analyse_change_grows(both, two, hidden));
    write_line(two, 5, 30, 30, 3);
    g_assert_true(analyse_change_grows(both, two, hidden));
}

static void
test_blend(void)
{
    g_autoptr(AnalyseCells) before = make_ground();
    g_autoptr(AnalyseCells) after = make_ground();
    write_line(before, 5, 5, 40, 6);
    write_line(after, 8, 20, 40, 6);
    g_autoptr(AnalyseCells) half = analyse_cells_copy(before);
    for (guint i = 0; i < COLUMNS * ROWS; i++)
        half->luma[i] = (guint8)((before->luma[i] * 2 + after->luma[i] * 3) / 5);
    g_assert_true(analyse_change_is_blend(before, half, after, NULL));
    g_assert_false(analyse_change_is_blend(before, before, after, NULL));
    g_assert_false(analyse_change_is_blend(before, after, after, NULL));
    // A build is there wholly or not at all.
    g_autoptr(AnalyseCells) build = analyse_cells_copy(before);
    write_line(build, 8, 20, 20, 6);
    g_autoptr(AnalyseCells) whole = analyse_cells_copy(before);
    write_line(whole, 8, 20, 40, 6);
    g_assert_false(analyse_change_is_blend(before, build, whole, NULL));
}

static void
test_kind(void)
{
    g_autoptr(AnalyseCells) slide = make_ground();
    write_line(slide, 5, 5, 40, 10);
    g_assert_cmpint(analyse_kind_judge(slide, 0, 0), ==, ANALYSE_KIND_SLIDES);
    g_assert_cmpint(analyse_kind_judge(slide, 900, 900), ==, ANALYSE_KIND_SCREEN);
    g_autoptr(AnalyseCells) wall = analyse_cells_new(COLUMNS, ROWS);
    for (guint i = 0; i < COLUMNS * ROWS; i++)
        wall->luma[i] = (guint8)(60 + i / 20);
    g_assert_cmpint(analyse_kind_judge(wall, 0, 0), ==, ANALYSE_KIND_PHOTO);
    g_assert_cmpint(analyse_kind_judge(wall, 0, 900), ==, ANALYSE_KIND_CAMERA);
    // Bars are no drawing.
    memset(wall->luma, 16, (gsize)COLUMNS * ROWS / 4);
    g_assert_cmpint(analyse_kind_judge(wall, 900, 900), ==, ANALYSE_KIND_CAMERA);
    g_autoptr(AnalyseCells) black = analyse_cells_new(COLUMNS, ROWS);
    g_assert_cmpint(analyse_kind_judge(black, 0, 0), ==, ANALYSE_KIND_BLACK);
    black->red[7] = 200;
    g_assert_cmpint(analyse_kind_judge(black, 0, 0), !=, ANALYSE_KIND_BLACK);
}

static AVFrame *
make_frame(int format, int width, int height)
{
    AVFrame *frame = av_frame_alloc();
    frame->format = format;
    frame->width = width;
    frame->height = height;
    g_assert_cmpint(av_frame_get_buffer(frame, 0), >=, 0);
    return frame;
}

/* A picture whose upper left quarter is bright, shown turned: where is the bright quarter? */
static void
check_turn(guint degrees, gboolean mirrored, gboolean right, gboolean low)
{
    SourceInfo info = {.width = degrees % 180 == 0 ? 320 : 200,
                       .height = degrees % 180 == 0 ? 200 : 320,
                       .turn_degrees = degrees,
                       .mirrored = mirrored};
    g_autoptr(AnalyseCellsMaker) maker = analyse_cells_new_maker(&info);
    AVFrame *frame = make_frame(AV_PIX_FMT_YUV420P, 320, 200);
    memset(frame->data[0], 40, (gsize)frame->linesize[0] * 200);
    memset(frame->data[1], 128, (gsize)frame->linesize[1] * 100);
    memset(frame->data[2], 128, (gsize)frame->linesize[2] * 100);
    for (int y = 0; y < 100; y++)
        memset(frame->data[0] + (gssize)y * frame->linesize[0], 200, 160);
    g_autoptr(AnalyseCells) cells = analyse_cells_make(maker, frame);
    g_assert_cmpuint(cells->columns, ==, degrees % 180 == 0 ? 80 : 50);
    g_assert_cmpuint(cells->rows, ==, degrees % 180 == 0 ? 50 : 80);
    guint x = right ? cells->columns - 2 : 1, y = low ? cells->rows - 2 : 1;
    g_assert_cmpuint(cells->luma[y * cells->columns + x], ==, 200);
    g_assert_cmpuint(cells->luma[y * cells->columns + cells->columns - 1 - x], ==, 40);
    g_assert_cmpuint(cells->luma[(cells->rows - 1 - y) * cells->columns + x], ==, 40);
    av_frame_free(&frame);
}

static void
test_turns(void)
{
    check_turn(0, FALSE, FALSE, FALSE);
    check_turn(90, FALSE, TRUE, FALSE);
    check_turn(180, FALSE, TRUE, TRUE);
    check_turn(270, FALSE, FALSE, TRUE);
    check_turn(0, TRUE, TRUE, FALSE);
    // A mirrored picture is flipped first, then turned.
    check_turn(90, TRUE, TRUE, TRUE);
}

static void
check_shape(int format, int width, int height)
{
    SourceInfo info = {.width = (guint)width, .height = (guint)height};
    g_autoptr(AnalyseCellsMaker) maker = analyse_cells_new_maker(&info);
    AVFrame *frame = make_frame(format, width, height);
    for (int plane = 0; plane < 4 && frame->data[plane] != NULL; plane++)
        memset(frame->data[plane], 0, (gsize)frame->linesize[plane]);
    g_autoptr(AnalyseCells) cells = analyse_cells_make(maker, frame);
    g_assert_nonnull(cells);
    g_assert_cmpuint(MAX(cells->columns, cells->rows), ==, CLAMP(MAX(width, height) / 4, 1, 160));
    av_frame_free(&frame);
}

static void
test_shapes(void)
{
    check_shape(AV_PIX_FMT_YUV420P, 1, 1);
    check_shape(AV_PIX_FMT_YUV420P, 3, 5);
    check_shape(AV_PIX_FMT_YUV420P, 4000, 2);
    check_shape(AV_PIX_FMT_YUV420P, 2, 4000);
    check_shape(AV_PIX_FMT_YUV420P10LE, 640, 360);
    check_shape(AV_PIX_FMT_GRAY8, 77, 33);
    check_shape(AV_PIX_FMT_RGB24, 641, 359);
    check_shape(AV_PIX_FMT_PAL8, 64, 64);
    check_shape(AV_PIX_FMT_YUVA420P, 640, 360);
    check_shape(AV_PIX_FMT_MONOBLACK, 64, 48);
    check_shape(AV_PIX_FMT_NV12, 640, 360);
    check_shape(AV_PIX_FMT_UYVY422, 640, 360);
    check_shape(AV_PIX_FMT_RGBA64BE, 32, 32);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/analyse/cells/blobs", test_blobs);
    g_test_add_func("/analyse/cells/mark", test_mark);
    g_test_add_func("/analyse/cells/specks", test_specks);
    g_test_add_func("/analyse/cells/grows", test_grows);
    g_test_add_func("/analyse/cells/blend", test_blend);
    g_test_add_func("/analyse/cells/kind", test_kind);
    g_test_add_func("/analyse/cells/turns", test_turns);
    g_test_add_func("/analyse/cells/shapes", test_shapes);
    return g_test_run();
}
