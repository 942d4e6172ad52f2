// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How many multiplexes can be received at once, and which bookings stand in each other's way.
// Multiplexes of one SAT>IP server, of one DVB card, or of one web server that has tuners, are a
// group; all others are free. Bookings of one multiplex share a tuner; a channel that is always on
// has its own. A snapshot: on a catalogue thread, in a transaction.
#pragma once

#include "catalog/booking.h"
#include "catalog/database.h"

#define FLOWS_TUNERS_CODE "tuners" // of a booking that waits for one, or never got one
#define FLOWS_TUNERS_SATIP 4       // of a server of which nobody said another number

typedef struct _FlowsTuners FlowsTuners;

/** What stands in the way of a booking. */
typedef struct {
    GPtrArray *bookings; // (owned) (element-type CatalogBooking)
    GPtrArray *channels; // (owned) (element-type utf8): names of those that are always on
    guint tuners;        // that there are
} FlowsTunersClash;

void flows_tuners_clash_free(FlowsTunersClash *clash);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsTunersClash, flows_tuners_clash_free)

/** Returns: (transfer full): what is booked and received as the catalogue has it; bookings that
 * wait with FLOWS_TUNERS_CODE count for nothing. */
FlowsTuners *flows_tuners_new(CatalogDatabase *database, gint64 now_ms, GError **error);
/** As flows_tuners_new(); no booking counts yet. */
FlowsTuners *flows_tuners_new_bare(CatalogDatabase *database, gint64 now_ms, GError **error);
void flows_tuners_free(FlowsTuners *tuners);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsTuners, flows_tuners_free)

/** Returns: of what moment it is a picture, UTC milliseconds. */
gint64 flows_tuners_get_now_ms(const FlowsTuners *tuners);

/** Counts @booking from now on. */
void flows_tuners_add(FlowsTuners *tuners, const CatalogBooking *booking);

/** Does not count it any more. */
void flows_tuners_remove(FlowsTuners *tuners, const char *booking_id);

/** Returns: (transfer full) (nullable): what stands in the way of @booking (which may have no id
 * yet), padding included, from now on; NULL: nothing. */
FlowsTunersClash *flows_tuners_find_clash(const FlowsTuners *tuners, const CatalogBooking *booking);

/** Returns: whether the number of tuners counts for addresses such as @uri. Any thread. */
gboolean flows_tuners_has_group(const char *uri);
