// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How a phone or computer comes to trust this box's HTTPS: a page without script, and the
// authority's certificate. Both are answered over plain HTTP, since that is where people come from.
#pragma once

#include "server/http/exchange.h"

/** GET /trust: HTML, Thai or with `?lang=en` English. */
void api_trust_get(HttpExchange *exchange);

/** GET /trust/daorian-ca.crt: DER; 404 when `daorian tls` was never run. */
void api_trust_get_certificate(HttpExchange *exchange);
