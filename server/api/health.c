// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The catalogue says what there is, the flows how it goes.
#include "server/api/health.h"

#include <string.h>

#include "catalog/error.h"
#include "server/api/call.h"
#include "server/api/healthviews.h"
#include "server/api/paging.h"
#include "server/api/problem.h"
#include "server/flows/health.h"

static gboolean
read_all(CatalogDatabase *database, ApiCall *call, GError **error)
{
    api_call_set_result(call, api_healthviews_list(database, error),
                        (GDestroyNotify)g_ptr_array_unref);
    return call->result != NULL;
}

static void
render_all(ApiCall *call)
{
    const GPtrArray *subjects = call->result;
    ApiViewsReader reader = api_paging_make_reader(call);
    JsonArray *items = json_array_new();
    JsonObject *object = json_object_new();
    for (guint i = 0; i < subjects->len; i++)
        json_array_add_object_element(
            items, api_healthviews_render(call->app, subjects->pdata[i], reader.language));
    json_object_set_int_member(object, "now_ms", call->stamp.now_ms);
    json_object_set_array_member(object, "items", items);
    http_exchange_set_header(call->exchange, "Cache-Control", "no-store");
    http_exchange_reply_json(call->exchange, 200, api_views_wrap(object));
}

void
api_health_list(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_all, render_all);
}

/* Leaves the one that was asked for. */
static gboolean
read_one(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(GPtrArray) subjects = api_healthviews_list(database, error);
    for (guint i = 0; subjects != NULL && i < subjects->len; i++) {
        ApiHealthviews *subject = subjects->pdata[i];
        if (strcmp(subject->id, call->id) != 0)
            continue;
        api_call_set_result(call, g_ptr_array_steal_index(subjects, i),
                            (GDestroyNotify)api_healthviews_free);
        return TRUE;
    }
    if (subjects != NULL)
        g_set_error_literal(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND,
                            "no such multiplex or channel");
    return FALSE;
}

static void
render_history(ApiCall *call)
{
    const ApiHealthviews *subject = call->result;
    const gboolean *hours = call->extra;
    g_autoptr(GArray) points =
        flows_health_list_history(server_app_get_health(call->app), subject->id, *hours);
    http_exchange_set_header(call->exchange, "Cache-Control", "no-store");
    http_exchange_reply_json(
        call->exchange, 200,
        api_views_wrap(api_healthviews_render_history(subject, points, *hours)));
}

void
api_health_get_history(HttpExchange *exchange)
{
    const char *step = http_exchange_get_query(exchange, "step");
    gboolean hours = g_strcmp0(step, "hour") == 0;
    if (step != NULL && !hours && strcmp(step, "minute") != 0) {
        api_problem_reply(exchange, 422, "invalid", "step is minute or hour");
        return;
    }
    ApiCall *call = api_call_new(exchange);
    if (call == NULL)
        return;
    call->extra = g_memdup2(&hours, sizeof hours);
    call->free_extra = g_free;
    api_call_read(call, read_one, render_history);
}
