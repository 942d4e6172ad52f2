// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The catalogue's threads: one writer and some readers, each with its own connection and its own
// bounded queue (1,024 works). When a queue is full the work is refused at once with
// CATALOG_ERROR_BUSY, through the callback as every other answer. Any thread may ask.
#pragma once

#include "catalog/database.h"

typedef struct _CatalogThreads CatalogThreads;

/** Runs on a catalogue thread; see CatalogDatabaseWork. It may touch @data and nothing else. */
typedef CatalogDatabaseWork CatalogThreadsWork;

/**
 * catalog_threads_new:
 * @path: the catalogue file, see catalog_database_open()
 * @readers: number of reader threads, 1 to 16
 *
 * Opens every connection (blocking: call it at start-up) and starts the threads.
 *
 * Returns: (transfer full): the threads, or NULL with the error of catalog_database_open().
 */
CatalogThreads *catalog_threads_new(const char *path, guint readers, GError **error);

/**
 * catalog_threads_write_async:
 * @work: runs on the writer thread inside BEGIN IMMEDIATE..COMMIT; all or nothing
 * @data: (transfer full): given to @work, then to @callback as its user_data, then freed
 * @free_data: (nullable): frees @data after @callback returned, in the caller's context
 * @cancellable: (nullable): before @work began: G_IO_ERROR_CANCELLED; afterwards it is ignored
 * @callback: (nullable): called exactly once, in the thread-default context of the caller (which
 * must go on running), with a NULL source object and @data; ends with catalog_threads_finish()
 *
 * Success means committed and synced to the disk. Works run in the order in which they were asked
 * for.
 */
void catalog_threads_write_async(CatalogThreads *threads, CatalogThreadsWork work, gpointer data,
                                 GDestroyNotify free_data, GCancellable *cancellable,
                                 GAsyncReadyCallback callback);

/** As catalog_threads_write_async(), on a reader thread, in a read transaction; no order between
 * works. */
void catalog_threads_read_async(CatalogThreads *threads, CatalogThreadsWork work, gpointer data,
                                GDestroyNotify free_data, GCancellable *cancellable,
                                GAsyncReadyCallback callback);

/**
 * catalog_threads_finish:
 * @error: the error of the work itself, or BUSY, CORRUPT, IO, or G_IO_ERROR_CANCELLED
 *
 * Returns: TRUE when the work returned TRUE and (a write) was committed.
 */
gboolean catalog_threads_finish(GAsyncResult *result, GError **error);

/**
 * catalog_threads_free:
 *
 * Takes no new work, finishes what is queued, joins the threads (blocking), closes the connections.
 * The callbacks of the last works still come if their contexts go on running.
 */
void catalog_threads_free(CatalogThreads *threads);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogThreads, catalog_threads_free)
