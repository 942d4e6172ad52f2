// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Integrity check and online backup.
#include "catalog/backup.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <unistd.h>

#include "catalog/connection.h"
#include "catalog/error.h"
#include "catalog/search.h"
#include "catalog/statement.h"

#define FAULTS_MAX 100

static const char INTEGRITY_SQL[] = "PRAGMA integrity_check(100)";
static const char FOREIGN_KEYS_SQL[] = "PRAGMA foreign_key_check";

static gboolean
collect_integrity(CatalogDatabase *database, GPtrArray *faults, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, INTEGRITY_SQL);
    while (catalog_statement_next(statement)) {
        const char *text = catalog_statement_get_text(statement, "integrity_check");
        if (g_strcmp0(text, "ok") != 0)
            g_ptr_array_add(faults, g_strdup(text));
    }
    return catalog_statement_finish(statement, error);
}

static gboolean
collect_foreign_keys(CatalogDatabase *database, GPtrArray *faults, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, FOREIGN_KEYS_SQL);
    while (faults->len < FAULTS_MAX && catalog_statement_next(statement))
        g_ptr_array_add(faults, g_strdup_printf("a row of %s names a row of %s that is not there",
                                                catalog_statement_get_text(statement, "table"),
                                                catalog_statement_get_text(statement, "parent")));
    return catalog_statement_finish(statement, error);
}

GPtrArray *
catalog_backup_check(CatalogDatabase *database, GError **error)
{
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) fault = NULL;
    // A file that is too broken to be read is a finding, not a failure to look.
    if (!collect_integrity(database, faults, &fault) ||
        !collect_foreign_keys(database, faults, &fault) ||
        !catalog_search_check(database, &fault)) {
        if (!g_error_matches(fault, CATALOG_ERROR, CATALOG_ERROR_CORRUPT)) {
            g_propagate_error(error, g_steal_pointer(&fault));
            return NULL;
        }
        g_ptr_array_add(faults, g_strdup(fault->message));
    }
    return g_steal_pointer(&faults);
}

/* Copies all pages in one step, which holds a read snapshot: writers go on meanwhile (WAL). */
static int
copy_pages(sqlite3 *from, sqlite3 *to)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (backup == NULL)
        return sqlite3_extended_errcode(to);
    int code = sqlite3_backup_step(backup, -1);
    int finish_code = sqlite3_backup_finish(backup);
    return code == SQLITE_DONE ? finish_code : code;
}

static gboolean
sync_path(const char *path, GError **error)
{
    int fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);
    gboolean synced = fd >= 0 && fsync(fd) == 0;
    int saved_errno = errno;
    if (fd >= 0)
        g_close(fd, NULL);
    if (!synced)
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_IO, "%s: %s", path,
                    g_strerror(saved_errno));
    return synced;
}

static gboolean
write_copy(CatalogDatabase *database, const char *path, GError **error)
{
    sqlite3 *copy = NULL;
    int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int code = sqlite3_open_v2(path, &copy, flags, NULL);
    if (code == SQLITE_OK)
        code = copy_pages(catalog_connection_get_handle(database), copy);
    if (code != SQLITE_OK)
        catalog_connection_set_error(copy, code, error);
    sqlite3_close(copy);
    return code == SQLITE_OK && sync_path(path, error);
}

/* link() and not rename(): it refuses to replace what is there. */
static gboolean
publish_copy(const char *staged, const char *path, GError **error)
{
    if (link(staged, path) != 0) {
        int saved_errno = errno;
        g_set_error(error, CATALOG_ERROR,
                    saved_errno == EEXIST ? CATALOG_ERROR_EXISTS : CATALOG_ERROR_IO, "%s: %s", path,
                    g_strerror(saved_errno));
        return FALSE;
    }
    g_autofree char *folder = g_path_get_dirname(path);
    return sync_path(folder, error);
}

gboolean
catalog_backup_write(CatalogDatabase *database, const char *path, GError **error)
{
    g_autofree char *staged = g_strconcat(path, ".part", NULL);
    g_unlink(staged);
    int fd = g_open(staged, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        int saved_errno = errno;
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_IO, "%s: %s", staged,
                    g_strerror(saved_errno));
        return FALSE;
    }
    gboolean written = g_close(fd, error) && write_copy(database, staged, error) &&
                       publish_copy(staged, path, error);
    g_unlink(staged);
    return written;
}
