// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The inside of a connection: SQLite's handle, the idle prepared statements, the thread's
// tokenizer, and the one table from SQLite's codes to ours. Called by database.c, statement.c,
// backup.c, fts.c and search.c.
#include "catalog/connection.h"

#include "catalog/error.h"

struct _CatalogDatabase {
    sqlite3 *handle;             // (owned)
    GHashTable *prepared;        // (owned) (element-type static-text sqlite3_stmt): idle ones
    CatalogTokenizer *tokenizer; // (owned): this thread's
};

static void
finalize_prepared(gpointer prepared)
{
    sqlite3_finalize(prepared);
}

CatalogDatabase *
catalog_connection_new(const char *path, GError **error)
{
    g_autoptr(CatalogDatabase) database = g_new0(CatalogDatabase, 1);
    database->prepared = g_hash_table_new_full(NULL, NULL, NULL, finalize_prepared);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int code = sqlite3_open_v2(path, &database->handle, flags, NULL);
    if (code != SQLITE_OK) {
        catalog_connection_set_error(database->handle, code, error);
        return NULL;
    }
    database->tokenizer = catalog_tokenizer_new(error);
    return database->tokenizer != NULL ? g_steal_pointer(&database) : NULL;
}

void
catalog_connection_free(CatalogDatabase *database)
{
    if (database == NULL)
        return;
    g_clear_pointer(&database->prepared, g_hash_table_unref);
    // The handle goes first: FTS5 still uses the tokenizer while it closes.
    sqlite3_close(database->handle);
    g_clear_pointer(&database->tokenizer, catalog_tokenizer_free);
    g_free(database);
}

sqlite3 *
catalog_connection_get_handle(CatalogDatabase *database)
{
    return database->handle;
}

CatalogTokenizer *
catalog_connection_get_tokenizer(CatalogDatabase *database)
{
    return database->tokenizer;
}

sqlite3_stmt *
catalog_connection_take_prepared(CatalogDatabase *database, const char *sql)
{
    gpointer prepared = NULL;
    g_hash_table_steal_extended(database->prepared, sql, NULL, &prepared);
    return prepared;
}

void
catalog_connection_give_prepared(CatalogDatabase *database, const char *sql, sqlite3_stmt *prepared)
{
    sqlite3_reset(prepared);
    sqlite3_clear_bindings(prepared);
    g_hash_table_replace(database->prepared, (gpointer)sql, prepared);
}

static CatalogError
map_code(int code)
{
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return CATALOG_ERROR_EXISTS;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return CATALOG_ERROR_NOT_FOUND;
    default:
        break;
    }
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
        return CATALOG_ERROR_BUSY;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
        return CATALOG_ERROR_INVALID;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return CATALOG_ERROR_CORRUPT;
    default:
        return CATALOG_ERROR_IO;
    }
}

void
catalog_connection_set_error(sqlite3 *handle, int code, GError **error)
{
    g_set_error(error, CATALOG_ERROR, map_code(code), "catalogue: %s (%d)",
                handle != NULL ? sqlite3_errmsg(handle) : sqlite3_errstr(code), code);
}
