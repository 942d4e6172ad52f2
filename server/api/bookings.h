// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// /api/v1/bookings: whoever may make lessons plans recordings, and the guide of a channel with what
// is booked of it.
#pragma once

#include "server/http/exchange.h"

/** Handlers; delivery thread. */
void api_bookings_list(HttpExchange *exchange);
void api_bookings_create(HttpExchange *exchange);
void api_bookings_get(HttpExchange *exchange);
void api_bookings_update(HttpExchange *exchange);
void api_bookings_remove(HttpExchange *exchange);
