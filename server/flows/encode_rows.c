// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Jobs that write the generation which is shown publish as they go; a re-encode writes rows that
// nobody sees until its last transaction shows them all.
//
//   kind      | done                               | failed for good
//   encode    | complete, or a refine job follows  | the lesson failed, or keeps the code
//   refine    | complete                           | complete, the rung has the code
//   reencode  | its generation is shown            | its generation is dropped
#include "server/flows/encode_rows.h"

#include "catalog/assets.h"
#include "catalog/error.h"
#include "catalog/generations.h"
#include "catalog/joblist.h"
#include "catalog/jobs.h"
#include "catalog/lessons.h"
#include "catalog/rungs.h"

#define GRACE_MS                                                                                   \
    (G_GINT64_CONSTANT(24) * 3600 * 1000) // a replaced file stays for who is watching it

typedef struct {
    CatalogDatabase *database;               // (unowned)
    FlowsEncodeAction *action;               // (unowned)
    const FlowsEncodeActionContext *context; // (unowned)
    CatalogAuditStamp by;                    // (value)
} Rows;

/* Fails with CONFLICT when the lease is lost. */
static gboolean
guard_lease(const Rows *rows, GError **error)
{
    const CatalogJobsProgress progress = {.lease_until_ms =
                                              rows->by.now_ms + rows->context->lease_ms};
    return catalog_jobs_report(rows->database, rows->context->job->id, rows->context->runner,
                               &progress, rows->by.now_ms, error);
}

/* Whether people see what the job writes. */
static gboolean
is_shown(const Rows *rows)
{
    return rows->action->shown == NULL;
}

static gboolean
write_rung(const Rows *rows, GError **error)
{
    const CatalogRung *rung = rows->action->rung;
    CatalogLessonsMedia media = {.duration_ms = -1, .complete = -1};
    if (!catalog_rungs_publish(rows->database, rung, GRACE_MS, rows->by.now_ms, error))
        return FALSE;
    if (!is_shown(rows))
        return TRUE;
    if (rows->action->lesson->duration_ms == 0)
        media.duration_ms = rung->duration_ms;
    return catalog_lessons_set_media(rows->database, rung->lesson_id, &media, rows->by.now_ms,
                                     error) &&
           catalog_lessons_set_state(rows->database, rung->lesson_id,
                                     CATALOG_LESSON_STATE_PUBLISHED, &rows->by, error);
}

