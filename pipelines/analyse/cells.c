// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Sums over rows first, sixteen pixels at a time, then over the columns of each cell. Formats other
// than planar 8-bit YUV go through libswscale.
#include "pipelines/analyse/cells.h"

#include <string.h>
#include <libavutil/frame.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

#define LONG_SIDE 160
#define LEAST_PIXELS 4
#define ROWS_A_CELL 8
#define LANES 16
#define LARGEST_CONVERTED 1280
#define GREY 128

struct _AnalyseCellsMaker {
    guint columns;             // (value) before turning
    guint rows;                // (value)
    guint turn_degrees;        // (value)
    gboolean mirrored;         // (value)
    struct SwsContext *scaler; // (owned) (nullable)
    AVFrame *converted;        // (owned)
    const AVFrame *plain;      // (unowned) (nullable) the frame in hand, or its conversion
    guint16 *sums;             // (owned) of a row of cells, a pixel each
    guint16 *steps;            // (owned)
    gsize capacity;            // (value) pixels that these hold
    guint *bounds;             // (owned) first pixel of each column of cells, and the end
};

AnalyseCells *
analyse_cells_new(guint columns, guint rows)
{
    AnalyseCells *cells = g_new0(AnalyseCells, 1);
    gsize count = (gsize)columns * rows;
    cells->columns = columns;
    cells->rows = rows;
    cells->luma = g_malloc0(count * 4);
    cells->texture = cells->luma + count;
    cells->blue = cells->texture + count;
    cells->red = cells->blue + count;
    memset(cells->blue, GREY, count * 2);
    return cells;
}

AnalyseCells *
analyse_cells_copy(const AnalyseCells *cells)
{
    AnalyseCells *copy = analyse_cells_new(cells->columns, cells->rows);
    memcpy(copy->luma, cells->luma, (gsize)cells->columns * cells->rows * 4);
    return copy;
}

void
analyse_cells_free(AnalyseCells *cells)
{
    if (cells == NULL)
        return;
    g_free(cells->luma);
    g_free(cells);
}

AnalyseCellsMaker *
analyse_cells_new_maker(const SourceInfo *info)
{
    AnalyseCellsMaker *maker = g_new0(AnalyseCellsMaker, 1);
    guint width = MAX(info->width, 1), height = MAX(info->height, 1);
    guint longest = MAX(width, height);
    guint side = CLAMP(longest / LEAST_PIXELS, 1, LONG_SIDE);
    guint columns = MAX((width * side + longest / 2) / longest, 1);
    guint rows = MAX((height * side + longest / 2) / longest, 1);
    gboolean lies = info->turn_degrees == 90 || info->turn_degrees == 270;
    maker->columns = lies ? rows : columns;
    maker->rows = lies ? columns : rows;
    maker->turn_degrees = info->turn_degrees;
    maker->mirrored = info->mirrored;
    maker->bounds = g_new0(guint, maker->columns + 1);
    maker->converted = av_frame_alloc();
    return maker;
}

void
analyse_cells_free_maker(AnalyseCellsMaker *maker)
{
    if (maker == NULL)
        return;
    sws_freeContext(maker->scaler);
    av_frame_free(&maker->converted);
    g_free(maker->bounds);
    g_free(maker->sums);
    g_free(maker->steps);
    g_free(maker);
}

static gboolean
is_plain(int format)
{
    const AVPixFmtDescriptor *kind = av_pix_fmt_desc_get(format);
    if (kind == NULL || (kind->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_BITSTREAM |
                                        AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL)) != 0)
        return FALSE;
    gboolean planar = (kind->flags & AV_PIX_FMT_FLAG_PLANAR) != 0 && kind->nb_components >= 3;
    return kind->comp[0].depth == 8 && kind->comp[0].step == 1 &&
           ((planar && kind->comp[1].step == 1) || kind->nb_components == 1);
}

