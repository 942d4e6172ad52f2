// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// GET /api/v1/bookings/<id>/repeats and POST …/patch: other showings of a recorded programme, kept
// or to come, and the order to fill the recording's gaps from one of them.
#pragma once

#include "catalog/booking.h"
#include "server/api/call.h"

void api_patches_list_repeats(HttpExchange *exchange);
void api_patches_order(HttpExchange *exchange);

/** In a write: orders that @repeat fills the gaps of the recording @fills, which who asks must be
 * allowed to edit. FALSE with an error. */
gboolean api_patches_add(CatalogDatabase *database, ApiCall *call, const char *fills,
                         const CatalogBooking *repeat, GError **error);
