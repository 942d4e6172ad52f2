// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rules that book programmes by themselves: /api/v1/rules, what one means of the guide, and what
// one would mean that nobody saved.
#pragma once

#include "server/http/exchange.h"

void api_rules_list(HttpExchange *exchange);
void api_rules_create(HttpExchange *exchange);
void api_rules_get(HttpExchange *exchange);
void api_rules_update(HttpExchange *exchange);
void api_rules_remove(HttpExchange *exchange);
void api_rules_list_matches(HttpExchange *exchange);
void api_rules_preview(HttpExchange *exchange);
