// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How many connections each peer address has, over all delivery threads, so that one address cannot
// take all of them. IPv6 peers count by /64. Any thread.
#pragma once

#include <glib.h>
#include <sys/socket.h>

typedef struct _HttpAddresses HttpAddresses;
typedef struct _HttpAddressesEntry HttpAddressesEntry;

/**
 * http_addresses_new:
 * @cap: connections an address may have
 * @spares_loopback: this machine's own addresses are not capped (a proxy in front)
 */
HttpAddresses *http_addresses_new(guint cap, gboolean spares_loopback);
void http_addresses_free(HttpAddresses *addresses);

/** Returns: (nullable): the peer's entry, to be given back; NULL when the peer has its fill. */
HttpAddressesEntry *http_addresses_take(HttpAddresses *addresses, const struct sockaddr *peer);
void http_addresses_give_back(HttpAddresses *addresses, HttpAddressesEntry *entry);
