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

/**
 * catalog_search_build_expression:
 * @query: as typed: any text at all
 *
 * Returns: (transfer full): an FTS5 expression that is valid whatever @query was; NULL when there
 * is no word in it (then nothing matches).
 */
char *catalog_search_build_expression(CatalogDatabase *database, const char *query);
