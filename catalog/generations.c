// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Generations. Names are made of contents, so two generations may share a file: what is dropped is
// only superseded when no remaining row names it.
#include "catalog/generations.h"

#include "catalog/error.h"
#include "catalog/statement.h"

static const char NEXT_SQL[] =
    "SELECT 1 + max((SELECT coalesce(max(generation), 0) FROM lessons WHERE id = :lesson_id),"
    " (SELECT coalesce(max(generation), 0) FROM rungs WHERE lesson_id = :lesson_id),"
    " (SELECT coalesce(max(generation), 0) FROM assets WHERE lesson_id = :lesson_id),"
    " (SELECT coalesce(max(generation), 0) FROM jobs WHERE lesson_id = :lesson_id)) AS next";

gboolean
catalog_generations_get_next(CatalogDatabase *database, const char *lesson_id, gint64 *next,
                             GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, NEXT_SQL);
    catalog_statement_bind_text(statement, ":lesson_id", lesson_id);
    if (!catalog_statement_next(statement))
        return catalog_statement_finish(statement, error);
    *next = catalog_statement_get_int(statement, "next");
    return TRUE;
}

/* Binds what all statements below ask for. */
static gboolean
run_move(CatalogDatabase *database, const char *sql, const CatalogGenerationsMove *move,
         GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, sql);
    catalog_statement_bind_text(statement, ":lesson_id", move->lesson_id);
    catalog_statement_bind_int(statement, ":generation", move->generation);
    return catalog_statement_run(statement, error);
}

// :others says whether the files of :generation go (0) or those of all the others (1). A name
// without a hash (slides.vtt) is of no generation: it is written anew, never deleted.
static const char SUPERSEDE_SQL[] =
    "INSERT INTO superseded_files (lesson_id, file, delete_after_ms)"
    " WITH named (generation, file) AS ("
    "  SELECT generation, file FROM rungs WHERE lesson_id = :lesson_id AND name <> 'slides'"
    "  UNION SELECT generation, index_file FROM rungs WHERE lesson_id = :lesson_id"
    "  UNION SELECT generation, file FROM assets WHERE lesson_id = :lesson_id)"
    " SELECT DISTINCT :lesson_id, file, :delete_after_ms FROM named"
    " WHERE file IS NOT NULL AND (generation <> :generation) = :others"
    "  AND file NOT IN (SELECT file FROM named WHERE file IS NOT NULL"
    "   AND (generation <> :generation) <> :others)"
    " ON CONFLICT DO UPDATE SET delete_after_ms = max(delete_after_ms, excluded.delete_after_ms)";

static gboolean
supersede(CatalogDatabase *database, const CatalogGenerationsMove *move, gboolean others,
          GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, SUPERSEDE_SQL);
    catalog_statement_bind_text(statement, ":lesson_id", move->lesson_id);
    catalog_statement_bind_int(statement, ":generation", move->generation);
    catalog_statement_bind_int(statement, ":delete_after_ms", move->delete_after_ms);
    catalog_statement_bind_int(statement, ":others", others != FALSE);
    return catalog_statement_run(statement, error);
}

static const char SUPERSEDE_POSTER_SQL[] =
    "INSERT INTO superseded_files (lesson_id, file, delete_after_ms)"
    " SELECT id, poster_file, :delete_after_ms FROM lessons WHERE id = :lesson_id"
    "  AND poster_file IS NOT NULL AND generation <> :generation AND poster_file NOT IN"
    "  (SELECT file FROM assets WHERE lesson_id = :lesson_id AND generation = :generation)"
    " ON CONFLICT DO UPDATE SET delete_after_ms = max(delete_after_ms, excluded.delete_after_ms)";

static gboolean
supersede_poster(CatalogDatabase *database, const CatalogGenerationsMove *move, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, SUPERSEDE_POSTER_SQL);
    catalog_statement_bind_text(statement, ":lesson_id", move->lesson_id);
    catalog_statement_bind_int(statement, ":generation", move->generation);
    catalog_statement_bind_int(statement, ":delete_after_ms", move->delete_after_ms);
    return catalog_statement_run(statement, error);
}

static const char SHOW_SQL[] =
    "UPDATE lessons SET generation = :generation, updated_ms = :now_ms, poster_file ="
    "  (SELECT file FROM assets WHERE lesson_id = :lesson_id AND generation = :generation"
    "   AND kind = 'poster')"
    " WHERE id = :lesson_id AND generation <> :generation";
static const char DELETE_OTHER_RUNGS_SQL[] =
    "DELETE FROM rungs WHERE lesson_id = :lesson_id AND generation <> :generation";
