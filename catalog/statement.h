// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A prepared statement, from the connection's cache: the only place of the catalogue that steps. A
// fault of preparing or binding is kept and told by the next call that can tell it, so that callers
// check once. All functions: on the connection's thread.
#pragma once

#include "catalog/database.h"

typedef struct _CatalogStatement CatalogStatement;

/** Returns: (transfer full): @sql (static text), ready to bind. Never NULL. */
CatalogStatement *catalog_statement_new(CatalogDatabase *database, const char *sql);

/** @value: (nullable): NULL binds NULL; text that is not UTF-8 is kept as a fault (INVALID).
 * Copied. */
void catalog_statement_bind_text(CatalogStatement *statement, const char *name, const char *value);
void catalog_statement_bind_int(CatalogStatement *statement, const char *name, gint64 value);
void catalog_statement_bind_double(CatalogStatement *statement, const char *name, double value);

/** Binds @pointer of SQLite's pointer type @type (static text). */
void catalog_statement_bind_pointer(CatalogStatement *statement, const char *name, gpointer pointer,
                                    const char *type);

/** @texts: (element-type utf8): bound as one JSON array, for json_each(). */
void catalog_statement_bind_list(CatalogStatement *statement, const char *name, GPtrArray *texts);

/** Returns: TRUE when there is a row to read; FALSE at the end or at a fault: ask _finish(). */
gboolean catalog_statement_next(CatalogStatement *statement);

/** Returns: FALSE when there was a fault. */
gboolean catalog_statement_finish(CatalogStatement *statement, GError **error);

/** After _next() said FALSE where a row was wanted: sets the fault, or NOT_FOUND "no such @what".
 */
void catalog_statement_finish_missing(CatalogStatement *statement, const char *what,
                                      GError **error);

/** Steps to the end. Returns: FALSE when there was a fault. */
gboolean catalog_statement_run(CatalogStatement *statement, GError **error);

/** Steps to the end; @changed (out): rows that were changed. */
gboolean catalog_statement_run_counting(CatalogStatement *statement, gint64 *changed,
                                        GError **error);

/** A guarded update: as _run(), and CONFLICT with @why when no row was changed. */
gboolean catalog_statement_run_guarded(CatalogStatement *statement, const char *why,
                                       GError **error);

/** Columns of the current row by name. Text is valid until the next step; NULL is NULL, 0, 0.0. */
const char *catalog_statement_get_text(CatalogStatement *statement, const char *column);
char *catalog_statement_dup_text(CatalogStatement *statement, const char *column);
gint64 catalog_statement_get_int(CatalogStatement *statement, const char *column);
double catalog_statement_get_double(CatalogStatement *statement, const char *column);

/** Runs the statements of @script (not cached) one after the other; rows are ignored. */
gboolean catalog_statement_run_script(CatalogDatabase *database, const char *script,
                                      GError **error);

void catalog_statement_free(CatalogStatement *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogStatement, catalog_statement_free)
