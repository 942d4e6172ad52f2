// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Who is at the other end: the peer itself, or, behind a proxy on this machine that the
// configuration trusts, whom the proxy names.
#pragma once

#include "server/http/exchange.h"

/** Returns: (transfer none): the client's address, as long as the exchange. Delivery thread. */
const char *api_peer_get_address(HttpExchange *exchange);

/** Returns: TRUE when the client speaks TLS, to us or to the proxy. Delivery thread. */
gboolean api_peer_is_secure(HttpExchange *exchange);

/**
 * api_peer_find_last:
 * @list: X-Forwarded-For: addresses with commas between; only the last was written by our own proxy
 *
 * Returns: (transfer none) (nullable): the last address in @list, or NULL when that is none. Pure.
 */
const char *api_peer_find_last(const char *list);
