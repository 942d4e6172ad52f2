// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Taking a request apart and waiting for the catalogue.
#include "server/api/call.h"

#include <string.h>

#include "catalog/ids.h"
#include "catalog/page.h"
#include "catalog/threads.h"
#include "server/api/body.h"
#include "server/api/problem.h"

// A call on its way through the catalogue.
typedef struct {
    ApiCall *call;        // (owned)
    ApiCallWork work;     // on a catalogue thread
    ApiCallRender render; // on the delivery thread
} Errand;

void
api_call_free(ApiCall *call)
{
    if (call->extra != NULL && call->free_extra != NULL)
        call->free_extra(call->extra);
    if (call->result != NULL && call->free_result != NULL)
        call->free_result(call->result);
    g_clear_pointer(&call->body, json_object_unref);
    g_free(call->id);
    http_exchange_unref(call->exchange);
    g_free(call);
}

static gboolean
parse_body(ApiCall *call, GBytes *bytes)
{
    gsize length = 0;
    const char *text = g_bytes_get_data(bytes, &length);
    const char *type = http_exchange_get_header(call->exchange, "Content-Type");
    gsize n = type != NULL ? strcspn(type, "; \t") : 0;
    if (n != strlen("application/json") || g_ascii_strncasecmp(type, "application/json", n) != 0) {
        api_problem_reply(call->exchange, 415, "media-type", NULL);
        return FALSE;
    }
    call->body = api_body_parse(text, length);
    if (call->body == NULL)
        api_problem_reply(call->exchange, 400, "malformed", "the body is not a JSON object");
    return call->body != NULL;
}

ApiCall *
api_call_new_plain(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = g_new0(ApiCall, 1);
    call->exchange = http_exchange_ref(exchange);
    call->app = http_exchange_get_app(exchange);
    call->account = http_exchange_get_account(exchange);
    call->stamp.account_id = call->account != NULL ? call->account->id : NULL;
    call->stamp.now_ms = server_clock_now_ms(server_app_get_clock(call->app));
    call->revision = API_CALL_ANY_REVISION;
    const char *id = http_exchange_get_parameter(exchange, "id");
    if (id != NULL && !catalog_ids_is_valid(id)) {
        api_problem_reply(exchange, 404, "not-found", NULL);
        return NULL;
    }
    call->id = g_strdup(id);
    return g_steal_pointer(&call);
}

ApiCall *
api_call_new(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new_plain(exchange);
    if (call == NULL)
        return NULL;
    GBytes *bytes = http_exchange_get_body(exchange);
    if (bytes != NULL && g_bytes_get_size(bytes) > 0 && !parse_body(call, bytes))
        return NULL;
    return g_steal_pointer(&call);
}

ApiCall *
api_call_take_over(ApiCall *finished)
{
    ApiCall *call = g_new0(ApiCall, 1);
    *call = *finished;
    call->exchange = http_exchange_ref(finished->exchange);
    finished->id = NULL;
    finished->body = NULL;
    finished->extra = NULL;
    finished->result = NULL;
    return call;
}

void
api_call_set_result(ApiCall *call, gpointer result, GDestroyNotify free_result)
{
    if (call->result != NULL && call->free_result != NULL)
        call->free_result(call->result);
    call->result = result;
    call->free_result = free_result;
}

static gboolean
run_errand(CatalogDatabase *database, gpointer data, GError **error)
{
    Errand *errand = data;
    return errand->work(database, errand->call, error);
}

static void
on_errand_done(GObject *source, GAsyncResult *result, gpointer data)
{
    Errand *errand = data;
    g_autoptr(GError) error = NULL;
    if (catalog_threads_finish(result, &error))
        errand->render(errand->call);
    else
        api_problem_reply_error(errand->call->exchange, error);
}

static void
free_errand(gpointer data)
{
    Errand *errand = data;
    api_call_free(errand->call);
    g_free(errand);
}

static Errand *
make_errand(ApiCall *call, ApiCallWork work, ApiCallRender render)
{
    Errand *errand = g_new0(Errand, 1);
    errand->call = call;
    errand->work = work;
    errand->render = render;
    return errand;
}

