// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reading jobs.
#include "catalog/joblist.h"

#include "catalog/error.h"
#include "catalog/statement.h"
#include "catalog/texts.h"

#define JOB_COLUMNS                                                                                \
    "SELECT j.id AS id, kind, lesson_id, j.generation AS generation,"                              \
    " argument, l.title AS lesson_title, l.owner_id AS lesson_owner_id,"                           \
    " j.state AS state, priority, attempts, max_attempts, not_before_ms, lease_owner,"             \
    " lease_until_ms, permille, stage, checkpoint, j.error_code AS error_code, error_detail,"      \
    " j.created_ms AS created_ms, j.updated_ms AS updated_ms"                                      \
    " FROM jobs j JOIN lessons l ON l.id = j.lesson_id"

static CatalogJob *
read_job(CatalogStatement *statement)
{
    CatalogJob *job = g_new0(CatalogJob, 1);
    job->id = catalog_statement_dup_text(statement, "id");
    catalog_job_kind_from_text(catalog_statement_get_text(statement, "kind"), &job->kind);
    job->lesson_id = catalog_statement_dup_text(statement, "lesson_id");
    job->generation = catalog_statement_get_int(statement, "generation");
    job->argument = catalog_statement_dup_text(statement, "argument");
    job->lesson_title = catalog_statement_dup_text(statement, "lesson_title");
    job->lesson_owner_id = catalog_statement_dup_text(statement, "lesson_owner_id");
    catalog_job_state_from_text(catalog_statement_get_text(statement, "state"), &job->state);
    job->priority = (int)catalog_statement_get_int(statement, "priority");
    job->attempts = (int)catalog_statement_get_int(statement, "attempts");
    job->max_attempts = (int)catalog_statement_get_int(statement, "max_attempts");
    job->not_before_ms = catalog_statement_get_int(statement, "not_before_ms");
    job->lease_owner = catalog_statement_dup_text(statement, "lease_owner");
    job->lease_until_ms = catalog_statement_get_int(statement, "lease_until_ms");
    job->permille = (int)catalog_statement_get_int(statement, "permille");
    job->stage = catalog_statement_dup_text(statement, "stage");
    job->checkpoint = catalog_statement_dup_text(statement, "checkpoint");
    job->error_code = catalog_statement_dup_text(statement, "error_code");
    job->error_detail = catalog_statement_dup_text(statement, "error_detail");
    job->created_ms = catalog_statement_get_int(statement, "created_ms");
    job->updated_ms = catalog_statement_get_int(statement, "updated_ms");
    return job;
}

static const char GET_SQL[] = JOB_COLUMNS " WHERE j.id = :id";

CatalogJob *
catalog_joblist_get(CatalogDatabase *database, const char *id, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, GET_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    if (catalog_statement_next(statement))
        return read_job(statement);
    catalog_statement_finish_missing(statement, "job", error);
    return NULL;
}

static const char GET_LATEST_SQL[] =
    JOB_COLUMNS " WHERE lesson_id = :lesson_id"
                " AND iif(:kind IS NULL, kind <> 'captions', kind = :kind)"
                " ORDER BY j.created_ms DESC, j.id DESC LIMIT 1";

CatalogJob *
catalog_joblist_get_latest(CatalogDatabase *database, const char *lesson_id,
                           const CatalogJobKind *kind, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, GET_LATEST_SQL);
    catalog_statement_bind_text(statement, ":kind",
                                kind != NULL ? catalog_job_kind_to_text(*kind) : NULL);
    catalog_statement_bind_text(statement, ":lesson_id", lesson_id);
    if (catalog_statement_next(statement))
        return read_job(statement);
    catalog_statement_finish_missing(statement, "job", error);
    return NULL;
}

static const char LIST_SQL[] = JOB_COLUMNS " WHERE (:state IS NULL OR j.state = :state)"
                                           " AND (j.created_ms, j.id) < (:position_ms, :id)"
                                           " ORDER BY j.created_ms DESC, j.id DESC LIMIT :limit";

CatalogPage *
catalog_joblist_list(CatalogDatabase *database, const CatalogJobState *state, const char *cursor,
                     guint limit, GError **error)
{
    gint64 position_ms = 0;
    g_autofree char *id = NULL;
    if (!catalog_page_read_cursor(cursor, &position_ms, &id, error))
        return NULL;
    limit = catalog_page_clamp_limit(limit);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_SQL);
    catalog_statement_bind_text(statement, ":state",
                                state != NULL ? catalog_job_state_to_text(*state) : NULL);
    catalog_statement_bind_int(statement, ":position_ms", position_ms);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_int(statement, ":limit", (gint64)limit + 1);

    g_autoptr(CatalogPage) page =
        catalog_page_new(g_ptr_array_new_with_free_func((GDestroyNotify)catalog_job_free));
    while (catalog_statement_next(statement))
        g_ptr_array_add(page->items, read_job(statement));
    if (!catalog_statement_finish(statement, error))
        return NULL;
    if (page->items->len > limit) {
        g_ptr_array_set_size(page->items, (int)limit);
        const CatalogJob *last = g_ptr_array_index(page->items, limit - 1);
        page->next_cursor = catalog_page_write_cursor(last->created_ms, last->id);
    }
    return g_steal_pointer(&page);
}

// The plus keeps SQLite on the index by lesson, however many jobs are queued.
static const char LIST_ACTIVE_SQL[] =
    JOB_COLUMNS " WHERE lesson_id IN (SELECT value FROM json_each(:lesson_ids))"
                " AND +j.state IN ('queued','running')";

GPtrArray *
catalog_joblist_list_active(CatalogDatabase *database, GPtrArray *lesson_ids, GError **error)
{
    g_autoptr(GPtrArray) jobs = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_job_free);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_ACTIVE_SQL);
    catalog_statement_bind_list(statement, ":lesson_ids", lesson_ids);
    while (catalog_statement_next(statement))
        g_ptr_array_add(jobs, read_job(statement));
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&jobs) : NULL;
}

static const char PRIORITY_SQL[] =
    "UPDATE jobs SET priority = :priority, updated_ms = :now_ms WHERE id = :id";

gboolean
catalog_joblist_set_priority(CatalogDatabase *database, const char *id, int priority,
                             const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogJob) before = catalog_joblist_get(database, id, error);
    if (before == NULL)
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, PRIORITY_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_int(statement, ":priority", priority);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    g_autofree char *text = g_strdup_printf("%d", priority);
    g_autofree char *detail = catalog_texts_write_object("priority", text, NULL);
    return catalog_statement_run(statement, error) &&
           catalog_audit_append(database, by, "job.priority", id, detail, error);
}

static const char COUNT_SQL[] = "SELECT count(*) FILTER (WHERE state = 'queued') AS queued,"
                                " count(*) FILTER (WHERE state = 'running') AS running,"
                                " count(*) FILTER (WHERE state = 'failed') AS failed"
                                " FROM jobs WHERE state IN ('queued','running','failed')";

gboolean
catalog_joblist_count(CatalogDatabase *database, CatalogJoblistCounts *counts, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, COUNT_SQL);
    if (!catalog_statement_next(statement))
        return catalog_statement_finish(statement, error);
    counts->queued = catalog_statement_get_int(statement, "queued");
    counts->running = catalog_statement_get_int(statement, "running");
    counts->failed = catalog_statement_get_int(statement, "failed");
    return TRUE;
}
