// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The server's figures for Prometheus: of itself, of reception and of channels.
#pragma once

#include "server/http/exchange.h"

/** GET /metrics: for whom `[server] metrics` says. */
void api_metrics_get(HttpExchange *exchange);
