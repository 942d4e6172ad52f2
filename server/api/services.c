// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Who may see a service is decided in the work, on the catalogue's thread.
#include "server/api/services.h"

#include <string.h>

#include "catalog/error.h"
#include "catalog/guide.h"
#include "catalog/ids.h"
#include "catalog/multiplexes.h"
#include "catalog/services.h"
#include "server/api/broadcastviews.h"
#include "server/api/call.h"
#include "server/api/problem.h"
#include "server/api/revision.h"
#include "server/flows/live.h"

#define NAME_BYTES_MAX 256
#define CHANNEL_MAX 9999
#define GUIDE_CHANNEL_BYTES_MAX 256
#define SPAN_MS (G_GINT64_CONSTANT(8) * 24 * 3600 * 1000) // of one question
#define DAY_MS (G_GINT64_CONSTANT(24) * 3600 * 1000)
#define PIECES_MAX 16 // of a batch each

/* A stretch of the guide; the call's extra. */
typedef struct {
    gint64 from_ms;  // (value)
    gint64 until_ms; // (value)
} Span;

static gboolean
may_see_all(const ApiCall *call)
{
    return call->account != NULL && server_access_may(call->account, SERVER_ACCESS_ADMINISTER);
}

static gboolean
read_one(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(CatalogServices) service = catalog_services_get(database, call->id, error);
    if (service == NULL)
        return FALSE;
    if (!may_see_all(call) && !api_broadcastviews_is_shown(service)) {
        g_set_error_literal(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND, "no such service");
        return FALSE;
    }
    api_call_set_result(call, g_steal_pointer(&service), (GDestroyNotify)catalog_services_free);
    return TRUE;
}

static gboolean
add_services(CatalogDatabase *database, const ApiCall *call, const char *multiplex_id,
             GPtrArray *found, GError **error)
{
    g_autoptr(GPtrArray) rows = catalog_services_list(database, multiplex_id, error);
    if (rows == NULL)
        return FALSE;
    while (rows->len > 0) {
        g_autoptr(CatalogServices) row = g_ptr_array_steal_index(rows, 0);
        if (may_see_all(call) || api_broadcastviews_is_shown(row))
            g_ptr_array_add(found, g_steal_pointer(&row));
    }
    return TRUE;
}

/* Of one multiplex, or of all. */
static gboolean
read_list(CatalogDatabase *database, ApiCall *call, GError **error)
{
    GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_services_free);
    api_call_set_result(call, found, (GDestroyNotify)g_ptr_array_unref);
    if (call->id != NULL)
        return add_services(database, call, call->id, found, error);
    g_autoptr(GPtrArray) multiplexes = catalog_multiplexes_list(database, error);
    if (multiplexes == NULL)
        return FALSE;
    for (guint i = 0; i < multiplexes->len; i++)
        if (!add_services(database, call, ((CatalogMultiplexes *)multiplexes->pdata[i])->id, found,
                          error))
            return FALSE;
    return TRUE;
}

static void
reply_items(ApiCall *call, JsonArray *items)
{
    JsonObject *object = json_object_new();
    json_object_set_array_member(object, "items", items);
    json_object_set_null_member(object, "next_cursor");
    http_exchange_reply_json(call->exchange, 200, api_views_wrap(object));
}

static void
render_list(ApiCall *call)
{
    const GPtrArray *rows = call->result;
    JsonArray *items = json_array_new();
    for (guint i = 0; i < rows->len; i++)
        json_array_add_object_element(items, api_broadcastviews_render_service(rows->pdata[i]));
    reply_items(call, items);
}

void
api_services_list(HttpExchange *exchange)
{
    const char *multiplex = http_exchange_get_query(exchange, "multiplex");
    if (multiplex != NULL && !catalog_ids_is_valid(multiplex)) {
        api_problem_reply(exchange, 422, "invalid", "multiplex is not an id");
        return;
    }
    ApiCall *call = api_call_new(exchange);
    if (call == NULL)
        return;
    call->id = g_strdup(multiplex);
    api_call_read(call, read_list, render_list);
}

static void
render_one(ApiCall *call)
{
    // The tag stands for what people decide: scans and files change the rest without another one.
    api_revision_reply(call, 200, api_broadcastviews_render_service(call->result));
}

void
api_services_get(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_one, render_one);
}

