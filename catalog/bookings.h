// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of bookings. What a person may write is checked here once, for every caller. All functions:
// on the connection's thread, inside a transaction.
#pragma once

#include "catalog/audit.h"
#include "catalog/booking.h"
#include "catalog/database.h"
#include "catalog/page.h"

#define CATALOG_BOOKINGS_PADDING_MAX_S 3600
#define CATALOG_BOOKINGS_SPAN_MAX_MS (G_GINT64_CONSTANT(24) * 3600 * 1000)
#define CATALOG_BOOKINGS_OPEN_MAX 2000 // waiting and running, so that every look at them is bounded

/** What a list is narrowed to. */
typedef struct {
    const CatalogBookingState *state; // (nullable): only this one
    const char *channel;              // (nullable): only this one, an id
    gint64 from_ms;                   // what ends after it, G_MININT64: all
    gint64 until_ms;                  // what begins before it, G_MAXINT64: all
} CatalogBookingsFilter;

/** @added: all but id, state, lesson_id, error_code and revision count. Returns: (transfer full):
 * the id; NULL with INVALID, NOT_FOUND (no such channel), or EXISTS: the event is booked already.
 */
char *catalog_bookings_add(CatalogDatabase *database, const CatalogBooking *added,
                           const CatalogAuditStamp *by, GError **error);

/** @edited: times, follows, padding, texts, rights, keep-until and visibility count, and the
 * revision that was seen. CONFLICT (also when it is not open any more), NOT_FOUND, INVALID. */
gboolean catalog_bookings_edit(CatalogDatabase *database, const CatalogBooking *edited,
                               const CatalogAuditStamp *by, GError **error);

/** What the guide says by now: event_id, event_start_ms, start_ms, end_ms and programme_crid count.
 * The revision stays. Only of an open one: CONFLICT. */
gboolean catalog_bookings_follow(CatalogDatabase *database, const CatalogBooking *moved,
                                 gint64 now_ms, GError **error);

/** Moves along the table in booking.c; @error_code (nullable). CONFLICT when it does not allow the
 * move, NOT_FOUND. */
gboolean catalog_bookings_set_state(CatalogDatabase *database, const char *id,
                                    CatalogBookingState state, const char *error_code,
                                    const CatalogAuditStamp *by, GError **error);

/** Why the lesson of a finishing one is not there yet. CONFLICT when it is in another state. */
gboolean catalog_bookings_note_error(CatalogDatabase *database, const char *id,
                                     const char *error_code, gint64 now_ms, GError **error);

/** A running one ends now and is kept. CONFLICT when it does not run, NOT_FOUND. */
gboolean catalog_bookings_stop(CatalogDatabase *database, const char *id,
                               const CatalogAuditStamp *by, GError **error);

/** Says which lesson it becomes. NOT_FOUND. */
gboolean catalog_bookings_set_lesson(CatalogDatabase *database, const char *id,
                                     const char *lesson_id, gint64 now_ms, GError **error);

/** Forgets one that is over. NOT_FOUND, CONFLICT: it is not over. */
gboolean catalog_bookings_delete(CatalogDatabase *database, const char *id,
                                 const CatalogAuditStamp *by, GError **error);

/** Returns: (transfer full): NULL with NOT_FOUND. */
CatalogBooking *catalog_bookings_get(CatalogDatabase *database, const char *id, GError **error);

/** Returns: (transfer full) (element-type CatalogBooking): latest start first. */
CatalogPage *catalog_bookings_list(CatalogDatabase *database, const CatalogBookingsFilter *filter,
                                   const char *cursor, guint limit, GError **error);

/** Returns: (transfer full) (element-type CatalogBooking): others that are or become lessons and
 * have the title or the CRID of @booking, latest first. */
GPtrArray *catalog_bookings_list_showings(CatalogDatabase *database, const CatalogBooking *booking,
                                          guint limit, GError **error);

/** Returns: (transfer full) (element-type CatalogBooking): waiting, running and finishing ones, by
 * start. */
GPtrArray *catalog_bookings_list_pending(CatalogDatabase *database, GError **error);

/** Returns: (transfer full) (element-type utf8): ids of those whose segments are still wanted:
 * waiting, running, finishing and failed; and of recordings that are being patched. */
GPtrArray *catalog_bookings_list_kept(CatalogDatabase *database, GError **error);

/** Returns: (transfer full) (nullable): the newest of this event that is not cancelled, missed or
 * failed; NULL without an error when there is none. */
CatalogBooking *catalog_bookings_find_event(CatalogDatabase *database, const char *service,
                                            gint64 event_id, gint64 start_ms, GError **error);
