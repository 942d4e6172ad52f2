// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One transaction, then one sweep of the staging folder.
#include "server/flows/encode_recover.h"

#include "catalog/error.h"
#include "catalog/generations.h"
#include "catalog/joblist.h"
#include "catalog/jobs.h"
#include "catalog/lessonlist.h"
#include "catalog/lessons.h"
#include "server/flows/encode_rows.h"
#include "server/flows/publish.h"
#include "server/flows/steps.h"

#define PAGE 100
#define MOST_PAGES 1000

typedef struct {
    GPtrArray *strays;      // (owned) (element-type CatalogLesson) as shown: of lost generations
    ServerStorage *storage; // (unowned)
    gint64 now_ms;          // (value)
    char *staging_root;     // (owned)
    GHashTable *kept;       // (owned) (element-type utf8) lessons whose staging is needed
} Recovery;

static void
free_recovery(Recovery *recovery)
{
    g_free(recovery->staging_root);
    g_ptr_array_unref(recovery->strays);
    g_hash_table_unref(recovery->kept);
    g_free(recovery);
}

/* The checkpoint text is the permille at which the job was last given back. */
static gboolean
went_on(const CatalogJob *job)
{
    int before = job->checkpoint != NULL ? (int)g_ascii_strtoll(job->checkpoint, NULL, 10) : 0;
    return job->permille > before;
}

static gboolean
give_back(CatalogDatabase *database, const CatalogJob *job, gint64 now_ms, GError **error)
{
    const char *runner = job->lease_owner != NULL ? job->lease_owner : "";
    g_autofree char *checkpoint = g_strdup_printf("%d", job->permille);
    const CatalogJobsProgress progress = {
        .lease_until_ms = now_ms, .permille = job->permille, .checkpoint = checkpoint};
    return catalog_jobs_report(database, job->id, runner, &progress, now_ms, error) &&
           catalog_jobs_release(database, job->id, runner, now_ms, error);
}

static gboolean
count_against(CatalogDatabase *database, const CatalogJob *job, gint64 now_ms, GError **error)
{
    static const CatalogJobsFailure failure = {"internal", "the supervisor died while it ran",
                                               FALSE};
    const CatalogAuditStamp by = {NULL, now_ms};
    CatalogJobState state = CATALOG_JOB_STATE_RUNNING;
    if (!catalog_jobs_fail(database, job, &failure, now_ms, &state, error))
        return FALSE;
    if (state == CATALOG_JOB_STATE_FAILED)
        return flows_encode_rows_settle_failed(database, job, failure.code, &by, error);
    // Nobody has to wait: it is not the file that was slow to fail.
    return catalog_jobs_retry(database, job->id, &by, error);
}

static gboolean
recover_job(CatalogDatabase *database, const CatalogJob *job, gint64 now_ms, GError **error)
{
    return went_on(job) ? give_back(database, job, now_ms, error)
                        : count_against(database, job, now_ms, error);
}

/* Calls @each for every job in @state; jobs that leave the state while we walk do no harm. */
static gboolean
walk_jobs(CatalogDatabase *database, Recovery *recovery, CatalogJobState state, GError **error)
{
    g_autofree char *cursor = NULL;
    for (guint page_number = 0; page_number < MOST_PAGES; page_number++) {
        g_autoptr(CatalogPage) page = catalog_joblist_list(database, &state, cursor, PAGE, error);
        if (page == NULL)
            return FALSE;
        for (guint i = 0; i < page->items->len; i++) {
            const CatalogJob *job = page->items->pdata[i];
            g_hash_table_add(recovery->kept, g_strdup(job->lesson_id));
            if (state == CATALOG_JOB_STATE_RUNNING &&
                !recover_job(database, job, recovery->now_ms, error))
                return FALSE;
        }
        g_free(cursor);
        cursor = g_strdup(page->next_cursor);
        if (cursor == NULL)
            return TRUE;
    }
    return TRUE;
}

/* A lesson that waits for a job which does not exist gets one; one whose job is over takes its end.
 */
