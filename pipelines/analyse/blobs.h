// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Groups of marked cells that lie close together. Pure.
#pragma once

#include <glib.h>

typedef struct {
    guint x;      // (value) box around it, in cells
    guint y;      // (value)
    guint width;  // (value)
    guint height; // (value)
    guint cells;  // (value) marked
} AnalyseBlobs;

/**
 * analyse_blobs_find:
 * @marked: (array length=columns×rows): not 0: marked
 * @gap: so many unmarked cells between two marked ones still hold them together
 * @labels: (out) (nullable) (array length=columns×rows): 0, or number of the blob from 1
 *
 * Returns: (transfer full) (element-type AnalyseBlobs): in order of their first cell.
 */
GArray *analyse_blobs_find(const guint8 *marked, guint columns, guint rows, guint gap,
                           guint16 *labels);
