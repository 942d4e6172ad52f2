// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The rungs and their numbers: one table, from DESIGN.md. Whoever needs a cap, a size or a name
// asks here.
#pragma once

#include <glib.h>

typedef enum {
    ENCODE_RUNGS_VOICE,
    ENCODE_RUNGS_SMALL,
    ENCODE_RUNGS_MEDIUM,
    ENCODE_RUNGS_LARGE,
} EncodeRungsId;

#define ENCODE_RUNGS_COUNT 4

typedef struct {
    const char *name;    // (static)
    guint cap_kbps;      // (value) ceiling of picture, sound and packaging together
    guint sound_kbps;    // (value)
    guint channels;      // (value)
    guint short_side;    // (value) largest short side of the picture; 0: no picture
    guint above_side;    // (value) made only when the source's short side is longer
    guint max_fps;       // (value)
    double crf;          // (value) constant quality below the ceiling
    const char *profile; // (static) (nullable) H.264 profile
    const char *preset;  // (static) (nullable) x264 preset
} EncodeRungsSpec;

const EncodeRungsSpec *encode_rungs_get(EncodeRungsId id);

/** Returns: FALSE when @name is no rung of this encoder. */
gboolean encode_rungs_parse(const char *name, EncodeRungsId *id);

/** Returns: TRUE when a source of this kind and shown size gets the rung: `voice` from sound, the
 * others from pictures, none larger than its source. */
gboolean encode_rungs_suits(EncodeRungsId id, gboolean has_sound, guint width, guint height);

/** The size of the rung's picture for a source shown at @width × @height: even, same shape, never
 * larger, the short side within the cap. Pure. */
void encode_rungs_fit(EncodeRungsId id, guint width, guint height, guint *fit_width,
                      guint *fit_height);
