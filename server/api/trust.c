// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Everything shown is in memory since the start. The words are in trusthtml.c.
#include "server/api/trust.h"

#include <string.h>

#include "server/api/peer.h"
#include "server/api/problem.h"
#include "server/api/trusthtml.h"
#include "server/app.h"

#define CONTENT_POLICY                                                                             \
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; "             \
    "frame-ancestors 'self'; form-action 'none'"

// The host that the reader used, without its port, in brackets when it is an IPv6 address. NULL
// when it is none: it goes into a link.
static char *
read_host(HttpExchange *exchange)
{
    const char *header = http_exchange_get_header(exchange, "Host");
    g_autofree char *text = g_strdup_printf("http://%s/", header != NULL ? header : "");
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);
    const char *host = uri != NULL ? g_uri_get_host(uri) : NULL;
    if (host == NULL || *host == '\0' || strlen(host) > 253)
        return NULL;
    return strchr(host, ':') != NULL ? g_strdup_printf("[%s]", host) : g_strdup(host);
}

static char *
make_secure_url(HttpExchange *exchange)
{
    ServerApp *app = http_exchange_get_app(exchange);
    guint16 port = http_server_get_secure_port(server_app_get_http(app));
    g_autofree char *host = read_host(exchange);
    if (port == 0 || host == NULL)
        return NULL;
    return port == 443 ? g_strdup_printf("https://%s/", host)
                       : g_strdup_printf("https://%s:%u/", host, port);
}

void
api_trust_get(HttpExchange *exchange)
{
    ServerApp *app = http_exchange_get_app(exchange);
    const TlsKeep *keep = server_app_get_tls(app);
    g_autofree char *url = make_secure_url(exchange);
    ApiTrusthtmlFacts facts = {
        .site_title = server_app_get_config(app)->site_title,
        .language = server_sentences_parse_language(http_exchange_get_query(exchange, "lang")),
        .authority_name = keep != NULL ? keep->authority_name : NULL,
        .fingerprint = keep != NULL ? keep->fingerprint : NULL,
        .secure_url = url,
        .is_secure = api_peer_is_secure(exchange),
    };
    g_autofree char *html = api_trusthtml_render(&facts);
    g_autoptr(GBytes) bytes = g_bytes_new(html, strlen(html));
    http_exchange_set_header(exchange, "Content-Security-Policy", CONTENT_POLICY);
    http_exchange_set_header(exchange, "X-Content-Type-Options", "nosniff");
    http_exchange_set_header(exchange, "Referrer-Policy", "same-origin");
    http_exchange_set_header(exchange, "Cache-Control", "no-cache");
    http_exchange_reply_bytes(exchange, 200, "text/html; charset=utf-8", bytes);
}

void
api_trust_get_certificate(HttpExchange *exchange)
{
    const TlsKeep *keep = server_app_get_tls(http_exchange_get_app(exchange));
    if (keep == NULL) {
        api_problem_reply(exchange, 404, "not-found", NULL);
        return;
    }
    http_exchange_set_header(exchange, "Cache-Control", "no-cache");
    http_exchange_set_header(exchange, "X-Content-Type-Options", "nosniff");
    http_exchange_reply_bytes(exchange, 200, "application/x-x509-ca-cert", keep->authority);
}
