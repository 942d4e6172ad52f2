// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One connection to the catalogue: a thread has its own and shares it with nobody. Opening brings
// the schema up to date. The verbs open one directly; the daemon lets CatalogThreads do it.
#pragma once

#include <gio/gio.h>

typedef struct _CatalogDatabase CatalogDatabase;

/**
 * CatalogDatabaseWork:
 * @database: the connection of the running thread, inside a transaction
 * @data: the caller's
 *
 * Returns: TRUE to commit, FALSE with @error set to roll everything back.
 */
typedef gboolean (*CatalogDatabaseWork)(CatalogDatabase *database, gpointer data, GError **error);

/**
 * catalog_database_open:
 * @path: the catalogue file; made when it does not exist (its folder must)
 * @error: NEWER_SCHEMA, CORRUPT, BUSY, IO
 *
 * Opens for reading and writing (WAL, synchronous=FULL, foreign keys) and migrates to the newest
 * schema, one transaction a step. The calling thread owns the connection.
 *
 * Returns: (transfer full): the connection, or NULL; nothing is deleted in any case.
 */
CatalogDatabase *catalog_database_open(const char *path, GError **error);

/** As catalog_database_open(), for reading only: writes fail, no migration is run. */
CatalogDatabase *catalog_database_open_reader(const char *path, GError **error);

/**
 * catalog_database_run_write:
 *
 * Runs @work between BEGIN IMMEDIATE and COMMIT on the calling (owning) thread; rolled back when it
 * fails. When it returns TRUE the changes are on the disk. Waits at most 5 s for another process.
 *
 * Returns: FALSE with the error of @work, or BUSY, CORRUPT, IO.
 */
gboolean catalog_database_run_write(CatalogDatabase *database, CatalogDatabaseWork work,
                                    gpointer data, GError **error);

/** Runs @work in a read transaction: all its queries see one state of the catalogue. */
gboolean catalog_database_run_read(CatalogDatabase *database, CatalogDatabaseWork work,
                                   gpointer data, GError **error);

/**
 * catalog_database_read_version:
 * @version: (out): a number that differs from the last one seen on this connection when somebody
 * else committed in between
 *
 * Asked on the writer thread (as a write work) it tells what other processes wrote, since readers
 * never write; that is how a running server notices the verbs.
 */
gboolean catalog_database_read_version(CatalogDatabase *database, gint64 *version, GError **error);

/** Closes; an open transaction is rolled back. The owning thread. */
void catalog_database_free(CatalogDatabase *database);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogDatabase, catalog_database_free)
