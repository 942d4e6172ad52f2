// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What is done to single pictures: SSIM, stills as WebP, and which picture stands for a lesson.
#include <libavutil/frame.h>
#include <libavutil/log.h>
#include <libavutil/pixfmt.h>
#include <math.h>
#include <string.h>
#include <webp/decode.h>

#include "pipelines/encode/poster.h"
#include "pipelines/encode/ssim.h"
#include "pipelines/encode/webp.h"
#include "tests/pipelines/analyse/board.h"

#define LEAST_SSIM 0.98
#define LOSSLESS 2 // of WebPBitstreamFeatures.format
#define SECOND G_USEC_PER_SEC

static AVFrame *
new_picture(int width, int height)
{
    AVFrame *picture = av_frame_alloc();
    picture->format = AV_PIX_FMT_YUV420P;
    picture->width = width;
    picture->height = height;
    g_assert_cmpint(av_frame_get_buffer(picture, 0), ==, 0);
    board_draw_black(picture);
    return picture;
}

static double
compare_planes(const guint8 *a, const guint8 *b, guint width, guint height)
{
    return encode_ssim_compare((EncodeSsimPlane){a, (int)width}, (EncodeSsimPlane){b, (int)width},
                               width, height);
}

static void
test_ssim(void)
{
    guint8 flat[32 * 24], brighter[32 * 24], lines[32 * 24], noisy[32 * 24];
    for (guint i = 0; i < sizeof flat; i++) {
        flat[i] = 100;
        brighter[i] = 110;
        lines[i] = i / 32 % 4 < 2 ? 40 : 200;
        noisy[i] = (guint8)(lines[i] + (i * 2654435761u >> 20) % 40);
    }
    g_assert_cmpfloat(compare_planes(lines, lines, 32, 24), ==, 1);
    // Nothing but the mean differs: (2ab + c) / (a² + b² + c), c = (0.01 × 255)².
    g_assert_cmpfloat_with_epsilon(compare_planes(flat, brighter, 32, 24),
                                   (2 * 100 * 110 + 6.5025) / (100 * 100 + 110 * 110 + 6.5025),
                                   0.0005);
    double near = compare_planes(lines, noisy, 32, 24);
    g_assert_cmpfloat(near, <, 0.999);
    g_assert_cmpfloat(near, >, compare_planes(lines, flat, 32, 24));
    g_assert_cmpfloat_with_epsilon(near, compare_planes(noisy, lines, 32, 24), 1e-9);
    g_assert_cmpfloat(compare_planes(flat, brighter, 7, 24), ==, 1);
    g_assert_cmpfloat(compare_planes(flat, brighter, 1, 1), ==, 1);
}

/* One window as Wang et al. (2004) have it, pixel by pixel. */
static double
judge_window(const guint8 *a, const guint8 *b, guint stride)
{
    double mean_a = 0, mean_b = 0, spread_a = 0, spread_b = 0, both = 0;
    for (guint i = 0; i < 64; i++) {
        guint at = i / 8 * stride + i % 8;
        mean_a += a[at] / 64.0;
        mean_b += b[at] / 64.0;
    }
    for (guint i = 0; i < 64; i++) {
        guint at = i / 8 * stride + i % 8;
        double off_a = a[at] - mean_a;
        double off_b = b[at] - mean_b;
        spread_a += off_a * off_a / 64;
        spread_b += off_b * off_b / 64;
        both += off_a * off_b / 64;
    }
    return (2 * mean_a * mean_b + 6.5025) * (2 * both + 58.5225) /
           ((mean_a * mean_a + mean_b * mean_b + 6.5025) * (spread_a + spread_b + 58.5225));
}

static void
test_ssim_windows(void)
{
    static const guint sizes[][2] = {{8, 8}, {13, 9}, {31, 17}, {64, 48}};
    for (guint n = 0; n < G_N_ELEMENTS(sizes); n++) {
        guint width = sizes[n][0], height = sizes[n][1], windows = 0;
        g_autofree guint8 *a = g_malloc((gsize)width * height);
        g_autofree guint8 *b = g_malloc((gsize)width * height);
        for (guint i = 0; i < width * height; i++) {
            a[i] = (guint8)((i * 2654435761u >> 24) / (1 + i % 3));
            b[i] = (guint8)(i % 5 == 0 ? 255 - a[i] : a[i] / 2 + 20);
        }
        double sum = 0;
        for (guint y = 0; y + 8 <= height; y += 4)
            for (guint x = 0; x + 8 <= width; x += 4, windows++)
                sum += judge_window(a + y * width + x, b + y * width + x, width);
        g_assert_cmpfloat_with_epsilon(compare_planes(a, b, width, height), sum / windows, 1e-9);
    }
}

