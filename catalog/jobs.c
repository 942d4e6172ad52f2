// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The queue itself. A runner holds a job by its lease: every one of its writes is guarded by state
// and lease owner, so that a job that was cancelled, or expired and taken over, answers CONFLICT to
// the old one.
#include "catalog/jobs.h"

#include "catalog/error.h"
#include "catalog/generations.h"
#include "catalog/joblist.h"
#include "catalog/orders.h"
#include "catalog/statement.h"
#include "catalog/texts.h"

#define BACK_OFF_FIRST_MS (30 * 1000)
#define BACK_OFF_LONGEST_MS (60 * 60 * 1000)

static const char LOST[] = "the lease of the job is lost";

char *
catalog_jobs_enqueue(CatalogDatabase *database, CatalogJobKind kind, const char *lesson_id,
                     int priority, const CatalogAuditStamp *by, GError **error)
{
    CatalogOrdersItem order = {kind, lesson_id, NULL, priority};
    return catalog_orders_place(database, &order, by, error);
}

// Of a queue, due, and not of a lesson that a job of its kind runs for.
#define CLAIMABLE                                                                                  \
    " next.state = 'queued'"                                                                       \
    " AND iif(:queue = 'media', kind <> 'captions', kind = :queue)"                                \
    " AND (kind = 'captions' OR NOT EXISTS (SELECT 1 FROM jobs AS other"                           \
    "  WHERE other.lesson_id = next.lesson_id AND +other.state = 'running'"                        \
    "  AND other.kind <> 'captions'))"

static const char *const QUEUE_NAMES[] = {"media", "encode", "captions"};

static const char CLAIM_SQL[] =
    "UPDATE jobs SET state = 'running', lease_owner = :runner, lease_until_ms = :until_ms,"
    " attempts = attempts + 1, updated_ms = :now_ms"
    " WHERE state = 'queued' AND id = (SELECT id FROM jobs AS next"
    "  WHERE" CLAIMABLE " AND not_before_ms <= :now_ms"
    "  ORDER BY priority DESC, created_ms, id LIMIT 1)"
    " RETURNING id";

gboolean
catalog_jobs_claim(CatalogDatabase *database, const CatalogJobsClaim *claim, gint64 now_ms,
                   CatalogJob **job, GError **error)
{
    g_autofree char *id = NULL;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, CLAIM_SQL);
    catalog_statement_bind_text(statement, ":queue", QUEUE_NAMES[claim->queue]);
    catalog_statement_bind_text(statement, ":runner", claim->runner);
    catalog_statement_bind_int(statement, ":until_ms", now_ms + claim->lease_ms);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    while (catalog_statement_next(statement)) {
        g_free(id);
        id = catalog_statement_dup_text(statement, "id");
    }
    if (!catalog_statement_finish(statement, error))
        return FALSE;
    CatalogJob *claimed = id != NULL ? catalog_joblist_get(database, id, error) : NULL;
    if (id != NULL && claimed == NULL)
        return FALSE;
    *job = claimed;
    return TRUE;
}

static const char REPORT_SQL[] =
    "UPDATE jobs SET lease_until_ms = :until_ms, permille = max(permille, :permille),"
    " stage = coalesce(:stage, stage), checkpoint = coalesce(:checkpoint, checkpoint),"
    " updated_ms = :now_ms"
    " WHERE id = :id AND state = 'running' AND lease_owner = :runner";

gboolean
catalog_jobs_report(CatalogDatabase *database, const char *id, const char *runner,
                    const CatalogJobsProgress *progress, gint64 now_ms, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, REPORT_SQL);
    catalog_statement_bind_int(statement, ":until_ms", progress->lease_until_ms);
    catalog_statement_bind_int(statement, ":permille", CLAMP(progress->permille, 0, 999));
    catalog_statement_bind_text(statement, ":stage", progress->stage);
    catalog_statement_bind_text(statement, ":checkpoint", progress->checkpoint);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_text(statement, ":runner", runner);
    return catalog_statement_run_guarded(statement, LOST, error);
}

