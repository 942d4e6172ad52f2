// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A change is one transaction; the supervisor of multiplexes hears of it afterwards.
#include "server/api/multiplexes.h"

#include <string.h>

#include "catalog/error.h"
#include "catalog/multiplexes.h"
#include "pipelines/intake/address.h"
#include "pipelines/intake/dvb_tuning.h"
#include "pipelines/intake/satip_query.h"
#include "pipelines/tables/text.h"
#include "server/api/broadcastviews.h"
#include "server/api/call.h"
#include "server/api/problem.h"
#include "server/api/revision.h"
#include "server/flows/intake.h"
#include "server/flows/rules.h"

#define URI_BYTES_MAX 2048
#define NAME_BYTES_MAX 256

/** What the row shall be; the call's extra. */
typedef struct {
    CatalogMultiplexes *row; // (owned) what is NULL stays
    gboolean moved;          // (value) its child must begin anew
    gboolean has_tuners;     // (value) row's count
} Wanted;

static void
free_wanted(gpointer data)
{
    Wanted *wanted = data;
    catalog_multiplexes_free(wanted->row);
    g_free(wanted);
}

static CatalogMultiplexes *
attach_wanted(ApiCall *call)
{
    Wanted *wanted = g_new0(Wanted, 1);
    wanted->row = g_new0(CatalogMultiplexes, 1);
    call->extra = wanted;
    call->free_extra = free_wanted;
    return wanted->row;
}

static JsonObject *
render(ApiCall *call, const CatalogMultiplexes *multiplex)
{
    g_autoptr(FlowsIntakeStatus) status =
        flows_intake_get_status(server_app_get_intake(call->app), multiplex->id);
    return api_broadcastviews_render_multiplex(multiplex, status,
                                               api_problem_choose_language(call->exchange));
}

static void
reply_one(ApiCall *call, guint status)
{
    api_revision_reply(call, status, render(call, call->result));
}

static void
render_one(ApiCall *call)
{
    reply_one(call, 200);
}

static void
note_changed(ApiCall *call)
{
    const Wanted *wanted = call->extra;
    if (wanted->moved)
        flows_intake_reload(server_app_get_intake(call->app), call->id);
    server_events_publish(server_app_get_events(call->app), SERVER_EVENTS_MULTIPLEX, call->id);
    flows_rules_look_async(server_app_get_rules(call->app), NULL, NULL); // tuners, more or less
}

static gboolean
read_list(CatalogDatabase *database, ApiCall *call, GError **error)
{
    api_call_set_result(call, catalog_multiplexes_list(database, error),
                        (GDestroyNotify)g_ptr_array_unref);
    return call->result != NULL;
}

static void
render_list(ApiCall *call)
{
    const GPtrArray *rows = call->result;
    JsonArray *items = json_array_new();
    JsonObject *object = json_object_new();
    for (guint i = 0; i < rows->len; i++)
        json_array_add_object_element(items, render(call, rows->pdata[i]));
    json_object_set_array_member(object, "items", items);
    json_object_set_null_member(object, "next_cursor");
    http_exchange_reply_json(call->exchange, 200, api_views_wrap(object));
}

void
api_multiplexes_list(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_list, render_list);
}

static gboolean
read_one(CatalogDatabase *database, ApiCall *call, GError **error)
{
    api_call_set_result(call, catalog_multiplexes_get(database, call->id, error),
                        (GDestroyNotify)catalog_multiplexes_free);
    return call->result != NULL;
}

void
api_multiplexes_get(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_one, render_one);
}

/* What the parts of an address that others read say to it. */
static gboolean
check_tuning(const IntakeAddress *address, GError **error)
{
    IntakeDvbTuning tuning = {0};
    g_autoptr(IntakeSatipQuery) query = NULL;
    if (address->kind == INTAKE_ADDRESS_DVB)
        return intake_dvb_tuning_parse(address->query, &tuning, error);
    if (address->kind != INTAKE_ADDRESS_SATIP)
        return TRUE;
    query = intake_satip_query_parse(address->query, error);
    return query != NULL;
}

