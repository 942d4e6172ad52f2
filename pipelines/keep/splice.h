// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Which segments of a recording and of a repeat follow one another when gaps of the one are filled
// from the other. Nothing is encoded again: a repeat's segment begins whole, at its key picture,
// and what comes before it is cut off there; its end is cut off where the recording's next segment
// begins. Both are cut on pictures that all rungs have. Pure.
#pragma once

#include <glib.h>

/** A gap, or several with what is between them. Times are 90 kHz. */
typedef struct {
    guint64 from;     // in the recording: where what is missing begins
    guint64 to;       // in the recording: the segment that goes on after it
    guint64 begin;    // in the repeat: the same moment as @from
    guint64 end;      // in the repeat: the same moment as @to
    gboolean opens;   // nothing is before it: @begin is as early as can be had
    gboolean closes;  // nothing is after it: @end is as late as can be had
    guint64 goes_on;  // (out) in what is made: where @to comes
    gboolean skipped; // (out) there is no way to cut it
} KeepSpliceStretch;

/** A segment, or its beginning. */
typedef struct {
    gboolean repeat;  // of the repeat, not of the recording
    guint segment;    // place in its index
    guint64 duration; // 90 kHz; less than the segment's: the rest is left out
    gboolean joined;  // it goes on in the piece before it
} KeepSplicePiece;

/** @own, @other: (element-type PackageIndexSegment): of the recording and of the repeat;
 * @stretches: (element-type KeepSpliceStretch): by time, at least KEEP_SPLICE_APART between them;
 * @grids: what cuts of the two are multiples of, 90 kHz. Returns: (transfer full) (element-type
 * KeepSplicePiece). */
GArray *keep_splice_plan(const GArray *own, const GArray *other, GArray *stretches,
                         const guint64 grids[2]);

#define KEEP_SPLICE_APART (12 * 90000) // 90 kHz
