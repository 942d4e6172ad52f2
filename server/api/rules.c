// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A rule is written alone, so that nobody waits for what it means; what it books is
// flows/rules.c's, and the answer comes after that: whoever saves a rule sees its bookings.
#include "server/api/rules.h"

#include "catalog/channels.h"
#include "server/api/call.h"
#include "server/api/paging.h"
#include "server/api/problem.h"
#include "server/api/revision.h"
#include "server/api/rulebody.h"
#include "server/api/ruleviews.h"
#include "server/flows/rules.h"
#include "server/flows/rules_plan.h"

#define MATCHES_MOST 200

/* What a call needs beside its body; its extra. */
typedef struct {
    CatalogRules *rule;   // (owned) (nullable) of matches
    GPtrArray *rules;     // (owned) (nullable) (element-type CatalogRules, unowned) of matches
    FlowsRulesPlan plan;  // (value) of matches
    GPtrArray *withdrawn; // (owned) (nullable) (element-type utf8) of a removal
} Extra;

static void
free_extra(gpointer data)
{
    Extra *extra = data;
    flows_rules_plan_clear(&extra->plan);
    g_clear_pointer(&extra->plan.zone, g_time_zone_unref);
    g_clear_pointer(&extra->rules, g_ptr_array_unref);
    g_clear_pointer(&extra->withdrawn, g_ptr_array_unref);
    catalog_rules_free(extra->rule);
    g_free(extra);
}

static Extra *
attach_extra(ApiCall *call)
{
    const ServerConfig *config = server_app_get_config(call->app);
    Extra *extra = g_new0(Extra, 1);
    extra->plan.zone = g_time_zone_new_identifier(config->site_zone);
    if (extra->plan.zone == NULL)
        extra->plan.zone = g_time_zone_new_utc();
    call->extra = extra;
    call->free_extra = free_extra;
    return extra;
}

static gboolean
read_list(CatalogDatabase *database, ApiCall *call, GError **error)
{
    GPtrArray *rules = catalog_rules_list(database, error);
    if (rules == NULL)
        return FALSE;
    api_call_set_result(call, catalog_page_new(rules), (GDestroyNotify)catalog_page_free);
    return TRUE;
}

static void
render_list(ApiCall *call)
{
    http_exchange_set_header(call->exchange, "Cache-Control", "no-cache");
    api_paging_render(call, api_ruleviews_render);
}

void
api_rules_list(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_list, render_list);
}

static gboolean
read_one(CatalogDatabase *database, ApiCall *call, GError **error)
{
    api_call_set_result(call, catalog_rules_get(database, call->id, error),
                        (GDestroyNotify)catalog_rules_free);
    return call->result != NULL;
}

static void
reply_one(ApiCall *call, guint status)
{
    ApiViewsReader reader = api_paging_make_reader(call);
    api_revision_reply(call, status, api_ruleviews_render(call->result, &reader));
}

static void
render_one(ApiCall *call)
{
    reply_one(call, 200);
}

void
api_rules_get(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_one, render_one);
}

static void
on_created(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(ApiCall) call = user_data;
    flows_rules_look_finish(result);
    reply_one(call, 201);
}

static void
on_changed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(ApiCall) call = user_data;
    flows_rules_look_finish(result);
    reply_one(call, 200);
}

static void
on_removed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(ApiCall) call = user_data;
    flows_rules_look_finish(result);
    http_exchange_reply_empty(call->exchange, 204);
}

/* @callback answers when the rules have looked. */
static void
wait_for_look(ApiCall *finished, GAsyncReadyCallback callback)
{
    ApiCall *call = api_call_take_over(finished);
    flows_rules_look_async(server_app_get_rules(call->app), callback, call);
}

static void
render_created(ApiCall *call)
{
    wait_for_look(call, on_created);
}

static void
render_changed(ApiCall *call)
{
    wait_for_look(call, on_changed);
}

static void
render_removed(ApiCall *call)
{
    const Extra *extra = call->extra;
    for (guint i = 0; extra->withdrawn != NULL && i < extra->withdrawn->len; i++)
        server_events_publish(server_app_get_events(call->app), SERVER_EVENTS_BOOKING,
                              extra->withdrawn->pdata[i]);
    wait_for_look(call, on_removed);
}