static const char FINISH_SQL[] =
    "UPDATE jobs SET state = 'done', permille = 1000, lease_owner = NULL, lease_until_ms = 0,"
    " error_code = NULL, error_detail = NULL, updated_ms = :now_ms"
    " WHERE id = :id AND state = 'running' AND lease_owner = :runner";

gboolean
catalog_jobs_finish(CatalogDatabase *database, const char *id, const char *runner, gint64 now_ms,
                    GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, FINISH_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_text(statement, ":runner", runner);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run_guarded(statement, LOST, error);
}

/* 30 s, 1 min, 2 min … 1 h. */
static gint64
compute_back_off(int attempts)
{
    gint64 wait_ms = BACK_OFF_FIRST_MS;
    for (int i = 1; i < attempts && wait_ms < BACK_OFF_LONGEST_MS; i++)
        wait_ms *= 2;
    return MIN(wait_ms, BACK_OFF_LONGEST_MS);
}

static const char FAIL_SQL[] =
    "UPDATE jobs SET state = :state, not_before_ms = :not_before_ms, lease_owner = NULL,"
    " lease_until_ms = 0, error_code = :code, error_detail = :detail, updated_ms = :now_ms"
    " WHERE id = :id AND state = 'running' AND lease_owner = :runner AND attempts = :attempts";

gboolean
catalog_jobs_fail(CatalogDatabase *database, const CatalogJob *job,
                  const CatalogJobsFailure *failure, gint64 now_ms, CatalogJobState *state,
                  GError **error)
{
    gboolean again = !failure->permanent && job->attempts < job->max_attempts;
    CatalogJobState after = again ? CATALOG_JOB_STATE_QUEUED : CATALOG_JOB_STATE_FAILED;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, FAIL_SQL);
    catalog_statement_bind_text(statement, ":state", catalog_job_state_to_text(after));
    catalog_statement_bind_int(statement, ":not_before_ms",
                               again ? now_ms + compute_back_off(job->attempts) : 0);
    catalog_statement_bind_text(statement, ":code", failure->code);
    catalog_statement_bind_text(statement, ":detail", failure->detail);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    catalog_statement_bind_text(statement, ":id", job->id);
    catalog_statement_bind_text(statement, ":runner", job->lease_owner);
    catalog_statement_bind_int(statement, ":attempts", job->attempts);
    if (!catalog_statement_run_guarded(statement, LOST, error))
        return FALSE;
    if (state != NULL)
        *state = after;
    return TRUE;
}

static const char RELEASE_SQL[] =
    "UPDATE jobs SET state = 'queued', attempts = attempts - 1, not_before_ms = 0,"
    " lease_owner = NULL, lease_until_ms = 0, updated_ms = :now_ms"
    " WHERE id = :id AND state = 'running' AND lease_owner = :runner";

gboolean
catalog_jobs_release(CatalogDatabase *database, const char *id, const char *runner, gint64 now_ms,
                     GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, RELEASE_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_text(statement, ":runner", runner);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run_guarded(statement, LOST, error);
}

static const char LIST_LAPSED_SQL[] =
    "SELECT id FROM jobs WHERE state = 'running' AND lease_until_ms <= :now_ms LIMIT 100";

static GPtrArray *
list_lapsed(CatalogDatabase *database, gint64 now_ms, GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_LAPSED_SQL);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    while (catalog_statement_next(statement))
        g_ptr_array_add(ids, catalog_statement_dup_text(statement, "id"));
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&ids) : NULL;
}

GPtrArray *
catalog_jobs_expire_leases(CatalogDatabase *database, gint64 now_ms, GError **error)
{
    static const CatalogJobsFailure failure = {"internal", "the runner stopped without a word",
                                               FALSE};
    g_autoptr(GPtrArray) ids = list_lapsed(database, now_ms, error);
    if (ids == NULL)
        return NULL;
    g_autoptr(GPtrArray) jobs = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_job_free);
    for (guint i = 0; i < ids->len; i++) {
        const char *id = g_ptr_array_index(ids, i);
        g_autoptr(CatalogJob) before = catalog_joblist_get(database, id, error);
        if (before == NULL || !catalog_jobs_fail(database, before, &failure, now_ms, NULL, error))
            return NULL;
        CatalogJob *after = catalog_joblist_get(database, id, error);
        if (after == NULL)
            return NULL;
        g_ptr_array_add(jobs, after);
    }
    return g_steal_pointer(&jobs);
}

