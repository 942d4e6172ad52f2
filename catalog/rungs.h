// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The rungs of lessons, and the files that newer ones replaced. All functions: on the connection's
// thread, inside a transaction.
#pragma once

#include "catalog/database.h"
#include "catalog/rung.h"

/**
 * catalog_rungs_publish:
 * @rung: names a file that is already in place under its final name
 * @grace_ms: how long a file that this one replaces stays on the disk for those who are reading it
 *
 * Inserts or replaces the row (same name = same rung); a replaced file is noted for deletion.
 * Publishing the same file again changes nothing. Clears the rung's error.
 *
 * Returns: FALSE with NOT_FOUND (no such lesson) or INVALID.
 */
gboolean catalog_rungs_publish(CatalogDatabase *database, const CatalogRung *rung, gint64 grace_ms,
                               gint64 now_ms, GError **error);

/** Notes that @rung could not be made, with its error code; a file published earlier stays. */
gboolean catalog_rungs_set_error(CatalogDatabase *database, const CatalogRung *rung, gint64 now_ms,
                                 GError **error);

/** Forgets @rung's row: it is not worth making. A file of an earlier attempt goes with it. */
gboolean catalog_rungs_forget(CatalogDatabase *database, const CatalogRung *rung,
                              gint64 delete_after_ms, GError **error);

/** Returns: (transfer full) (element-type CatalogRung): of one generation, lowest bandwidth first,
 * failed ones last. */
GPtrArray *catalog_rungs_list(CatalogDatabase *database, const char *lesson_id, gint64 generation,
                              GError **error);

/**
 * catalog_rungs_list_many:
 * @lesson_ids: (element-type utf8)
 *
 * Returns: (transfer full) (element-type CatalogRung): of all these lessons, of their current
 * generations, grouped by lesson, in the order of catalog_rungs_list(); one query.
 */
GPtrArray *catalog_rungs_list_many(CatalogDatabase *database, GPtrArray *lesson_ids,
                                   GError **error);

typedef struct {
    char *lesson_id;        // (owned)
    char *file;             // (owned): file name in the bundle
    gint64 delete_after_ms; // UTC milliseconds
} CatalogRungsSuperseded;

/** Notes that @file of the bundle (of whatever kind) may be deleted from @delete_after_ms on, or
 * later where that was noted before. */
gboolean catalog_rungs_supersede(CatalogDatabase *database, const char *lesson_id, const char *file,
                                 gint64 delete_after_ms, GError **error);

/** Undoes catalog_rungs_supersede(): a row names @file again, or it is off the disk. */
gboolean catalog_rungs_keep(CatalogDatabase *database, const char *lesson_id, const char *file,
                            GError **error);

/** Returns: (transfer full) (element-type CatalogRungsSuperseded): due at @now_ms, at most 100. */
GPtrArray *catalog_rungs_list_superseded(CatalogDatabase *database, gint64 now_ms, GError **error);

void catalog_rungs_free_superseded(CatalogRungsSuperseded *superseded);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogRungsSuperseded, catalog_rungs_free_superseded)