static const AVFrame *
convert(AnalyseCellsMaker *maker, const AVFrame *frame)
{
    AVFrame *out = maker->converted;
    int longest = MAX(frame->width, frame->height);
    int shrink = (longest + LARGEST_CONVERTED - 1) / LARGEST_CONVERTED;
    int width = MAX(frame->width / shrink, 1), height = MAX(frame->height / shrink, 1);
    maker->scaler =
        sws_getCachedContext(maker->scaler, frame->width, frame->height, frame->format, width,
                             height, AV_PIX_FMT_YUV420P, SWS_AREA, NULL, NULL, NULL);
    if (maker->scaler == NULL)
        return NULL;
    if (out->width != width || out->height != height) {
        av_frame_unref(out);
        out->format = AV_PIX_FMT_YUV420P;
        out->width = width;
        out->height = height;
        if (av_frame_get_buffer(out, 0) < 0)
            return NULL;
    }
    int code = sws_scale(maker->scaler, (const guint8 *const *)frame->data, frame->linesize, 0,
                         frame->height, out->data, out->linesize);
    return code >= 0 ? out : NULL;
}

/* Sixteen pixels at a time, in the vectors of gcc and clang: a loop of numbers is not turned into
 * these at every level of optimisation. */
typedef guint8 Bytes __attribute__((vector_size(LANES)));
typedef guint16 Words __attribute__((vector_size(LANES * 2)));

static void
add_bytes(guint16 *sums, Bytes bytes)
{
    Words words;
    memcpy(&words, sums, sizeof words);
    words += __builtin_convertvector(bytes, Words);
    memcpy(sums, &words, sizeof words);
}

static void
add_row(guint16 *sums, const guint8 *row, guint width)
{
    guint x = 0;
    for (; x + LANES <= width; x += LANES) {
        Bytes bytes;
        memcpy(&bytes, row + x, sizeof bytes);
        add_bytes(sums + x, bytes);
    }
    for (; x < width; x++)
        sums[x] = (guint16)(sums[x] + row[x]);
}

/* Adds how much each pixel differs from its right neighbour. */
static void
add_steps(guint16 *steps, const guint8 *row, guint width)
{
    guint x = 0;
    for (; x + LANES < width; x += LANES) {
        Bytes here, right;
        memcpy(&here, row + x, sizeof here);
        memcpy(&right, row + x + 1, sizeof right);
        Bytes above = (Bytes)(here > right);
        add_bytes(steps + x, ((here - right) & above) | ((right - here) & ~above));
    }
    for (; x + 1 < width; x++)
        steps[x] = (guint16)(steps[x] + ABS(row[x] - row[x + 1]));
}

typedef struct {
    const guint8 *pixels; // (unowned)
    int stride;           // (value)
    guint width;          // (value)
    guint height;         // (value)
} Plane;

/* Means of sums over @count rows for each cell of a row of cells; @bounds are those of its columns.
 */
static void
divide_sums(const guint16 *sums, const guint *bounds, guint columns, float scale, guint8 *out)
{
    for (guint c = 0; c < columns; c++) {
        guint from = bounds[c], to = MAX(bounds[c + 1], from + 1), sum = 0;
        for (guint x = from; x < to; x++)
            sum += sums[x];
        out[c] = (guint8)MIN((float)sum * scale / (float)(to - from) + 0.5F, 255.0F);
    }
}

/* @texture: (nullable) */
static void
average_plane(AnalyseCellsMaker *maker, const Plane *plane, guint8 *mean, guint8 *texture)
{
    guint columns = MAX(maker->columns, 1);
    for (guint c = 0; c <= columns; c++)
        maker->bounds[c] = MIN((guint)((guint64)c * plane->width / columns),
                               c < columns ? plane->width - 1 : plane->width);
    for (guint r = 0; r < maker->rows; r++) {
        guint from = MIN((guint)((guint64)r * plane->height / maker->rows), plane->height - 1);
        guint to = MAX((guint)((guint64)(r + 1) * plane->height / maker->rows), from + 1);
        guint step = MAX((to - from) / ROWS_A_CELL, 1), count = 0;
        memset(maker->sums, 0, plane->width * sizeof *maker->sums);
        memset(maker->steps, 0, plane->width * sizeof *maker->steps);
        for (guint y = from; y < to; y += step, count++) {
            const guint8 *row = plane->pixels + (gssize)y * plane->stride;
            add_row(maker->sums, row, plane->width);
            if (texture != NULL)
                add_steps(maker->steps, row, plane->width);
        }
        gsize at = (gsize)r * maker->columns;
        float share = 1.0F / (float)MAX(count, 1);
        divide_sums(maker->sums, maker->bounds, maker->columns, share, mean + at);
        if (texture != NULL)
            divide_sums(maker->steps, maker->bounds, maker->columns, 4 * share, texture + at);
    }
}

