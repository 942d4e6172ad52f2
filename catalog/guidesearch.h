// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Searching the guides of channels that are on. The guide changes all day and is small, so it has
// no index: texts are folded as lessons' are, and only those that could match are broken into
// words. On the connection's thread, inside a transaction.
#pragma once

#include "catalog/guide.h"

#define CATALOG_GUIDESEARCH_MOST 100

typedef struct {
    char *channel;       // (owned) id
    char *slug;          // (owned)
    char *name;          // (owned) of the channel
    CatalogGuide *event; // (owned)
    guint rank;          // 0: in the title, 1: in the other texts
} CatalogGuidesearch;

void catalog_guidesearch_free(CatalogGuidesearch *found);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogGuidesearch, catalog_guidesearch_free)

/**
 * catalog_guidesearch_find:
 * @query: as typed: any text; at most 400 bytes count. Without a word in it nothing matches
 *
 * Returns: (transfer full) (element-type CatalogGuidesearch): programmes that are on at any moment
 * from @from_ms until before @until_ms and have all words of @query, the last of them perhaps only
 * begun: those with all in the title first, then by start; CATALOG_GUIDESEARCH_MOST at most.
 */
GPtrArray *catalog_guidesearch_find(CatalogDatabase *database, const char *query, gint64 from_ms,
                                    gint64 until_ms, GError **error);
