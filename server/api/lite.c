// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Parses, reads one page or one lesson, hands it to litehtml.c.
#include "server/api/lite.h"

#include <string.h>

#include "catalog/error.h"
#include "catalog/lessonlist.h"
#include "catalog/ids.h"
#include "server/api/lessons.h"
#include "server/api/litehtml.h"

#define QUERY_BYTES_MAX 400
#define CONTENT_POLICY                                                                             \
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; "            \
    "base-uri 'none'; frame-ancestors 'self'; form-action 'self'"

// What a list was asked for; the call's extra.
typedef struct {
    char *query;  // (owned) (nullable)
    char *cursor; // (owned) (nullable)
} Wanted;

static void
free_wanted(gpointer data)
{
    Wanted *wanted = data;
    g_free(wanted->query);
    g_free(wanted->cursor);
    g_free(wanted);
}

static GTimeZone *
make_zone(ApiCall *call)
{
    GTimeZone *zone = g_time_zone_new_identifier(server_app_get_config(call->app)->site_zone);
    return zone != NULL ? zone : g_time_zone_new_utc();
}

static ApiLitehtmlPlace
make_place(ApiCall *call, GTimeZone *zone)
{
    const char *language = http_exchange_get_query(call->exchange, "lang");
    ApiLitehtmlPlace place = {
        .site_title = server_app_get_config(call->app)->site_title,
        .zone = zone,
        .language = server_sentences_parse_language(language),
    };
    return place;
}

static void
reply_html(ApiCall *call, guint status, const char *html)
{
    g_autoptr(GBytes) bytes = g_bytes_new(html, strlen(html));
    http_exchange_set_header(call->exchange, "Content-Security-Policy", CONTENT_POLICY);
    http_exchange_set_header(call->exchange, "X-Content-Type-Options", "nosniff");
    http_exchange_set_header(call->exchange, "Referrer-Policy", "same-origin");
    http_exchange_set_header(call->exchange, "Cache-Control", "no-cache");
    http_exchange_reply_bytes(call->exchange, status, "text/html; charset=utf-8", bytes);
}

static void
render_missing(ApiCall *call)
{
    g_autoptr(GTimeZone) zone = make_zone(call);
    ApiLitehtmlPlace place = make_place(call, zone);
    g_autofree char *html = api_litehtml_render_missing(&place);
    reply_html(call, 404, html);
}

// A cursor that is none of ours is a broken link: it leads to the first page.
static gboolean
read_list(CatalogDatabase *database, ApiCall *call, GError **error)
{
    const Wanted *wanted = call->extra;
    g_autoptr(GError) local = NULL;
    CatalogPage *page = api_lessons_read_page(database, call, wanted->query, wanted->cursor,
                                              API_LITEHTML_LIST_LENGTH, &local);
    if (g_error_matches(local, CATALOG_ERROR, CATALOG_ERROR_INVALID))
        page = api_lessons_read_page(database, call, wanted->query, NULL, API_LITEHTML_LIST_LENGTH,
                                     error);
    else if (local != NULL)
        g_propagate_error(error, g_steal_pointer(&local));
    api_call_set_result(call, page, (GDestroyNotify)catalog_page_free);
    return page != NULL;
}

static void
render_list(ApiCall *call)
{
    const Wanted *wanted = call->extra;
    g_autoptr(GTimeZone) zone = make_zone(call);
    ApiLitehtmlPlace place = make_place(call, zone);
    g_autofree char *html = api_litehtml_render_list(&place, call->result, wanted->query);
    reply_html(call, 200, html);
}

void
api_lite_list(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    const char *query = http_exchange_get_query(exchange, "query");
    if (call == NULL)
        return;
    Wanted *wanted = g_new0(Wanted, 1);
    call->extra = wanted;
    call->free_extra = free_wanted;
    wanted->cursor = g_strdup(http_exchange_get_query(exchange, "cursor"));
    if (query != NULL && strlen(query) <= QUERY_BYTES_MAX)
        wanted->query = g_strstrip(g_strdup(query));
    api_call_read(call, read_list, render_list);
}

static gboolean
read_lesson(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(GError) local = NULL;
    if (call->id == NULL)
        return TRUE;
    g_autoptr(CatalogLesson) seen = api_lessons_read_visible(database, call, &local);
    if (seen != NULL) // with its stills
        api_call_set_result(call, catalog_lessonlist_get_generation(database, seen->id, 0, &local),
                            (GDestroyNotify)catalog_lesson_free);
    if (local == NULL || g_error_matches(local, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

static void
render_lesson(ApiCall *call)
{
    if (call->result == NULL) {
        render_missing(call);
        return;
    }
    g_autoptr(GTimeZone) zone = make_zone(call);
    ApiLitehtmlPlace place = make_place(call, zone);
    g_autofree char *html = api_litehtml_render_lesson(&place, call->result);
    reply_html(call, 200, html);
}

void
api_lite_get(HttpExchange *exchange)
{
    const char *id = http_exchange_get_parameter(exchange, "lesson");
    ApiCall *call = api_call_new(exchange);
    if (call == NULL)
        return;
    call->id = catalog_ids_is_valid(id) ? g_strdup(id) : NULL;
    api_call_read(call, read_lesson, render_lesson);
}
