// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Who am I, log in, log out, the first administrator, a new password: the routes that handle
// passwords.
#pragma once

#include "server/http/exchange.h"

/** GET /api/v1/session */
void api_session_get(HttpExchange *exchange);

/** POST /api/v1/session */
void api_session_create(HttpExchange *exchange);

/** DELETE /api/v1/session */
void api_session_delete(HttpExchange *exchange);

/** POST /api/v1/setup */
void api_session_setup(HttpExchange *exchange);

/** POST /api/v1/password */
void api_session_change_password(HttpExchange *exchange);
