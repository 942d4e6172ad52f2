// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Makes small recordings for tests, with libavcodec and libavformat: black pictures with a white
// flash, and silence with a beep, both for 100 ms at the start of each second, so that what comes
// out can be held against what went in.
#pragma once

#include <glib.h>

typedef struct {
    const char *picture;  // (static) (nullable) encoder name; NULL: no picture
    const char *sound;    // (static) (nullable) encoder name; NULL: no sound
    int width;            // (value)
    int height;           // (value)
    int rate_numerator;   // (value) pictures a second
    int rate_denominator; // (value)
    int sar_numerator;    // (value) 0: square pixels
    int sar_denominator;  // (value)
    int turn_degrees;     // (value) display matrix, clockwise
    gboolean interlaced;  // (value)
    gboolean skip_frames; // (value) variable rate: two of three pictures are left out at times
    int channels;         // (value)
    int sample_rate;      // (value)
    int picture_ms;       // (value) length
    int sound_ms;         // (value)
    int picture_start_ms; // (value) when it starts
    int sound_start_ms;   // (value)
} Maker;

/** A recording of two seconds, 320 × 240 at 25, mono, H.264 and AAC. */
Maker maker_usual(void);

/** Writes @path; its ending chooses the container. */
void maker_write(const Maker *maker, const char *path);
