// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How reception and channels are and were, for administrators.
#pragma once

#include "server/http/exchange.h"

/** GET /api/v1/health */
void api_health_list(HttpExchange *exchange);

/** GET /api/v1/health/{id}/history?step= */
void api_health_get_history(HttpExchange *exchange);
