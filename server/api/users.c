// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Making, changing and listing accounts; a password is hashed before its write is asked for.
#include "server/api/users.h"

#include <string.h>

#include <sodium.h>

#include "catalog/accounts.h"
#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/passwords.h"
#include "server/api/paging.h"
#include "server/api/problem.h"
#include "server/flows/class.h"

#define NAME_BYTES_MAX 256

// An account on its way to being made or given a password; the call's extra.
typedef struct {
    CatalogAccount *account; // (owned) (nullable)
    char *password;          // (owned) (nullable), shown once after a reset
    char *hash;              // (owned) (nullable)
    ApiCallWork work;        // what to do with the hash
    ApiCallRender render;    // how to answer
} Draft;

static void
free_draft(gpointer data)
{
    Draft *draft = data;
    g_clear_pointer(&draft->account, catalog_account_free);
    if (draft->password != NULL)
        sodium_memzero(draft->password, strlen(draft->password));
    g_free(draft->password);
    g_free(draft->hash);
    g_free(draft);
}

static gboolean
refuse(GError **error, const char *why)
{
    g_set_error_literal(error, API_PROBLEM_ERROR, API_PROBLEM_ERROR_INVALID, why);
    return FALSE;
}

static gboolean
read_users(CatalogDatabase *database, ApiCall *call, GError **error)
{
    const ApiPaging *paging = call->extra;
    api_call_set_result(call, catalog_accounts_list(database, paging->cursor, paging->limit, error),
                        (GDestroyNotify)catalog_page_free);
    return call->result != NULL;
}

static void
render_users(ApiCall *call)
{
    api_paging_render(call, api_views_render_account);
}

void
api_users_list(HttpExchange *exchange)
{
    ApiCall *call = api_paging_begin(exchange);
    if (call != NULL)
        api_call_read(call, read_users, render_users);
}

static gboolean
read_one(CatalogDatabase *database, ApiCall *call, GError **error)
{
    api_call_set_result(call, catalog_accounts_get(database, call->id, error),
                        (GDestroyNotify)catalog_account_free);
    return call->result != NULL;
}

static void
reply_account(ApiCall *call, guint status)
{
    ApiViewsReader reader = api_paging_make_reader(call);
    http_exchange_reply_json(call->exchange, status,
                             api_views_wrap(api_views_render_account(call->result, &reader)));
}

static void
render_account(ApiCall *call)
{
    reply_account(call, 200);
}

static void
render_created(ApiCall *call)
{
    g_autofree char *location =
        g_strdup_printf("/api/v1/users/%s", ((CatalogAccount *)call->result)->id);
    http_exchange_set_header(call->exchange, "Location", location);
    reply_account(call, 201);
}

void
api_users_get(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_one, render_account);
}

static gboolean
write_account(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Draft *draft = call->extra;
    call->id = g_strdup(draft->account->id);
    return catalog_accounts_create(database, draft->account, draft->hash, &call->stamp, error) &&
           read_one(database, call, error);
}

static void
on_hashed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(ApiCall) call = user_data;
    Draft *draft = call->extra;
    g_autoptr(GError) error = NULL;
    draft->hash = server_hasher_hash_finish(result, &error);
    if (draft->hash == NULL)
        api_problem_reply_error(call->exchange, error);
    else
        api_call_write(g_steal_pointer(&call), draft->work, draft->render);
}

static gboolean
take_role(ApiCall *call, CatalogAccountRole *role, GError **error)
{
    const char *word = NULL;
    if (!api_call_take_text(call, "role", 64, &word, error))
        return FALSE;
    if (word == NULL || catalog_account_role_from_text(word, role))
        return TRUE;
    return refuse(error, "role is not one of the roles");
}

static gboolean
take_display_name(ApiCall *call, CatalogAccount *account, GError **error)
{
    const char *text = NULL;
    if (!api_call_take_text(call, "display_name", NAME_BYTES_MAX, &text, error))
        return FALSE;
    if (text == NULL || *text == '\0')
        return TRUE;
    g_free(account->display_name);
    account->display_name = g_strdup(text);
    return TRUE;
}

static gboolean
parse_draft(ApiCall *call, Draft *draft, GError **error)
{
    static const char *const names[] = {"name", "display_name", "role", "password", NULL};
    const char *name = NULL, *password = NULL;
    CatalogAccountRole role = CATALOG_ACCOUNT_ROLE_LEARNER;
    if (!api_call_refuse_others(call, names, error) ||
        !api_call_require_text(call, "name", NAME_BYTES_MAX, &name, error) ||
        !api_call_require_text(call, "password", CATALOG_PASSWORDS_BYTES_MAX, &password, error) ||
        !take_role(call, &role, error))
        return FALSE;
    g_autofree char *id = catalog_ids_new(call->stamp.now_ms);
    draft->account = catalog_account_new(id, name, role);
    draft->password = g_strdup(password);
    return take_display_name(call, draft->account, error);
}

static Draft *
attach_draft(ApiCall *call, ApiCallWork work, ApiCallRender render)
{
    Draft *draft = g_new0(Draft, 1);
    draft->work = work;
    draft->render = render;
    call->extra = draft;
    call->free_extra = free_draft;
    return draft;
}

static void
hash_draft(ApiCall *call)
{
    Draft *draft = call->extra;
    server_hasher_hash_async(server_app_get_hasher(call->app), draft->password, on_hashed, call);
}

void
api_users_create(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new(exchange);
    g_autoptr(GError) error = NULL;
    if (call == NULL)
        return;
    Draft *draft = attach_draft(call, write_account, render_created);
    if (parse_draft(call, draft, &error))
        hash_draft(g_steal_pointer(&call));
    else
        api_problem_reply_error(exchange, error);
}

static gboolean
write_changes(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(CatalogAccount) account = catalog_accounts_get(database, call->id, error);
    if (account == NULL || !take_display_name(call, account, error) ||
        !take_role(call, &account->role, error) ||
        !api_call_take_boolean(call, "disabled", &account->disabled, error))
        return FALSE;
    return catalog_accounts_update(database, account, &call->stamp, error) &&
           read_one(database, call, error);
}

/* Who may make lessons no more sends no class either. */
static void
render_changed(ApiCall *call)
{
    flows_class_wake(server_app_get_class(call->app));
    render_account(call);
}

void
api_users_update(HttpExchange *exchange)
{
    static const char *const names[] = {"display_name", "role", "disabled", NULL};
    g_autoptr(ApiCall) call = api_call_new(exchange);
    if (call != NULL && api_call_require_body(call, names))
        api_call_write(g_steal_pointer(&call), write_changes, render_changed);
}

static gboolean
write_password(CatalogDatabase *database, ApiCall *call, GError **error)
{
    const Draft *draft = call->extra;
    return catalog_accounts_set_password(database, call->id, draft->hash, NULL, &call->stamp,
                                         error);
}

static void
render_password(ApiCall *call)
{
    const Draft *draft = call->extra;
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "password", draft->password);
    http_exchange_set_header(call->exchange, "Cache-Control", "no-store");
    http_exchange_reply_json(call->exchange, 200, api_views_wrap(object));
}

void
api_users_reset_password(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call == NULL)
        return;
    Draft *draft = attach_draft(call, write_password, render_password);
    draft->password = catalog_passwords_generate();
    hash_draft(call);
}
