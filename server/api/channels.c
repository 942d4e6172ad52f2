// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads give views (what the catalogue says, with now and next); writes wake the supervisor.
#include "server/api/channels.h"

#include <string.h>

#include "catalog/error.h"
#include "server/api/call.h"
#include "server/api/channelviews.h"
#include "server/api/paging.h"
#include "server/api/problem.h"
#include "server/api/revision.h"
#include "server/flows/live.h"
#include "server/flows/rules.h"

#define HOURS_DEFAULT 8
#define BYTES_DEFAULT (G_GINT64_CONSTANT(20) * 1000 * 1000 * 1000)
#define NAME_BYTES_MAX 300
#define RUNG_BYTES_MAX 32
#define LANGUAGE_BYTES 3

static const char *const names[] = {
    "slug",         "name",           "service",   "enabled",      "rungs", "window_hours",
    "window_bytes", "burn_subtitles", "burn_rung", "rest_minutes", NULL};

/* The slug that was asked for, or NULL for all. */
static gboolean
read_list(CatalogDatabase *database, ApiCall *call, GError **error)
{
    const char *slug = call->extra;
    g_autoptr(GPtrArray) channels = catalog_channels_list(database, error);
    g_autoptr(GPtrArray) views =
        g_ptr_array_new_with_free_func((GDestroyNotify)api_channelviews_free);
    for (guint i = 0; channels != NULL && i < channels->len; i++) {
        const CatalogChannels *channel = channels->pdata[i];
        if (!api_channelviews_may_see(call->account, channel) ||
            (slug != NULL && strcmp(slug, channel->slug) != 0))
            continue;
        ApiChannelviews *view = api_channelviews_read(database, catalog_channels_copy(channel),
                                                      call->stamp.now_ms, error);
        if (view == NULL)
            return FALSE;
        g_ptr_array_add(views, view);
    }
    api_call_set_result(call, channels != NULL ? g_steal_pointer(&views) : NULL,
                        (GDestroyNotify)g_ptr_array_unref);
    return call->result != NULL;
}

/* The page of one channel was opened: one that rests has begun when somebody presses play. */
static void
wake_one(ApiCall *call)
{
    const GPtrArray *views = call->result;
    const char *wake = http_exchange_get_query(call->exchange, "wake");
    if (call->extra != NULL && views->len == 1 && g_strcmp0(wake, "1") == 0 &&
        !http_exchange_is_head(call->exchange))
        flows_live_want(server_app_get_live(call->app), call->extra, TRUE);
}

static void
render_list(ApiCall *call)
{
    wake_one(call);
    GPtrArray *views = call->result;
    ApiViewsReader reader = api_paging_make_reader(call);
    JsonArray *items = json_array_new();
    JsonObject *object = json_object_new();
    for (guint i = 0; i < views->len; i++)
        json_array_add_object_element(items,
                                      api_channelviews_render(call->app, views->pdata[i], &reader));
    json_object_set_array_member(object, "items", items);
    http_exchange_set_header(call->exchange, "Cache-Control", "no-cache");
    http_exchange_reply_json(call->exchange, 200, api_views_wrap(object));
}

void
api_channels_list(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call == NULL)
        return;
    call->extra = g_strdup(http_exchange_get_query(exchange, "slug"));
    call->free_extra = g_free;
    api_call_read(call, read_list, render_list);
}

static gboolean
read_one(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(CatalogChannels) channel = catalog_channels_get(database, call->id, error);
    if (channel == NULL)
        return FALSE;
    if (!api_channelviews_may_see(call->account, channel)) {
        g_set_error_literal(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND, "no such channel");
        return FALSE;
    }
    api_call_set_result(
        call, api_channelviews_read(database, g_steal_pointer(&channel), call->stamp.now_ms, error),
        (GDestroyNotify)api_channelviews_free);
    return call->result != NULL;
}

static void
reply_one(ApiCall *call, guint status)
{
    ApiViewsReader reader = api_paging_make_reader(call);
    api_revision_reply(call, status, api_channelviews_render(call->app, call->result, &reader));
}

static void
render_one(ApiCall *call)
{
    reply_one(call, 200);
}

/* It may take a tuner, or give one back. */
static void
note_changed(ApiCall *call)
{
    flows_live_wake(server_app_get_live(call->app));
    flows_rules_look_async(server_app_get_rules(call->app), NULL, NULL);
}

static void
render_changed(ApiCall *call)
{
    note_changed(call);
    reply_one(call, 200);
}

static void
render_created(ApiCall *call)
{
    note_changed(call);
    reply_one(call, 201);
}

static void
render_removed(ApiCall *call)
{
    note_changed(call);
    http_exchange_reply_empty(call->exchange, 204);
}

void
api_channels_get(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_one, render_one);
}

