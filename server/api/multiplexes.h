// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Multiplexes: add an address, edit, delete, scan. Delivery threads.
#pragma once

#include "server/http/exchange.h"

/** GET and POST /api/v1/multiplexes */
void api_multiplexes_list(HttpExchange *exchange);
void api_multiplexes_create(HttpExchange *exchange);

/** GET, PATCH and DELETE /api/v1/multiplexes/{id} */
void api_multiplexes_get(HttpExchange *exchange);
void api_multiplexes_update(HttpExchange *exchange);
void api_multiplexes_remove(HttpExchange *exchange);

/** POST /api/v1/multiplexes/{id}/scan */
void api_multiplexes_scan(HttpExchange *exchange);
