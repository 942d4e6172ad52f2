// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The table of rungs.
#include "pipelines/encode/rungs.h"

#include <math.h>
#include <string.h>

// A very wide picture is bounded by its long side, this many times the short one.
#define LONGEST_SHAPE 2.7
#define SMALLEST_SIDE 16

static const EncodeRungsSpec specs[ENCODE_RUNGS_COUNT] = {
    {"voice", 36, 32, 1, 0, 0, 0, 0, NULL, NULL},
    {"small", 125, 32, 1, 270, 0, 15, 26, "baseline", "faster"},
    {"medium", 350, 48, 1, 360, 270, 30, 24, "main", "veryfast"},
    {"large", 1300, 96, 2, 720, 360, 30, 23, "high", "veryfast"},
};

const EncodeRungsSpec *
encode_rungs_get(EncodeRungsId id)
{
    return &specs[id];
}

gboolean
encode_rungs_parse(const char *name, EncodeRungsId *id)
{
    for (int i = 0; i < ENCODE_RUNGS_COUNT; i++) {
        if (strcmp(specs[i].name, name) == 0) {
            *id = (EncodeRungsId)i;
            return TRUE;
        }
    }
    return FALSE;
}

gboolean
encode_rungs_suits(EncodeRungsId id, gboolean has_sound, guint width, guint height)
{
    if (specs[id].short_side == 0)
        return has_sound;
    return MIN(width, height) > specs[id].above_side;
}

static guint
make_even(double side)
{
    guint even = (guint)floor(side / 2 + 0.5) * 2;
    return MAX(even, SMALLEST_SIDE);
}

void
encode_rungs_fit(EncodeRungsId id, guint width, guint height, guint *fit_width, guint *fit_height)
{
    double side = MIN(width, height);
    double longest = MAX(width, height);
    double cap = specs[id].short_side;
    double scale = MIN(1.0, cap / side);
    scale = MIN(scale, cap * LONGEST_SHAPE / longest);
    *fit_width = make_even(width * scale);
    *fit_height = make_even(height * scale);
    // Rounding up must not pass the source; an odd side loses one line.
    if (*fit_width > width && *fit_width > SMALLEST_SIDE)
        *fit_width -= 2;
    if (*fit_height > height && *fit_height > SMALLEST_SIDE)
        *fit_height -= 2;
}
