// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// read the file (worker) → find the services it is for (reader) → write one service after the
// other, each in a transaction of its own (writer), so that others get their turn → answer.
#include "server/api/guideimport.h"

#include <string.h>

#include "catalog/channels.h"
#include "catalog/error.h"
#include "catalog/guideimport.h"
#include "catalog/multiplexes.h"
#include "catalog/services.h"
#include "server/api/call.h"
#include "server/api/members.h"
#include "server/api/problem.h"
#include "server/api/views.h"
#include "server/flows/guidefile.h"
#include "server/flows/guidematch.h"
#include "server/flows/intake.h"
#include "server/flows/rules.h"

/* One file on its way; the call's extra. */
typedef struct {
    gboolean preview;     // nothing is written
    FlowsGuidefile *file; // (owned) (nullable) once it is read
    GPtrArray *matches;   // (owned) (nullable) (element-type FlowsGuidematch) a channel each
    guint channel;        // (value) of the file, that is being written
    guint service;        // (value) of that channel
} Import;

static void
free_import(gpointer data)
{
    Import *import = data;
    flows_guidefile_free(import->file);
    g_clear_pointer(&import->matches, g_ptr_array_unref);
    g_free(import);
}

static JsonObject *
render_channel(const FlowsGuidefileChannel *channel, const FlowsGuidematch *match)
{
    const char *service = match->services->len > 0 ? match->services->pdata[0] : NULL;
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "id", channel->id);
    json_object_set_string_member(object, "name", channel->name);
    json_object_set_int_member(object, "programmes", channel->programmes->len);
    api_members_set_moment(object, "from_ms", channel->from_ms);
    api_members_set_moment(object, "until_ms", channel->until_ms);
    api_members_set_text(object, "service", service);
    api_members_set_text(object, "suggested", match->suggested);
    json_object_set_int_member(object, "written", match->written);
    json_object_set_int_member(object, "removed", match->removed);
    return object;
}

static void
reply_import(ApiCall *call)
{
    const Import *import = call->extra;
    JsonArray *channels = json_array_new();
    JsonObject *object = json_object_new();
    for (guint i = 0; i < import->file->channels->len; i++)
        json_array_add_object_element(
            channels, render_channel(import->file->channels->pdata[i], import->matches->pdata[i]));
    json_object_set_array_member(object, "channels", channels);
    json_object_set_int_member(object, "skipped", import->file->skipped);
    json_object_set_int_member(object, "outside", import->file->outside);
    http_exchange_set_header(call->exchange, "Cache-Control", "no-store");
    http_exchange_reply_json(call->exchange, 200, api_views_wrap(object));
}

static void
note_changed(const ApiCall *call, const char *multiplex)
{
    server_events_publish(server_app_get_events(call->app), SERVER_EVENTS_MULTIPLEX, multiplex);
}

/* Moves on to a channel with a service that is left. Returns: FALSE at the end. */
static gboolean
find_next(Import *import)
{
    for (; import->channel < import->matches->len; import->channel++, import->service = 0) {
        const FlowsGuidematch *match = import->matches->pdata[import->channel];
        const FlowsGuidefileChannel *channel = import->file->channels->pdata[import->channel];
        if (channel->programmes->len > 0 && import->service < match->services->len)
            return TRUE;
    }
    return FALSE;
}

/* The result is the service, whose multiplex is told. One that went meanwhile is none. */
static gboolean
write_service(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Import *import = call->extra;
    g_autoptr(GError) local = NULL;
    FlowsGuidematch *match = import->matches->pdata[import->channel];
    const FlowsGuidefileChannel *channel = import->file->channels->pdata[import->channel];
    const char *id = match->services->pdata[import->service];
    CatalogServices *service = catalog_services_get(database, id, &local);
    api_call_set_result(call, service, (GDestroyNotify)catalog_services_free);
    if (g_error_matches(local, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND))
        return TRUE;
    if (local != NULL) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    g_autoptr(GPtrArray) events = flows_guidefile_make_events(channel);
    CatalogGuideimport row = {.service = id, .channel = channel->id, .events = events};
    if (!catalog_guideimport_write(database, &row, &call->stamp, error))
        return FALSE;
    match->written += row.written;
    match->removed += row.removed;
    return TRUE;
}

