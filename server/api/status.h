// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How the server is: for administrators as JSON, for machines as health and readiness.
#pragma once

#include "server/http/exchange.h"

/** GET /api/v1/status */
void api_status_get(HttpExchange *exchange);

/** GET /api/v1/audit */
void api_status_list_audit(HttpExchange *exchange);

/** GET /healthz: the process answers. */
void api_status_get_health(HttpExchange *exchange);

/** GET /readyz: the catalogue answers, too; 503 while it does not. */
void api_status_get_readiness(HttpExchange *exchange);
