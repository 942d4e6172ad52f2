// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What kind of picture a moment or a stretch shows: drawn by a computer or seen by a camera, moving
// or not. Pure.
#pragma once

#include "pipelines/analyse/cells.h"

typedef enum {
    ANALYSE_KIND_BLACK,  // nothing to be seen
    ANALYSE_KIND_SLIDES, // drawn, and stands still
    ANALYSE_KIND_SCREEN, // drawn, and moves
    ANALYSE_KIND_PHOTO,  // not drawn, and stands still: a photograph, or a camera before nothing
    ANALYSE_KIND_CAMERA, // not drawn, and moves
} AnalyseKind;

/** How much of what is not black bars is even ground of a few colours. */
guint analyse_kind_measure_drawn_permille(const AnalyseCells *cells);

/** How many permille of the cells change in a picture that moves, and in one that at least is not
 * quite still. */
#define ANALYSE_KIND_MOVING_CELLS 8
#define ANALYSE_KIND_STIRRING_CELLS 1

/** @moving_permille, @stirring_permille: share of time in which more than an inset does so. */
AnalyseKind analyse_kind_judge(const AnalyseCells *cells, guint moving_permille,
                               guint stirring_permille);