static void on_service_written(ApiCall *call);

static void
write_next(ApiCall *finished)
{
    if (find_next(finished->extra)) {
        api_call_write(api_call_take_over(finished), write_service, on_service_written);
        return;
    }
    flows_rules_look_async(server_app_get_rules(finished->app), NULL, NULL);
    reply_import(finished);
}

static void
on_service_written(ApiCall *call)
{
    Import *import = call->extra;
    const CatalogServices *service = call->result;
    if (service != NULL)
        note_changed(call, service->multiplex_id);
    import->service++;
    write_next(call);
}

static gboolean
find_services(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Import *import = call->extra;
    import->matches = flows_guidematch_find(database, import->file->channels, error);
    return import->matches != NULL;
}

static void
on_services_found(ApiCall *call)
{
    const Import *import = call->extra;
    if (import->preview)
        reply_import(call);
    else
        write_next(call);
}

static void
on_file_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(ApiCall) call = user_data;
    Import *import = call->extra;
    g_autoptr(GError) error = NULL;
    import->file = flows_guidefile_read_finish(result, &error);
    if (import->file != NULL)
        api_call_read(g_steal_pointer(&call), find_services, on_services_found);
    else if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
        api_problem_reply(call->exchange, 413, "guide-too-large", NULL);
    else
        api_problem_reply(call->exchange, 422, "not-xmltv", NULL);
}

/* A file may come without saying what it is; what says that it is something else is refused. */
static gboolean
is_guide_type(HttpExchange *exchange)
{
    static const char *const types[] = {
        "application/xml",
        "text/xml",
        "application/gzip",
        "application/x-gzip",
        "application/xmltv+xml",
        "application/octet-stream",
        NULL,
    };
    const char *type = http_exchange_get_header(exchange, "Content-Type");
    if (type == NULL)
        return TRUE;
    g_autofree char *bare = g_ascii_strdown(type, (gssize)strcspn(type, "; \t"));
    return g_strv_contains(types, bare);
}

/* FALSE when it is answered. */
static gboolean
read_preview(HttpExchange *exchange, gboolean *preview)
{
    const char *text = http_exchange_get_query(exchange, "preview");
    *preview = g_strcmp0(text, "true") == 0;
    if (text == NULL || *preview || strcmp(text, "false") == 0)
        return TRUE;
    api_problem_reply(exchange, 422, "invalid", "preview is true or false");
    return FALSE;
}

void
api_guideimport_create(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new_plain(exchange);
    GBytes *bytes = http_exchange_get_body(exchange);
    gboolean preview = FALSE;
    if (call == NULL || !read_preview(exchange, &preview))
        return;
    if (!is_guide_type(exchange)) {
        api_problem_reply(exchange, 415, "guide-media-type", NULL);
        return;
    }
    if (bytes == NULL || g_bytes_get_size(bytes) == 0) {
        api_problem_reply(exchange, 422, "not-xmltv", NULL);
        return;
    }
    Import *import = g_new0(Import, 1);
    import->preview = preview;
    call->extra = import;
    call->free_extra = free_import;
    gint64 now_ms = call->stamp.now_ms;
    FlowsReceiveWorker *worker = flows_intake_get_files(server_app_get_intake(call->app));
    flows_guidefile_read_async(worker, bytes, now_ms, on_file_read, g_steal_pointer(&call));
}

static gboolean
write_removal(CatalogDatabase *database, ApiCall *call, GError **error)
{
    CatalogServices *service = catalog_services_get(database, call->id, error);
    api_call_set_result(call, service, (GDestroyNotify)catalog_services_free);
    return service != NULL && catalog_guideimport_clear(database, call->id, &call->stamp, error);
}

static void
render_removed(ApiCall *call)
{
    const CatalogServices *service = call->result;
    note_changed(call, service->multiplex_id);
    flows_rules_look_async(server_app_get_rules(call->app), NULL, NULL);
    http_exchange_reply_empty(call->exchange, 204);
}

void
api_guideimport_remove(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_write(call, write_removal, render_removed);
}
