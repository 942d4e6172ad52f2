// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Each rectangle becomes a piece: colours times opacity, and opacity, at the size of the picture.
// Averages are of colours that were multiplied first, so that nothing of what is transparent is
// seen at the edges of letters.
#include "pipelines/live/overlay.h"

#include <libavcodec/avcodec.h>

#define COLOURS 256
#define PIECES_MAX 16
#define SAMPLES 4 // each way, of the page, for one dot of the picture

/** One dot: what is seen of it, and how much of it is. */
typedef struct {
    guint8 luma;  // (value) times opacity
    guint8 blue;  // (value) times opacity
    guint8 red;   // (value) times opacity
    guint8 solid; // (value) opacity
} Dot;

typedef struct {
    guint x;      // (value) even, as all of these
    guint y;      // (value)
    guint width;  // (value)
    guint height; // (value)
    Dot *dots;    // (owned) row after row
} Piece;

struct _LiveOverlay {
    Piece pieces[PIECES_MAX]; // (owned)
    guint count;              // (value)
    guint64 dots;             // (value) in all of them
};

/** A rectangle of the page, and how it lies on the picture. */
typedef struct {
    const AVSubtitleRect *rect;      // (unowned)
    Dot colours[COLOURS];            // (value)
    guint width;                     // (value) of the page
    guint height;                    // (value) of the page
    const LiveOverlayCanvas *canvas; // (unowned)
} Source;

static guint8
round_byte(double value)
{
    return (guint8)CLAMP(value + 0.5, 0, 255);
}

/* ITU-R BT.601, 709 or 2020, 16 to 235. @argb: as libavcodec's palettes are. */
static Dot
convert_colour(guint32 argb, int matrix)
{
    double red_weight = matrix == AVCOL_SPC_BT709 ? 0.2126 : 0.299;
    double blue_weight = matrix == AVCOL_SPC_BT709 ? 0.0722 : 0.114;
    if (matrix == AVCOL_SPC_BT2020_NCL) {
        red_weight = 0.2627;
        blue_weight = 0.0593;
    }
    double red = (argb >> 16 & 255) / 255.0, green = (argb >> 8 & 255) / 255.0;
    double blue = (argb & 255) / 255.0, solid = (argb >> 24) / 255.0;
    double luma = red_weight * red + (1 - red_weight - blue_weight) * green + blue_weight * blue;
    return (Dot){
        .luma = round_byte((16 + 219 * luma) * solid),
        .blue = round_byte((128 + 112 * (blue - luma) / (1 - blue_weight)) * solid),
        .red = round_byte((128 + 112 * (red - luma) / (1 - red_weight)) * solid),
        .solid = round_byte(255 * solid),
    };
}

static void
convert_colours(Source *source)
{
    const guint32 *palette = (const guint32 *)(const void *)source->rect->data[1];
    guint count = (guint)CLAMP(source->rect->nb_colors, 0, COLOURS);
    for (guint i = 0; i < COLOURS; i++)
        source->colours[i] =
            i < count ? convert_colour(palette[i], source->canvas->matrix) : (Dot){0, 0, 0, 0};
}

/* Where a sample of the picture lies in the rectangle, −1: beside it. @origin, @length: of the
 * rectangle. */
static int
find_place(guint sample, guint samples, guint page, int origin, int length)
{
    gint64 place = (gint64)((guint64)sample * page / samples) - origin;
    return place >= 0 && place < length ? (int)place : -1;
}

/* The mean of what lies under one dot of the picture. */
static Dot
average(const Source *source, guint x, guint y)
{
    const AVSubtitleRect *rect = source->rect;
    guint luma = 0, blue = 0, red = 0, solid = 0, all = SAMPLES * SAMPLES;
    for (guint i = 0; i < all; i++) {
        int column = find_place(x * SAMPLES + i % SAMPLES, source->canvas->width * SAMPLES,
                                source->width, rect->x, rect->w);
        int row = find_place(y * SAMPLES + i / SAMPLES, source->canvas->height * SAMPLES,
                             source->height, rect->y, rect->h);
        if (column < 0 || row < 0)
            continue;
        const Dot *dot =
            &source->colours[rect->data[0][(gsize)row * (gsize)rect->linesize[0] + (gsize)column]];
        luma += dot->luma;
        blue += dot->blue;
        red += dot->red;
        solid += dot->solid;
    }
    return (Dot){(guint8)(luma / all), (guint8)(blue / all), (guint8)(red / all),
                 (guint8)(solid / all)};
}

/* Even bounds on the picture of what reaches from @origin on. Returns: FALSE when none of it is
 * seen. */
