// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Through RGB, which both kinds need: the lossless one is RGB, the other has other colours than
// most video.
#include "pipelines/encode/webp.h"

#include <libavutil/frame.h>
#include <libswscale/swscale.h>
#include <webp/decode.h>
#include <webp/encode.h>

#include "pipelines/encode/failure.h"
#include "pipelines/encode/ssim.h"

#define METHOD 4      // to search with
#define BEST_METHOD 6 // the same picture in about 3 % fewer bytes
#define LEAST_QUALITY 5u
#define MOST_QUALITY 98u
#define CLOSE_ENOUGH 3u
#define USUAL_SLOPE 0.0003 // of SSIM, for one step of quality
// With more colours than this, lossless is never the smaller one.
#define MOST_COLOURS 4096u
#define COLOUR_TABLE 16384u // a power of two, several times as large
#define LOSSLESS_LEVEL 4

typedef struct {
    WebPPicture colours; // (owned) RGB
    WebPPicture planes;  // (owned) the same as WebP's luma and chroma
} Canvas;

static gboolean
refuse(GError **error)
{
    return encode_failure_set(error, AVERROR(EINVAL), "webp");
}

static gboolean
import_canvas(const AVFrame *frame, int matrix, WebPPicture *picture)
{
    struct SwsContext *scaler = sws_getContext(
        frame->width, frame->height, AV_PIX_FMT_YUV420P, frame->width, frame->height,
        AV_PIX_FMT_BGRA, SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, NULL, NULL, NULL);
    if (scaler == NULL)
        return FALSE;
    const int *from = sws_getCoefficients(matrix);
    sws_setColorspaceDetails(scaler, from, 0, from, 1, 0, 1 << 16, 1 << 16);
    int stride = frame->width * 4;
    g_autofree guint8 *pixels = g_malloc((gsize)stride * (gsize)frame->height);
    guint8 *planes[4] = {pixels, NULL, NULL, NULL};
    int strides[4] = {stride, 0, 0, 0};
    int lines = sws_scale(scaler, (const guint8 *const *)frame->data, frame->linesize, 0,
                          frame->height, planes, strides);
    sws_freeContext(scaler);
    return lines == frame->height && WebPPictureImportBGRX(picture, pixels, stride);
}

static void
clear_canvas(Canvas *canvas)
{
    WebPPictureFree(&canvas->colours);
    WebPPictureFree(&canvas->planes);
}

static gboolean
open_canvas(Canvas *canvas, const AVFrame *frame, int matrix, GError **error)
{
    *canvas = (Canvas){0};
    if (!WebPPictureInit(&canvas->colours) || !WebPPictureInit(&canvas->planes))
        return refuse(error);
    canvas->colours.use_argb = 1;
    canvas->colours.width = frame->width;
    canvas->colours.height = frame->height;
    if (import_canvas(frame, matrix, &canvas->colours) &&
        WebPPictureCopy(&canvas->colours, &canvas->planes) &&
        WebPPictureARGBToYUVA(&canvas->planes, WEBP_YUV420))
        return TRUE;
    clear_canvas(canvas);
    return refuse(error);
}

/* Returns: (transfer full) (nullable). */
static GBytes *
compress(WebPPicture *picture, const WebPConfig *config)
{
    WebPMemoryWriter memory;
    WebPMemoryWriterInit(&memory);
    picture->writer = WebPMemoryWrite;
    picture->custom_ptr = &memory;
    GBytes *bytes = WebPEncode(config, picture) ? g_bytes_new(memory.mem, memory.size) : NULL;
    WebPMemoryWriterClear(&memory);
    return bytes;
}

static GBytes *
compress_lossy(Canvas *canvas, guint quality, int method)
{
    WebPConfig config;
    WebPPicture planes;
    if (!WebPConfigPreset(&config, WEBP_PRESET_DRAWING, (float)quality) ||
        !WebPPictureView(&canvas->planes, 0, 0, canvas->planes.width, canvas->planes.height,
                         &planes))
        return NULL;
    config.method = method;
    return compress(&planes, &config);
}

static GBytes *
compress_lossless(Canvas *canvas)
{
    WebPConfig config;
    if (!WebPConfigInit(&config) || !WebPConfigLosslessPreset(&config, LOSSLESS_LEVEL))
        return NULL;
    return compress(&canvas->colours, &config);
}

/* FALSE when there are too many colours. */
static gboolean
has_few_colours(const WebPPicture *picture)
{
    g_autofree guint32 *table = g_new0(guint32, COLOUR_TABLE);
    guint count = 0;
    for (int y = 0; y < picture->height; y++) {
        const guint32 *line = picture->argb + (gssize)y * picture->argb_stride;
        for (int x = 0; x < picture->width; x++) {
            // Opaque, so never 0.
            guint32 slot = line[x] * 2654435761u >> 18;
            while (table[slot] != 0 && table[slot] != line[x])
                slot = (slot + 1) & (COLOUR_TABLE - 1);
            count += table[slot] == 0;
            table[slot] = line[x];
            if (count > MOST_COLOURS)
                return FALSE;
        }
    }
    return TRUE;
}

