// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A connection: how it is opened, its pragmas, its transactions. Schema steps
// are in migrations.c.
#include "catalog/database.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <sqlite3.h>

#include "catalog/connection.h"
#include "catalog/error.h"
#include "catalog/fts.h"
#include "catalog/migrations.h"
#include "catalog/search.h"
#include "catalog/statement.h"

#define BUSY_TIMEOUT_MS 5000

static const char PRAGMAS_SQL[] = "PRAGMA synchronous = FULL;"
                                  "PRAGMA foreign_keys = ON;"
                                  "PRAGMA trusted_schema = OFF;"
                                  "PRAGMA temp_store = MEMORY;"
                                  "PRAGMA cache_size = -16000;"
                                  "PRAGMA journal_size_limit = 67108864;";
static const char WAL_SQL[] = "PRAGMA journal_mode = WAL;";
static const char QUERY_ONLY_SQL[] = "PRAGMA query_only = ON;";

/* Password hashes are inside, so the file is made for its owner alone before SQLite sees it. A file
 * that is there is never opened here: closing it would drop the POSIX locks of every other
 * connection of this process, and then another process may delete the log under it. */
static gboolean
make_private_file(const char *path, GError **error)
{
    int fd = g_open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return TRUE;
    if (fd < 0) {
        int saved_errno = errno;
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_IO, "%s: %s", path,
                    g_strerror(saved_errno));
        return FALSE;
    }
    return g_close(fd, error);
}

static CatalogDatabase *
open_handle(const char *path, GError **error)
{
    if (sodium_init() < 0)
        g_error("libsodium cannot start");
    g_autoptr(CatalogDatabase) database = catalog_connection_new(path, error);
    if (database == NULL)
        return NULL;
    sqlite3 *handle = catalog_connection_get_handle(database);
    sqlite3_busy_timeout(handle, BUSY_TIMEOUT_MS);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
    if (!catalog_fts_register(database, error) ||
        !catalog_statement_run_script(database, PRAGMAS_SQL, error))
        return NULL;
    return g_steal_pointer(&database);
}

CatalogDatabase *
catalog_database_open(const char *path, GError **error)
{
    if (!make_private_file(path, error))
        return NULL;
    g_autoptr(CatalogDatabase) database = open_handle(path, error);
    if (database == NULL || !catalog_migrations_check_identity(database, error) ||
        !catalog_statement_run_script(database, WAL_SQL, error) ||
        !catalog_migrations_run(database, error) || !catalog_search_refresh(database, error))
        return NULL;
    return g_steal_pointer(&database);
}

CatalogDatabase *
catalog_database_open_reader(const char *path, GError **error)
{
    g_autoptr(CatalogDatabase) database = open_handle(path, error);
    if (database == NULL || !catalog_migrations_check_identity(database, error) ||
        !catalog_statement_run_script(database, QUERY_ONLY_SQL, error))
        return NULL;
    return g_steal_pointer(&database);
}

static const char BEGIN_WRITE_SQL[] = "BEGIN IMMEDIATE";
static const char BEGIN_READ_SQL[] = "BEGIN";
static const char COMMIT_SQL[] = "COMMIT";
static const char ROLLBACK_SQL[] = "ROLLBACK";

static gboolean
run_single(CatalogDatabase *database, const char *sql, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, sql);
    return catalog_statement_run(statement, error);
}

static gboolean
run_between(CatalogDatabase *database, const char *begin_sql, CatalogDatabaseWork work,
            gpointer data, GError **error)
{
    if (!run_single(database, begin_sql, error))
        return FALSE;
    if (work(database, data, error) && run_single(database, COMMIT_SQL, error))
        return TRUE;
    // SQLite may have rolled back by itself (disk full); a second time would be an error.
    if (!sqlite3_get_autocommit(catalog_connection_get_handle(database)))
        run_single(database, ROLLBACK_SQL, NULL);
    return FALSE;
}

gboolean
catalog_database_run_write(CatalogDatabase *database, CatalogDatabaseWork work, gpointer data,
                           GError **error)
{
    return run_between(database, BEGIN_WRITE_SQL, work, data, error);
}

gboolean
catalog_database_run_read(CatalogDatabase *database, CatalogDatabaseWork work, gpointer data,
                          GError **error)
{
    return run_between(database, BEGIN_READ_SQL, work, data, error);
}

static const char VERSION_SQL[] = "PRAGMA data_version";

gboolean
catalog_database_read_version(CatalogDatabase *database, gint64 *version, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, VERSION_SQL);
    if (catalog_statement_next(statement))
        *version = catalog_statement_get_int(statement, "data_version");
    return catalog_statement_finish(statement, error);
}

void
catalog_database_free(CatalogDatabase *database)
{
    catalog_connection_free(database);
}
