// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Full-text search over titles and descriptions (FTS5 with the Thai tokenizer). Called by lessons.c
// and lessonlist.c; everybody else searches through catalog_lessonlist_list(). On the connection's
// thread, inside a transaction.
#pragma once

#include "catalog/database.h"

/** Puts a lesson's text into the index, or replaces what is there. */
gboolean catalog_search_index(CatalogDatabase *database, const char *lesson_id, const char *title,
                              const char *description, GError **error);

/** Takes a lesson's text out of the index, before its row goes. */
gboolean catalog_search_forget(CatalogDatabase *database, const char *lesson_id, GError **error);

typedef struct {
    const char *query;      // as typed: any text at all; without a word in it nothing matches
    const char *account_id; // (nullable): the viewer, see CatalogLessonlistViewer
    gboolean sees_all;      // the viewer
    const char *owner_id;   // (nullable): only lessons of this account
    const char *state;      // (nullable): only lessons in this state, as shown
    guint offset;           // results to leave out
    guint limit;            // results to give
} CatalogSearchRequest;

/**
 * catalog_search_find:
 *
 * Returns: (transfer full) (element-type utf8): lesson ids, whole words in the title first, then
 * words begun in the title, then the description; newest first among equals.
 */
GPtrArray *catalog_search_find(CatalogDatabase *database, const CatalogSearchRequest *request,
                               GError **error);

/** Rebuilds the index when words are found otherwise than when it was made: another tokenizer,
 * another dictionary of the system. Called when a connection opens for writing. */
gboolean catalog_search_refresh(CatalogDatabase *database, GError **error);

/** Says of an index that does not fit its documents: FALSE with CORRUPT. */
gboolean catalog_search_check(CatalogDatabase *database, GError **error);
