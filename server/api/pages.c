// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Resources are in memory: no disk is read here. A `.gz` twin is sent to whoever accepts it.
#include "server/api/pages.h"

#include <string.h>

#include "server/api/problem.h"
#include "server/http/pack.h"

#define CONTENT_POLICY                                                                             \
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "                     \
    "object-src 'none'; base-uri 'none'; frame-ancestors 'self'; form-action 'self'"

void
api_pages_set_security_headers(HttpExchange *exchange)
{
    http_exchange_set_header(exchange, "Content-Security-Policy", CONTENT_POLICY);
    http_exchange_set_header(exchange, "X-Content-Type-Options", "nosniff");
    http_exchange_set_header(exchange, "Referrer-Policy", "same-origin");
    http_exchange_set_header(exchange, "Cross-Origin-Opener-Policy", "same-origin");
    http_exchange_set_header(exchange, "Permissions-Policy",
                             "camera=(), microphone=(), geolocation=()");
}

static const char *
find_type(const char *name)
{
    static const struct {
        const char *ending;
        const char *type;
    } types[] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".json", "application/json"},
        {".webmanifest", "application/manifest+json"},
        {".woff2", "font/woff2"},
        {".webp", "image/webp"},
        {".png", "image/png"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        if (g_str_has_suffix(name, types[i].ending))
            return types[i].type;
    }
    return "application/octet-stream";
}

static GBytes *
look_up(const char *path)
{
    return g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
}

static char *
make_etag(GBytes *bytes)
{
    g_autofree char *hash = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
    return g_strdup_printf("\"%.16s\"", hash);
}

/* A policy binds documents and workers; on scripts and styles it would only be bytes on a weak
 * link. */
static void
reply_resource(HttpExchange *exchange, const char *path, const char *cache_control)
{
    g_autofree char *packed_path = g_strconcat(path, ".gz", NULL);
    g_autoptr(GBytes) packed = look_up(packed_path);
    gboolean pack = packed != NULL &&
                    http_pack_is_accepted(http_exchange_get_header(exchange, "Accept-Encoding"));
    g_autoptr(GBytes) bytes = pack ? g_bytes_ref(packed) : look_up(path);
    if (bytes == NULL) {
        api_problem_reply(exchange, 404, "not-found", NULL);
        return;
    }
    g_autofree char *etag = make_etag(bytes);
    if (packed != NULL)
        http_exchange_set_header(exchange, "Vary", "Accept-Encoding");
    if (pack)
        http_exchange_set_header(exchange, "Content-Encoding", "gzip");
    http_exchange_set_header(exchange, "ETag", etag);
    http_exchange_set_header(exchange, "Cache-Control", cache_control);
    if (g_str_has_suffix(path, ".html") || g_str_has_suffix(path, "/sw.js"))
        api_pages_set_security_headers(exchange);
    http_exchange_reply_bytes(exchange, 200, find_type(path), bytes);
}

void
api_pages_get_shell(HttpExchange *exchange)
{
    reply_resource(exchange, "/org/daorian/web/index.html", "no-cache");
}

static gboolean
is_asset_name(const char *name)
{
    for (const char *at = name; *at != '\0'; at++) {
        if (!g_ascii_isalnum(*at) && strchr("-_.", *at) == NULL)
            return FALSE;
    }
    return name[0] != '.' && strlen(name) <= 128 && !g_str_has_suffix(name, ".gz");
}

void
api_pages_get_asset(HttpExchange *exchange)
{
    const char *name = http_exchange_get_parameter(exchange, "file");
    if (!is_asset_name(name)) {
        api_problem_reply(exchange, 404, "not-found", NULL);
        return;
    }
    g_autofree char *path = g_strconcat("/org/daorian/web/assets/", name, NULL);
    reply_resource(exchange, path, "public, max-age=31536000, immutable");
}

void
api_pages_get_icon(HttpExchange *exchange)
{
    reply_resource(exchange, "/org/daorian/web/favicon.svg", "public, max-age=86400");
}

void
api_pages_get_worker(HttpExchange *exchange)
{
    reply_resource(exchange, "/org/daorian/web/sw.js", "no-cache");
}

void
api_pages_get_app_file(HttpExchange *exchange)
{
    const char *name = http_exchange_get_parameter(exchange, "file");
    if (!is_asset_name(name)) {
        api_problem_reply(exchange, 404, "not-found", NULL);
        return;
    }
    g_autofree char *path = g_strconcat("/org/daorian/web/app/", name, NULL);
    reply_resource(exchange, path, "public, max-age=86400");
}

void
api_pages_get_openapi(HttpExchange *exchange)
{
    reply_resource(exchange, "/org/daorian/api/openapi.json", "no-cache");
}