void
api_call_read(ApiCall *call, ApiCallWork work, ApiCallRender render)
{
    catalog_threads_read_async(server_app_get_catalog(call->app), run_errand,
                               make_errand(call, work, render), free_errand,
                               http_exchange_get_cancellable(call->exchange), on_errand_done);
}

// A write that was asked for is made even when the peer leaves: it must not depend on the network.
void
api_call_write(ApiCall *call, ApiCallWork work, ApiCallRender render)
{
    catalog_threads_write_async(server_app_get_catalog(call->app), run_errand,
                                make_errand(call, work, render), free_errand, NULL, on_errand_done);
}

static gboolean
refuse(GError **error, const char *name, const char *why)
{
    g_set_error(error, API_PROBLEM_ERROR, API_PROBLEM_ERROR_INVALID, "%s %s", name, why);
    return FALSE;
}

static JsonNode *
find_member(ApiCall *call, const char *name, GType type)
{
    JsonNode *node = call->body != NULL ? json_object_get_member(call->body, name) : NULL;
    gboolean fits =
        node != NULL && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type;
    return fits ? node : NULL;
}

static gboolean
has_member(ApiCall *call, const char *name)
{
    return call->body != NULL && json_object_has_member(call->body, name);
}

gboolean
api_call_take_text(ApiCall *call, const char *name, gsize most_bytes, const char **out,
                   GError **error)
{
    if (!has_member(call, name))
        return TRUE;
    JsonNode *node = find_member(call, name, G_TYPE_STRING);
    if (node == NULL)
        return refuse(error, name, "is not a text");
    if (strlen(json_node_get_string(node)) > most_bytes)
        return refuse(error, name, "is too long");
    *out = json_node_get_string(node);
    return TRUE;
}

gboolean
api_call_require_text(ApiCall *call, const char *name, gsize most_bytes, const char **out,
                      GError **error)
{
    if (!has_member(call, name))
        return refuse(error, name, "is missing");
    return api_call_take_text(call, name, most_bytes, out, error);
}

gboolean
api_call_take_number(ApiCall *call, const char *name, gint64 *out, GError **error)
{
    if (!has_member(call, name))
        return TRUE;
    JsonNode *node = find_member(call, name, G_TYPE_INT64);
    if (node == NULL)
        return refuse(error, name, "is not a whole number");
    *out = json_node_get_int(node);
    return TRUE;
}

gboolean
api_call_take_boolean(ApiCall *call, const char *name, gboolean *out, GError **error)
{
    if (!has_member(call, name))
        return TRUE;
    JsonNode *node = find_member(call, name, G_TYPE_BOOLEAN);
    if (node == NULL)
        return refuse(error, name, "is not true or false");
    *out = json_node_get_boolean(node);
    return TRUE;
}

gboolean
api_call_refuse_others(ApiCall *call, const char *const *names, GError **error)
{
    g_autoptr(GList) members = call->body != NULL ? json_object_get_members(call->body) : NULL;
    for (GList *at = members; at != NULL; at = at->next) {
        if (!g_strv_contains(names, at->data))
            return refuse(error, at->data, "is not a member of this request");
    }
    return TRUE;
}

gboolean
api_call_require_body(ApiCall *call, const char *const *names)
{
    g_autoptr(GError) error = NULL;
    if (call->body != NULL && api_call_refuse_others(call, names, &error))
        return TRUE;
    if (call->body == NULL)
        api_problem_reply(call->exchange, 400, "malformed", "the body is missing");
    else
        api_problem_reply_error(call->exchange, error);
    return FALSE;
}

gboolean
api_call_read_limit(ApiCall *call, guint *limit, GError **error)
{
    const char *text = http_exchange_get_query(call->exchange, "limit");
    guint64 value = CATALOG_PAGE_LIMIT_DEFAULT;
    if (text != NULL &&
        !g_ascii_string_to_unsigned(text, 10, 1, CATALOG_PAGE_LIMIT_MAX, &value, NULL))
        return refuse(error, "limit", "is not a number from 1 to 200");
    *limit = (guint)value;
    return TRUE;
}
