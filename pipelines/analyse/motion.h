// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Where pictures move all the time while the rest stands still: a teacher's face or a small video
// beside slides. Remembers for half a minute or so what moved, and says which cells are to be left
// out when slides are compared. One thread.
#pragma once

#include "pipelines/analyse/result.h"
#include "pipelines/analyse/sight.h"

typedef struct _AnalyseMotion AnalyseMotion;

AnalyseMotion *analyse_motion_new(guint columns, guint rows);
void analyse_motion_free(AnalyseMotion *motion);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AnalyseMotion, analyse_motion_free)

/** Takes note of what moves within @sights, which follow each other closely. */
void analyse_motion_add(AnalyseMotion *motion, const GPtrArray *sights);

/** Returns: (array length=columns×rows): not 0: leave the cell out. Valid until the next add. */
const guint8 *analyse_motion_get_mask(const AnalyseMotion *motion);

/** FALSE while too little was seen to trust the mask. */
gboolean analyse_motion_is_sure(const AnalyseMotion *motion);

/** Share of pairs of pictures, some 200 ms apart within @sights, in which more than
 * @cells_permille of the cells outside the mask changed; 0 when there was only one such: that is a
 * new slide, no motion. */
guint analyse_motion_measure_permille(const AnalyseMotion *motion, const GPtrArray *sights,
                                      guint cells_permille);

/** Returns: the box of what was left out for the longest time; none when that was less than
 * @least_us. */
AnalyseResultRect analyse_motion_get_inset(const AnalyseMotion *motion, gint64 least_us,
                                           const SourceInfo *info);

/** Pure. Marks in @mask the boxes of what is active; none when that is no inset: too much of the
 * picture, or too little. Returns: TRUE when anything is marked. */
gboolean analyse_motion_find_boxes(const guint16 *active_permille, guint columns, guint rows,
                                   guint8 *mask);

/** Pure. The box, in cells, around the largest blob of @mask, which marks something. */
void analyse_motion_bound(const guint8 *mask, guint columns, guint rows, guint box[4]);

/** Pure. A box of cells in pixels of the shown picture. */
AnalyseResultRect analyse_motion_to_rect(const guint box[4], guint columns, guint rows,
                                         const SourceInfo *info);