/* Captions that a person has made stand; what was found is then not kept. */
static gboolean
write_captions(const Rows *rows, GError **error)
{
    for (guint i = 0; i < rows->action->captions->len; i++) {
        const CatalogCaptions *captions = rows->action->captions->pdata[i];
        gboolean taken = FALSE;
        if (!catalog_captions_offer(rows->database, captions, GRACE_MS, rows->by.now_ms, &taken,
                                    error))
            return FALSE;
        if (!taken && !catalog_rungs_supersede(rows->database, captions->lesson_id, captions->file,
                                               rows->by.now_ms, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
write_assets(const Rows *rows, GError **error)
{
    for (guint i = 0; i < rows->action->assets->len; i++)
        if (!catalog_assets_publish(rows->database, rows->action->assets->pdata[i], GRACE_MS,
                                    rows->by.now_ms, error))
            return FALSE;
    return write_captions(rows, error);
}

static gboolean
write_slides(const Rows *rows, GError **error)
{
    const CatalogRung *rung = rows->action->rung;
    return catalog_assets_trim_stills(rows->database, rung->lesson_id, rung->generation,
                                      rung->stills, rows->by.now_ms + GRACE_MS, error) &&
           write_rung(rows, error);
}

static CatalogRung *
describe_rung(const CatalogJob *job, const char *name, const char *code)
{
    CatalogRung *rung = catalog_rung_new(job->lesson_id, name);
    rung->generation = job->generation;
    rung->error_code = g_strdup(code);
    return rung;
}

static gboolean
write_report(const Rows *rows, const ChildReport *report, GError **error)
{
    const CatalogJob *job = rows->context->job;
    g_autoptr(CatalogRung) named = NULL;
    switch (report->kind) {
    case CHILD_REPORT_RUNG:
        return write_rung(rows, error);
    case CHILD_REPORT_SLIDES:
        return write_slides(rows, error);
    case CHILD_REPORT_RUNG_FAILED:
        named = describe_rung(job, report->name, report->code);
        return catalog_rungs_set_error(rows->database, named, rows->by.now_ms, error);
    case CHILD_REPORT_RUNG_SKIPPED:
        named = describe_rung(job, report->name, NULL);
        return catalog_rungs_forget(rows->database, named, rows->by.now_ms + GRACE_MS, error);
    case CHILD_REPORT_WARNING:
        return catalog_lessons_add_warning(rows->database, job->lesson_id, report->code,
                                           rows->by.now_ms, error);
    case CHILD_REPORT_ASSET:
    case CHILD_REPORT_HELLO:
    case CHILD_REPORT_PROBE:
    case CHILD_REPORT_PLAN:
    case CHILD_REPORT_PROGRESS:
    case CHILD_REPORT_CHECKPOINT:
    case CHILD_REPORT_SPLICE:
    case CHILD_REPORT_FAILED:
    case CHILD_REPORT_DONE:
        return TRUE;
    }
    return TRUE;
}

static gboolean
write_reports(const Rows *rows, GError **error)
{
    if (!write_assets(rows, error))
        return FALSE;
    for (guint i = 0; i < rows->action->reports->len; i++)
        if (!write_report(rows, rows->action->reports->pdata[i], error))
            return FALSE;
    return TRUE;
}

static gboolean
supersede_orphans(const Rows *rows, gint64 delete_after_ms, GError **error)
{
    const GPtrArray *orphans = rows->action->orphans;
    for (guint i = 0; orphans != NULL && i < orphans->len; i++)
        if (!catalog_rungs_supersede(rows->database, rows->context->job->lesson_id,
                                     orphans->pdata[i], delete_after_ms, error))
            return FALSE;
    return TRUE;
}

/* Stills of an attempt that came to no `slides` line. */
static gboolean
forget_uncounted_stills(const Rows *rows, GError **error)
{
    const CatalogJob *job = rows->context->job;
    const GPtrArray *rungs = rows->action->lesson->rungs;
    for (guint i = 0; i < rungs->len; i++) {
        const CatalogRung *rung = rungs->pdata[i];
        if (g_strcmp0(rung->name, "slides") == 0 && rung->file != NULL)
            return TRUE;
    }
    return catalog_assets_trim_stills(rows->database, job->lesson_id, job->generation, 0,
                                      rows->by.now_ms + GRACE_MS, error);
}

/* What a lesson becomes when its job is done: a better rung may follow, or nothing does. */
static gboolean
settle_finished(const Rows *rows, GError **error)
{
    const CatalogJob *job = rows->context->job;
    if (!rows->action->refine)
        return catalog_generations_settle(rows->database, job->lesson_id, rows->by.now_ms, error);
    g_autofree char *refine =
        catalog_jobs_enqueue(rows->database, CATALOG_JOB_KIND_REFINE, job->lesson_id,
                             FLOWS_ENCODE_ROWS_REFINE_PRIORITY, &rows->by, error);
    return refine != NULL;
}

/* A generation that was shown after all (by a runner that took over) is none to be dropped. */
static gboolean
drop_generation(CatalogDatabase *database, const CatalogJob *job, gint64 delete_after_ms,
                GError **error)
{
    const CatalogGenerationsMove move = {job->lesson_id, job->generation, delete_after_ms};
    g_autoptr(GError) cause = NULL;
    if (catalog_generations_drop(database, &move, &cause) ||
        g_error_matches(cause, CATALOG_ERROR, CATALOG_ERROR_CONFLICT) ||
        g_error_matches(cause, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

/* A re-encode was shown while this one waited: what it made is for nobody. */
static gboolean
write_overtaken(const Rows *rows, GError **error)
{
    return drop_generation(rows->database, rows->context->job, rows->by.now_ms, error) &&
           supersede_orphans(rows, rows->by.now_ms, error) &&
           catalog_jobs_finish(rows->database, rows->context->job->id, rows->context->runner,
                               rows->by.now_ms, error);
}

static gboolean
write_finished(const Rows *rows, GError **error)
{
    if (!is_shown(rows) && rows->context->job->kind != CATALOG_JOB_KIND_REENCODE)
        return write_overtaken(rows, error);
    const CatalogLesson *lesson = rows->action->lesson;
    const CatalogJob *job = rows->context->job;
    CatalogLessonsMedia media = {.duration_ms = lesson->duration_ms, .complete = lesson->complete};
    const CatalogGenerationsMove move = {job->lesson_id, job->generation,
                                         rows->by.now_ms + GRACE_MS};
    if (job->kind != CATALOG_JOB_KIND_REFINE)
        media.inset = &rows->action->inset;
    return (is_shown(rows) ||
            catalog_generations_show(rows->database, &move, rows->by.now_ms, error)) &&
           forget_uncounted_stills(rows, error) &&
           supersede_orphans(rows, rows->by.now_ms + GRACE_MS, error) &&
           catalog_lessons_set_media(rows->database, lesson->id, &media, rows->by.now_ms, error) &&
           catalog_lessons_set_state(rows->database, lesson->id, CATALOG_LESSON_STATE_PUBLISHED,
                                     &rows->by, error) &&
           settle_finished(rows, error) &&
           catalog_jobs_finish(rows->database, job->id, rows->context->runner, rows->by.now_ms,
                               error);
}

/* Shows that the lesson waits again; one that is published stays so. */
static gboolean
mark_queued(const Rows *rows, GError **error)
{
    g_autoptr(GError) cause = NULL;
    if (catalog_lessons_set_state(rows->database, rows->context->job->lesson_id,
                                  CATALOG_LESSON_STATE_QUEUED, &rows->by, &cause) ||
        g_error_matches(cause, CATALOG_ERROR, CATALOG_ERROR_CONFLICT))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

gboolean
flows_encode_rows_settle_failed(CatalogDatabase *database, const CatalogJob *job, const char *code,
                                const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogRung) clear = NULL;
    switch (job->kind) {
    case CATALOG_JOB_KIND_ENCODE:
        return catalog_lessons_fail(database, job->lesson_id, code, by, error);
    case CATALOG_JOB_KIND_REFINE:
        clear = describe_rung(job, "clear", code);
        return catalog_rungs_set_error(database, clear, by->now_ms, error) &&
               catalog_generations_settle(database, job->lesson_id, by->now_ms, error);
    case CATALOG_JOB_KIND_REENCODE:
        return drop_generation(database, job, by->now_ms, error);
    case CATALOG_JOB_KIND_CAPTIONS:
        return TRUE;
    }
    return TRUE;
}

static gboolean
write_failed(const Rows *rows, GError **error)
{
    FlowsEncodeAction *action = rows->action;
    const CatalogJobsFailure failure = {action->code, action->detail, action->permanent};
    CatalogJobState state = CATALOG_JOB_STATE_RUNNING;
    if (!catalog_jobs_fail(rows->database, rows->context->job, &failure, rows->by.now_ms, &state,
                           error))
        return FALSE;
    action->state = state;
    if (state != CATALOG_JOB_STATE_FAILED)
        return mark_queued(rows, error);
    return flows_encode_rows_settle_failed(rows->database, rows->context->job, action->code,
                                           &rows->by, error) &&
           supersede_orphans(rows, rows->by.now_ms, error);
}

/* The lease is lost: only what nobody wants any more may go. */
static gboolean
write_abandoned(const Rows *rows, GError **error)
{
    g_autoptr(CatalogJob) job = catalog_joblist_get(rows->database, rows->context->job->id, NULL);
    if (job == NULL || job->state == CATALOG_JOB_STATE_QUEUED ||
        job->state == CATALOG_JOB_STATE_RUNNING)
        return TRUE;
    return (job->kind != CATALOG_JOB_KIND_REENCODE ||
            drop_generation(rows->database, job, rows->by.now_ms, error)) &&
           supersede_orphans(rows, rows->by.now_ms, error);
}

gboolean
flows_encode_rows_write(CatalogDatabase *database, FlowsEncodeAction *action,
                        const FlowsEncodeActionContext *context, GError **error)
{
    const Rows rows = {database, action, context, {NULL, server_clock_now_ms(context->clock)}};
    if (action->kind == FLOWS_ENCODE_ACTION_ABANDON)
        return write_abandoned(&rows, error);
    if (!guard_lease(&rows, error))
        return FALSE;
    switch (action->kind) {
    case FLOWS_ENCODE_ACTION_REPORT:
        return write_reports(&rows, error);
    case FLOWS_ENCODE_ACTION_FINISH:
        return write_finished(&rows, error);
    case FLOWS_ENCODE_ACTION_FAIL:
        return write_failed(&rows, error);
    case FLOWS_ENCODE_ACTION_RELEASE:
        return mark_queued(&rows, error) &&
               catalog_jobs_release(database, context->job->id, context->runner, rows.by.now_ms,
                                    error);
    case FLOWS_ENCODE_ACTION_ABANDON:
        return TRUE;
    }
    return TRUE;
}
