// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Bitmap subtitles by direct calls: when a page is seen and when it is over, where it lies and in
// which colours, that nothing beside it is touched, and any bytes.
#include <libavcodec/avcodec.h>
#include <libavutil/log.h>
#include <string.h>

#include "pipelines/live/bitmap.h"
#include "pipelines/live/choose.h"
#include "tests/support/dvbsub.h"
#include "tests/support/psi.h"

#define SECOND 90000
#define WIDTH 480
#define HEIGHT 270
#define GREY 100

static const DvbsubPage bar = {.page = 7,
                               .version = 1,
                               .timeout_s = 5,
                               .x = 80,
                               .y = 480,
                               .lines = 48,
                               .luma = 81,
                               .blue = 90,
                               .red = 240};
static const LiveOverlayCanvas canvas = {WIDTH, HEIGHT, AVCOL_SPC_SMPTE170M};

static void
push(LiveBitmap *bitmap, const DvbsubPage *page, gint64 time)
{
    g_autoptr(GByteArray) packet = dvbsub_make_packet(page);
    const LivePesUnit unit = {packet->data, packet->len, time, time, FALSE};
    live_bitmap_push(bitmap, &unit, time);
}

static AVFrame *
make_frame(void)
{
    AVFrame *frame = av_frame_alloc();
    frame->format = AV_PIX_FMT_YUV420P;
    frame->width = WIDTH;
    frame->height = HEIGHT;
    g_assert_cmpint(av_frame_get_buffer(frame, 0), >=, 0);
    memset(frame->data[0], GREY, (gsize)frame->linesize[0] * HEIGHT);
    for (int plane = 1; plane < 3; plane++)
        memset(frame->data[plane], 128, (gsize)frame->linesize[plane] * (HEIGHT / 2));
    return frame;
}

/* A byte of @plane at a place given in permille of the picture. */
static guint
look(const AVFrame *frame, int plane, int x, int y)
{
    int width = plane == 0 ? WIDTH : WIDTH / 2, height = plane == 0 ? HEIGHT : HEIGHT / 2;
    return frame->data[plane][(y * height / 1000) * frame->linesize[plane] + x * width / 1000];
}

static void
assert_near(guint value, guint wanted)
{
    g_assert_cmpint(ABS((int)value - (int)wanted), <=, 4);
}

/* 80 to 640 of 720, 480 to 528 of 576: the bar, and nothing of its margin. */
static void
test_place_and_colour(void)
{
    g_autoptr(LiveBitmap) bitmap = live_bitmap_new(7, 7);
    AVFrame *frame = make_frame(), *before = make_frame();
    push(bitmap, &bar, 0);
    const LiveOverlay *overlay = live_bitmap_find(bitmap, 0, &canvas);
    g_assert_nonnull(overlay);
    live_overlay_draw(overlay, frame);
    static const int inside[][2] = {{500, 875}, {120, 840}, {880, 910}};
    for (guint i = 0; i < G_N_ELEMENTS(inside); i++) {
        assert_near(look(frame, 0, inside[i][0], inside[i][1]), 81);
        assert_near(look(frame, 1, inside[i][0], inside[i][1]), 90);
        assert_near(look(frame, 2, inside[i][0], inside[i][1]), 240);
    }
    static const int beside[][2] = {{500, 820}, {500, 930}, {100, 875}, {900, 875}, {500, 100}};
    for (guint i = 0; i < G_N_ELEMENTS(beside); i++)
        for (int plane = 0; plane < 3; plane++)
            g_assert_cmpuint(look(frame, plane, beside[i][0], beside[i][1]), ==,
                             look(before, plane, beside[i][0], beside[i][1]));
    av_frame_free(&frame);
    av_frame_free(&before);
}

/* Half of what is behind it is seen through it, and the same page lies elsewhere on a larger
 * display. */
static void
test_display_and_opacity(void)
{
    g_autoptr(LiveBitmap) bitmap = live_bitmap_new(7, 7);
    AVFrame *frame = make_frame();
    DvbsubPage page = bar;
    page.display_width = 1920;
    page.display_height = 1080;
    page.y = 900;
    page.x = 680;
    page.lines = 90;
    page.luma = 235;
    page.blue = page.red = 128;
    page.transparency = 128;
    push(bitmap, &page, 0);
    const LiveOverlay *overlay = live_bitmap_find(bitmap, 0, &canvas);
    g_assert_nonnull(overlay);
    live_overlay_draw(overlay, frame);
    assert_near(look(frame, 0, 500, 875), (235 + GREY) / 2);
    g_assert_cmpuint(look(frame, 0, 300, 875), ==, GREY);
    g_assert_cmpuint(look(frame, 0, 700, 875), ==, GREY);
    // Without a display definition it would lie beyond the lower edge.
    av_frame_free(&frame);
}

static gboolean
is_seen(LiveBitmap *bitmap, gint64 time)
{
    return live_bitmap_find(bitmap, time, &canvas) != NULL;
}

