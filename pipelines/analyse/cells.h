// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A picture as a lattice of cells, upright and small: what all looking of the analysis is done on.
// About 160 cells on the long side, so that a line of text on a slide is some rows of cells high,
// and the noise of a codec is averaged away.
#pragma once

#include "pipelines/source/info.h"

struct AVFrame;

typedef struct {
    guint columns;   // (value)
    guint rows;      // (value)
    guint8 *luma;    // (owned) mean of each cell, row by row
    guint8 *texture; // (owned) mean step from pixel to pixel, times 4
    guint8 *blue;    // (owned) mean of the blue difference
    guint8 *red;     // (owned) mean of the red difference
} AnalyseCells;

typedef struct _AnalyseCellsMaker AnalyseCellsMaker;

/** Grey cells. */
AnalyseCells *analyse_cells_new(guint columns, guint rows);
AnalyseCells *analyse_cells_copy(const AnalyseCells *cells);
void analyse_cells_free(AnalyseCells *cells);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AnalyseCells, analyse_cells_free)

/** @info: (value copied): gives the shape of the lattice, and the turn. */
AnalyseCellsMaker *analyse_cells_new_maker(const SourceInfo *info);
void analyse_cells_free_maker(AnalyseCellsMaker *maker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AnalyseCellsMaker, analyse_cells_free_maker)

/** Returns: (transfer full): @frame as cells, NULL when it cannot be read. All cells of one maker
 * have the same shape, whatever the frames'. */
AnalyseCells *analyse_cells_make(AnalyseCellsMaker *maker, const struct AVFrame *frame);

/** Returns: (nullable): the luma of the frame given last, 8 bits, as decoded (not turned). */
const struct AVFrame *analyse_cells_get_plain(AnalyseCellsMaker *maker);
