// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Resources are in memory: no disk is read here. A `.br` or `.gz` twin is sent to whoever accepts
// it.
#include "server/api/pages.h"

#include <string.h>

#include "catalog/ids.h"
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

/* The smallest form of a file that the client takes, and the coding's name (NULL: as it is). */
static GBytes *
choose_form(HttpExchange *exchange, const char *path, const char **coding)
{
    static const struct {
        const char *coding;
        const char *ending;
    } forms[] = {{"br", ".br"}, {"gzip", ".gz"}};
    const char *accepted = http_exchange_get_header(exchange, "Accept-Encoding");
    gboolean packed = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autofree char *name = g_strconcat(path, forms[i].ending, NULL);
        g_autoptr(GBytes) bytes = look_up(name);
        packed |= bytes != NULL;
        if (bytes == NULL || !http_pack_is_accepted(accepted, forms[i].coding))
            continue;
        http_exchange_set_header(exchange, "Vary", "Accept-Encoding");
        *coding = forms[i].coding;
        return g_steal_pointer(&bytes);
    }
    if (packed)
        http_exchange_set_header(exchange, "Vary", "Accept-Encoding");
    *coding = NULL;
    return look_up(path);
}

/* A policy binds documents and workers; on scripts and styles it would only be bytes on a weak
 * link. */
static void
reply_resource(HttpExchange *exchange, const char *path, const char *cache_control)
{
    const char *coding = NULL;
    g_autoptr(GBytes) bytes = choose_form(exchange, path, &coding);
    if (bytes == NULL) {
        api_problem_reply(exchange, 404, "not-found", NULL);
        return;
    }
    g_autofree char *etag = make_etag(bytes);
    if (coding != NULL)
        http_exchange_set_header(exchange, "Content-Encoding", coding);
    http_exchange_set_header(exchange, "ETag", etag);
    http_exchange_set_header(exchange, "Cache-Control", cache_control);
    if (g_str_has_suffix(path, ".html") || g_str_has_suffix(path, "/sw.js"))
        api_pages_set_security_headers(exchange);
    http_exchange_reply_bytes(exchange, 200, find_type(path), bytes);
}

/* A visitor's browser asks for the lesson beside the script that will want it: one round trip less
 * on a weak link. Who is signed in may read another language than the browser's, so that the script
 * asks. */
static void
offer_lesson(HttpExchange *exchange)
{
    const char *id = http_exchange_get_parameter(exchange, "id");
    if (id == NULL || !catalog_ids_is_valid(id) ||
        http_exchange_get_header(exchange, "Cookie") != NULL)
        return;
    g_autofree char *link =
        g_strdup_printf("</api/v1/lessons/%s>; rel=preload; as=fetch; crossorigin", id);
    http_exchange_set_header(exchange, "Link", link);
}

void
api_pages_get_shell(HttpExchange *exchange)
{
    offer_lesson(exchange);
    reply_resource(exchange, "/org/daorian/web/index.html", "no-cache");
}

static gboolean
is_asset_name(const char *name)
{
    for (const char *at = name; *at != '\0'; at++) {
        if (!g_ascii_isalnum(*at) && strchr("-_.", *at) == NULL)
            return FALSE;
    }
    return name[0] != '.' && strlen(name) <= 128 && !g_str_has_suffix(name, ".gz") &&
           !g_str_has_suffix(name, ".br");
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
