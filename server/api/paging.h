// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The cursor and limit of a list route, and the answer of one.
#pragma once

#include "catalog/page.h"
#include "server/api/call.h"
#include "server/api/views.h"

typedef struct {
    char *cursor; // (owned) (nullable)
    guint limit;  // 1..200
} ApiPaging;

/**
 * api_paging_begin:
 *
 * Returns: (transfer full) (nullable): a call whose extra is an ApiPaging from the query, or NULL
 * when the exchange is answered.
 */
ApiCall *api_paging_begin(HttpExchange *exchange);

/** Answers with call->result, a CatalogPage, each item by @render. */
void api_paging_render(ApiCall *call, ApiViewsRender render);

/** Returns: for whom @call renders. */
ApiViewsReader api_paging_make_reader(ApiCall *call);
