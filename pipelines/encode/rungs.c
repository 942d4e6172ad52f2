// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The table of rungs.
#include "pipelines/encode/rungs.h"

#include <math.h>
#include <string.h>

// A very wide picture is bounded by its long side, this many times the short one.
#define LONGEST_SHAPE 2.7
#define SMALLEST_SIDE 16
#define SMALLEST_AV1_SIDE 64

static const EncodeRungsSpec specs[ENCODE_RUNGS_COUNT] = {
    {"voice", ENCODE_RUNGS_SOUND, FALSE, 36, 32, 1, 0, 0, 0, NULL},
    {"voice-opus", ENCODE_RUNGS_SOUND, TRUE, 20, 16, 1, 0, 0, 0, NULL},
    {"slides", ENCODE_RUNGS_STILL, TRUE, 24, 16, 1, 720, 0, 0, NULL},
    {"lite", ENCODE_RUNGS_AV1, TRUE, 80, 20, 1, 480, 0, 12.5, NULL},
    {"small", ENCODE_RUNGS_AVC, FALSE, 125, 32, 1, 270, 0, 15, "baseline"},
    {"medium", ENCODE_RUNGS_AVC, FALSE, 350, 48, 1, 360, 270, 30, "main"},
    {"clear", ENCODE_RUNGS_AV1, TRUE, 550, 40, 2, 720, 360, 30, NULL},
    {"large", ENCODE_RUNGS_AVC, FALSE, 1300, 96, 2, 720, 360, 30, "high"},
};

const EncodeRungsSpec *
encode_rungs_get(EncodeRungsId id)
{
    return &specs[id];
}

gboolean
encode_rungs_moves(EncodeRungsId id)
{
    return specs[id].family == ENCODE_RUNGS_AV1 || specs[id].family == ENCODE_RUNGS_AVC;
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

static guint
make_even(double side)
{
    guint even = (guint)floor(side / 2 + 0.5) * 2;
    return MAX(even, SMALLEST_SIDE);
}

void
encode_rungs_fit(guint short_side, guint width, guint height, guint *fit_width, guint *fit_height)
{
    double side = MIN(width, height);
    double longest = MAX(width, height);
    double cap = short_side;
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

gboolean
encode_rungs_suits(EncodeRungsId id, gboolean has_sound, guint width, guint height)
{
    const EncodeRungsSpec *spec = &specs[id];
    if (spec->short_side == 0)
        return has_sound;
    if (MIN(width, height) <= spec->above_side)
        return FALSE;
    if (spec->family != ENCODE_RUNGS_AV1)
        return TRUE;
    guint fit_width, fit_height;
    encode_rungs_fit(spec->short_side, width, height, &fit_width, &fit_height);
    return MIN(fit_width, fit_height) >= SMALLEST_AV1_SIDE;
}
