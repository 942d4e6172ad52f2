// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The rungs and their numbers: one table, from DESIGN.md. Whoever needs a cap, a size or a name
// asks here; what depends on the lesson is decided in decide.c.
#pragma once

#include <glib.h>

/** In the order of cost to a learner, lowest first. */
typedef enum {
    ENCODE_RUNGS_VOICE,
    ENCODE_RUNGS_VOICE_OPUS,
    ENCODE_RUNGS_SLIDES,
    ENCODE_RUNGS_LITE,
    ENCODE_RUNGS_SMALL,
    ENCODE_RUNGS_MEDIUM,
    ENCODE_RUNGS_CLEAR,
    ENCODE_RUNGS_LARGE,
} EncodeRungsId;

#define ENCODE_RUNGS_COUNT 8

typedef enum {
    ENCODE_RUNGS_SOUND, // no picture
    ENCODE_RUNGS_STILL, // pictures in files of their own, no rung file
    ENCODE_RUNGS_AV1,   // AV1 and Opus
    ENCODE_RUNGS_AVC,   // H.264 and AAC-LC
} EncodeRungsFamily;

typedef struct {
    const char *name;         // (static)
    EncodeRungsFamily family; // (value)
    gboolean opus;            // (value) sound in Opus, else AAC-LC
    guint cap_kbps;           // (value) ceiling of picture, sound and packaging together
    guint sound_kbps;         // (value)
    guint channels;           // (value)
    guint short_side;         // (value) largest short side of the picture; 0: no picture
    guint above_side;         // (value) made only when the source's short side is longer
    double max_fps;           // (value)
    const char *profile;      // (static) (nullable) H.264 profile
} EncodeRungsSpec;

const EncodeRungsSpec *encode_rungs_get(EncodeRungsId id);

/** TRUE for the rungs that are one file of moving pictures. */
gboolean encode_rungs_moves(EncodeRungsId id);

/** Returns: FALSE when @name is no rung of this encoder. */
gboolean encode_rungs_parse(const char *name, EncodeRungsId *id);

/** Returns: TRUE when a source of this kind and shown size may get the rung: sound alone from
 * sound, the others from pictures, none larger than its source, AV1 not below 64 pixels. */
gboolean encode_rungs_suits(EncodeRungsId id, gboolean has_sound, guint width, guint height);

/** The size of a picture for a source shown at @width × @height: even, same shape, never larger,
 * the short side at most @short_side. Pure. */
void encode_rungs_fit(guint short_side, guint width, guint height, guint *fit_width,
                      guint *fit_height);
