// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Where a stretch of sound is heard in another recording, told by how loud it is from moment to
// moment: two encodings of one broadcast agree in that, two programmes do not. Pure.
#pragma once

#include <glib.h>

#define KEEP_MATCH_RATE 50          // levels a second
#define KEEP_MATCH_SAMPLES 960      // of 48 kHz, of one level
#define KEEP_MATCH_FLOOR_DB (-70.0) // what is quieter is silence

typedef enum {
    KEEP_MATCH_FOUND,   // here, and nowhere else
    KEEP_MATCH_QUIET,   // nothing in it tells one moment from another
    KEEP_MATCH_NOWHERE, // it is not there
    KEEP_MATCH_UNSURE,  // it is there more than once
} KeepMatchVerdict;

/** Where, and how well: 1 is the same. */
typedef struct {
    double place; // levels from the beginning of where it was looked for
    double score; // correlation at the place
    double rival; // the best elsewhere, more than a second away
} KeepMatchPlace;

/** Levels in dB. */
typedef struct {
    const float *levels; // (unowned)
    guint count;         // of levels
} KeepMatchStretch;

/** @found: (out): untouched unless FOUND or UNSURE. */
KeepMatchVerdict keep_match_find(const KeepMatchStretch *sought, const KeepMatchStretch *where,
                                 KeepMatchPlace *found);
