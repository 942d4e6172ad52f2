// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of rungs and superseded files. publish.c renames the file into the bundle first, then calls
// here.
#include "catalog/rungs.h"

#include "catalog/statement.h"

static const char SUPERSEDE_OLD_SQL[] =
    "INSERT INTO superseded_files (lesson_id, file, delete_after_ms)"
    " SELECT lesson_id, old.file, :delete_after_ms FROM"
    " (SELECT lesson_id, file FROM rungs WHERE lesson_id = :lesson_id"
    "   AND generation = :generation AND name = :name UNION"
    "  SELECT lesson_id, index_file FROM rungs WHERE lesson_id = :lesson_id"
    "   AND generation = :generation AND name = :name) AS old"
    " WHERE old.file IS NOT NULL"
    "  AND old.file NOT IN (coalesce(:file, ''), coalesce(:index_file, ''))"
    " ON CONFLICT DO UPDATE SET delete_after_ms = max(delete_after_ms, excluded.delete_after_ms)";
static const char UNSUPERSEDE_SQL[] =
    "DELETE FROM superseded_files WHERE lesson_id = :lesson_id AND file IN (:file, :index_file)";
static const char PUBLISH_SQL[] =
    "INSERT INTO rungs (lesson_id, generation, name, file, index_file, bytes, sha256, codecs,"
    " bandwidth_bps, average_bandwidth_bps, width, height, frame_rate, duration_ms, ssim, stills,"
    " error_code, updated_ms)"
    " VALUES (:lesson_id, :generation, :name, :file, :index_file, :bytes, :sha256, :codecs,"
    " :bandwidth_bps, :average_bandwidth_bps, :width, :height, :frame_rate, :duration_ms, :ssim,"
    " :stills, NULL, :now_ms)"
    " ON CONFLICT DO UPDATE SET file = excluded.file, index_file = excluded.index_file,"
    " bytes = excluded.bytes, sha256 = excluded.sha256, codecs = excluded.codecs,"
    " bandwidth_bps = excluded.bandwidth_bps,"
    " average_bandwidth_bps = excluded.average_bandwidth_bps, width = excluded.width,"
    " height = excluded.height, frame_rate = excluded.frame_rate,"
    " duration_ms = excluded.duration_ms, ssim = excluded.ssim, stills = excluded.stills,"
    " error_code = NULL, updated_ms = excluded.updated_ms";

static gboolean
run_file_statement(CatalogDatabase *database, const char *sql, const CatalogRung *rung,
                   gint64 delete_after_ms, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, sql);
    catalog_statement_bind_text(statement, ":lesson_id", rung->lesson_id);
    catalog_statement_bind_text(statement, ":file", rung->file);
    catalog_statement_bind_text(statement, ":index_file", rung->index_file);
    if (sql == SUPERSEDE_OLD_SQL) {
        catalog_statement_bind_int(statement, ":generation", rung->generation);
        catalog_statement_bind_text(statement, ":name", rung->name);
        catalog_statement_bind_int(statement, ":delete_after_ms", delete_after_ms);
    }
    return catalog_statement_run(statement, error);
}

gboolean
catalog_rungs_publish(CatalogDatabase *database, const CatalogRung *rung, gint64 grace_ms,
                      gint64 now_ms, GError **error)
{
    // A file that is published again must not be swept because it was superseded once.
    if (!run_file_statement(database, SUPERSEDE_OLD_SQL, rung, now_ms + grace_ms, error) ||
        !run_file_statement(database, UNSUPERSEDE_SQL, rung, 0, error))
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, PUBLISH_SQL);
    catalog_statement_bind_text(statement, ":lesson_id", rung->lesson_id);
    catalog_statement_bind_int(statement, ":generation", rung->generation);
    catalog_statement_bind_text(statement, ":name", rung->name);
    catalog_statement_bind_text(statement, ":file", rung->file);
    catalog_statement_bind_text(statement, ":index_file", rung->index_file);
    catalog_statement_bind_int(statement, ":bytes", rung->bytes);
    catalog_statement_bind_text(statement, ":sha256", rung->sha256);
    catalog_statement_bind_text(statement, ":codecs", rung->codecs);
    catalog_statement_bind_int(statement, ":bandwidth_bps", rung->bandwidth_bps);
    catalog_statement_bind_int(statement, ":average_bandwidth_bps", rung->average_bandwidth_bps);
    catalog_statement_bind_int(statement, ":width", rung->width);
    catalog_statement_bind_int(statement, ":height", rung->height);
    catalog_statement_bind_double(statement, ":frame_rate", rung->frame_rate);
    catalog_statement_bind_int(statement, ":duration_ms", rung->duration_ms);
    catalog_statement_bind_double(statement, ":ssim", rung->ssim);
    catalog_statement_bind_int(statement, ":stills", rung->stills);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run(statement, error);
}