/* Seen from its stamp on, until the next one, an empty one, or its time is out. */
static void
test_times(void)
{
    g_autoptr(LiveBitmap) bitmap = live_bitmap_new(7, 7);
    DvbsubPage second = bar, empty = bar, third = bar;
    second.version = 2;
    empty.version = 3;
    empty.lines = 0;
    third.version = 4;
    push(bitmap, &bar, 10 * SECOND);
    push(bitmap, &second, 12 * SECOND);
    push(bitmap, &empty, 13 * SECOND);
    push(bitmap, &third, 20 * SECOND);
    g_assert_false(is_seen(bitmap, 9 * SECOND));
    g_assert_true(is_seen(bitmap, 10 * SECOND));
    g_assert_true(is_seen(bitmap, 12 * SECOND));
    g_assert_true(is_seen(bitmap, 13 * SECOND - 3600));
    g_assert_false(is_seen(bitmap, 13 * SECOND));
    g_assert_false(is_seen(bitmap, 19 * SECOND));
    g_assert_true(is_seen(bitmap, 24 * SECOND));
    g_assert_false(is_seen(bitmap, 25 * SECOND));
}

/* Another language's page, a torn one and other data change nothing. */
static void
test_others(void)
{
    g_autoptr(LiveBitmap) bitmap = live_bitmap_new(7, 7);
    DvbsubPage other = bar;
    other.page = 8;
    push(bitmap, &other, 0);
    g_assert_false(is_seen(bitmap, 0));
    g_autoptr(GByteArray) packet = dvbsub_make_packet(&bar);
    LivePesUnit unit = {packet->data, packet->len, 0, 0, TRUE};
    live_bitmap_push(bitmap, &unit, 0);
    g_assert_false(is_seen(bitmap, 0));
    unit.torn = FALSE;
    packet->data[0] = 0x10;
    live_bitmap_push(bitmap, &unit, 0);
    g_assert_false(is_seen(bitmap, 0));
    unit.bytes = 1;
    live_bitmap_push(bitmap, &unit, 0);
    g_assert_false(is_seen(bitmap, 0));
    packet->data[0] = 0x20;
    unit.bytes = packet->len;
    live_bitmap_push(bitmap, &unit, 0);
    g_assert_true(is_seen(bitmap, 0));
}

/* Flipped bits: whatever is drawn stays within the picture, and memory is bounded by what waits. */
static void
test_any_bytes(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(11);
    g_autoptr(LiveBitmap) bitmap = live_bitmap_new(7, 7);
    AVFrame *frame = make_frame();
    for (guint i = 0; i < 400; i++) {
        DvbsubPage page = bar;
        page.version = i & 15;
        page.display_width = i % 3 == 0 ? 1920 : 0;
        page.display_height = 1080;
        g_autoptr(GByteArray) packet = dvbsub_make_packet(&page);
        for (guint k = 0; k < 1 + i % 6; k++)
            packet->data[g_rand_int_range(rand, 2, (gint32)packet->len)] ^=
                (guint8)(1 << g_rand_int_range(rand, 0, 8));
        const LivePesUnit unit = {packet->data, packet->len, i, i, FALSE};
        live_bitmap_push(bitmap, &unit, (gint64)i * 3600);
        const LiveOverlay *overlay = live_bitmap_find(bitmap, (gint64)i * 3600, &canvas);
        if (overlay != NULL)
            live_overlay_draw(overlay, frame);
    }
    av_frame_free(&frame);
}

static void
put_language(GByteArray *body, const char *language, guint8 type, guint32 pages)
{
    g_byte_array_append(body, (const guint8 *)language, 3);
    psi_put(body, 1, type);
    psi_put(body, 4, pages);
}

/* The wanted language; for people who do not hear well only where there is no other. */
static void
test_choice(void)
{
    g_autoptr(GByteArray) loop = g_byte_array_new();
    g_autoptr(GByteArray) descriptors = g_byte_array_new();
    g_autoptr(GByteArray) body = g_byte_array_new();
    g_autoptr(GArray) ca = g_array_new(FALSE, FALSE, sizeof(guint16));
    TablesService service = {.streams = g_array_new(FALSE, FALSE, sizeof(TablesStream))};
    put_language(body, "eng", 0x10, 0x00010002);
    put_language(body, "tha", 0x20, 0x00030003);
    put_language(body, "tha", 0x11, 0x00040009);
    put_language(body, "zho", 0x22, 0x00050005);
    psi_put_descriptor(descriptors, 0x59, body);
    psi_put(loop, 1, 0x06);
    psi_put(loop, 2, 0xE123);
    psi_put_loop(loop, 0xF, descriptors);
    TablesBytes bytes = tables_bytes_new(loop->data, loop->len);
    TablesStream stream;
    g_assert_true(tables_stream_take(&bytes, &stream, ca));
    g_array_append_val(service.streams, stream);
    LiveChooseBitmap chosen = live_choose_bitmap(&service, "tha");
    g_assert_cmpuint(chosen.pid, ==, 0x123);
    g_assert_cmpuint(chosen.page, ==, 4);
    g_assert_cmpuint(chosen.ancillary, ==, 9);
    g_assert_cmpuint(live_choose_bitmap(&service, "zho").page, ==, 5);
    g_assert_cmpuint(live_choose_bitmap(&service, "eng").ancillary, ==, 2);
    g_assert_cmpuint(live_choose_bitmap(&service, "lao").pid, ==, 0);
    g_array_unref(service.streams);
}

int
main(int argc, char **argv)
{
    av_log_set_level(AV_LOG_QUIET);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/live/bitmap/place-and-colour", test_place_and_colour);
    g_test_add_func("/live/bitmap/display-and-opacity", test_display_and_opacity);
    g_test_add_func("/live/bitmap/times", test_times);
    g_test_add_func("/live/bitmap/others", test_others);
    g_test_add_func("/live/bitmap/any-bytes", test_any_bytes);
    g_test_add_func("/live/bitmap/choice", test_choice);
    return g_test_run();
}