static gboolean
find_bounds(int origin, int length, guint page, guint size, guint *start, guint *count)
{
    gint64 from = (gint64)origin * size / page, end = ((gint64)origin + length) * size / page + 1;
    from = CLAMP(from, 0, (gint64)size) & ~(gint64)1;
    end = (CLAMP(end, 0, (gint64)size) + 1) & ~(gint64)1;
    end = MIN(end, (gint64)(size & ~1U));
    *start = (guint)from;
    *count = end > from ? (guint)(end - from) : 0;
    return end > from;
}

static void
add_piece(LiveOverlay *overlay, Source *source)
{
    const AVSubtitleRect *rect = source->rect;
    const LiveOverlayCanvas *canvas = source->canvas;
    Piece piece = {0};
    if (!find_bounds(rect->x, rect->w, source->width, canvas->width, &piece.x, &piece.width) ||
        !find_bounds(rect->y, rect->h, source->height, canvas->height, &piece.y, &piece.height))
        return;
    // Regions share no line, so honest ones fit onto the picture once.
    overlay->dots += (guint64)piece.width * piece.height;
    if (overlay->dots > (guint64)2 * canvas->width * canvas->height)
        return;
    convert_colours(source);
    piece.dots = g_new(Dot, (gsize)piece.width * piece.height);
    for (guint y = 0; y < piece.height; y++)
        for (guint x = 0; x < piece.width; x++)
            piece.dots[(gsize)y * piece.width + x] = average(source, piece.x + x, piece.y + y);
    overlay->pieces[overlay->count++] = piece;
}

static gboolean
is_drawable(const AVSubtitleRect *rect)
{
    return rect->type == SUBTITLE_BITMAP && rect->w > 0 && rect->h > 0 &&
           rect->linesize[0] >= rect->w && rect->data[0] != NULL && rect->data[1] != NULL;
}

LiveOverlay *
live_overlay_new(const AVSubtitle *page, guint width, guint height, const LiveOverlayCanvas *canvas)
{
    LiveOverlay *overlay = g_new0(LiveOverlay, 1);
    g_autofree Source *source = g_new0(Source, 1);
    source->width = MAX(width, 1);
    source->height = MAX(height, 1);
    source->canvas = canvas;
    for (guint i = 0; i < page->num_rects && overlay->count < PIECES_MAX; i++) {
        source->rect = page->rects[i];
        if (is_drawable(source->rect))
            add_piece(overlay, source);
    }
    return overlay;
}

void
live_overlay_free(LiveOverlay *overlay)
{
    for (guint i = 0; i < overlay->count; i++)
        g_free(overlay->pieces[i].dots);
    g_free(overlay);
}

static guint8
blend(guint8 below, guint above, guint solid)
{
    return (guint8)MIN(above + (below * (255 - solid) + 127) / 255, 255);
}

static void
draw_luma(const Piece *piece, AVFrame *frame)
{
    for (guint y = 0; y < piece->height; y++) {
        guint8 *row = frame->data[0] + (gsize)(piece->y + y) * (gsize)frame->linesize[0] + piece->x;
        const Dot *dots = piece->dots + (gsize)y * piece->width;
        for (guint x = 0; x < piece->width; x++)
            row[x] = blend(row[x], dots[x].luma, dots[x].solid);
    }
}

/* Four dots share their colour. */
static void
draw_colours(const Piece *piece, AVFrame *frame)
{
    for (guint y = 0; y < piece->height; y += 2) {
        guint row = (piece->y + y) / 2, column = piece->x / 2;
        guint8 *blue = frame->data[1] + (gsize)row * (gsize)frame->linesize[1] + column;
        guint8 *red = frame->data[2] + (gsize)row * (gsize)frame->linesize[2] + column;
        const Dot *upper = piece->dots + (gsize)y * piece->width, *lower = upper + piece->width;
        for (guint x = 0; x < piece->width; x += 2) {
            const Dot *dots[] = {&upper[x], &upper[x + 1], &lower[x], &lower[x + 1]};
            guint sums[3] = {0};
            for (guint i = 0; i < G_N_ELEMENTS(dots); i++) {
                sums[0] += dots[i]->blue;
                sums[1] += dots[i]->red;
                sums[2] += dots[i]->solid;
            }
            blue[x / 2] = blend(blue[x / 2], sums[0] / 4, sums[2] / 4);
            red[x / 2] = blend(red[x / 2], sums[1] / 4, sums[2] / 4);
        }
    }
}

void
live_overlay_draw(const LiveOverlay *overlay, AVFrame *frame)
{
    for (guint i = 0; i < overlay->count; i++) {
        draw_luma(&overlay->pieces[i], frame);
        draw_colours(&overlay->pieces[i], frame);
    }
}
