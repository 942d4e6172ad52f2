// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The lessons without any script, for phones that run none: a list with a search field, a page a
// lesson.
#pragma once

#include "server/http/exchange.h"

/** GET /lite/ */
void api_lite_list(HttpExchange *exchange);

/** GET /lite/{id} */
void api_lite_get(HttpExchange *exchange);
