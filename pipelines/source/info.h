// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What is known of a foreign file before its frames are read. A plain value, filled by a source
// when it opens.
#pragma once

#include <glib.h>

typedef struct {
    char *container;         // (owned) format name, for people
    gboolean has_picture;    // (value)
    gboolean has_sound;      // (value)
    gboolean lost_picture;   // (value) there is a picture, which cannot be decoded
    gboolean lost_sound;     // (value)
    guint coded_width;       // (value) of the first picture, before rotation
    guint coded_height;      // (value)
    guint width;             // (value) as shown: square pixels, upright
    guint height;            // (value)
    guint turn_degrees;      // (value) clockwise, 0 90 180 270, to make decoded pictures upright
    gboolean mirrored;       // (value) flip left and right before turning
    guint rate_numerator;    // (value) average pictures a second; 0: not known
    guint rate_denominator;  // (value)
    int primaries;           // (value) of the first picture, as libavutil numbers ITU-T H.273
    int transfer;            // (value)
    int matrix;              // (value)
    gint64 duration_us;      // (value) as the container says; 0: not known
    gboolean estimated;      // (value) the duration is a guess from rates or stamps
    gint64 picture_start_us; // (value) first picture, running time
    gint64 sound_start_us;   // (value) first sound, running time
    gint64 origin_us;        // (value) running time 0 on the file's own clock
} SourceInfo;

SourceInfo *source_info_new(void);
SourceInfo *source_info_copy(const SourceInfo *info);
void source_info_free(SourceInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SourceInfo, source_info_free)

/** Sets the shown size from the coded size, the pixel aspect ratio @sar_numerator:@sar_denominator
 * (0 or nonsense: square) and the turn already in @info. Pure. */
void source_info_set_shown_size(SourceInfo *info, int sar_numerator, int sar_denominator);

/** Sets turn and mirror from a display matrix (ISO/IEC 14496-12 §8.5.2, 9 fixed-point numbers);
 * one that is not a multiple of 90° is ignored. Pure. */
void source_info_set_orientation(SourceInfo *info, const gint32 matrix[9]);

/** TRUE when a file that ends at @end_us of running time should by its container be longer, by more
 * than a second and two in a hundred. Pure. */
gboolean source_info_is_truncated(const SourceInfo *info, gint64 end_us);
