// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// List, make, remove; the token itself is seen once.
#include "server/api/tokens.h"

#include "catalog/tokens.h"
#include "server/api/paging.h"
#include "server/api/problem.h"

#define LABEL_BYTES_MAX 400

static gboolean
read_tokens(CatalogDatabase *database, ApiCall *call, GError **error)
{
    api_call_set_result(call, catalog_tokens_list(database, call->account->id, error),
                        (GDestroyNotify)g_ptr_array_unref);
    return call->result != NULL;
}

static void
render_tokens(ApiCall *call)
{
    ApiViewsReader reader = api_paging_make_reader(call);
    http_exchange_reply_json(
        call->exchange, 200,
        api_views_render_list(call->result, NULL, api_views_render_token, &reader));
}

void
api_tokens_list(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_tokens, render_tokens);
}

static gboolean
write_token(CatalogDatabase *database, ApiCall *call, GError **error)
{
    CatalogTokensEntry *entry = NULL;
    char *token = catalog_tokens_create(database, call->account->id, call->extra, &call->stamp,
                                        &entry, error);
    if (token == NULL)
        return FALSE;
    api_call_set_result(call, entry, (GDestroyNotify)catalog_tokens_free_entry);
    g_free(call->extra);
    call->extra = token;
    return TRUE;
}

static void
render_token(ApiCall *call)
{
    ApiViewsReader reader = api_paging_make_reader(call);
    JsonObject *object = api_views_render_token(call->result, &reader);
    json_object_set_string_member(object, "token", call->extra);
    http_exchange_set_header(call->exchange, "Cache-Control", "no-store");
    http_exchange_reply_json(call->exchange, 201, api_views_wrap(object));
}

void
api_tokens_create(HttpExchange *exchange)
{
    static const char *const names[] = {"label", NULL};
    g_autoptr(ApiCall) call = api_call_new(exchange);
    g_autoptr(GError) error = NULL;
    const char *label = NULL;
    if (call == NULL)
        return;
    if (!api_call_refuse_others(call, names, &error) ||
        !api_call_require_text(call, "label", LABEL_BYTES_MAX, &label, &error)) {
        api_problem_reply_error(exchange, error);
        return;
    }
    call->extra = g_strdup(label);
    call->free_extra = g_free;
    api_call_write(g_steal_pointer(&call), write_token, render_token);
}

static gboolean
remove_token(CatalogDatabase *database, ApiCall *call, GError **error)
{
    return catalog_tokens_remove(database, call->account->id, call->id, &call->stamp, error);
}

static void
render_removed(ApiCall *call)
{
    http_exchange_reply_empty(call->exchange, 204);
}

void
api_tokens_remove(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_write(call, remove_token, render_removed);
}
