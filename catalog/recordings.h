// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of recordings: what a booking became, under the booking's id, which it outlives; and the
// ledger of what is missing in it. All functions: on the connection's thread, inside a transaction.
#pragma once

#include "catalog/booking.h"
#include "catalog/database.h"
#include "catalog/gap.h"

#define CATALOG_RECORDINGS_GAPS_MAX 500 // of one recording

/** What a recording came to. */
typedef struct {
    const char *lesson_id; // (nullable)
    gint64 starts_ms;      // UTC milliseconds on the air
    gint64 ends_ms;        // UTC milliseconds on the air
} CatalogRecordingsOutcome;

/** Begins the recording of @booking; one that is there is left alone. */
gboolean catalog_recordings_begin(CatalogDatabase *database, const CatalogBooking *booking,
                                  gint64 now_ms, GError **error);

/** CONFLICT: there is no such recording. */
gboolean catalog_recordings_end(CatalogDatabase *database, const char *id,
                                const CatalogRecordingsOutcome *outcome, gint64 now_ms,
                                GError **error);

/** @starts_ms: (out): UTC milliseconds on the air of its first segment. NOT_FOUND. */
gboolean catalog_recordings_get_start(CatalogDatabase *database, const char *id, gint64 *starts_ms,
                                      GError **error);

/** @gaps: (element-type CatalogGap): in place of what was there; of more than
 * CATALOG_RECORDINGS_GAPS_MAX the longest. NOT_FOUND. */
gboolean catalog_recordings_set_gaps(CatalogDatabase *database, const char *id, const GArray *gaps,
                                     GError **error);

/** Returns: (transfer full) (element-type CatalogGap): by time. */
GArray *catalog_recordings_list_gaps(CatalogDatabase *database, const char *id, GError **error);

/** Adds to the gaps of each lesson of @lessons (element-type CatalogLesson, by id) those of the
 * recording that became it; @ids (element-type utf8): of the same. One query. */
gboolean catalog_recordings_fill_lessons(CatalogDatabase *database, GPtrArray *ids,
                                         GHashTable *lessons, GError **error);
