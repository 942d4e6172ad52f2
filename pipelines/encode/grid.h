// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The fixed grid of one lesson: the picture rate of its rungs and where segments begin. Made once
// from the source's average rate, the same for all rungs, so that every cut is a frame in each of
// them. A rung may show only every so many ticks. A plain value; pure arithmetic.
#pragma once

#include <glib.h>

typedef struct {
    guint numerator;   // (value) ticks a second, at most 30
    guint denominator; // (value)
    guint ticks;       // (value) in one segment
} EncodeGrid;

/** @numerator / @denominator: average pictures a second of the source, 0: not known or no picture.
 * @segment_s: about how long a segment is, even. */
EncodeGrid encode_grid_choose(guint numerator, guint denominator, guint segment_s);

/** How many ticks a picture lasts in a rung of at most @max_fps: the fewest that do and of which a
 * segment is made; a lesson that is hardly faster keeps all its pictures. */
guint encode_grid_find_step(const EncodeGrid *grid, double max_fps);

double encode_grid_get_segment_seconds(const EncodeGrid *grid);

/** Start of a tick on the 90 kHz clock. */
gint64 encode_grid_tick_to_pts90k(const EncodeGrid *grid, gint64 tick);

/** Start of a tick in samples of 48 kHz. */
gint64 encode_grid_tick_to_samples(const EncodeGrid *grid, gint64 tick);
gint64 encode_grid_tick_to_us(const EncodeGrid *grid, gint64 tick);

/** The tick at which something that begins at @time_us is first seen: the nearest one. */
gint64 encode_grid_us_to_tick(const EncodeGrid *grid, gint64 time_us);

/** The tick that starts at @pts90k, as encode_grid_tick_to_pts90k() gave it. */
gint64 encode_grid_pts90k_to_tick(const EncodeGrid *grid, gint64 pts90k);

/** How many ticks a lesson of @end_us gets: none of it is left out, at most 100 ms more, whole
 * pictures of a rung of 15 a second. */
gint64 encode_grid_count_ticks(const EncodeGrid *grid, gint64 end_us);
