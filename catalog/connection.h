// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The inside of a connection, for database.c, statement.c, backup.c, fts.c and search.c alone.
#pragma once

#include <sqlite3.h>

#include "catalog/database.h"
#include "catalog/tokenizer.h"

/** Returns: (transfer full): a connection to the file that is there, with its tokenizer; no pragma
 * is set yet. */
CatalogDatabase *catalog_connection_new(const char *path, GError **error);

/** Closes; nullable. */
void catalog_connection_free(CatalogDatabase *database);

/** Returns: (transfer none): SQLite's handle. */
sqlite3 *catalog_connection_get_handle(CatalogDatabase *database);

/** Returns: (transfer none): the connection's own Thai tokenizer. */
CatalogTokenizer *catalog_connection_get_tokenizer(CatalogDatabase *database);

/** Returns: (transfer full) (nullable): an idle prepared statement of this very text. */
sqlite3_stmt *catalog_connection_take_prepared(CatalogDatabase *database, const char *sql);

/** Takes back a statement for reuse: reset, bindings cleared. */
void catalog_connection_give_prepared(CatalogDatabase *database, const char *sql,
                                      sqlite3_stmt *prepared);

/** Sets @error from SQLite's @code and, where there is one, the handle's message. */
void catalog_connection_set_error(sqlite3 *handle, int code, GError **error);
