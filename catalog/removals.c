// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What is remembered is a setting a lesson, named by its id.
#include "catalog/removals.h"

#include "catalog/audit.h"
#include "catalog/ids.h"
#include "catalog/search.h"
#include "catalog/statement.h"
#include "catalog/texts.h"

static const char EXPIRED_SQL[] =
    "SELECT id FROM lessons WHERE keep_until_ms > 0 AND keep_until_ms <= :now_ms"
    " AND withdrawn_ms = 0 ORDER BY keep_until_ms, id LIMIT 100";
// What a person withdrew, and has no day, stays. What is under way still writes to the lesson's
// files, or reads them.
static const char DUE_SQL[] =
    "SELECT id, title, rights_holder FROM lessons"
    " WHERE withdrawn_ms <> 0 AND withdrawn_ms <= :before_ms"
    " AND keep_until_ms > 0 AND keep_until_ms <= :before_ms"
    " AND NOT EXISTS (SELECT 1 FROM jobs WHERE lesson_id = lessons.id"
    "  AND state IN ('queued', 'running'))"
    " AND NOT EXISTS (SELECT 1 FROM uploads WHERE lesson_id = lessons.id AND state = 'receiving')"
    " AND NOT EXISTS (SELECT 1 FROM patches WHERE state IN ('waiting', 'running')"
    "  AND (recording_id = lessons.id OR repeat_id = lessons.id))"
    " ORDER BY withdrawn_ms, id LIMIT :limit";
static const char REMEMBER_SQL[] =
    "INSERT INTO settings (name, value, updated_ms) VALUES ('files of ' || :id, 'remove', :now_ms)"
    " ON CONFLICT (name) DO NOTHING";
static const char UPLOADS_SQL[] = "UPDATE uploads SET lesson_id = NULL WHERE lesson_id = :id";
static const char RECORDINGS_SQL[] = "UPDATE recordings SET lesson_id = NULL WHERE lesson_id = :id";
static const char REMOVE_SQL[] = "DELETE FROM lessons WHERE id = :id";
static const char LIST_SQL[] =
    "SELECT substr(name, 10) AS id FROM settings WHERE name GLOB 'files of *' ORDER BY name";
static const char FORGET_SQL[] = "DELETE FROM settings WHERE name = 'files of ' || :id";

typedef struct {
    char *id;     // (owned)
    char *detail; // (owned): for the audit row
} Due;

static void
free_due(gpointer data)
{
    Due *due = data;
    g_free(due->id);
    g_free(due->detail);
    g_free(due);
}

static GPtrArray *
list_due(CatalogDatabase *database, gint64 before_ms, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(free_due);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, DUE_SQL);
    catalog_statement_bind_int(statement, ":before_ms", before_ms);
    catalog_statement_bind_int(statement, ":limit", CATALOG_REMOVALS_A_ROUND);
    while (catalog_statement_next(statement)) {
        Due *due = g_new0(Due, 1);
        due->id = catalog_statement_dup_text(statement, "id");
        due->detail = catalog_texts_write_object(
            "title", catalog_statement_get_text(statement, "title"), "rights_holder",
            catalog_statement_get_text(statement, "rights_holder"), NULL);
        g_ptr_array_add(found, due);
    }
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&found) : NULL;
}

static gboolean
run_on(CatalogDatabase *database, const char *sql, const char *id, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, sql);
    catalog_statement_bind_text(statement, ":id", id);
    return catalog_statement_run(statement, error);
}

static gboolean
remember(CatalogDatabase *database, const char *id, gint64 now_ms, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, REMEMBER_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run(statement, error);
}

gboolean
catalog_removals_run(CatalogDatabase *database, gint64 before_ms, gint64 now_ms, GError **error)
{
    const CatalogAuditStamp by = {NULL, now_ms};
    g_autoptr(GPtrArray) found = list_due(database, before_ms, error);
    for (guint i = 0; found != NULL && i < found->len; i++) {
        const Due *due = found->pdata[i];
        if (!remember(database, due->id, now_ms, error) ||
            !catalog_search_forget(database, due->id, error) ||
            !run_on(database, UPLOADS_SQL, due->id, error) ||
            !run_on(database, RECORDINGS_SQL, due->id, error) ||
            !run_on(database, REMOVE_SQL, due->id, error) ||
            !catalog_audit_append(database, &by, "lesson.remove", due->id, due->detail, error))
            return FALSE;
    }
    return found != NULL;
}

GPtrArray *
catalog_removals_list_expired(CatalogDatabase *database, gint64 now_ms, GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, EXPIRED_SQL);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    while (catalog_statement_next(statement))
        g_ptr_array_add(ids, catalog_statement_dup_text(statement, "id"));
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&ids) : NULL;
}

GPtrArray *
catalog_removals_list(CatalogDatabase *database, GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_SQL);
    while (catalog_statement_next(statement)) {
        g_autofree char *id = catalog_statement_dup_text(statement, "id");
        if (catalog_ids_is_valid(id))
            g_ptr_array_add(ids, g_steal_pointer(&id));
    }
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&ids) : NULL;
}

gboolean
catalog_removals_forget(CatalogDatabase *database, const char *lesson_id, GError **error)
{
    return run_on(database, FORGET_SQL, lesson_id, error);
}
