// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The AV1 encoder: key pictures on the grid and nowhere else, in order, and an end to everything.
#include "pipelines/encode/av1.h"

#include <libavutil/frame.h>
#include <string.h>
#include <gio/gio.h>

#define WIDTH 128
#define HEIGHT 96
#define FIRST_SEGMENT 3

typedef struct {
    gint64 next;       // (value) the tick that must come
    gint64 group;      // (value) ticks a segment
    guint units;       // (value)
    guint step;        // (value)
    gboolean complain; // (value) refuse what comes
} Taken;

static gboolean
on_unit(const guint8 *data, gsize bytes, gint64 tick, gboolean key, gpointer user_data,
        GError **error)
{
    Taken *taken = user_data;
    g_assert_cmpuint(bytes, >, 2);
    // A temporal delimiter begins each unit.
    g_assert_cmpint(data[0] >> 3 & 15, ==, 2);
    g_assert_cmpint(tick, ==, taken->next);
    g_assert_cmpint(key, ==, tick % taken->group == 0);
    taken->next += taken->step;
    taken->units++;
    if (taken->complain)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");
    return !taken->complain;
}

static EncodeDecidePicture
make_decision(guint width, guint height)
{
    return (EncodeDecidePicture){
        .width = width, .height = height, .step = 2, .crf = 50, .rate_kbps = 60, .av1_preset = 12};
}

static EncodeAv1 *
open_encoder(const EncodeGrid *grid, Taken *taken)
{
    EncodeDecidePicture decision = make_decision(WIDTH, HEIGHT);
    EncodeH264Colour colour = {1, 1, 1};
    GError *error = NULL;
    EncodeAv1 *av1 = encode_av1_new(grid, &decision, &colour, &error);
    g_assert_no_error(error);
    *taken = (Taken){.next = (gint64)FIRST_SEGMENT * grid->ticks, .group = grid->ticks, .step = 2};
    encode_av1_set_sink(av1, on_unit, taken);
    return av1;
}

static gboolean
push_ticks(EncodeAv1 *av1, const EncodeGrid *grid, guint count, GError **error)
{
    AVFrame *frame = av_frame_alloc();
    gboolean fine = TRUE;
    frame->format = AV_PIX_FMT_YUV420P;
    frame->width = WIDTH;
    frame->height = HEIGHT;
    g_assert_cmpint(av_frame_get_buffer(frame, 0), ==, 0);
    for (guint i = 0; fine && i < count; i++) {
        g_assert_cmpint(av_frame_make_writable(frame), ==, 0);
        memset(frame->data[0], (int)(i * 5 % 200), (gsize)frame->linesize[0] * HEIGHT);
        for (int plane = 1; plane <= 2; plane++)
            memset(frame->data[plane], 128, (gsize)frame->linesize[plane] * HEIGHT / 2);
        fine = encode_av1_push(av1, frame, (gint64)FIRST_SEGMENT * grid->ticks + i, error);
    }
    av_frame_free(&frame);
    return fine;
}

static void
test_grid(void)
{
    EncodeGrid grid = encode_grid_choose(10, 1, 4);
    Taken taken;
    g_autoptr(EncodeAv1) av1 = open_encoder(&grid, &taken);
    g_autoptr(GBytes) header = encode_av1_get_header(av1);
    g_autoptr(GError) error = NULL;
    g_assert_cmpuint(g_bytes_get_size(header), >, 0);
    g_assert_true(push_ticks(av1, &grid, 100, &error));
    g_assert_true(encode_av1_push(av1, NULL, 0, &error));
    g_assert_cmpuint(taken.units, ==, 50);
}

static void
test_ends(void)
{
    EncodeGrid grid = encode_grid_choose(10, 1, 4);
    Taken taken;
    g_autoptr(GError) error = NULL;
    g_autoptr(EncodeAv1) nothing = open_encoder(&grid, &taken);
    g_assert_true(encode_av1_push(nothing, NULL, 0, &error));
    g_assert_cmpuint(taken.units, ==, 0);
    // Let go in the midst of it.
    g_autoptr(EncodeAv1) midst = open_encoder(&grid, &taken);
    g_assert_true(push_ticks(midst, &grid, 30, &error));
    Taken other;
    g_autoptr(EncodeAv1) full = open_encoder(&grid, &other);
    other.complain = TRUE;
    g_assert_false(push_ticks(full, &grid, 400, &error) && encode_av1_push(full, NULL, 0, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
}

static void
test_refused(void)
{
    EncodeGrid grid = encode_grid_choose(10, 1, 4);
    EncodeDecidePicture decision = make_decision(32, 32);
    EncodeH264Colour colour = {1, 1, 1};
    g_autoptr(GError) error = NULL;
    g_assert_null(encode_av1_new(&grid, &decision, &colour, &error));
    g_assert_nonnull(error);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_setenv("SVT_LOG", "0", TRUE);
    g_test_add_func("/encode/av1/grid", test_grid);
    g_test_add_func("/encode/av1/ends", test_ends);
    g_test_add_func("/encode/av1/refused", test_refused);
    return g_test_run();
}
