// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of recordings: what a booking became, under the booking's id, which it outlives; and the
// ledger of what is missing in it. All functions: on the connection's thread, inside a transaction.
#pragma once

#include "catalog/booking.h"
#include "catalog/database.h"

#define CATALOG_RECORDINGS_GAPS_MAX 500 // of one recording

/** Why something is missing. */
typedef enum {
    CATALOG_RECORDINGS_CAUSE_SIGNAL_LOST,
    CATALOG_RECORDINGS_CAUSE_CRASH,
    CATALOG_RECORDINGS_CAUSE_RESTART,
    CATALOG_RECORDINGS_CAUSE_TOO_SLOW,
    CATALOG_RECORDINGS_CAUSE_DISK_FULL,
    CATALOG_RECORDINGS_CAUSE_SCRAMBLED,
    CATALOG_RECORDINGS_CAUSE_LATE, // booked, or on the air, after its beginning
} CatalogRecordingsCause;

typedef struct {
    gint64 from_ms;               // UTC milliseconds on the air
    gint64 to_ms;                 // UTC milliseconds on the air
    gint64 media_ms;              // where in the lesson it is felt
    CatalogRecordingsCause cause; // (value)
} CatalogRecordingsGap;

/** What a recording came to. */
typedef struct {
    const char *lesson_id; // (nullable)
    gint64 starts_ms;      // UTC milliseconds on the air
    gint64 ends_ms;        // UTC milliseconds on the air
} CatalogRecordingsOutcome;

const char *catalog_recordings_cause_to_text(CatalogRecordingsCause cause);
/** Returns: FALSE when @text (nullable) names none; @cause is then untouched. */
gboolean catalog_recordings_cause_from_text(const char *text, CatalogRecordingsCause *cause);

/** Begins the recording of @booking; one that is there is left alone. */
gboolean catalog_recordings_begin(CatalogDatabase *database, const CatalogBooking *booking,
                                  gint64 now_ms, GError **error);

/** CONFLICT: there is no such recording. */
gboolean catalog_recordings_end(CatalogDatabase *database, const char *id,
                                const CatalogRecordingsOutcome *outcome, gint64 now_ms,
                                GError **error);

/** @gaps: (element-type CatalogRecordingsGap): in place of what was there; of more than
 * CATALOG_RECORDINGS_GAPS_MAX the longest. NOT_FOUND. */
gboolean catalog_recordings_set_gaps(CatalogDatabase *database, const char *id, const GArray *gaps,
                                     GError **error);

/** Returns: (transfer full) (element-type CatalogRecordingsGap): by time. */
GArray *catalog_recordings_list_gaps(CatalogDatabase *database, const char *id, GError **error);

/** As catalog_recordings_list_gaps() of the recording that became @lesson_id, empty for none. */
GArray *catalog_recordings_list_lesson_gaps(CatalogDatabase *database, const char *lesson_id,
                                            GError **error);
