// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The fixed grid of one lesson: the picture rate of its rungs and where segments begin. Made once
// from the source's average rate, the same for all rungs, so that every cut is a frame in each of
// them. A plain value; pure arithmetic.
#pragma once

#include <glib.h>

typedef struct {
    guint numerator;   // (value) ticks a second, at most 30
    guint denominator; // (value)
    guint ticks;       // (value) in one segment, about 4 s
    guint halving;     // (value) `small` shows every so many ticks, at most 15 a second
} EncodeGrid;

/** @numerator / @denominator: average pictures a second of the source, 0: not known or no picture.
 */
EncodeGrid encode_grid_choose(guint numerator, guint denominator);

/** Start of a tick on the 90 kHz clock. */
gint64 encode_grid_tick_to_pts90k(const EncodeGrid *grid, gint64 tick);

/** Start of a tick in samples of 48 kHz. */
gint64 encode_grid_tick_to_samples(const EncodeGrid *grid, gint64 tick);
gint64 encode_grid_tick_to_us(const EncodeGrid *grid, gint64 tick);

/** The tick at which something that begins at @time_us is first seen: the nearest one. */
gint64 encode_grid_us_to_tick(const EncodeGrid *grid, gint64 time_us);

/** The tick that starts at @pts90k, as encode_grid_tick_to_pts90k() gave it. */
gint64 encode_grid_pts90k_to_tick(const EncodeGrid *grid, gint64 pts90k);

/** How many ticks a lesson of @end_us gets: none of it is left out, whole pictures of every rung,
 * at least one; hence at most 100 ms more. */
gint64 encode_grid_count_ticks(const EncodeGrid *grid, gint64 end_us);