static gboolean
write_new(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(CatalogRules) rule = api_rulebody_make_empty(call);
    if (!api_rulebody_take(call, rule, error))
        return FALSE;
    call->id = catalog_rules_add(database, rule, &call->stamp, &local);
    if (call->id == NULL)
        return api_revision_translate(local, "channel is not there", error);
    return read_one(database, call, error);
}

void
api_rules_create(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new(exchange);
    if (call == NULL || !api_call_require_body(call, api_rulebody_get_names()))
        return;
    attach_extra(call);
    api_call_write(g_steal_pointer(&call), write_new, render_created);
}

/* The rule as its editor saw it; NULL with an error. */
static CatalogRules *
read_guarded(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(CatalogRules) rule = catalog_rules_get(database, call->id, error);
    if (rule == NULL)
        return NULL;
    gboolean mine = api_ruleviews_may_edit(call->account, rule);
    if (!api_revision_check(call, mine, rule->revision, error))
        return NULL;
    return g_steal_pointer(&rule);
}

static gboolean
write_changes(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(CatalogRules) rule = read_guarded(database, call, error);
    if (rule == NULL || !api_rulebody_take(call, rule, error))
        return FALSE;
    if (!catalog_rules_edit(database, rule, &call->stamp, &local))
        return api_revision_translate(local, "channel is not there", error);
    return read_one(database, call, error);
}

void
api_rules_update(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new(exchange);
    if (call == NULL || !api_call_require_body(call, api_rulebody_get_names()))
        return;
    attach_extra(call);
    if (api_revision_require_match(call))
        api_call_write(g_steal_pointer(&call), write_changes, render_changed);
}

static gboolean
write_removal(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Extra *extra = call->extra;
    g_autoptr(CatalogRules) rule = read_guarded(database, call, error);
    return rule != NULL &&
           catalog_rules_delete(database, rule->id, &extra->withdrawn, &call->stamp, error);
}

void
api_rules_remove(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new(exchange);
    if (call == NULL)
        return;
    attach_extra(call);
    if (api_revision_require_match(call))
        api_call_write(g_steal_pointer(&call), write_removal, render_removed);
}

/* One that is off is looked at as if it were on. */
static gboolean
plan_matches(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Extra *extra = call->extra;
    extra->rule->enabled = TRUE;
    extra->rules = g_ptr_array_new();
    g_ptr_array_add(extra->rules, extra->rule);
    extra->plan.now_ms = call->stamp.now_ms;
    extra->plan.rules = extra->rules;
    return flows_rules_plan_run(database, &extra->plan, error);
}

static gboolean
read_matches(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Extra *extra = call->extra;
    extra->rule = catalog_rules_get(database, call->id, error);
    return extra->rule != NULL && plan_matches(database, call, error);
}

static void
render_matches(ApiCall *call)
{
    const GPtrArray *items = ((const Extra *)call->extra)->plan.items;
    JsonArray *array = json_array_new();
    JsonObject *object = json_object_new();
    for (guint i = 0; i < items->len && i < MATCHES_MOST; i++)
        json_array_add_object_element(array, api_ruleviews_render_match(items->pdata[i]));
    json_object_set_array_member(object, "items", array);
    json_object_set_null_member(object, "next_cursor");
    http_exchange_set_header(call->exchange, "Cache-Control", "no-cache");
    http_exchange_reply_json(call->exchange, 200, api_views_wrap(object));
}

void
api_rules_list_matches(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call == NULL)
        return;
    attach_extra(call);
    api_call_read(call, read_matches, render_matches);
}

static gboolean
read_preview(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Extra *extra = call->extra;
    extra->rule = api_rulebody_make_empty(call);
    if (!api_rulebody_take(call, extra->rule, error) || !catalog_rules_check(extra->rule, error))
        return FALSE;
    return plan_matches(database, call, error);
}

void
api_rules_preview(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new(exchange);
    if (call == NULL || !api_call_require_body(call, api_rulebody_get_names()))
        return;
    attach_extra(call);
    api_call_read(g_steal_pointer(&call), read_preview, render_matches);
}
