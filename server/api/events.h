// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// GET /api/v1/events: the stream of server-sent events for one signed-in client.
#pragma once

#include "server/http/exchange.h"

void api_events_open(HttpExchange *exchange);