/* Returns: NULL, or the code of a problem with what is wrong in @why (out). */
static const char *
find_fault(const char *uri, char **why)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(IntakeAddress) address = intake_address_parse(uri, &error);
    if (address == NULL || !check_tuning(address, &error)) {
        *why = g_strdup(error->message);
        return g_ascii_strncasecmp(uri, "srt:", 4) == 0 ? "multiplex-srt" : "multiplex-address";
    }
    // The daemon's own folder says nothing to whoever types this.
    if (address->kind == INTAKE_ADDRESS_FILE && !g_path_is_absolute(address->path))
        return "multiplex-path";
    return NULL;
}

/* FALSE when the exchange is answered. */
static gboolean
check_wanted(HttpExchange *exchange, const CatalogMultiplexes *wanted)
{
    TablesTextCode text = {0};
    g_autofree char *why = NULL;
    const char *code = wanted->uri != NULL ? find_fault(wanted->uri, &why) : NULL;
    const char *name = wanted->text_default;
    if (code == NULL && name != NULL && *name != '\0' &&
        (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(name) ||
         !tables_text_parse_code(name, &text)))
        code = "multiplex-text";
    if (code == NULL)
        return TRUE;
    JsonObject *more = json_object_new();
    if (why != NULL)
        json_object_set_string_member(more, "detail", why);
    api_problem_reply_with(exchange, 422, code, more);
    return FALSE;
}

static gboolean
take_text(ApiCall *call, const char *name, gsize most_bytes, char **field, GError **error)
{
    const char *text = NULL;
    if (!api_call_take_text(call, name, most_bytes, &text, error))
        return FALSE;
    if (text != NULL)
        *field = g_strstrip(g_strdup(text));
    return TRUE;
}

static gboolean
take_wanted(ApiCall *call, CatalogMultiplexes *wanted, GError **error)
{
    static const char *const names[] = {"uri", "name", "text_default", "tuners", NULL};
    ((Wanted *)call->extra)->has_tuners = json_object_has_member(call->body, "tuners");
    return api_call_refuse_others(call, names, error) &&
           api_call_take_number(call, "tuners", &wanted->tuners, error) &&
           take_text(call, "uri", URI_BYTES_MAX, &wanted->uri, error) &&
           take_text(call, "name", NAME_BYTES_MAX, &wanted->name, error) &&
           take_text(call, "text_default", 32, &wanted->text_default, error);
}

/* An address that is there already has a sentence of its own. */
static gboolean
explain(GError *cause, GError **error)
{
    if (g_error_matches(cause, CATALOG_ERROR, CATALOG_ERROR_CONFLICT)) {
        g_set_error_literal(error, API_PROBLEM_ERROR, API_PROBLEM_ERROR_PRECONDITION,
                            "changed meanwhile");
        g_error_free(cause);
    } else {
        g_propagate_error(error, cause);
    }
    return FALSE;
}

/* The number of a new one: 0 is what all have at first. */
static gboolean
set_tuners(CatalogDatabase *database, ApiCall *call, gint64 tuners, GError **error)
{
    if (tuners == 0)
        return TRUE;
    g_autoptr(CatalogMultiplexes) edited = catalog_multiplexes_get(database, call->id, error);
    if (edited == NULL)
        return FALSE;
    edited->tuners = tuners;
    return catalog_multiplexes_edit(database, edited, &call->stamp, error);
}

static gboolean
write_new(CatalogDatabase *database, ApiCall *call, GError **error)
{
    const CatalogMultiplexes *wanted = ((Wanted *)call->extra)->row;
    g_autofree char *shown = intake_address_hide_secrets(wanted->uri);
    const char *name = wanted->name != NULL && *wanted->name != '\0' ? wanted->name : shown;
    call->id = catalog_multiplexes_add(database, wanted->uri, name,
                                       wanted->text_default != NULL ? wanted->text_default : "",
                                       &call->stamp, error);
    return call->id != NULL && set_tuners(database, call, wanted->tuners, error) &&
           read_one(database, call, error);
}

