// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Personal bearer tokens of who is signed in.
#pragma once

#include "server/http/exchange.h"

/** GET and POST /api/v1/tokens */
void api_tokens_list(HttpExchange *exchange);
void api_tokens_create(HttpExchange *exchange);

/** DELETE /api/v1/tokens/{id} */
void api_tokens_remove(HttpExchange *exchange);
