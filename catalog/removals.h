// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Lessons whose last day was long ago go for good: first their rows, in one transaction that also
// remembers whose files are to go; then the files; then what was remembered. So a kill at any
// moment neither loses a lesson that somebody restored nor leaves its files for ever. All
// functions: on the connection's thread, inside a transaction.
#pragma once

#include "catalog/database.h"

#define CATALOG_REMOVALS_A_ROUND 20

/** Returns: (transfer full) (element-type utf8): ids of lessons that were to be kept until @now_ms
 * or earlier and are not withdrawn yet, at most a hundred: catalog_lessons_withdraw_expired() takes
 * them. */
GPtrArray *catalog_removals_list_expired(CatalogDatabase *database, gint64 now_ms, GError **error);

/** Removes the rows of at most CATALOG_REMOVALS_A_ROUND lessons that are withdrawn and whose
 * last day was @before_ms or earlier, of which nothing is under way. Their history stays. */
gboolean catalog_removals_run(CatalogDatabase *database, gint64 before_ms, gint64 now_ms,
                              GError **error);

/** Returns: (transfer full) (element-type utf8): ids of lessons whose rows are gone and whose files
 * are to go. */
GPtrArray *catalog_removals_list(CatalogDatabase *database, GError **error);

/** The files of @lesson_id are gone. */
gboolean catalog_removals_forget(CatalogDatabase *database, const char *lesson_id, GError **error);
