// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The files of lessons that are no rungs, by generation. All functions: on the connection's thread,
// inside a transaction.
#pragma once

#include "catalog/asset.h"
#include "catalog/database.h"

/**
 * catalog_assets_publish:
 * @asset: names a file that is already in place under its final name
 * @grace_ms: how long a file that this one replaces stays on the disk
 *
 * Inserts or replaces the row of this generation, kind and position. Publishing the same file again
 * changes nothing. A poster of the lesson's current generation becomes the lesson's poster.
 *
 * Returns: FALSE with NOT_FOUND (no such lesson) or INVALID.
 */
gboolean catalog_assets_publish(CatalogDatabase *database, const CatalogAsset *asset,
                                gint64 grace_ms, gint64 now_ms, GError **error);

/** What an earlier attempt left of stills beyond @count: the rows go, the files after
 * @delete_after_ms. */
gboolean catalog_assets_trim_stills(CatalogDatabase *database, const char *lesson_id,
                                    gint64 generation, guint count, gint64 delete_after_ms,
                                    GError **error);

/** Returns: (transfer full) (element-type CatalogAsset): of one generation, by kind and position.
 */
GPtrArray *catalog_assets_list(CatalogDatabase *database, const char *lesson_id, gint64 generation,
                               GError **error);

/** Returns: (transfer full) (element-type CatalogAsset): of these lessons (element-type utf8), of
 * their current generations, without stills, grouped by lesson; one query. */
GPtrArray *catalog_assets_list_many(CatalogDatabase *database, GPtrArray *lesson_ids,
                                    GError **error);