/* SSIM of luma of what was coded, through RGB as a browser shows it: levels of 16 to 235 again. */
static double
measure_still(GBytes *still, const AVFrame *picture)
{
    gsize length = 0;
    const guint8 *data = g_bytes_get_data(still, &length);
    int width = 0, height = 0;
    guint8 *pixels = WebPDecodeRGB(data, length, &width, &height);
    g_assert_nonnull(pixels);
    g_assert_cmpint(width, ==, picture->width);
    g_assert_cmpint(height, ==, picture->height);
    g_autofree guint8 *luma = g_malloc((gsize)width * (gsize)height);
    for (int i = 0; i < width * height; i++)
        luma[i] = (guint8)(16.5 + 0.2568 * pixels[3 * i] + 0.5041 * pixels[3 * i + 1] +
                           0.0979 * pixels[3 * i + 2]);
    WebPFree(pixels);
    return encode_ssim_compare((EncodeSsimPlane){luma, width},
                               (EncodeSsimPlane){picture->data[0], picture->linesize[0]},
                               (guint)width, (guint)height);
}

static int
get_format(GBytes *still)
{
    WebPBitstreamFeatures features;
    gsize length = 0;
    const guint8 *data = g_bytes_get_data(still, &length);
    g_assert_cmpint(WebPGetFeatures(data, length, &features), ==, VP8_STATUS_OK);
    return features.format;
}

static GBytes *
fit(const AVFrame *picture, guint *quality)
{
    g_autoptr(GError) error = NULL;
    GBytes *still = encode_webp_fit(picture, AVCOL_SPC_SMPTE170M, 0.986, quality, &error);
    g_assert_no_error(error);
    double ssim = measure_still(still, picture);
    g_test_message("%zu bytes, format %d, quality %u, SSIM %.4f", g_bytes_get_size(still),
                   get_format(still), *quality, ssim);
    g_assert_cmpfloat(ssim, >=, LEAST_SSIM);
    return still;
}

/* A few colours with sharp edges: exact is smaller. */
static void
test_still_drawn(void)
{
    AVFrame *picture = new_picture(320, 180);
    for (int y = 0; y < 180; y++)
        for (int x = 0; x < 320; x++)
            picture->data[0][y * picture->linesize[0] + x] =
                (guint8)(y / 8 % 3 == 0 && x / 3 % 2 == 0 && x < 260 ? 30 : 225);
    guint quality = 40;
    g_autoptr(GBytes) still = fit(picture, &quality);
    g_assert_cmpint(get_format(still), ==, LOSSLESS);
    g_autoptr(GBytes) lossy = encode_webp_write(picture, AVCOL_SPC_SMPTE170M, 40, NULL);
    g_assert_cmpuint(g_bytes_get_size(still), <, g_bytes_get_size(lossy));
    av_frame_free(&picture);
}

/* A slide with soft letters, and a camera's picture: as good as it must be, and no better. */
static void
test_still_lossy(void)
{
    for (guint camera = 0; camera < 2; camera++) {
        AVFrame *picture = new_picture(640, 360);
        if (camera == 1)
            board_draw_camera(picture, 1.5);
        else
            board_draw_slide(picture, 3, 5);
        guint quality = 40;
        g_autoptr(GBytes) still = fit(picture, &quality);
        g_autoptr(GBytes) best = encode_webp_write(picture, AVCOL_SPC_SMPTE170M, 98, NULL);
        g_assert_true(camera == 0 || get_format(still) != LOSSLESS);
        g_assert_cmpuint(g_bytes_get_size(still), <, g_bytes_get_size(best));
        // The search begins where it ended: the next one finds the same at once.
        guint again = quality;
        g_autoptr(GBytes) second = fit(picture, &again);
        g_assert_cmpuint(MAX(again, quality) - MIN(again, quality), <=, 3);
        av_frame_free(&picture);
    }
}

static void
test_still_tiny(void)
{
    static const int sizes[][2] = {{1, 1}, {2, 2}, {16, 16}, {17, 3}};
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        AVFrame *picture = new_picture(sizes[i][0], sizes[i][1]);
        guint quality = 40;
        g_autoptr(GBytes) still = fit(picture, &quality);
        g_assert_cmpuint(g_bytes_get_size(still), <, 200);
        av_frame_free(&picture);
    }
}