/* Luma alone, and luma and chroma weighed by their size: the worse of the two. */
static double
compare(const Canvas *canvas, GBytes *coded)
{
    gsize length = 0;
    const guint8 *data = g_bytes_get_data(coded, &length);
    int width = 0, height = 0, stride = 0, chroma_stride = 0;
    guint8 *u = NULL, *v = NULL;
    guint8 *y = WebPDecodeYUV(data, length, &width, &height, &u, &v, &stride, &chroma_stride);
    const WebPPicture *source = &canvas->planes;
    if (y == NULL)
        return 0;
    guint half_width = (guint)(width + 1) / 2, half_height = (guint)(height + 1) / 2;
    double luma = encode_ssim_compare((EncodeSsimPlane){source->y, source->y_stride},
                                      (EncodeSsimPlane){y, stride}, (guint)width, (guint)height);
    double chroma =
        encode_ssim_compare((EncodeSsimPlane){source->u, source->uv_stride},
                            (EncodeSsimPlane){u, chroma_stride}, half_width, half_height) +
        encode_ssim_compare((EncodeSsimPlane){source->v, source->uv_stride},
                            (EncodeSsimPlane){v, chroma_stride}, half_width, half_height);
    WebPFree(y);
    return MIN(luma, (luma * 4 + chroma) / 6);
}

/* What is known while a quality is searched for. */
typedef struct {
    guint fails;        // (value) the best quality that is not enough, or one below all
    guint passes;       // (value) the least that is, or one above all
    double fails_ssim;  // (value) when it was tried
    double passes_ssim; // (value) when it was tried
} Search;

/* Where the line between what is known, or the usual slope beyond it, meets @least_ssim. */
static guint
guess_quality(const Search *search, double least_ssim)
{
    double at = 0;
    if (search->fails < LEAST_QUALITY)
        at = search->passes - (search->passes_ssim - least_ssim) / USUAL_SLOPE;
    else if (search->passes > MOST_QUALITY)
        at = search->fails + (least_ssim - search->fails_ssim) / USUAL_SLOPE;
    else
        at = search->fails + (search->passes - search->fails) * (least_ssim - search->fails_ssim) /
                                 (search->passes_ssim - search->fails_ssim);
    // A step decides something at least, the last one everything.
    double lowest = MAX(search->fails + CLOSE_ENOUGH, LEAST_QUALITY);
    double highest = MIN(search->passes - CLOSE_ENOUGH, MOST_QUALITY);
    return lowest < highest ? (guint)CLAMP(at, lowest, highest)
                            : (search->fails + search->passes) / 2;
}

/* The lowest quality that will do, or nearly; NULL when none does. */
static GBytes *
search_quality(Canvas *canvas, double least_ssim, guint *quality)
{
    GBytes *best = NULL;
    Search search = {LEAST_QUALITY - 1, MOST_QUALITY + 1, 0, 1};
    guint at = CLAMP(*quality, LEAST_QUALITY, MOST_QUALITY);
    while (search.fails + 1 < search.passes && search.passes - search.fails > CLOSE_ENOUGH) {
        g_autoptr(GBytes) coded = compress_lossy(canvas, at, METHOD);
        if (coded == NULL)
            break;
        double ssim = compare(canvas, coded);
        if (ssim >= least_ssim) {
            search.passes = at;
            search.passes_ssim = ssim;
            g_clear_pointer(&best, g_bytes_unref);
            best = g_steal_pointer(&coded);
        } else {
            search.fails = at;
            search.fails_ssim = ssim;
        }
        at = guess_quality(&search, least_ssim);
    }
    if (best != NULL)
        *quality = search.passes;
    return best;
}

/* What was found, coded with more effort where that keeps its promise. Takes @found. */
static GBytes *
squeeze(Canvas *canvas, double least_ssim, guint quality, GBytes *found)
{
    g_autoptr(GBytes) coded = compress_lossy(canvas, quality, BEST_METHOD);
    if (coded == NULL || g_bytes_get_size(coded) >= g_bytes_get_size(found) ||
        compare(canvas, coded) < least_ssim)
        return found;
    g_bytes_unref(found);
    return g_steal_pointer(&coded);
}

GBytes *
encode_webp_write(const AVFrame *frame, int matrix, guint quality, GError **error)
{
    Canvas canvas;
    if (!open_canvas(&canvas, frame, matrix, error))
        return NULL;
    GBytes *bytes = compress_lossy(&canvas, quality, METHOD);
    clear_canvas(&canvas);
    if (bytes == NULL)
        refuse(error);
    return bytes;
}

GBytes *
encode_webp_fit(const AVFrame *frame, int matrix, double least_ssim, guint *quality, GError **error)
{
    Canvas canvas;
    if (!open_canvas(&canvas, frame, matrix, error))
        return NULL;
    GBytes *lossy = search_quality(&canvas, least_ssim, quality);
    if (lossy != NULL)
        lossy = squeeze(&canvas, least_ssim, *quality, lossy);
    GBytes *lossless =
        lossy == NULL || has_few_colours(&canvas.colours) ? compress_lossless(&canvas) : NULL;
    clear_canvas(&canvas);
    gboolean exact =
        lossless != NULL && (lossy == NULL || g_bytes_get_size(lossless) < g_bytes_get_size(lossy));
    GBytes *chosen = exact ? lossless : lossy;
    GBytes *other = exact ? lossy : lossless;
    if (other != NULL)
        g_bytes_unref(other);
    if (chosen == NULL)
        refuse(error);
    return chosen;
}
