// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Where the edges of a recording's gaps are in a repeat, by what is heard before and after them
// (match.h). The clock on the air only says how long a gap should be. Pure.
#pragma once

#include "pipelines/keep/patch_plan.h"
#include "pipelines/keep/splice.h"

/** What is known of both; [0] is the recording, [1] the repeat. */
typedef struct {
    const KeepPatchPlan *plan; // (unowned)
    const GArray *levels[2];   // (unowned) (element-type float): KEEP_MATCH_RATE a second
    const GArray *segments[2]; // (unowned) (element-type PackageIndexSegment)
} KeepAlignFacts;

/** A gap, or several that are too near to one another to be told apart. */
typedef struct {
    guint first;              // of the plan's gaps
    guint count;              // of them
    guint64 missing;          // 90 kHz, of them and of what is between
    const char *code;         // (unowned) static (nullable) NULL: found; else why not
    double scores[2];         // of both edges
    KeepSpliceStretch splice; // (value) filled when found
} KeepAlignStretch;

/** Returns: (transfer full) (element-type KeepAlignStretch): by time. Codes: `too-quiet` `no-match`
 * `unsure` `too-short` (too little beside it to compare) `other-length` (the repeat is cut
 * differently there) `not-there` (the repeat begins too late or ends too early). */
GArray *keep_align_run(const KeepAlignFacts *facts);
