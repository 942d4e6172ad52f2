// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Bookings as rules need them: what is there around a time, which episodes are kept, what may be
// taken back. All functions: on the connection's thread, inside a transaction.
#pragma once

#include "catalog/audit.h"
#include "catalog/booking.h"
#include "catalog/database.h"

/** An episode that somebody keeps, or gave up. */
typedef struct {
    const char *id;             // (nullable) of the booking
    const char *programme_crid; // (nullable)
    const char *title;          // (value)
    const char *description;    // (value)
} CatalogRulebookingsEpisode;

/** @episode is valid during the call. */
typedef void (*CatalogRulebookingsSink)(const CatalogRulebookingsEpisode *episode,
                                        gpointer user_data);

/** Takes back what a rule made, while it waits and no person touched it. CONFLICT. */
gboolean catalog_rulebookings_withdraw(CatalogDatabase *database, const char *id,
                                       const CatalogAuditStamp *by, GError **error);

/** Says of a waiting one what stands in its way: @code (nullable). CONFLICT: it does not wait. */
gboolean catalog_rulebookings_mark(CatalogDatabase *database, const char *id, const char *code,
                                   gint64 now_ms, GError **error);

/** Returns: (transfer full) (element-type CatalogBooking): in every state, all that end after
 * @from_ms. */
GPtrArray *catalog_rulebookings_list_since(CatalogDatabase *database, gint64 from_ms,
                                           GError **error);

/** Tells @sink the episodes of all bookings that are to be kept, are kept, or were cancelled. */
gboolean catalog_rulebookings_tell_episodes(CatalogDatabase *database, CatalogRulebookingsSink sink,
                                            gpointer user_data, GError **error);

/** Returns: (transfer full): text that is another one when guide, rules, bookings, channels,
 * services or multiplexes are; NULL with an error. */
char *catalog_rulebookings_read_stamp(CatalogDatabase *database, GError **error);
