// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A guide as a file (XMLTV) for the services whose channel of it an administrator named; and taking
// back what files said. Delivery threads.
#pragma once

#include "server/http/exchange.h"

/** POST /api/v1/guide/import */
void api_guideimport_create(HttpExchange *exchange);

/** DELETE /api/v1/services/{id}/guide */
void api_guideimport_remove(HttpExchange *exchange);
