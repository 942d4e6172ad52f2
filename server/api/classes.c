// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Who never had a class is shown one with a title to begin with. Writes tell the door.
#include "server/api/classes.h"

#include "catalog/channels.h"
#include "catalog/classes.h"
#include "catalog/error.h"
#include "server/api/call.h"
#include "server/api/members.h"
#include "server/api/paging.h"
#include "server/api/problem.h"
#include "server/flows/class.h"
#include "server/flows/live.h"
#include "server/intakesentences.h"

#define TITLE_BYTES_MAX 600

typedef struct {
    CatalogClasses *class; // (owned) (nullable)
    char *slug;            // (owned) (nullable) of the channel while it is on the air
    char *key;             // (owned) (nullable) that was made just now
} View;

static void
free_view(gpointer data)
{
    View *view = data;
    g_clear_pointer(&view->class, catalog_classes_free);
    g_free(view->slug);
    g_free(view->key);
    g_free(view);
}

static const char *
get_first_title(const ApiCall *call)
{
    const char *name = call->account->display_name;
    return *name != '\0' ? name : call->account->name;
}

/* @key: (transfer full) (nullable). */
static gboolean
read_view(CatalogDatabase *database, ApiCall *call, char *key, GError **error)
{
    g_autoptr(GError) missing = NULL;
    View *view = g_new0(View, 1);
    api_call_set_result(call, view, free_view);
    view->key = key;
    view->class = catalog_classes_get_own(database, call->account->id, &missing);
    if (view->class == NULL && !g_error_matches(missing, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&missing));
        return FALSE;
    }
    if (view->class == NULL || view->class->on_air_ms == 0 || view->class->channel == NULL)
        return TRUE;
    g_autoptr(CatalogChannels) channel =
        catalog_channels_get(database, view->class->channel, error);
    view->slug = channel != NULL ? g_strdup(channel->slug) : NULL;
    return channel != NULL;
}

static void
set_moment(JsonObject *object, const char *name, gint64 moment_ms)
{
    if (moment_ms > 0)
        json_object_set_int_member(object, name, moment_ms);
    else
        json_object_set_null_member(object, name);
}

static void
set_status(JsonObject *object, ApiCall *call, const char *id)
{
    FlowsClassStatus status = flows_class_get_status(server_app_get_class(call->app), id);
    const ServerConfig *config = server_app_get_config(call->app);
    ApiViewsReader reader = api_paging_make_reader(call);
    const char *code = status.code[0] != '\0' ? status.code : NULL;
    const char *sentence = code != NULL ? server_intakesentences_get(code, reader.language) : NULL;
    json_object_set_string_member(object, "state", flows_class_status_get_word(status.state));
    api_members_set_text(object, "code", code);
    api_members_set_text(object, "sentence", sentence);
    json_object_set_int_member(object, "bits_per_second", status.bits_per_second);
    json_object_set_int_member(object, "cc_errors", status.cc_errors);
    set_moment(object, "ends_ms", status.ends_ms);
    set_moment(object, "port", config->class_address != NULL ? config->class_port : 0);
}

static void
reply(ApiCall *call, guint http_status)
{
    const View *view = call->result;
    const CatalogClasses *class = view->class;
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "title",
                                  class != NULL ? class->title : get_first_title(call));
    json_object_set_boolean_member(object, "has_key", class != NULL && class->key_hash != NULL);
    set_moment(object, "key_made_ms", class != NULL ? class->key_made_ms : 0);
    set_moment(object, "on_air_ms", class != NULL ? class->on_air_ms : 0);
    api_members_set_text(object, "slug", view->slug);
    api_members_set_text(object, "booking", class != NULL ? class->booking : NULL);
    set_status(object, call, class != NULL ? class->id : NULL);
    if (view->key != NULL)
        json_object_set_string_member(object, "key", view->key);
    http_exchange_set_header(call->exchange, "Cache-Control", "no-store");
    http_exchange_reply_json(call->exchange, http_status, api_views_wrap(object));
}

static gboolean
read_own(CatalogDatabase *database, ApiCall *call, GError **error)
{
    return read_view(database, call, NULL, error);
}

static void
render_own(ApiCall *call)
{
    reply(call, 200);
}

void
api_classes_get(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_own, render_own);
}

static gboolean
write_title(CatalogDatabase *database, ApiCall *call, GError **error)
{
    return catalog_classes_set_title(database, call->extra, &call->stamp, error) &&
           read_view(database, call, NULL, error);
}

/* The channel that is on the air has a name, too. */
static void
render_titled(ApiCall *call)
{
    flows_class_wake(server_app_get_class(call->app));
    flows_live_wake(server_app_get_live(call->app));
    reply(call, 200);
}

void
api_classes_update(HttpExchange *exchange)
{
    static const char *const names[] = {"title", NULL};
    g_autoptr(ApiCall) call = api_call_new(exchange);
    g_autoptr(GError) error = NULL;
    const char *title = NULL;
    if (call == NULL)
        return;
    if (!api_call_refuse_others(call, names, &error) ||
        !api_call_require_text(call, "title", TITLE_BYTES_MAX, &title, &error)) {
        api_problem_reply_error(exchange, error);
        return;
    }
    call->extra = g_strstrip(g_strdup(title));
    call->free_extra = g_free;
    api_call_write(g_steal_pointer(&call), write_title, render_titled);
}

static gboolean
write_key(CatalogDatabase *database, ApiCall *call, GError **error)
{
    char *key = catalog_classes_renew_key(database, get_first_title(call), &call->stamp, error);
    return key != NULL && read_view(database, call, key, error);
}

static void
render_key(ApiCall *call)
{
    flows_class_wake(server_app_get_class(call->app));
    reply(call, 201);
}

void
api_classes_renew_key(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_write(call, write_key, render_key);
}

static gboolean
write_withdrawal(CatalogDatabase *database, ApiCall *call, GError **error)
{
    return catalog_classes_withdraw_key(database, &call->stamp, error);
}

static void
render_withdrawn(ApiCall *call)
{
    flows_class_wake(server_app_get_class(call->app));
    http_exchange_reply_empty(call->exchange, 204);
}

void
api_classes_withdraw_key(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_write(call, write_withdrawal, render_withdrawn);
}
