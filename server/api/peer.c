// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The headers of a proxy count only when they come from loopback and the configuration says so.
#include "server/api/peer.h"

#include <string.h>

#include "server/app.h"

const char *
api_peer_find_last(const char *list)
{
    const char *comma = strrchr(list, ',');
    const char *last = comma != NULL ? comma + 1 : list;
    while (*last == ' ')
        last++;
    return g_hostname_is_ip_address(last) ? last : NULL;
}

static gboolean
is_trusted(HttpExchange *exchange)
{
    if (!server_app_get_config(http_exchange_get_app(exchange))->trust_forwarded)
        return FALSE;
    const char *text = http_exchange_get_remote_address(exchange);
    g_autoptr(GInetAddress) address = text != NULL ? g_inet_address_new_from_string(text) : NULL;
    return address != NULL && g_inet_address_get_is_loopback(address);
}

const char *
api_peer_get_address(HttpExchange *exchange)
{
    const char *forwarded = http_exchange_get_header(exchange, "X-Forwarded-For");
    const char *last =
        forwarded != NULL && is_trusted(exchange) ? api_peer_find_last(forwarded) : NULL;
    return last != NULL ? last : http_exchange_get_remote_address(exchange);
}

gboolean
api_peer_is_secure(HttpExchange *exchange)
{
    const char *scheme = http_exchange_get_header(exchange, "X-Forwarded-Proto");
    gboolean forwarded = scheme != NULL && is_trusted(exchange) && strcmp(scheme, "https") == 0;
    return forwarded || http_exchange_is_secure(exchange);
}