/* Turns one plane of cells: @from as decoded, @to as shown. */
static void
turn_plane(const AnalyseCellsMaker *maker, const guint8 *from, const AnalyseCells *shape,
           guint8 *to)
{
    guint last_column = maker->columns - 1, last_row = maker->rows - 1;
    for (guint y = 0; y < shape->rows; y++) {
        for (guint x = 0; x < shape->columns; x++) {
            guint c = x, r = y;
            if (maker->turn_degrees == 90) {
                c = y;
                r = last_row - x;
            } else if (maker->turn_degrees == 180) {
                c = last_column - x;
                r = last_row - y;
            } else if (maker->turn_degrees == 270) {
                c = last_column - y;
                r = x;
            }
            if (maker->mirrored)
                c = last_column - c;
            to[(gsize)y * shape->columns + x] = from[(gsize)r * maker->columns + c];
        }
    }
}

static AnalyseCells *
turn_cells(const AnalyseCellsMaker *maker, AnalyseCells *cells)
{
    if (maker->turn_degrees == 0 && !maker->mirrored)
        return cells;
    gboolean lies = maker->turn_degrees == 90 || maker->turn_degrees == 270;
    AnalyseCells *turned =
        analyse_cells_new(lies ? cells->rows : cells->columns, lies ? cells->columns : cells->rows);
    turn_plane(maker, cells->luma, turned, turned->luma);
    turn_plane(maker, cells->texture, turned, turned->texture);
    turn_plane(maker, cells->blue, turned, turned->blue);
    turn_plane(maker, cells->red, turned, turned->red);
    analyse_cells_free(cells);
    return turned;
}

AnalyseCells *
analyse_cells_make(AnalyseCellsMaker *maker, const AVFrame *frame)
{
    maker->plain = is_plain(frame->format) ? frame : convert(maker, frame);
    const AVFrame *plain = maker->plain;
    if (plain == NULL || plain->width <= 0 || plain->height <= 0 || plain->data[0] == NULL)
        return NULL;
    if (maker->capacity < (gsize)plain->width) {
        maker->capacity = (gsize)plain->width;
        maker->sums = g_renew(guint16, maker->sums, maker->capacity);
        maker->steps = g_renew(guint16, maker->steps, maker->capacity);
    }
    AnalyseCells *cells = analyse_cells_new(maker->columns, maker->rows);
    guint width = (guint)plain->width, height = (guint)plain->height;
    const Plane luma = {plain->data[0], plain->linesize[0], width, height};
    average_plane(maker, &luma, cells->luma, cells->texture);
    const AVPixFmtDescriptor *kind = av_pix_fmt_desc_get(plain->format);
    if (kind->nb_components >= 3) {
        guint narrow = (width + (1U << kind->log2_chroma_w) - 1) >> kind->log2_chroma_w;
        guint low = (height + (1U << kind->log2_chroma_h) - 1) >> kind->log2_chroma_h;
        const Plane blue = {plain->data[1], plain->linesize[1], narrow, low};
        const Plane red = {plain->data[2], plain->linesize[2], narrow, low};
        average_plane(maker, &blue, cells->blue, NULL);
        average_plane(maker, &red, cells->red, NULL);
    }
    return turn_cells(maker, cells);
}

const AVFrame *
analyse_cells_get_plain(AnalyseCellsMaker *maker)
{
    return maker->plain;
}
