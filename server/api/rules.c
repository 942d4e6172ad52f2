// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A change is one transaction with what it does to bookings; the guide's changes are
// flows/rules.c's.
#include "server/api/rules.h"

#include "catalog/channels.h"
#include "catalog/error.h"
#include "server/api/call.h"
#include "server/api/paging.h"
#include "server/api/problem.h"
#include "server/api/revision.h"
#include "server/api/rulebody.h"
#include "server/api/ruleviews.h"
#include "server/flows/rules_tend.h"

#define MATCHES_MOST 200

/* What a call needs beside its body; its extra. */
typedef struct {
    CatalogRules *rule;   // (owned) (nullable) of matches
    GPtrArray *rules;     // (owned) (nullable) (element-type CatalogRules, unowned) of matches
    FlowsRulesPlan plan;  // (value) of matches
    FlowsRulesTend tend;  // (value) of writes: what becomes of bookings
    GPtrArray *withdrawn; // (owned) (nullable) (element-type utf8) of a removal
} Extra;

static void
free_extra(gpointer data)
{
    Extra *extra = data;
    flows_rules_plan_clear(&extra->plan);
    flows_rules_tend_clear(&extra->tend);
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
refuse(GError **error, ApiProblemError code, const char *why)
{
    g_set_error_literal(error, API_PROBLEM_ERROR, code, why);
    return FALSE;
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

/* The tag is for edits; states change without it, so browsers keep nothing that it names. */
static void
reply_one(ApiCall *call, guint status)
{
    ApiViewsReader reader = api_paging_make_reader(call);
    JsonObject *object = api_ruleviews_render(call->result, &reader);
    http_exchange_set_header(call->exchange, "Cache-Control", "no-store");
    http_exchange_set_header(call->exchange, "ETag", json_object_get_string_member(object, "etag"));
    http_exchange_reply_json(call->exchange, status, api_views_wrap(object));
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
publish_all(ApiCall *call, const GPtrArray *ids)
{
    ServerEvents *events = server_app_get_events(call->app);
    for (guint i = 0; ids != NULL && i < ids->len; i++)
        server_events_publish(events, SERVER_EVENTS_BOOKING, ids->pdata[i]);
}

static void
tell(ApiCall *call)
{
    const Extra *extra = call->extra;
    publish_all(call, extra->tend.changed);
    publish_all(call, extra->withdrawn);
}

/* Whoever saves a rule sees what it booked in the next answer. */
static gboolean
tend(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Extra *extra = call->extra;
    extra->tend.now_ms = call->stamp.now_ms;
    extra->tend.zone = extra->plan.zone;
    return flows_rules_tend_run(database, &extra->tend, error);
}

static void
render_created(ApiCall *call)
{
    tell(call);
    reply_one(call, 201);
}

static void
render_changed(ApiCall *call)
{
    tell(call);
    reply_one(call, 200);
}

static void
render_removed(ApiCall *call)
{
    tell(call);
    http_exchange_reply_empty(call->exchange, 204);
}

/* What breaks a rule of the catalogue is a wrong value; a lost race a failed precondition; a
 * channel that is not there is a wrong value of the body. */
static gboolean
translate(GError *local, GError **error)
{
    if (g_error_matches(local, CATALOG_ERROR, CATALOG_ERROR_CONFLICT))
        refuse(error, API_PROBLEM_ERROR_PRECONDITION, "changed meanwhile");
    else if (g_error_matches(local, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND))
        refuse(error, API_PROBLEM_ERROR_INVALID, "channel is not there");
    else
        g_propagate_error(error, g_error_copy(local));
    return FALSE;
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
        return translate(local, error);
    return tend(database, call, error) && read_one(database, call, error);
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
    if (!api_ruleviews_may_edit(call->account, rule))
        refuse(error, API_PROBLEM_ERROR_FORBIDDEN, "another person's");
    else if (call->revision != API_CALL_ANY_REVISION && call->revision != rule->revision)
        refuse(error, API_PROBLEM_ERROR_PRECONDITION, "changed meanwhile");
    else
        return g_steal_pointer(&rule);
    return NULL;
}

static gboolean
write_changes(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(CatalogRules) rule = read_guarded(database, call, error);
    if (rule == NULL || !api_rulebody_take(call, rule, error))
        return FALSE;
    if (!catalog_rules_edit(database, rule, &call->stamp, &local))
        return translate(local, error);
    return tend(database, call, error) && read_one(database, call, error);
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
           catalog_rules_delete(database, rule->id, &extra->withdrawn, &call->stamp, error) &&
           tend(database, call, error);
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