static const char ERROR_SQL[] =
    "INSERT INTO rungs (lesson_id, generation, name, error_code, updated_ms)"
    " VALUES (:lesson_id, :generation, :name, :error_code, :now_ms)"
    " ON CONFLICT DO UPDATE SET error_code = excluded.error_code, updated_ms = excluded.updated_ms";

gboolean
catalog_rungs_set_error(CatalogDatabase *database, const CatalogRung *rung, gint64 now_ms,
                        GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, ERROR_SQL);
    catalog_statement_bind_text(statement, ":lesson_id", rung->lesson_id);
    catalog_statement_bind_int(statement, ":generation", rung->generation);
    catalog_statement_bind_text(statement, ":name", rung->name);
    catalog_statement_bind_text(statement, ":error_code", rung->error_code);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run(statement, error);
}

static const char DELETE_SQL[] =
    "DELETE FROM rungs WHERE lesson_id = :lesson_id AND generation = :generation AND name = :name";

gboolean
catalog_rungs_forget(CatalogDatabase *database, const CatalogRung *rung, gint64 delete_after_ms,
                     GError **error)
{
    g_autoptr(CatalogRung) bare = catalog_rung_new(rung->lesson_id, rung->name);
    bare->generation = rung->generation;
    if (!run_file_statement(database, SUPERSEDE_OLD_SQL, bare, delete_after_ms, error))
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, DELETE_SQL);
    catalog_statement_bind_text(statement, ":lesson_id", rung->lesson_id);
    catalog_statement_bind_int(statement, ":generation", rung->generation);
    catalog_statement_bind_text(statement, ":name", rung->name);
    return catalog_statement_run(statement, error);
}

static CatalogRung *
read_rung(CatalogStatement *statement)
{
    CatalogRung *rung = g_new0(CatalogRung, 1);
    rung->lesson_id = catalog_statement_dup_text(statement, "lesson_id");
    rung->generation = catalog_statement_get_int(statement, "generation");
    rung->name = catalog_statement_dup_text(statement, "name");
    rung->file = catalog_statement_dup_text(statement, "file");
    rung->index_file = catalog_statement_dup_text(statement, "index_file");
    rung->bytes = catalog_statement_get_int(statement, "bytes");
    rung->sha256 = catalog_statement_dup_text(statement, "sha256");
    rung->codecs = catalog_statement_dup_text(statement, "codecs");
    rung->bandwidth_bps = catalog_statement_get_int(statement, "bandwidth_bps");
    rung->average_bandwidth_bps = catalog_statement_get_int(statement, "average_bandwidth_bps");
    rung->width = (int)catalog_statement_get_int(statement, "width");
    rung->height = (int)catalog_statement_get_int(statement, "height");
    rung->frame_rate = catalog_statement_get_double(statement, "frame_rate");
    rung->duration_ms = catalog_statement_get_int(statement, "duration_ms");
    rung->ssim = catalog_statement_get_double(statement, "ssim");
    rung->stills = (guint)catalog_statement_get_int(statement, "stills");
    rung->error_code = catalog_statement_dup_text(statement, "error_code");
    rung->updated_ms = catalog_statement_get_int(statement, "updated_ms");
    return rung;
}

static GPtrArray *
read_rungs(CatalogStatement *statement, GError **error)
{
    g_autoptr(GPtrArray) rungs = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_rung_free);
    while (catalog_statement_next(statement))
        g_ptr_array_add(rungs, read_rung(statement));
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&rungs) : NULL;
}

#define RUNG_COLUMNS                                                                               \
    "SELECT r.lesson_id AS lesson_id, r.generation AS generation, name, file, index_file, bytes,"  \
    " sha256, codecs, bandwidth_bps, average_bandwidth_bps, width, height, frame_rate,"            \
    " r.duration_ms AS duration_ms, ssim, stills, r.error_code AS error_code,"                     \
    " r.updated_ms AS updated_ms FROM rungs r"

