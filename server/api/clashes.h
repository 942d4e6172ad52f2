// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// When there are not enough tuners for a booking, or not any more: what is in the way, and which
// other showings would do. Read on a catalogue thread, rendered on any.
#pragma once

#include "catalog/booking.h"
#include "catalog/database.h"
#include "server/api/call.h"
#include "server/flows/tuners.h"

#define API_CLASHES_ALTERNATIVES_MOST 8

typedef struct {
    FlowsTunersClash *clash; // (owned)
    GPtrArray *alternatives; // (owned) (element-type CatalogGuidesearch): that can be kept
} ApiClashes;

void api_clashes_free(ApiClashes *clashes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApiClashes, api_clashes_free)

/** @found: (out) (transfer full) (nullable): what stands in the way of @booking, NULL: nothing.
 * FALSE with an error. */
gboolean api_clashes_find(CatalogDatabase *database, const CatalogBooking *booking, gint64 now_ms,
                          ApiClashes **found, GError **error);

/** GET of what is in the way of a booking that there is. */
void api_clashes_get(HttpExchange *exchange);

/** Answers 409 with `clashes`, `channels`, `tuners` and `alternatives`. Delivery thread. */
void api_clashes_reply(HttpExchange *exchange, const ApiClashes *clashes);

/** Returns: (transfer full): what is in the way: id, title, channel_name, start_ms, end_ms. */
JsonArray *api_clashes_render_bookings(const FlowsTunersClash *clash);

/** Returns: (transfer full): @showings (element-type CatalogGuidesearch, of
 * catalog_repeats_find()).
 */
JsonArray *api_clashes_render_showings(const GPtrArray *showings);

/** Returns: (transfer full): names of channels that are always on. */
JsonArray *api_clashes_render_channels(const FlowsTunersClash *clash);
