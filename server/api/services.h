// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Services of multiplexes and their guide: everybody reads those that are shown, administrators
// all; administrators decide how a service is called, where it stands and whether it is shown.
// Delivery threads.
#pragma once

#include "server/http/exchange.h"

/** GET /api/v1/services */
void api_services_list(HttpExchange *exchange);

/** GET and PATCH /api/v1/services/{id} */
void api_services_get(HttpExchange *exchange);
void api_services_update(HttpExchange *exchange);

/** GET /api/v1/services/{id}/picture */
void api_services_get_picture(HttpExchange *exchange);

/** GET /api/v1/services/{id}/guide */
void api_services_list_guide(HttpExchange *exchange);
