// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Picture rates are snapped to the common ones, so that a segment is a whole number of pictures.
#include "pipelines/encode/grid.h"

#include <math.h>

// So much faster than asked for is not worth dropping every other picture.
#define HARDLY_FASTER 1.201
#define MAX_FPS 30.5
// A lesson is a whole number of pictures at this rate, which most slower rungs have: demuxers take
// a shorter last picture for a whole one.
#define COMMON_FPS 15
// Less than this behind a picture is an error of rounding, not one more picture.
#define ROUNDING_US 3000

static const guint rates[][2] = {
    {10, 1},       {12, 1}, {25, 2}, {15, 1},       {20, 1},
    {24000, 1001}, {24, 1}, {25, 1}, {30000, 1001}, {30, 1},
};

EncodeGrid
encode_grid_choose(guint numerator, guint denominator, guint segment_s)
{
    double fps = numerator > 0 && denominator > 0 ? (double)numerator / denominator : 25.0;
    if (fps > MAX_FPS)
        fps = fps <= 1000 ? fps / ceil(fps / MAX_FPS) : 25.0;
    // The first rate that shows every picture; half a percent off is the same rate.
    guint best = G_N_ELEMENTS(rates) - 1;
    for (guint i = G_N_ELEMENTS(rates); i-- > 0;) {
        double rate = (double)rates[i][0] / rates[i][1];
        if (rate > fps * 0.9996)
            best = i;
    }
    EncodeGrid grid = {.numerator = rates[best][0], .denominator = rates[best][1]};
    double rate = (double)grid.numerator / grid.denominator;
    // An even number of seconds makes it whole for 12.5 a second too.
    grid.ticks = (guint)lround(rate * segment_s);
    return grid;
}

guint
encode_grid_find_step(const EncodeGrid *grid, double max_fps)
{
    double rate = (double)grid->numerator / grid->denominator;
    if (rate <= max_fps * HARDLY_FASTER)
        return 1;
    guint step = 1;
    while (step < grid->ticks && (rate / step > max_fps + 0.001 || grid->ticks % step != 0))
        step++;
    return step;
}

double
encode_grid_get_segment_seconds(const EncodeGrid *grid)
{
    return (double)grid->ticks * grid->denominator / grid->numerator;
}

static gint64
scale_tick(const EncodeGrid *grid, gint64 tick, gint64 units)
{
    gint64 top = tick * grid->denominator;
    gint64 whole = top / grid->numerator;
    gint64 rest = top % grid->numerator;
    return whole * units + (rest * units + grid->numerator / 2) / grid->numerator;
}

gint64
encode_grid_tick_to_pts90k(const EncodeGrid *grid, gint64 tick)
{
    return scale_tick(grid, tick, 90000);
}

gint64
encode_grid_tick_to_samples(const EncodeGrid *grid, gint64 tick)
{
    return scale_tick(grid, tick, 48000);
}

gint64
encode_grid_tick_to_us(const EncodeGrid *grid, gint64 tick)
{
    return scale_tick(grid, tick, G_USEC_PER_SEC);
}

gint64
encode_grid_us_to_tick(const EncodeGrid *grid, gint64 time_us)
{
    double tick = (double)time_us * grid->numerator / grid->denominator / G_USEC_PER_SEC;
    return (gint64)floor(tick + 0.5);
}

gint64
encode_grid_pts90k_to_tick(const EncodeGrid *grid, gint64 pts90k)
{
    return llround((double)pts90k * grid->numerator / grid->denominator / 90000.0);
}

gint64
encode_grid_count_ticks(const EncodeGrid *grid, gint64 end_us)
{
    guint step = encode_grid_find_step(grid, COMMON_FPS);
    gint64 whole_us = encode_grid_tick_to_us(grid, step);
    gint64 wholes = (end_us - ROUNDING_US + whole_us - 1) / whole_us;
    return MAX(wholes, 1) * step;
}
