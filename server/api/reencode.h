// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Making a lesson's files anew: on request, and because somebody marked the interpreter of sign
// language.
#pragma once

#include "server/http/exchange.h"

/** POST /api/v1/lessons/{id}/reencode */
void api_reencode_order(HttpExchange *exchange);

/** PUT /api/v1/lessons/{id}/interpreter */
void api_reencode_mark_interpreter(HttpExchange *exchange);
