// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Accounts, for administrators.
#pragma once

#include "server/http/exchange.h"

/** GET and POST /api/v1/users */
void api_users_list(HttpExchange *exchange);
void api_users_create(HttpExchange *exchange);

/** GET and PATCH /api/v1/users/{id} */
void api_users_get(HttpExchange *exchange);
void api_users_update(HttpExchange *exchange);

/** POST /api/v1/users/{id}/password-reset */
void api_users_reset_password(HttpExchange *exchange);
