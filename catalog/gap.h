// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Value: one line of a recording's ledger: from when to when something is missing, and why.
#pragma once

#include <glib.h>

#define CATALOG_GAP_ID_BYTES 37 // with its end

typedef enum {
    CATALOG_GAP_CAUSE_SIGNAL_LOST,
    CATALOG_GAP_CAUSE_CRASH,
    CATALOG_GAP_CAUSE_RESTART,
    CATALOG_GAP_CAUSE_TOO_SLOW,
    CATALOG_GAP_CAUSE_DISK_FULL,
    CATALOG_GAP_CAUSE_SCRAMBLED,
    CATALOG_GAP_CAUSE_LATE, // booked, or on the air, after its beginning
} CatalogGapCause;

typedef struct {
    gint64 from_ms;                          // UTC milliseconds on the air
    gint64 to_ms;                            // UTC milliseconds on the air
    gint64 media_ms;                         // where in the lesson it is felt
    CatalogGapCause cause;                   // (value)
    char patched_from[CATALOG_GAP_ID_BYTES]; // id of the recording that fills it; empty: none
    gint64 patched_ms; // UTC milliseconds when what fills it was on the air; 0: nothing
} CatalogGap;

/** Says, or takes back (@id: NULL), which recording fills it. */
void catalog_gap_set_patch(CatalogGap *gap, const char *id, gint64 patched_ms);
gboolean catalog_gap_is_patched(const CatalogGap *gap);
/** @gaps: (element-type CatalogGap). Returns: whether nothing fills one of them. */
gboolean catalog_gap_is_any_open(const GArray *gaps);

const char *catalog_gap_cause_to_text(CatalogGapCause cause);
/** Returns: FALSE when @text (nullable) names none; @cause is then untouched. */
gboolean catalog_gap_cause_from_text(const char *text, CatalogGapCause *cause);