static const char LIST_MANY_SQL[] =
    RUNG_COLUMNS " JOIN lessons l ON l.id = r.lesson_id AND l.generation = r.generation"
                 " WHERE r.lesson_id IN (SELECT value FROM json_each(:lesson_ids))"
                 " ORDER BY r.lesson_id, file IS NULL, bandwidth_bps, name";

GPtrArray *
catalog_rungs_list_many(CatalogDatabase *database, GPtrArray *lesson_ids, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_MANY_SQL);
    catalog_statement_bind_list(statement, ":lesson_ids", lesson_ids);
    return read_rungs(statement, error);
}

static const char LIST_SQL[] =
    RUNG_COLUMNS " WHERE lesson_id = :lesson_id AND generation = :generation"
                 " ORDER BY file IS NULL, bandwidth_bps, name";

GPtrArray *
catalog_rungs_list(CatalogDatabase *database, const char *lesson_id, gint64 generation,
                   GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_SQL);
    catalog_statement_bind_text(statement, ":lesson_id", lesson_id);
    catalog_statement_bind_int(statement, ":generation", generation);
    return read_rungs(statement, error);
}

static const char SUPERSEDE_SQL[] =
    "INSERT INTO superseded_files (lesson_id, file, delete_after_ms)"
    " VALUES (:lesson_id, :file, :delete_after_ms)"
    " ON CONFLICT DO UPDATE SET delete_after_ms = max(delete_after_ms, excluded.delete_after_ms)";

gboolean
catalog_rungs_supersede(CatalogDatabase *database, const char *lesson_id, const char *file,
                        gint64 delete_after_ms, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, SUPERSEDE_SQL);
    catalog_statement_bind_text(statement, ":lesson_id", lesson_id);
    catalog_statement_bind_text(statement, ":file", file);
    catalog_statement_bind_int(statement, ":delete_after_ms", delete_after_ms);
    return catalog_statement_run(statement, error);
}

static const char KEEP_SQL[] =
    "DELETE FROM superseded_files WHERE lesson_id = :lesson_id AND file = :file";

gboolean
catalog_rungs_keep(CatalogDatabase *database, const char *lesson_id, const char *file,
                   GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, KEEP_SQL);
    catalog_statement_bind_text(statement, ":lesson_id", lesson_id);
    catalog_statement_bind_text(statement, ":file", file);
    return catalog_statement_run(statement, error);
}

static const char LIST_SUPERSEDED_SQL[] =
    "SELECT lesson_id, file, delete_after_ms FROM superseded_files"
    " WHERE delete_after_ms <= :now_ms"
    // Whatever went wrong before: what a row names is never deleted.
    "  AND NOT EXISTS (SELECT 1 FROM rungs r WHERE r.lesson_id = superseded_files.lesson_id"
    "   AND superseded_files.file IN (r.file, r.index_file))"
    "  AND NOT EXISTS (SELECT 1 FROM assets a WHERE a.lesson_id = superseded_files.lesson_id"
    "   AND a.file = superseded_files.file)"
    "  AND NOT EXISTS (SELECT 1 FROM captions c WHERE c.lesson_id = superseded_files.lesson_id"
    "   AND c.file = superseded_files.file)"
    " ORDER BY delete_after_ms LIMIT 100";

GPtrArray *
catalog_rungs_list_superseded(CatalogDatabase *database, gint64 now_ms, GError **error)
{
    g_autoptr(GPtrArray) files =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_rungs_free_superseded);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_SUPERSEDED_SQL);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    while (catalog_statement_next(statement)) {
        CatalogRungsSuperseded *superseded = g_new0(CatalogRungsSuperseded, 1);
        superseded->lesson_id = catalog_statement_dup_text(statement, "lesson_id");
        superseded->file = catalog_statement_dup_text(statement, "file");
        superseded->delete_after_ms = catalog_statement_get_int(statement, "delete_after_ms");
        g_ptr_array_add(files, superseded);
    }
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&files) : NULL;
}

void
catalog_rungs_free_superseded(CatalogRungsSuperseded *superseded)
{
    if (superseded == NULL)
        return;
    g_free(superseded->lesson_id);
    g_free(superseded->file);
    g_free(superseded);
}