/* Only asking makes one: the answer is what is there now. */
static void
render_picture(ApiCall *call)
{
    const CatalogServices *service = call->result;
    FlowsSnapshots *snapshots = flows_live_get_snapshots(server_app_get_live(call->app));
    const FlowsSnapshotsWanted wanted = {service->id, service->multiplex_id,
                                         (guint16)service->service_id};
    FlowsSnapshotsAnswer answer = {0};
    flows_snapshots_ask(snapshots, &wanted, &answer);
    g_autofree char *taken = g_strdup_printf("%" G_GINT64_FORMAT, answer.taken_ms);
    http_exchange_set_header(call->exchange, "Cache-Control", "no-store");
    if (answer.picture != NULL) {
        http_exchange_set_header(call->exchange, "Daorian-Taken", taken);
        http_exchange_set_header(call->exchange, "Daorian-Making", answer.making ? "1" : "0");
        http_exchange_reply_bytes(call->exchange, 200, "image/webp", answer.picture);
    } else if (answer.making) {
        http_exchange_reply_empty(call->exchange, 202);
    } else {
        api_problem_reply(call->exchange, 404, "no-picture", answer.code);
    }
    flows_snapshots_clear_answer(&answer);
}

void
api_services_get_picture(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_one, render_picture);
}

static gboolean
refuse(GError **error, const char *why)
{
    g_set_error_literal(error, API_PROBLEM_ERROR, API_PROBLEM_ERROR_INVALID, why);
    return FALSE;
}

/* Whether @name is taken back. */
static gboolean
is_null(const ApiCall *call, const char *name)
{
    return json_object_has_member(call->body, name) &&
           json_object_get_null_member(call->body, name);
}

static gboolean
take_name(ApiCall *call, CatalogServices *service, GError **error)
{
    const char *text = NULL;
    gboolean back = is_null(call, "own_name");
    if (!back && !api_call_take_text(call, "own_name", NAME_BYTES_MAX, &text, error))
        return FALSE;
    if (!back && text == NULL)
        return TRUE;
    g_autofree char *name = g_strstrip(g_strdup(text != NULL ? text : ""));
    g_free(service->own_name);
    service->own_name = *name != '\0' ? g_steal_pointer(&name) : NULL;
    return TRUE;
}

static gboolean
take_channel(ApiCall *call, CatalogServices *service, GError **error)
{
    if (is_null(call, "own_channel")) {
        service->own_channel = CATALOG_SERVICES_NOTHING;
        return TRUE;
    }
    gint64 channel = service->own_channel;
    if (!api_call_take_number(call, "own_channel", &channel, error))
        return FALSE;
    if (json_object_has_member(call->body, "own_channel") && (channel < 1 || channel > CHANNEL_MAX))
        return refuse(error, "own_channel is not a number from 1 to 9999");
    service->own_channel = channel;
    return TRUE;
}

static gboolean
take_shown(ApiCall *call, CatalogServices *service, GError **error)
{
    gboolean shown = FALSE;
    if (is_null(call, "shown")) {
        service->shown = CATALOG_SERVICES_NOTHING;
        return TRUE;
    }
    if (!api_call_take_boolean(call, "shown", &shown, error))
        return FALSE;
    if (json_object_has_member(call->body, "shown"))
        service->shown = shown ? 1 : 0;
    return TRUE;
}

/* The channel of guide files, and which side is heard first. */
static gboolean
take_guide(ApiCall *call, CatalogServices *service, GError **error)
{
    const char *channel = NULL, *first = NULL;
    gboolean back = is_null(call, "guide_channel");
    if ((!back &&
         !api_call_take_text(call, "guide_channel", GUIDE_CHANNEL_BYTES_MAX, &channel, error)) ||
        !api_call_take_text(call, "guide_first", NAME_BYTES_MAX, &first, error))
        return FALSE;
    if (channel != NULL && *channel == '\0')
        return refuse(error, "guide_channel is empty: null takes it back");
    if (first != NULL && strcmp(first, "file") != 0 && strcmp(first, "broadcast") != 0)
        return refuse(error, "guide_first is broadcast or file");
    if (back || channel != NULL) {
        g_free(service->guide_channel);
        service->guide_channel = g_strdup(channel);
    }
    if (first != NULL)
        service->file_first = strcmp(first, "file") == 0;
    return TRUE;
}

