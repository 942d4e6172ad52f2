// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Levels of every 10 ms of a lesson, four bytes each, and what can be read from them: the noise
// between words, the outline, and what a limiter would take. Pure; used by sound.c.
#pragma once

#include <glib.h>

#define ANALYSE_LEVELS_FRAME 480   // samples of 48 kHz
#define ANALYSE_LEVELS_NONE -120.0 // dBFS
// What speech is brought to, and the highest peak a limiter leaves: with room for what the codecs
// add of their own.
#define ANALYSE_LEVELS_TARGET_LUFS -15.9
#define ANALYSE_LEVELS_CEILING_DBTP -5.0

typedef struct _AnalyseLevels AnalyseLevels;

typedef struct {
    double energy;   // (value) mean square
    double weighted; // (value) the same of K-weighted sound
    double rumble;   // (value) the same of what is below 80 Hz
    double peak;     // (value) magnitude
} AnalyseLevelsFrame;

AnalyseLevels *analyse_levels_new(void);
void analyse_levels_free(AnalyseLevels *levels);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AnalyseLevels, analyse_levels_free)

void analyse_levels_add(AnalyseLevels *levels, const AnalyseLevelsFrame *frame);

/** Every level is higher by so much than it was added. */
void analyse_levels_set_offset(AnalyseLevels *levels, double offset_db);

/** The level of pauses in a lesson of noise that stays, of all and below 80 Hz;
 * ANALYSE_LEVELS_NONE when pauses are silent. */
void analyse_levels_find_noise(const AnalyseLevels *levels, double *noise_dbfs,
                               double *rumble_dbfs);

/** How much louder than plain arithmetic says sound of @loudness_lufs must be made, so that it is
 * at the target after a limiter. */
double analyse_levels_find_limited(const AnalyseLevels *levels, double loudness_lufs);

/** Returns: (transfer full): at most 1000 values up to 255, the loudest. */
GByteArray *analyse_levels_get_outline(const AnalyseLevels *levels, guint *interval_ms);