/* A text that null takes back. @member: (inout) (nullable). */
static gboolean
take_nullable(ApiCall *call, const char *name, gsize most_bytes, char **member, GError **error)
{
    const char *text = NULL;
    if (json_object_has_member(call->body, name) && json_object_get_null_member(call->body, name)) {
        g_clear_pointer(member, g_free);
        return TRUE;
    }
    if (!api_call_take_text(call, name, most_bytes, &text, error))
        return FALSE;
    if (text == NULL)
        return TRUE;
    g_free(*member);
    *member = g_strdup(text);
    return TRUE;
}

static gboolean
take_rungs(ApiCall *call, CatalogChannels *channel, GError **error)
{
    JsonNode *node = json_object_get_member(call->body, "rungs");
    if (node == NULL)
        return TRUE;
    JsonArray *array = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    g_autoptr(GStrvBuilder) rungs = g_strv_builder_new();
    if (array == NULL || json_array_get_length(array) > 8)
        return api_problem_refuse(error, API_PROBLEM_ERROR_INVALID,
                                  "rungs is no short list of names");
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonNode *item = json_array_get_element(array, i);
        const char *name = JSON_NODE_HOLDS_VALUE(item) ? json_node_get_string(item) : NULL;
        if (name == NULL || strlen(name) > RUNG_BYTES_MAX)
            return api_problem_refuse(error, API_PROBLEM_ERROR_INVALID,
                                      "rungs is no short list of names");
        g_strv_builder_add(rungs, name);
    }
    g_strfreev(channel->rungs);
    channel->rungs = g_strv_builder_end(rungs);
    return TRUE;
}

static gboolean
take_changes(ApiCall *call, CatalogChannels *channel, GError **error)
{
    const char *slug = NULL, *name = NULL;
    if (!api_call_take_text(call, "slug", CATALOG_CHANNELS_SLUG_MAX, &slug, error) ||
        !api_call_take_text(call, "name", NAME_BYTES_MAX, &name, error) ||
        !api_call_take_boolean(call, "enabled", &channel->enabled, error) ||
        !api_call_take_number(call, "window_hours", &channel->window_hours, error) ||
        !api_call_take_number(call, "window_bytes", &channel->window_bytes, error) ||
        !api_call_take_number(call, "rest_minutes", &channel->rest_minutes, error) ||
        !take_nullable(call, "service", 64, &channel->service, error) ||
        !take_nullable(call, "burn_subtitles", LANGUAGE_BYTES, &channel->burn_subtitles, error) ||
        !take_nullable(call, "burn_rung", RUNG_BYTES_MAX, &channel->burn_rung, error) ||
        !take_rungs(call, channel, error))
        return FALSE;
    if (slug != NULL) {
        g_free(channel->slug);
        channel->slug = g_strdup(slug);
    }
    if (name != NULL) {
        g_free(channel->name);
        channel->name = g_strdup(name);
    }
    return TRUE;
}

static gboolean
write_new(CatalogDatabase *database, ApiCall *call, GError **error)
{
    static const char *const ladder[] = {"voice", "small", "medium", NULL};
    g_autoptr(GError) local = NULL;
    g_autoptr(CatalogChannels) channel = g_new0(CatalogChannels, 1);
    channel->slug = g_strdup("");
    channel->name = g_strdup("");
    channel->enabled = TRUE;
    channel->rungs = g_strdupv((char **)ladder);
    channel->window_hours = HOURS_DEFAULT;
    channel->window_bytes = BYTES_DEFAULT;
    if (!take_changes(call, channel, error))
        return FALSE;
    call->id = catalog_channels_add(database, channel, &call->stamp, &local);
    return call->id != NULL ? read_one(database, call, error)
                            : api_revision_translate(local, "service is not there", error);
}

void
api_channels_create(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new(exchange);
    if (call != NULL && api_call_require_body(call, names))
        api_call_write(g_steal_pointer(&call), write_new, render_created);
}

static gboolean
write_changes(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(CatalogChannels) channel = catalog_channels_get(database, call->id, error);
    if (channel == NULL || !take_changes(call, channel, error))
        return FALSE;
    if (call->revision >= 0)
        channel->revision = call->revision;
    if (!catalog_channels_edit(database, channel, &call->stamp, &local))
        return api_revision_translate(local, "service is not there", error);
    return read_one(database, call, error);
}

void
api_channels_update(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new(exchange);
    if (call != NULL && api_call_require_body(call, names) && api_revision_require_match(call))
        api_call_write(g_steal_pointer(&call), write_changes, render_changed);
}

static gboolean
write_removal(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(GError) local = NULL;
    if (catalog_channels_delete(database, call->id, call->revision, &call->stamp, &local))
        return TRUE;
    return api_revision_translate(local, NULL, error);
}

void
api_channels_remove(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new(exchange);
    if (call != NULL && api_revision_require_match(call))
        api_call_write(g_steal_pointer(&call), write_removal, render_removed);
}
