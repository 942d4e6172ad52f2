// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads and renders pages.
#include "server/api/paging.h"

#include "server/api/problem.h"

static void
free_paging(gpointer data)
{
    ApiPaging *paging = data;
    g_free(paging->cursor);
    g_free(paging);
}

ApiCall *
api_paging_begin(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new(exchange);
    g_autoptr(GError) error = NULL;
    if (call == NULL)
        return NULL;
    ApiPaging *paging = g_new0(ApiPaging, 1);
    call->extra = paging;
    call->free_extra = free_paging;
    paging->cursor = g_strdup(http_exchange_get_query(exchange, "cursor"));
    if (api_call_read_limit(call, &paging->limit, &error))
        return g_steal_pointer(&call);
    api_problem_reply_error(exchange, error);
    return NULL;
}

ApiViewsReader
api_paging_make_reader(ApiCall *call)
{
    ApiViewsReader reader = {call->account, api_problem_choose_language(call->exchange)};
    return reader;
}

void
api_paging_render(ApiCall *call, ApiViewsRender render)
{
    const CatalogPage *page = call->result;
    ApiViewsReader reader = api_paging_make_reader(call);
    http_exchange_reply_json(
        call->exchange, 200,
        api_views_render_list(page->items, page->next_cursor, render, &reader));
}
