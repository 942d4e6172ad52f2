// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What changed from one sight to another, as a person would see it. Pure. Masks have a byte for
// each cell; both pictures of a call have the same lattice.
#pragma once

#include "pipelines/analyse/cells.h"

/** A difference that is seen, and one that is more than the noise of a codec. */
#define ANALYSE_CHANGE_SEEN 8
#define ANALYSE_CHANGE_FAINT 4

/**
 * analyse_change_mark:
 * @step: cells that differ by more than this, in luma or colour, changed
 * @ignored: (nullable): not 0: the cell does not count
 * @changed: (out) (nullable): 1 for cells that changed, else 0
 *
 * Returns: how many changed.
 */
guint analyse_change_mark(const AnalyseCells *a, const AnalyseCells *b, guint step,
                          const guint8 *ignored, guint8 *changed);

/** How many cells changed so that a person sees it: like analyse_change_mark(), but a few specks
 * (mouse pointer, caret, a counting digit) do not count. */
guint analyse_change_count(const AnalyseCells *a, const AnalyseCells *b, const guint8 *ignored);

/** TRUE when @between is on the way of a fade from @before to @after. */
gboolean analyse_change_is_blend(const AnalyseCells *before, const AnalyseCells *between,
                                 const AnalyseCells *after, const guint8 *ignored);

/** TRUE when @after is @before with something added: what stood in @before still does, and there
 * was something. */
gboolean analyse_change_grows(const AnalyseCells *before, const AnalyseCells *after,
                              const guint8 *ignored);

/** TRUE when there is nothing but black, whatever the range. */
gboolean analyse_change_is_black(const AnalyseCells *cells);
