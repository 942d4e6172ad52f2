// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a recording's ledger, and whatever else knows its media times, says once gaps are filled
// from a repeat. Pure.
#pragma once

#include "catalog/gap.h"
#include "pipelines/captions/cues.h"

/** What became of one gap that was to be filled. */
typedef struct {
    gboolean filled;   // (value)
    gint64 begin_ms;   // of the repeat's media: where what fills it begins
    gint64 end_ms;     // of the repeat's media
    gint64 goes_on_ms; // of the patched media: where the recording goes on
} FlowsPatchLedgerSplice;

/** The repeat. */
typedef struct {
    const char *id;     // (unowned) of its recording
    gint64 starts_ms;   // UTC milliseconds of its first segment
    const GArray *gaps; // (unowned) (element-type CatalogGap): its own, by time
} FlowsPatchLedgerRepeat;

/** A stretch of media that was put in. Milliseconds. */
typedef struct {
    gint64 from_ms;    // of the old media
    gint64 to_ms;      // of the old media: what is between goes
    gint64 begin_ms;   // of the repeat's media
    gint64 end_ms;     // of the repeat's media
    gint64 at_ms;      // of the patched media: where @begin_ms comes
    gint64 goes_on_ms; // of the patched media: where @to_ms comes
} FlowsPatchLedgerCut;

/** @gaps: by time; @splices: (element-type FlowsPatchLedgerSplice): of those that are not patched
 * yet, in order. Returns: (transfer full) (element-type FlowsPatchLedgerCut): by time. */
GArray *flows_patch_ledger_list_cuts(const GArray *gaps, const GArray *splices);

/** Returns: (transfer full) (element-type CatalogGap): the new ledger: what is filled says from
 * where, what the repeat lacks, too, stays a gap. @filled_ms (out). */
GArray *flows_patch_ledger_make(const GArray *gaps, const GArray *splices,
                                const FlowsPatchLedgerRepeat *repeat, gint64 *filled_ms);

/** Returns: (transfer full): the cues of @own at their new times, with those of @repeat (nullable)
 * that are said in what was put in. */
CaptionsCues *flows_patch_ledger_move_cues(const CaptionsCues *own, const CaptionsCues *repeat,
                                           const GArray *cuts);
