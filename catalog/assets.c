// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of assets. publish.c renames the file into the bundle first, then calls here.
#include "catalog/assets.h"

#include "catalog/rungs.h"
#include "catalog/statement.h"

static const char SUPERSEDE_OLD_SQL[] =
    "INSERT INTO superseded_files (lesson_id, file, delete_after_ms)"
    " SELECT lesson_id, file, :delete_after_ms FROM assets"
    " WHERE lesson_id = :lesson_id AND generation = :generation AND kind = :kind"
    "  AND position = :position AND file <> :file"
    " ON CONFLICT DO UPDATE SET delete_after_ms = max(delete_after_ms, excluded.delete_after_ms)";
static const char PUBLISH_SQL[] =
    "INSERT INTO assets (lesson_id, generation, kind, position, file, bytes, sha256, start_ms,"
    "  end_ms, width, height, grows, columns, count, interval_ms, language, updated_ms)"
    " VALUES (:lesson_id, :generation, :kind, :position, :file, :bytes, :sha256, :start_ms,"
    "  :end_ms, :width, :height, :grows, :columns, :count, :interval_ms, :language, :now_ms)"
    " ON CONFLICT DO UPDATE SET file = excluded.file, bytes = excluded.bytes,"
    "  sha256 = excluded.sha256, start_ms = excluded.start_ms, end_ms = excluded.end_ms,"
    "  width = excluded.width, height = excluded.height, grows = excluded.grows,"
    "  columns = excluded.columns, count = excluded.count, interval_ms = excluded.interval_ms,"
    "  language = excluded.language, updated_ms = excluded.updated_ms";
static const char POSTER_SQL[] = "UPDATE lessons SET poster_file = :file, updated_ms = :now_ms"
                                 " WHERE id = :lesson_id AND generation = :generation";

static void
bind_key(CatalogStatement *statement, const CatalogAsset *asset)
{
    catalog_statement_bind_text(statement, ":lesson_id", asset->lesson_id);
    catalog_statement_bind_int(statement, ":generation", asset->generation);
    catalog_statement_bind_text(statement, ":kind", catalog_asset_kind_to_text(asset->kind));
    catalog_statement_bind_int(statement, ":position", asset->position);
    catalog_statement_bind_text(statement, ":file", asset->file);
}

static gboolean
supersede_old(CatalogDatabase *database, const CatalogAsset *asset, gint64 delete_after_ms,
              GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, SUPERSEDE_OLD_SQL);
    bind_key(statement, asset);
    catalog_statement_bind_int(statement, ":delete_after_ms", delete_after_ms);
    return catalog_statement_run(statement, error);
}

static gboolean
set_poster(CatalogDatabase *database, const CatalogAsset *asset, gint64 now_ms, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, POSTER_SQL);
    catalog_statement_bind_text(statement, ":lesson_id", asset->lesson_id);
    catalog_statement_bind_int(statement, ":generation", asset->generation);
    catalog_statement_bind_text(statement, ":file", asset->file);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run(statement, error);
}

gboolean
catalog_assets_publish(CatalogDatabase *database, const CatalogAsset *asset, gint64 grace_ms,
                       gint64 now_ms, GError **error)
{
    if (!supersede_old(database, asset, now_ms + grace_ms, error) ||
        !catalog_rungs_keep(database, asset->lesson_id, asset->file, error))
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, PUBLISH_SQL);
    bind_key(statement, asset);
    catalog_statement_bind_int(statement, ":bytes", asset->bytes);
    catalog_statement_bind_text(statement, ":sha256", asset->sha256);
    catalog_statement_bind_int(statement, ":start_ms", asset->start_ms);
    catalog_statement_bind_int(statement, ":end_ms", asset->end_ms);
    catalog_statement_bind_int(statement, ":width", asset->width);
    catalog_statement_bind_int(statement, ":height", asset->height);
    catalog_statement_bind_int(statement, ":grows", asset->grows != FALSE);
    catalog_statement_bind_int(statement, ":columns", asset->columns);
    catalog_statement_bind_int(statement, ":count", asset->count);
    catalog_statement_bind_int(statement, ":interval_ms", asset->interval_ms);
    catalog_statement_bind_text(statement, ":language", asset->language);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run(statement, error) &&
           (asset->kind != CATALOG_ASSET_KIND_POSTER || set_poster(database, asset, now_ms, error));
}

