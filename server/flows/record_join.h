// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What becomes of the segments that a recording kept: which of them make the lesson, in which
// rungs, and what is missing. Pure.
#pragma once

#include "catalog/gap.h"
#include "server/flows/window_index.h"

/** The programme as it was planned, and what was noted while it ran. */
typedef struct {
    gint64 start_ms;        // UTC milliseconds, without padding
    gint64 end_ms;          // UTC milliseconds, without padding
    const GArray *noted;    // (unowned) (element-type CatalogGap): with their causes
    CatalogGapCause at_end; // why the end is missing, if it is
} FlowsRecordJoinFacts;

typedef struct {
    GString *plan;       // (owned): as pipelines/keep/plan.h wants it
    char **rungs;        // (owned): lowest first, then other sounds; empty: nothing can be made
    GArray *gaps;        // (owned) (element-type CatalogGap): by time
    gint64 starts_ms;    // UTC milliseconds of the first segment
    gint64 ends_ms;      // UTC milliseconds of the last one's end
    guint64 duration_ms; // of the lesson
    guint64 bytes;       // of all segments that the plan names, each time it does
} FlowsRecordJoin;

/** Returns: (transfer full). */
FlowsRecordJoin *flows_record_join_plan(FlowsWindowIndex *index, const FlowsRecordJoinFacts *facts);
void flows_record_join_free(FlowsRecordJoin *join);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsRecordJoin, flows_record_join_free)

/** Returns: whether the media between two neighbours is missing: the clock on the air went on by
 * more than the first lasts. */
gboolean flows_record_join_is_gap(const FlowsWindowIndexEntry *before,
                                  const FlowsWindowIndexEntry *after);