static const char NEXT_WAKE_SQL[] =
    "SELECT min(iif(state = 'queued', not_before_ms, lease_until_ms)) AS wake_ms, count(*) AS jobs"
    " FROM jobs AS next WHERE state = 'running' OR (" CLAIMABLE ")";

gboolean
catalog_jobs_get_next_wake(CatalogDatabase *database, CatalogJobsQueue queue, gint64 *wake_ms,
                           GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, NEXT_WAKE_SQL);
    catalog_statement_bind_text(statement, ":queue", QUEUE_NAMES[queue]);
    if (!catalog_statement_next(statement))
        return catalog_statement_finish(statement, error);
    gboolean any = catalog_statement_get_int(statement, "jobs") > 0;
    *wake_ms = any ? catalog_statement_get_int(statement, "wake_ms") : G_MAXINT64;
    return TRUE;
}

static gboolean
run_by_person(CatalogDatabase *database, const char *sql, const char *id, const char *action,
              const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogJob) before = catalog_joblist_get(database, id, error);
    if (before == NULL)
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, sql);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    g_autofree char *detail = catalog_texts_write_object(
        "lesson_id", before->lesson_id, "state", catalog_job_state_to_text(before->state), NULL);
    return catalog_statement_run_guarded(statement, "the job is in a state that does not allow it",
                                         error) &&
           catalog_audit_append(database, by, action, id, detail, error);
}

static const char CANCEL_SQL[] =
    "UPDATE jobs SET state = 'cancelled', lease_owner = NULL, lease_until_ms = 0,"
    " error_code = 'cancelled', error_detail = NULL, updated_ms = :now_ms"
    " WHERE id = :id AND state IN ('queued','running')";

/* What a job was making beside the lesson that is shown goes with it; one that runs is dropped by
 * its runner, once nothing writes any more. */
static gboolean
undo_queued(CatalogDatabase *database, const CatalogJob *job, gint64 now_ms, GError **error)
{
    CatalogGenerationsMove move = {job->lesson_id, job->generation, now_ms};
    switch (job->kind) {
    case CATALOG_JOB_KIND_REFINE:
        return catalog_generations_settle(database, job->lesson_id, now_ms, error);
    case CATALOG_JOB_KIND_REENCODE:
        return job->state == CATALOG_JOB_STATE_RUNNING ||
               catalog_generations_drop(database, &move, error);
    case CATALOG_JOB_KIND_ENCODE:
    case CATALOG_JOB_KIND_CAPTIONS:
        return TRUE;
    }
    return TRUE;
}

gboolean
catalog_jobs_cancel(CatalogDatabase *database, const char *id, const CatalogAuditStamp *by,
                    GError **error)
{
    g_autoptr(CatalogJob) before = catalog_joblist_get(database, id, error);
    return before != NULL && run_by_person(database, CANCEL_SQL, id, "job.cancel", by, error) &&
           undo_queued(database, before, by->now_ms, error);
}

static const char RETRY_SQL[] =
    "UPDATE jobs SET state = 'queued', not_before_ms = 0,"
    " attempts = iif(state = 'queued', attempts, 0), error_code = NULL, error_detail = NULL,"
    " permille = iif(state = 'queued', permille, 0), stage = iif(state = 'queued', stage, NULL),"
    " checkpoint = iif(state = 'queued', checkpoint, NULL),"
    // Another one may be shown by now than when it was ordered.
    " generation = iif(kind = 'reencode', generation,"
    "  (SELECT l.generation FROM lessons l WHERE l.id = jobs.lesson_id)),"
    " updated_ms = :now_ms"
    " WHERE id = :id AND state IN ('failed','cancelled','queued')";

gboolean
catalog_jobs_retry(CatalogDatabase *database, const char *id, const CatalogAuditStamp *by,
                   GError **error)
{
    return run_by_person(database, RETRY_SQL, id, "job.retry", by, error);
}