static void
render_created(ApiCall *call)
{
    g_autofree char *location = g_strdup_printf("/api/v1/multiplexes/%s", call->id);
    http_exchange_set_header(call->exchange, "Location", location);
    note_changed(call);
    reply_one(call, 201);
}

void
api_multiplexes_create(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new(exchange);
    g_autoptr(GError) error = NULL;
    const char *uri = NULL;
    if (call == NULL)
        return;
    CatalogMultiplexes *wanted = attach_wanted(call);
    if (!api_call_require_text(call, "uri", URI_BYTES_MAX, &uri, &error) ||
        !take_wanted(call, wanted, &error))
        api_problem_reply_error(exchange, error);
    else if (check_wanted(exchange, wanted))
        api_call_write(g_steal_pointer(&call), write_new, render_created);
}

static gboolean
write_changes(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Wanted *extra = call->extra;
    const CatalogMultiplexes *wanted = extra->row;
    GError *cause = NULL;
    g_autoptr(CatalogMultiplexes) edited = catalog_multiplexes_get(database, call->id, error);
    if (edited == NULL)
        return FALSE;
    const struct {
        const char *from; // (unowned) (nullable)
        char **to;        // (unowned)
    } texts[] = {
        {wanted->uri, &edited->uri},
        {wanted->name, &edited->name},
        {wanted->text_default, &edited->text_default},
    };
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (texts[i].from == NULL || strcmp(texts[i].from, *texts[i].to) == 0)
            continue;
        // Another name is no reason to take the packets from whoever watches.
        extra->moved = extra->moved || texts[i].to != &edited->name;
        g_free(*texts[i].to);
        *texts[i].to = g_strdup(texts[i].from);
    }
    if (extra->has_tuners)
        edited->tuners = wanted->tuners;
    if (call->revision != API_CALL_ANY_REVISION)
        edited->revision = call->revision;
    if (!catalog_multiplexes_edit(database, edited, &call->stamp, &cause))
        return explain(cause, error);
    return read_one(database, call, error);
}

static void
render_changed(ApiCall *call)
{
    note_changed(call);
    reply_one(call, 200);
}

void
api_multiplexes_update(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new(exchange);
    g_autoptr(GError) error = NULL;
    if (call == NULL)
        return;
    CatalogMultiplexes *wanted = attach_wanted(call);
    if (call->body == NULL)
        api_problem_reply(exchange, 400, "malformed", "the body is missing");
    else if (!take_wanted(call, wanted, &error))
        api_problem_reply_error(exchange, error);
    else if (api_revision_require_match(call) && check_wanted(exchange, wanted))
        api_call_write(g_steal_pointer(&call), write_changes, render_changed);
}

static gboolean
write_removal(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Wanted *wanted = call->extra;
    g_autoptr(CatalogMultiplexes) before = catalog_multiplexes_get(database, call->id, error);
    if (before == NULL || !api_revision_check(call, TRUE, before->revision, error))
        return FALSE;
    wanted->moved = TRUE;
    return catalog_multiplexes_delete(database, call->id, &call->stamp, error);
}

static void
render_removed(ApiCall *call)
{
    note_changed(call);
    http_exchange_reply_empty(call->exchange, 204);
}

void
api_multiplexes_remove(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new(exchange);
    if (call == NULL)
        return;
    attach_wanted(call);
    if (api_revision_require_match(call))
        api_call_write(g_steal_pointer(&call), write_removal, render_removed);
}

static void
render_scanning(ApiCall *call)
{
    flows_intake_scan(server_app_get_intake(call->app), call->id);
    reply_one(call, 202);
}

void
api_multiplexes_scan(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_one, render_scanning);
}