static const char SUPERSEDE_STILLS_SQL[] =
    "INSERT INTO superseded_files (lesson_id, file, delete_after_ms)"
    " SELECT lesson_id, file, :delete_after_ms FROM assets"
    " WHERE lesson_id = :lesson_id AND generation = :generation AND kind = 'still'"
    "  AND position > :count"
    " ON CONFLICT DO UPDATE SET delete_after_ms = max(delete_after_ms, excluded.delete_after_ms)";
static const char DELETE_STILLS_SQL[] =
    "DELETE FROM assets WHERE lesson_id = :lesson_id AND generation = :generation"
    " AND kind = 'still' AND position > :count";

gboolean
catalog_assets_trim_stills(CatalogDatabase *database, const char *lesson_id, gint64 generation,
                           guint count, gint64 delete_after_ms, GError **error)
{
    const char *const scripts[] = {SUPERSEDE_STILLS_SQL, DELETE_STILLS_SQL};
    for (guint i = 0; i < G_N_ELEMENTS(scripts); i++) {
        g_autoptr(CatalogStatement) statement = catalog_statement_new(database, scripts[i]);
        catalog_statement_bind_text(statement, ":lesson_id", lesson_id);
        catalog_statement_bind_int(statement, ":generation", generation);
        catalog_statement_bind_int(statement, ":count", count);
        if (i == 0)
            catalog_statement_bind_int(statement, ":delete_after_ms", delete_after_ms);
        if (!catalog_statement_run(statement, error))
            return FALSE;
    }
    return TRUE;
}

static CatalogAsset *
read_asset(CatalogStatement *statement)
{
    CatalogAsset *asset = g_new0(CatalogAsset, 1);
    asset->lesson_id = catalog_statement_dup_text(statement, "lesson_id");
    asset->generation = catalog_statement_get_int(statement, "generation");
    catalog_asset_kind_from_text(catalog_statement_get_text(statement, "kind"), &asset->kind);
    asset->position = (guint)catalog_statement_get_int(statement, "position");
    asset->file = catalog_statement_dup_text(statement, "file");
    asset->bytes = catalog_statement_get_int(statement, "bytes");
    asset->sha256 = catalog_statement_dup_text(statement, "sha256");
    asset->start_ms = catalog_statement_get_int(statement, "start_ms");
    asset->end_ms = catalog_statement_get_int(statement, "end_ms");
    asset->width = (int)catalog_statement_get_int(statement, "width");
    asset->height = (int)catalog_statement_get_int(statement, "height");
    asset->grows = catalog_statement_get_int(statement, "grows") != 0;
    asset->columns = (int)catalog_statement_get_int(statement, "columns");
    asset->count = (int)catalog_statement_get_int(statement, "count");
    asset->interval_ms = catalog_statement_get_int(statement, "interval_ms");
    asset->language = catalog_statement_dup_text(statement, "language");
    asset->updated_ms = catalog_statement_get_int(statement, "updated_ms");
    return asset;
}

static GPtrArray *
read_assets(CatalogStatement *statement, GError **error)
{
    g_autoptr(GPtrArray) assets =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_asset_free);
    while (catalog_statement_next(statement))
        g_ptr_array_add(assets, read_asset(statement));
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&assets) : NULL;
}

#define ASSET_COLUMNS                                                                              \
    "SELECT a.lesson_id AS lesson_id, a.generation AS generation, kind, position, file, bytes,"    \
    " sha256, start_ms, end_ms, width, height, grows, columns, count, interval_ms,"                \
    " a.language AS language, a.updated_ms AS updated_ms FROM assets a"

static const char LIST_SQL[] =
    ASSET_COLUMNS " WHERE lesson_id = :lesson_id AND generation = :generation"
                  " ORDER BY kind, position";

GPtrArray *
catalog_assets_list(CatalogDatabase *database, const char *lesson_id, gint64 generation,
                    GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_SQL);
    catalog_statement_bind_text(statement, ":lesson_id", lesson_id);
    catalog_statement_bind_int(statement, ":generation", generation);
    return read_assets(statement, error);
}

// Kinds are named, so that the primary key finds the few rows among thousands of stills.
static const char LIST_MANY_SQL[] =
    ASSET_COLUMNS " JOIN lessons l ON l.id = a.lesson_id AND l.generation = a.generation"
                  " WHERE a.lesson_id IN (SELECT value FROM json_each(:lesson_ids))"
                  " AND kind IN ('analysis','poster','storyboard','waveform','slides-pdf')"
                  " ORDER BY a.lesson_id, kind, position";

GPtrArray *
catalog_assets_list_many(CatalogDatabase *database, GPtrArray *lesson_ids, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_MANY_SQL);
    catalog_statement_bind_list(statement, ":lesson_ids", lesson_ids);
    return read_assets(statement, error);
}
