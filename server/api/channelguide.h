// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// /api/v1/channels/{id}/guide: the programmes of a channel with what is booked of them.
#pragma once

#include "server/http/exchange.h"

/** Handler; delivery thread. */
void api_channelguide_list(HttpExchange *exchange);
