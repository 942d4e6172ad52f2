// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Comparisons of cells.
#include "pipelines/analyse/change.h"

#include <string.h>

#include "pipelines/analyse/blobs.h"

#define LANES 16
#define SPECK_COLUMNS 5
#define SPECK_ROWS 6
#define MAX_SPECKS 3
#define LETTER_GAP 1
#define BLACK_LUMA 26
#define BLACK_COLOUR 6
#define MIDDLE 128
#define BLEND_SLACK 6
#define LEAST_BLEND 16
#define WRITTEN_TEXTURE 6
#define WRITTEN_CONTRAST 6
#define LOST_PERMILLE 80

static guint
distance(guint8 a, guint8 b)
{
    return a > b ? (guint)(a - b) : (guint)(b - a);
}

/* Sixteen cells at a time. */
typedef guint8 Bytes __attribute__((vector_size(LANES)));

static Bytes
load(const guint8 *bytes)
{
    Bytes loaded;
    memcpy(&loaded, bytes, sizeof loaded);
    return loaded;
}

static Bytes
differs_more(const guint8 *a, const guint8 *b, Bytes step)
{
    Bytes x = load(a), y = load(b);
    Bytes above = (Bytes)(x > y);
    return (Bytes)((((x - y) & above) | ((y - x) & ~above)) > step);
}

static guint
count_marks(Bytes marks)
{
    guint64 halves[2];
    memcpy(halves, &marks, sizeof halves);
    return (guint)(__builtin_popcountll(halves[0]) + __builtin_popcountll(halves[1]));
}

static gboolean
differs_at(const AnalyseCells *a, const AnalyseCells *b, gsize at, guint step)
{
    return distance(a->luma[at], b->luma[at]) > step || distance(a->blue[at], b->blue[at]) > step ||
           distance(a->red[at], b->red[at]) > step;
}

guint
analyse_change_mark(const AnalyseCells *a, const AnalyseCells *b, guint step, const guint8 *ignored,
                    guint8 *changed)
{
    gsize count = (gsize)a->columns * a->rows, i = 0;
    const Bytes none = {0};
    const Bytes steps = none + (guint8)step;
    guint sum = 0;
    for (; i + LANES <= count; i += LANES) {
        Bytes marks = differs_more(a->luma + i, b->luma + i, steps) |
                      differs_more(a->blue + i, b->blue + i, steps) |
                      differs_more(a->red + i, b->red + i, steps);
        if (ignored != NULL)
            marks &= (Bytes)(load(ignored + i) == none);
        marks &= none + 1;
        if (changed != NULL)
            memcpy(changed + i, &marks, sizeof marks);
        sum += count_marks(marks);
    }
    for (; i < count; i++) {
        gboolean differs = (ignored == NULL || ignored[i] == 0) && differs_at(a, b, i, step);
        if (changed != NULL)
            changed[i] = differs ? 1 : 0;
        sum += differs ? 1 : 0;
    }
    return sum;
}

static gboolean
is_speck(const AnalyseBlobs *blob)
{
    return blob->width <= SPECK_COLUMNS && blob->height <= SPECK_ROWS;
}

guint
analyse_change_count(const AnalyseCells *a, const AnalyseCells *b, const guint8 *ignored)
{
    gsize count = (gsize)a->columns * a->rows;
    g_autofree guint8 *changed = g_malloc(count);
    guint sum = analyse_change_mark(a, b, ANALYSE_CHANGE_SEEN, ignored, changed);
    if (sum == 0 || sum > MAX_SPECKS * SPECK_COLUMNS * SPECK_ROWS * 4)
        return sum;
    g_autoptr(GArray) blobs = analyse_blobs_find(changed, a->columns, a->rows, LETTER_GAP, NULL);
    guint specks = 0, speck_cells = 0;
    // In a tiny picture a speck would be most of it.
    if (a->columns < SPECK_COLUMNS * 4 || a->rows < SPECK_ROWS * 4)
        return sum;
    for (guint i = 0; i < blobs->len; i++) {
        const AnalyseBlobs *blob = &g_array_index(blobs, AnalyseBlobs, i);
        if (is_speck(blob)) {
            specks++;
            speck_cells += blob->cells;
        }
    }
    return specks <= MAX_SPECKS ? sum - speck_cells : sum;
}

gboolean
analyse_change_is_blend(const AnalyseCells *before, const AnalyseCells *between,
                        const AnalyseCells *after, const guint8 *ignored)
{
    gsize count = (gsize)before->columns * before->rows;
    guint strong = 0, within = 0;
    double sum = 0, squares = 0;
    for (gsize i = 0; i < count; i++) {
        int whole = after->luma[i] - before->luma[i], part = between->luma[i] - before->luma[i];
        if ((ignored != NULL && ignored[i] != 0) || whole == 0 || ABS(whole) < LEAST_BLEND)
            continue;
        double share = (double)part / whole;
        strong++;
        within += share > -0.15 && share < 1.15;
        sum += share;
        squares += share * share;
    }
    if (strong < 4 || within * 10 < strong * 9)
        return FALSE;
    double mean = sum / strong, variance = squares / strong - mean * mean;
    return mean > 0.04 && mean < 0.96 && variance < 0.03;
}

/* Whether something is written or drawn in a cell, not just ground. */
static gboolean
is_written(const AnalyseCells *cells, guint at)
{
    guint columns = MAX(cells->columns, 1);
    guint x = at % columns, y = at / columns;
    if (cells->texture[at] >= WRITTEN_TEXTURE)
        return TRUE;
    return (x > 0 && distance(cells->luma[at], cells->luma[at - 1]) > WRITTEN_CONTRAST) ||
           (x + 1 < cells->columns &&
            distance(cells->luma[at], cells->luma[at + 1]) > WRITTEN_CONTRAST) ||
           (y > 0 &&
            distance(cells->luma[at], cells->luma[at - cells->columns]) > WRITTEN_CONTRAST) ||
           (y + 1 < cells->rows &&
            distance(cells->luma[at], cells->luma[at + cells->columns]) > WRITTEN_CONTRAST);
}

gboolean
analyse_change_grows(const AnalyseCells *before, const AnalyseCells *after, const guint8 *ignored)
{
    guint count = before->columns * before->rows;
    g_autofree guint8 *changed = g_malloc0(MAX(count, 1));
    guint written = 0, lost = 0;
    guint sum = analyse_change_mark(before, after, ANALYSE_CHANGE_SEEN, ignored, changed);
    for (guint i = 0; i < count; i++) {
        if ((ignored != NULL && ignored[i] != 0) || !is_written(before, i))
            continue;
        written++;
        lost += changed[i];
    }
    // Letters that touch the new ones change a little at their rims.
    return sum > 0 && written > 0 && lost * 1000 <= written * LOST_PERMILLE;
}

gboolean
analyse_change_is_black(const AnalyseCells *cells)
{
    gsize count = (gsize)cells->columns * cells->rows;
    for (gsize i = 0; i < count; i++) {
        if (cells->luma[i] > BLACK_LUMA || distance(cells->blue[i], MIDDLE) > BLACK_COLOUR ||
            distance(cells->red[i], MIDDLE) > BLACK_COLOUR)
            return FALSE;
    }
    return TRUE;
}
