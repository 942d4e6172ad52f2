// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The browser client's files and the API's description, out of the executable's resources.
#pragma once

#include "server/http/exchange.h"

/** `/`, `/watch/{id}` and the other pages of the client: its one shell. */
void api_pages_get_shell(HttpExchange *exchange);

/** GET /assets/{file} */
void api_pages_get_asset(HttpExchange *exchange);

/** GET /favicon.svg */
void api_pages_get_icon(HttpExchange *exchange);

/** GET /sw.js: the service worker, never cached, so that a new version is noticed at once. */
void api_pages_get_worker(HttpExchange *exchange);

/** GET /app/{file}: manifest and icons of the installed application. */
void api_pages_get_app_file(HttpExchange *exchange);

/** GET /api/v1/openapi.json */
void api_pages_get_openapi(HttpExchange *exchange);

/** The headers that every HTML page carries: what it may load, what it tells others. */
void api_pages_set_security_headers(HttpExchange *exchange);