static gboolean
write_changes(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(CatalogServices) service = catalog_services_get(database, call->id, error);
    if (service == NULL || !take_name(call, service, error) ||
        !take_channel(call, service, error) || !take_shown(call, service, error) ||
        !take_guide(call, service, error))
        return FALSE;
    if (call->revision >= 0)
        service->revision = call->revision;
    if (catalog_services_edit(database, service, &call->stamp, &local))
        return read_one(database, call, error);
    if (!g_error_matches(local, CATALOG_ERROR, CATALOG_ERROR_CONFLICT)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    g_set_error_literal(error, API_PROBLEM_ERROR, API_PROBLEM_ERROR_PRECONDITION,
                        "changed meanwhile");
    return FALSE;
}

static void
render_changed(ApiCall *call)
{
    const CatalogServices *service = call->result;
    server_events_publish(server_app_get_events(call->app), SERVER_EVENTS_MULTIPLEX,
                          service->multiplex_id);
    render_one(call);
}

void
api_services_update(HttpExchange *exchange)
{
    static const char *const names[] = {"own_name",      "own_channel", "shown",
                                        "guide_channel", "guide_first", NULL};
    g_autoptr(ApiCall) call = api_call_new(exchange);
    if (call != NULL && api_call_require_body(call, names) && api_revision_require_match(call))
        api_call_write(g_steal_pointer(&call), write_changes, render_changed);
}

/* Piece by piece: the catalogue gives a batch at most, and the last one's start leads on. */
static gboolean
read_guide(CatalogDatabase *database, ApiCall *call, GError **error)
{
    const Span *span = call->extra;
    gint64 from_ms = span->from_ms;
    GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_guide_free);
    gboolean more = read_one(database, call, error);
    api_call_set_result(call, found, (GDestroyNotify)g_ptr_array_unref);
    if (!more)
        return FALSE;
    for (guint piece = 0; more && piece < PIECES_MAX; piece++) {
        g_autoptr(GPtrArray) rows =
            catalog_guide_list(database, call->id, from_ms, span->until_ms, error);
        if (rows == NULL)
            return FALSE;
        more = rows->len == CATALOG_GUIDE_BATCH_MAX;
        const CatalogGuide *last = rows->len > 0 ? rows->pdata[rows->len - 1] : NULL;
        gint64 next_ms = last != NULL ? last->start_ms : from_ms;
        // Those that begin with the last one come again with the next piece.
        for (guint i = 0; i < rows->len; i++) {
            CatalogGuide *row = rows->pdata[i];
            gboolean again = (more && row->start_ms == next_ms && next_ms > from_ms) ||
                             (piece > 0 && row->start_ms < from_ms);
            if (!again)
                g_ptr_array_add(found, row);
            else
                catalog_guide_free(row);
        }
        g_ptr_array_set_free_func(rows, NULL);
        more = more && next_ms > from_ms;
        from_ms = next_ms;
    }
    return TRUE;
}

static void
render_guide(ApiCall *call)
{
    const GPtrArray *rows = call->result;
    JsonArray *items = json_array_new();
    for (guint i = 0; i < rows->len; i++)
        json_array_add_object_element(items, api_broadcastviews_render_event(rows->pdata[i]));
    reply_items(call, items);
}

static gboolean
take_moment(HttpExchange *exchange, const char *name, gint64 *moment)
{
    const char *text = http_exchange_get_query(exchange, name);
    return text == NULL ||
           g_ascii_string_to_signed(text, 10, 0, G_GINT64_CONSTANT(4000000000000), moment, NULL);
}

void
api_services_list_guide(HttpExchange *exchange)
{
    ServerApp *app = http_exchange_get_app(exchange);
    Span span = {.from_ms = server_clock_now_ms(server_app_get_clock(app)), .until_ms = -1};
    gboolean good = take_moment(exchange, "from_ms", &span.from_ms) &&
                    take_moment(exchange, "until_ms", &span.until_ms);
    if (span.until_ms < 0)
        span.until_ms = span.from_ms + DAY_MS;
    if (!good || span.until_ms <= span.from_ms || span.until_ms - span.from_ms > SPAN_MS) {
        api_problem_reply(exchange, 422, "invalid",
                          "from_ms and until_ms are moments, at most eight days apart");
        return;
    }
    ApiCall *call = api_call_new(exchange);
    if (call == NULL)
        return;
    call->extra = g_memdup2(&span, sizeof span);
    call->free_extra = g_free;
    api_call_read(call, read_guide, render_guide);
}
