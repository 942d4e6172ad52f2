// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Lessons: find, read, edit. What is done with a lesson (withdraw, retry…) is lessonmoves.h.
#pragma once

#include "catalog/page.h"
#include "server/api/call.h"
#include "server/http/exchange.h"

/** GET /api/v1/lessons */
void api_lessons_list(HttpExchange *exchange);

/** GET /api/v1/lessons/{id} */
void api_lessons_get(HttpExchange *exchange);

/** PATCH /api/v1/lessons/{id} */
void api_lessons_update(HttpExchange *exchange);

/**
 * api_lessons_read_page:
 * @query: (nullable): search text
 * @cursor: (nullable): of the page before
 *
 * For /lite: the published lessons that @call's account may watch. Catalogue thread.
 * Returns: (transfer full) (element-type CatalogLesson): the page.
 */
CatalogPage *api_lessons_read_page(CatalogDatabase *database, ApiCall *call, const char *query,
                                   const char *cursor, guint limit, GError **error);

/** Returns: (transfer full): lesson call->id when its account may see it now, else NULL with
 * NOT_FOUND. */
CatalogLesson *api_lessons_read_visible(CatalogDatabase *database, ApiCall *call, GError **error);

/** Returns: (transfer full): lesson call->id when its account may edit it; NULL with FORBIDDEN when
 * it may only see it, with NOT_FOUND when not even that. */
CatalogLesson *api_lessons_read_editable(CatalogDatabase *database, ApiCall *call, GError **error);

/** Renders call->result, a CatalogLesson, with its ETag. */
void api_lessons_render(ApiCall *call);

/** As api_lessons_render() after a change: also tells the hub and the delivery. */
void api_lessons_render_changed(ApiCall *call);
