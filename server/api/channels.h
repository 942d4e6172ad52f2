// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// /api/v1/channels: everybody sees what is enabled, administrators make and change.
#pragma once

#include "server/http/exchange.h"

/** Handlers; delivery thread. */
void api_channels_list(HttpExchange *exchange);
void api_channels_create(HttpExchange *exchange);
void api_channels_get(HttpExchange *exchange);
void api_channels_update(HttpExchange *exchange);
void api_channels_remove(HttpExchange *exchange);
