// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Bookings and what is missing in recordings, as JSON of the API.
#pragma once

#include "catalog/bookings.h"
#include "catalog/guide.h"
#include "catalog/patches.h"
#include "catalog/recordings.h"
#include "server/api/views.h"

/** What the catalogue says of one booking at one moment. */
typedef struct {
    CatalogBooking *booking; // (owned)
    GArray *gaps;            // (owned) (element-type CatalogGap)
    GPtrArray *patches;      // (owned) (element-type CatalogPatches): newest first
    char *fills;             // (owned) (nullable): recording whose gaps it is to fill
    char *slug;              // (owned) (nullable): of its channel
    gboolean readable;       // (value) who asks may watch the lesson it became
} ApiBookingviews;

void api_bookingviews_free(ApiBookingviews *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApiBookingviews, api_bookingviews_free)

/** Takes @booking in any case. Returns: (transfer full): NULL with an error. On a catalogue
 * thread. */
ApiBookingviews *api_bookingviews_read(CatalogDatabase *database, CatalogBooking *booking,
                                       const ServerAccessAccount *account, GError **error);

/** Returns: (transfer full): the booking. Any thread. */
JsonObject *api_bookingviews_render(const ApiBookingviews *view, const ApiViewsReader *reader);

/** Returns: (transfer full): a programme of the guide with `booking` beside it: @view (nullable) as
 * far as @reader may know of it. Any thread. */
JsonObject *api_bookingviews_render_event(const CatalogGuide *event, const ApiBookingviews *view,
                                          const ApiViewsReader *reader);

/** Returns: (transfer full): @gaps (element-type CatalogGap). Any thread. */
JsonArray *api_bookingviews_render_gaps(const GArray *gaps);

/** Whether @account (nullable) may see bookings at all, and change this one. */
gboolean api_bookingviews_may_see(const ServerAccessAccount *account);
gboolean api_bookingviews_may_edit(const ServerAccessAccount *account,
                                   const CatalogBooking *booking);
