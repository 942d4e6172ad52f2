// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Ground of exactly one colour is the mark of what a computer drew: no camera gives it.
#include "pipelines/analyse/kind.h"

#include "pipelines/analyse/change.h"

#define GROUND_TEXTURE 2
#define COLOURS 3
#define BAR_LUMA 26
#define DRAWN_PERMILLE 250
#define MOVING_PERMILLE 350

typedef struct {
    guint left;   // (value)
    guint top;    // (value)
    guint right;  // (value) first column beyond
    guint bottom; // (value)
} Box;

/* Around everything that is not black. */
static Box
find_lit(const AnalyseCells *cells)
{
    Box box = {cells->columns, cells->rows, 0, 0};
    for (guint y = 0; y < cells->rows; y++) {
        for (guint x = 0; x < cells->columns; x++) {
            if (cells->luma[(gsize)y * cells->columns + x] <= BAR_LUMA)
                continue;
            box.left = MIN(box.left, x);
            box.right = MAX(box.right, x + 1);
            box.top = MIN(box.top, y);
            box.bottom = MAX(box.bottom, y + 1);
        }
    }
    return box;
}

/* Ground of one colour stands out among its neighbours; the steps of a sky or a wall do not. */
static gboolean
stands_out(const guint *counts, guint value)
{
    guint around = 0;
    for (guint apart = 2; apart <= 4; apart++) {
        around += value >= apart ? counts[value - apart] : 0;
        around += value + apart < 256 ? counts[value + apart] : 0;
    }
    return around * 2 <= counts[value];
}

guint
analyse_kind_measure_drawn_permille(const AnalyseCells *cells)
{
    guint counts[256] = {0}, all = 0, ground = 0;
    Box box = find_lit(cells);
    for (guint y = box.top; y < box.bottom; y++) {
        for (guint x = box.left; x < box.right; x++) {
            gsize at = (gsize)y * cells->columns + x;
            all++;
            if (cells->texture[at] <= GROUND_TEXTURE)
                counts[cells->luma[at]]++;
        }
    }
    for (int i = 0; i < COLOURS; i++) {
        guint most = 0;
        for (guint v = 1; v < G_N_ELEMENTS(counts); v++)
            most = counts[v] > counts[most] ? v : most;
        if (stands_out(counts, most))
            ground += counts[most];
        // Neither it nor what is next to it is another colour.
        for (guint v = most > 0 ? most - 1 : 0; v <= MIN(most + 1, 255); v++)
            counts[v] = 0;
    }
    return all > 0 ? (guint)((guint64)ground * 1000 / all) : 0;
}

AnalyseKind
analyse_kind_judge(const AnalyseCells *cells, guint moving_permille, guint stirring_permille)
{
    if (analyse_change_is_black(cells))
        return ANALYSE_KIND_BLACK;
    gboolean drawn = analyse_kind_measure_drawn_permille(cells) >= DRAWN_PERMILLE;
    if (drawn)
        return moving_permille >= MOVING_PERMILLE ? ANALYSE_KIND_SCREEN : ANALYSE_KIND_SLIDES;
    return stirring_permille >= MOVING_PERMILLE ? ANALYSE_KIND_CAMERA : ANALYSE_KIND_PHOTO;
}