static const char DELETE_OTHER_ASSETS_SQL[] =
    "DELETE FROM assets WHERE lesson_id = :lesson_id AND generation <> :generation";
static const char CHECK_SQL[] =
    "SELECT generation, (SELECT count(*) FROM rungs WHERE lesson_id = :lesson_id"
    "  AND rungs.generation = :generation AND file IS NOT NULL) AS published"
    " FROM lessons WHERE id = :lesson_id";

/* @current (out): the generation that is shown; @published (out): rungs of @move's generation. */
static gboolean
read_state(CatalogDatabase *database, const CatalogGenerationsMove *move, gint64 *current,
           gint64 *published, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, CHECK_SQL);
    catalog_statement_bind_text(statement, ":lesson_id", move->lesson_id);
    catalog_statement_bind_int(statement, ":generation", move->generation);
    if (!catalog_statement_next(statement)) {
        catalog_statement_finish_missing(statement, "lesson", error);
        return FALSE;
    }
    *current = catalog_statement_get_int(statement, "generation");
    *published = catalog_statement_get_int(statement, "published");
    return TRUE;
}

gboolean
catalog_generations_show(CatalogDatabase *database, const CatalogGenerationsMove *move,
                         gint64 now_ms, GError **error)
{
    gint64 current = 0;
    gint64 published = 0;
    if (!read_state(database, move, &current, &published, error))
        return FALSE;
    if (current == move->generation)
        return TRUE;
    if (published == 0) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT,
                    "the generation has no published rung");
        return FALSE;
    }
    if (!supersede_poster(database, move, error) || !supersede(database, move, TRUE, error))
        return FALSE;
    g_autoptr(CatalogStatement) show = catalog_statement_new(database, SHOW_SQL);
    catalog_statement_bind_text(show, ":lesson_id", move->lesson_id);
    catalog_statement_bind_int(show, ":generation", move->generation);
    catalog_statement_bind_int(show, ":now_ms", now_ms);
    return catalog_statement_run(show, error) &&
           run_move(database, DELETE_OTHER_RUNGS_SQL, move, error) &&
           run_move(database, DELETE_OTHER_ASSETS_SQL, move, error);
}

static const char DELETE_RUNGS_SQL[] =
    "DELETE FROM rungs WHERE lesson_id = :lesson_id AND generation = :generation";
static const char DELETE_ASSETS_SQL[] =
    "DELETE FROM assets WHERE lesson_id = :lesson_id AND generation = :generation";

gboolean
catalog_generations_drop(CatalogDatabase *database, const CatalogGenerationsMove *move,
                         GError **error)
{
    gint64 current = 0;
    gint64 published = 0;
    if (!read_state(database, move, &current, &published, error))
        return FALSE;
    if (current == move->generation) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT, "the generation is shown");
        return FALSE;
    }
    return supersede(database, move, FALSE, error) &&
           run_move(database, DELETE_RUNGS_SQL, move, error) &&
           run_move(database, DELETE_ASSETS_SQL, move, error);
}

static const char SETTLE_SQL[] =
    "UPDATE lessons SET updated_ms = :now_ms, complete = failed.count = 0,"
    "  error_code = iif(failed.count = 0, NULL, error_code)"
    " FROM (SELECT count(*) AS count FROM rungs r JOIN lessons l ON l.id = r.lesson_id"
    "   AND l.generation = r.generation WHERE r.lesson_id = :lesson_id"
    "   AND r.error_code IS NOT NULL AND r.name <> 'clear') AS failed"
    " WHERE id = :lesson_id";

gboolean
catalog_generations_settle(CatalogDatabase *database, const char *lesson_id, gint64 now_ms,
                           GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, SETTLE_SQL);
    catalog_statement_bind_text(statement, ":lesson_id", lesson_id);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run(statement, error);
}

static const char STRAY_SQL[] =
    "SELECT s.lesson_id AS lesson_id, s.generation AS generation"
    " FROM (SELECT lesson_id, generation FROM rungs UNION"
    "  SELECT lesson_id, generation FROM assets) AS s"
    " JOIN lessons l ON l.id = s.lesson_id AND l.generation <> s.generation"
    " WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.lesson_id = s.lesson_id"
    "  AND j.generation = s.generation AND +j.state IN ('queued','running')) LIMIT 1";

gboolean
catalog_generations_find_stray(CatalogDatabase *database, char **lesson_id, gint64 *generation,
                               GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, STRAY_SQL);
    *lesson_id = NULL;
    if (!catalog_statement_next(statement))
        return catalog_statement_finish(statement, error);
    *lesson_id = catalog_statement_dup_text(statement, "lesson_id");
    *generation = catalog_statement_get_int(statement, "generation");
    return TRUE;
}
