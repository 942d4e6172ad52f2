// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The live class of who is signed in: its title, its stream key, and how it goes.
#pragma once

#include "server/http/exchange.h"

/** GET and PATCH /api/v1/class */
void api_classes_get(HttpExchange *exchange);
void api_classes_update(HttpExchange *exchange);

/** POST and DELETE /api/v1/class/key: a key is seen once, in the answer that made it. */
void api_classes_renew_key(HttpExchange *exchange);
void api_classes_withdraw_key(HttpExchange *exchange);