static gboolean
recover_lesson(CatalogDatabase *database, const char *id, gint64 now_ms, GError **error)
{
    const CatalogAuditStamp by = {NULL, now_ms};
    g_autoptr(GError) cause = NULL;
    const CatalogJobKind kind = CATALOG_JOB_KIND_ENCODE;
    g_autoptr(CatalogJob) job = catalog_joblist_get_latest(database, id, &kind, &cause);
    if (job == NULL && !g_error_matches(cause, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return FALSE;
    }
    if (job != NULL &&
        (job->state == CATALOG_JOB_STATE_FAILED || job->state == CATALOG_JOB_STATE_CANCELLED)) {
        const char *code = job->error_code != NULL ? job->error_code : "cancelled";
        return catalog_lessons_fail(database, id, code, &by, error);
    }
    if (job != NULL && job->state != CATALOG_JOB_STATE_DONE)
        return TRUE;
    g_autofree char *job_id =
        catalog_jobs_enqueue(database, CATALOG_JOB_KIND_ENCODE, id, 0, &by, error);
    return job_id != NULL;
}

static gboolean
recover_lessons(CatalogDatabase *database, CatalogLessonState state, gint64 now_ms, GError **error)
{
    g_autoptr(GPtrArray) ids = catalog_lessonlist_list_ids(database, state, error);
    for (guint i = 0; ids != NULL && i < ids->len; i++)
        if (!recover_lesson(database, ids->pdata[i], now_ms, error))
            return FALSE;
    return ids != NULL;
}

/* Generations that were being made when everything stopped and that nobody makes any more: rows
 * first, and what was about to be shown is described as it is shown. */
static gboolean
drop_strays(CatalogDatabase *database, Recovery *recovery, GError **error)
{
    CatalogGenerationsMove move = {NULL, 0, recovery->now_ms};
    for (;;) {
        g_autofree char *id = NULL;
        if (!catalog_generations_find_stray(database, &id, &move.generation, error))
            return FALSE;
        if (id == NULL)
            return TRUE;
        move.lesson_id = id;
        CatalogLesson *lesson = catalog_lessonlist_get_generation(database, id, 0, error);
        if (lesson == NULL)
            return FALSE;
        g_ptr_array_add(recovery->strays, lesson);
        if (!catalog_generations_drop(database, &move, error))
            return FALSE;
    }
}

static gboolean
describe_strays(gpointer data, GError **error)
{
    Recovery *recovery = data;
    for (guint i = 0; i < recovery->strays->len; i++) {
        const CatalogLesson *lesson = recovery->strays->pdata[i];
        g_autofree char *bundle = server_storage_build_bundle_path(recovery->storage, lesson->id);
        const FlowsPublishPlaces places = {.bundle = bundle};
        if (!flows_publish_describe(&places, lesson, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
recover_rows(CatalogDatabase *database, gpointer data, GError **error)
{
    Recovery *recovery = data;
    return drop_strays(database, recovery, error) &&
           walk_jobs(database, recovery, CATALOG_JOB_STATE_QUEUED, error) &&
           walk_jobs(database, recovery, CATALOG_JOB_STATE_RUNNING, error) &&
           recover_lessons(database, CATALOG_LESSON_STATE_QUEUED, recovery->now_ms, error) &&
           recover_lessons(database, CATALOG_LESSON_STATE_ENCODING, recovery->now_ms, error);
}

static gboolean
sweep(gpointer data, GError **error)
{
    Recovery *recovery = data;
    flows_publish_sweep(recovery->staging_root, recovery->kept);
    return TRUE;
}

void
flows_encode_recover_async(const FlowsEncodeRecoverSetup *setup, GAsyncReadyCallback callback,
                           gpointer user_data)
{
    static const FlowsStepsOne steps[] = {
        {.write = recover_rows}, {.files = describe_strays}, {.files = sweep}};
    const FlowsSteps walk = {setup->catalog, setup->worker, steps, G_N_ELEMENTS(steps)};
    Recovery *recovery = g_new0(Recovery, 1);
    recovery->strays = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_lesson_free);
    recovery->storage = setup->storage;
    recovery->now_ms = server_clock_now_ms(setup->clock);
    recovery->staging_root = server_storage_build_staging_root_path(setup->storage);
    recovery->kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    flows_steps_run_async(&walk, recovery, (GDestroyNotify)free_recovery, callback, user_data);
}

gboolean
flows_encode_recover_finish(GAsyncResult *result, GError **error)
{
    return flows_steps_run_finish(result, error);
}
