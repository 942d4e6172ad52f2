// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One read of the catalogue feeds the administrator's page.
#include "server/api/status.h"

#include <string.h>

#include "catalog/accounts.h"
#include "catalog/joblist.h"
#include "catalog/lessonlist.h"
#include "server/api/paging.h"
#include "server/api/problem.h"
#include "server/flows/tidy.h"

typedef struct {
    CatalogJoblistCounts jobs; // by state
    gint64 lessons;            // not withdrawn
    gint64 accounts;           // disabled ones too
    gint64 free_bytes;         // on the data folder's disk
    gint64 total_bytes;        // of that disk
    FlowsTidySizes sizes;      // when last counted
} Figures;

static gboolean
read_figures(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Figures *figures = g_new0(Figures, 1);
    api_call_set_result(call, figures, g_free);
    flows_tidy_get_sizes(server_app_get_tidy(call->app), &figures->sizes);
    return catalog_joblist_count(database, &figures->jobs, error) &&
           catalog_lessonlist_count(database, &figures->lessons, error) &&
           catalog_accounts_count(database, &figures->accounts, error) &&
           server_storage_measure_disk(server_app_get_storage(call->app), &figures->free_bytes,
                                       &figures->total_bytes, error);
}

static JsonObject *
render_disk(const Figures *figures, const ServerConfig *config)
{
    JsonObject *disk = json_object_new();
    json_object_set_int_member(disk, "free_bytes", figures->free_bytes);
    json_object_set_int_member(disk, "total_bytes", figures->total_bytes);
    json_object_set_int_member(disk, "floor_bytes", config->free_floor_bytes);
    json_object_set_int_member(disk, "originals_bytes", figures->sizes.originals_bytes);
    json_object_set_int_member(disk, "lessons_bytes", figures->sizes.lessons_bytes);
    json_object_set_int_member(disk, "uploads_bytes", figures->sizes.uploads_bytes);
    return disk;
}

static const char *
get_encoder_state(ApiCall *call)
{
    return flows_encode_state_to_string(flows_encode_get_state(server_app_get_encode(call->app)));
}

static void
render_status(ApiCall *call)
{
    const Figures *figures = call->result;
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "version", DAORIAN_VERSION);
    json_object_set_object_member(object, "disk",
                                  render_disk(figures, server_app_get_config(call->app)));
    JsonObject *jobs = json_object_new();
    json_object_set_int_member(jobs, "queued", figures->jobs.queued);
    json_object_set_int_member(jobs, "running", figures->jobs.running);
    json_object_set_int_member(jobs, "failed", figures->jobs.failed);
    json_object_set_object_member(object, "jobs", jobs);
    json_object_set_int_member(object, "lessons", figures->lessons);
    json_object_set_int_member(object, "accounts", figures->accounts);
    JsonObject *encoder = json_object_new();
    json_object_set_string_member(encoder, "state", get_encoder_state(call));
    json_object_set_object_member(object, "encoder", encoder);
    http_exchange_reply_json(call->exchange, 200, api_views_wrap(object));
}

void
api_status_get(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_figures, render_status);
}

static gboolean
read_audit(CatalogDatabase *database, ApiCall *call, GError **error)
{
    const ApiPaging *paging = call->extra;
    api_call_set_result(call,
                        catalog_audit_list(database, NULL, paging->cursor, paging->limit, error),
                        (GDestroyNotify)catalog_page_free);
    return call->result != NULL;
}

static void
render_audit(ApiCall *call)
{
    api_paging_render(call, api_views_render_audit);
}

void
api_status_list_audit(HttpExchange *exchange)
{
    ApiCall *call = api_paging_begin(exchange);
    if (call != NULL)
        api_call_read(call, read_audit, render_audit);
}

static void
reply_text(HttpExchange *exchange, const char *type, const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    http_exchange_set_header(exchange, "Cache-Control", "no-store");
    http_exchange_reply_bytes(exchange, 200, type, bytes);
}

void
api_status_get_health(HttpExchange *exchange)
{
    reply_text(exchange, "text/plain; charset=utf-8", "ok\n");
}

static gboolean
read_anything(CatalogDatabase *database, ApiCall *call, GError **error)
{
    gint64 count = 0;
    return catalog_accounts_count(database, &count, error);
}

static void
render_ready(ApiCall *call)
{
    reply_text(call->exchange, "text/plain; charset=utf-8", "ready\n");
}

void
api_status_get_readiness(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_anything, render_ready);
}
