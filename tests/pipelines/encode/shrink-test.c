// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A copy of which only the changed rows are drawn is the copy that is drawn whole, byte by byte.
#include <string.h>
#include <libavutil/frame.h>

#include "pipelines/encode/changes.h"
#include "pipelines/encode/shrink.h"

#define CANVASES 60
#define MOST_EDITS 4

static AVFrame *
make_canvas(int width, int height)
{
    AVFrame *frame = av_frame_alloc();
    frame->format = AV_PIX_FMT_YUV420P;
    frame->width = width;
    frame->height = height;
    g_assert_cmpint(av_frame_get_buffer(frame, 0), >=, 0);
    return frame;
}

static void
fill_rows(AVFrame *frame, GRand *rand, int top, int bottom)
{
    for (int plane = 0; plane < 3; plane++) {
        int shift = plane > 0 ? 1 : 0;
        for (int y = top >> shift; y < (bottom + shift) >> shift; y++) {
            guint8 *row = frame->data[plane] + (gssize)y * frame->linesize[plane];
            for (int x = 0; x < (frame->width + shift) >> shift; x++)
                row[x] = (guint8)g_rand_int_range(rand, 0, 256);
        }
    }
}

static void
check_same(const AVFrame *a, const AVFrame *b)
{
    for (int plane = 0; plane < 3; plane++) {
        int shift = plane > 0 ? 1 : 0;
        for (int y = 0; y < (a->height + shift) >> shift; y++)
            g_assert_cmpmem(a->data[plane] + (gssize)y * a->linesize[plane],
                            (gsize)((a->width + shift) >> shift),
                            b->data[plane] + (gssize)y * b->linesize[plane],
                            (gsize)((b->width + shift) >> shift));
    }
}

/* Some rows of @before, or none, are others afterwards. Returns: (transfer full) */
static AVFrame *
edit(const AVFrame *before, GRand *rand)
{
    AVFrame *after = make_canvas(before->width, before->height);
    av_frame_copy(after, before);
    gint32 edits = g_rand_int_range(rand, 0, MOST_EDITS);
    for (gint32 i = 0; i < edits; i++) {
        int top = g_rand_int_range(rand, 0, after->height);
        int bottom = top + g_rand_int_range(rand, 1, 40);
        fill_rows(after, rand, top, MIN(bottom, after->height));
    }
    return after;
}

static void
check_size(guint from_width, guint from_height, guint width, guint height)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(width * 10007 + height);
    g_autoptr(EncodeChanges) changes = encode_changes_new();
    g_autoptr(EncodeShrink) little =
        encode_shrink_new(from_width, from_height, width, height, NULL);
    g_autoptr(EncodeShrink) whole = encode_shrink_new(from_width, from_height, width, height, NULL);
    AVFrame *before = av_frame_alloc();
    AVFrame *canvas = make_canvas((int)from_width, (int)from_height);
    fill_rows(canvas, rand, 0, canvas->height);
    for (int i = 0; i < CANVASES; i++) {
        encode_changes_add(changes, before, canvas);
        // A rung of a lower rate does not draw each.
        if (i % 3 != 1) {
            const AVFrame *drawn = encode_shrink_draw(little, canvas, changes, NULL);
            const AVFrame *right = encode_shrink_draw(whole, canvas, NULL, NULL);
            g_assert_nonnull(drawn);
            g_assert_nonnull(right);
            check_same(drawn, right);
        }
        av_frame_free(&before);
        before = canvas;
        canvas = edit(before, rand);
    }
    av_frame_free(&before);
    av_frame_free(&canvas);
}

static void
test_same(void)
{
    check_size(1280, 720, 854, 480);
    check_size(1280, 720, 640, 360);
    check_size(1280, 720, 480, 270);
    check_size(1280, 720, 128, 72);
    check_size(640, 480, 1280, 720);
    check_size(718, 406, 426, 242);
    check_size(64, 16, 2, 2);
}

/* What did not change is not even looked at again. */
static void
test_left_alone(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    g_autoptr(EncodeChanges) changes = encode_changes_new();
    g_autoptr(EncodeShrink) shrink = encode_shrink_new(1280, 720, 640, 360, NULL);
    AVFrame *blank = av_frame_alloc();
    AVFrame *canvas = make_canvas(1280, 720);
    AVFrame *next = make_canvas(1280, 720);
    fill_rows(canvas, rand, 0, 720);
    av_frame_copy(next, canvas);
    fill_rows(next, rand, 640, 656);
    encode_changes_add(changes, blank, canvas);
    const AVFrame *drawn = encode_shrink_draw(shrink, canvas, changes, NULL);
    memset(drawn->data[0], 7, (gsize)drawn->linesize[0]);
    memset(drawn->data[0] + 320 * (gssize)drawn->linesize[0], 7, (gsize)drawn->linesize[0]);
    encode_changes_add(changes, canvas, next);
    drawn = encode_shrink_draw(shrink, next, changes, NULL);
    const guint8 *top = drawn->data[0], *changed = top + 320 * (gssize)drawn->linesize[0];
    guint kept = 0, left = 0;
    for (int x = 0; x < drawn->width; x++) {
        kept += top[x] == 7;
        left += changed[x] == 7;
    }
    g_assert_cmpuint(kept, ==, (guint)drawn->width);
    g_assert_cmpuint(left, <, (guint)drawn->width / 10);
    av_frame_free(&blank);
    av_frame_free(&canvas);
    av_frame_free(&next);
}

static void
test_found(void)
{
    g_autoptr(EncodeChanges) changes = encode_changes_new();
    AVFrame *blank = av_frame_alloc();
    AVFrame *one = make_canvas(32, 40), *two = make_canvas(32, 40);
    for (int plane = 0; plane < 3; plane++) {
        gsize bytes = (gsize)one->linesize[plane] * (plane > 0 ? 20 : 40);
        memset(one->data[plane], 5, bytes);
        memset(two->data[plane], 5, bytes);
    }
    int top = 0, bottom = 0;
    g_assert_false(encode_changes_find(changes, 0, &top, &bottom));
    encode_changes_add(changes, blank, one);
    g_assert_true(encode_changes_find(changes, 0, &top, &bottom));
    g_assert_cmpint(top, ==, 0);
    g_assert_cmpint(bottom, ==, 40);
    g_assert_false(encode_changes_find(changes, 1, &top, &bottom));
    two->data[2][(gssize)19 * two->linesize[2] + 15] = 6; // the last pixel of the last plane
    encode_changes_add(changes, one, two);
    top = 0;
    g_assert_true(encode_changes_find(changes, 1, &top, &bottom));
    g_assert_cmpint(top, ==, 32);
    g_assert_cmpint(bottom, ==, 40);
    top = bottom;
    g_assert_false(encode_changes_find(changes, 1, &top, &bottom));
    g_assert_cmpuint(encode_changes_get_count(changes), ==, 2);
    av_frame_free(&blank);
    av_frame_free(&one);
    av_frame_free(&two);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/encode/shrink/same", test_same);
    g_test_add_func("/encode/shrink/left-alone", test_left_alone);
    g_test_add_func("/encode/shrink/found", test_found);
    return g_test_run();
}
