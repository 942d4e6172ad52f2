// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Plays a finished rung with libavformat and libavcodec, holds it against the packaging rules of
// the design, and notes what is seen and heard.
#pragma once

#include <glib.h>

typedef struct {
    gboolean has_picture; // (value)
    guint width;          // (value)
    guint height;         // (value)
    gboolean av1;         // (value) else H.264
    gboolean opus;        // (value) else AAC-LC
    guint pictures;       // (value) decoded
    guint packets;        // (value) of pictures
    guint channels;       // (value)
    double picture_end;   // (value) seconds
    double sound_end;     // (value) seconds
    GArray *cuts;         // (owned) (element-type gint64) pts90k of IDR pictures
    GArray *flashes;      // (owned) (element-type double) seconds when a white picture begins
    GArray *beeps;        // (owned) (element-type double) seconds when a beep begins
    guint8 top_luma;      // (value) of the first picture, a tenth from the top
    guint8 bottom_luma;   // (value)
} Played;

/** Plays <@staging>/<@rung>.mp4 and asserts the packaging rules. */
Played *played_new(const char *staging, const char *rung);
void played_free(Played *played);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Played, played_free)

/** Asserts that each flash but the first has a beep within @tolerance_ms, and that there are
 * @count. */
void played_check_marks(const Played *played, guint count, guint tolerance_ms);