static guint64
sum_luma(const AVFrame *picture)
{
    guint64 sum = 0;
    for (int y = 0; y < picture->height; y++)
        for (int x = 0; x < picture->width; x++)
            sum += picture->data[0][y * picture->linesize[0] + x];
    return sum;
}

static void
dim(AVFrame *picture, double share)
{
    AVFrame *black = new_picture(picture->width, picture->height);
    board_mix(black, picture, share);
    av_frame_free(&black);
}

static void
test_poster_never_black(void)
{
    AVFrame *black = new_picture(640, 360), *fading = new_picture(640, 360);
    AVFrame *blank = new_picture(640, 360), *camera = new_picture(640, 360);
    board_draw_camera(fading, 1);
    dim(fading, 0.12);
    memset(blank->data[0], 200, (gsize)blank->linesize[0] * 360);
    board_draw_camera(camera, 2);
    AVFrame *const worse_first[] = {black, fading, blank};
    for (guint i = 0; i < G_N_ELEMENTS(worse_first); i++) {
        g_autoptr(EncodePoster) poster = encode_poster_new();
        g_assert_null(encode_poster_get_best(poster));
        encode_poster_weigh(poster, worse_first[i]);
        encode_poster_weigh(poster, camera);
        encode_poster_weigh(poster, worse_first[i]);
        g_assert_cmpuint(sum_luma(encode_poster_get_best(poster)), ==, sum_luma(camera));
    }
    // Even a blank page is better than nothing, and nothing else than black is black.
    g_autoptr(EncodePoster) poster = encode_poster_new();
    encode_poster_weigh(poster, black);
    g_assert_nonnull(encode_poster_get_best(poster));
    encode_poster_weigh(poster, blank);
    g_assert_cmpuint(sum_luma(encode_poster_get_best(poster)), ==, sum_luma(blank));
    av_frame_free(&black);
    av_frame_free(&fading);
    av_frame_free(&blank);
    av_frame_free(&camera);
}

/* The same writing at the top and at the bottom of a page: the titled one, whichever comes first.
 */
static void
test_poster_title(void)
{
    AVFrame *titled = new_picture(640, 360), *footed = new_picture(640, 360);
    board_draw_slide(titled, 1, 0);
    for (int y = 0; y < 360; y++)
        memcpy(footed->data[0] + y * footed->linesize[0],
               titled->data[0] + (359 - y) * titled->linesize[0], 640);
    memcpy(footed->data[1], titled->data[1], (gsize)titled->linesize[1] * 180);
    memcpy(footed->data[2], titled->data[2], (gsize)titled->linesize[2] * 180);
    for (guint order = 0; order < 2; order++) {
        g_autoptr(EncodePoster) poster = encode_poster_new();
        encode_poster_weigh(poster, order == 0 ? titled : footed);
        encode_poster_weigh(poster, order == 0 ? footed : titled);
        const AVFrame *best = encode_poster_get_best(poster);
        g_assert_cmpint(memcmp(best->data[0] + 40 * best->linesize[0],
                               titled->data[0] + 40 * titled->linesize[0], 640),
                        ==, 0);
    }
    av_frame_free(&titled);
    av_frame_free(&footed);
}

/* Half a minute is looked at, from the first canvas on. */
static void
test_poster_ready(void)
{
    AVFrame *black = new_picture(64, 36), *slide = new_picture(64, 36);
    memset(slide->data[0], 200, (gsize)slide->linesize[0] * 36);
    g_autoptr(EncodePoster) poster = encode_poster_new();
    for (gint64 at = 100; at < 129; at++)
        encode_poster_consider(poster, black, at * SECOND);
    g_assert_false(encode_poster_is_ready(poster));
    encode_poster_consider(poster, slide, 129 * SECOND);
    encode_poster_consider(poster, black, 130 * SECOND);
    g_assert_true(encode_poster_is_ready(poster));
    g_assert_cmpuint(sum_luma(encode_poster_get_best(poster)), ==, sum_luma(slide));
    av_frame_free(&black);
    av_frame_free(&slide);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    av_log_set_level(AV_LOG_FATAL); // as the child does
    g_test_add_func("/encode/ssim", test_ssim);
    g_test_add_func("/encode/ssim/windows", test_ssim_windows);
    g_test_add_func("/encode/webp/drawn", test_still_drawn);
    g_test_add_func("/encode/webp/lossy", test_still_lossy);
    g_test_add_func("/encode/webp/tiny", test_still_tiny);
    g_test_add_func("/encode/poster/never-black", test_poster_never_black);
    g_test_add_func("/encode/poster/title", test_poster_title);
    g_test_add_func("/encode/poster/ready", test_poster_ready);
    return g_test_run();
}
