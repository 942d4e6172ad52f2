// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// read → files → rows → clean, each a function that looks at the kind of action. Files come before
// rows, so that rows never name what is not there; staging is cleaned last, so that a crash before
// only repeats.
#include "server/flows/encode_action.h"

#include <gio/gio.h>

#include "catalog/error.h"
#include "catalog/jobs.h"
#include "catalog/lessonlist.h"
#include "catalog/lessons.h"
#include "catalog/rungs.h"
#include "server/flows/steps.h"

#define GRACE_MS                                                                                   \
    (G_GINT64_CONSTANT(24) * 3600 * 1000) // a replaced file stays for who is watching it

/** What travels through the threads: the action and where it takes place. */
typedef struct {
    FlowsEncodeAction *action;        // (unowned)
    FlowsEncodeActionContext context; // (value)
} Run;

FlowsEncodeAction *
flows_encode_action_new(FlowsEncodeActionKind kind)
{
    FlowsEncodeAction *action = g_new0(FlowsEncodeAction, 1);
    action->kind = kind;
    action->state = CATALOG_JOB_STATE_RUNNING;
    return action;
}

void
flows_encode_action_free(FlowsEncodeAction *action)
{
    g_clear_pointer(&action->report, child_report_free);
    g_clear_pointer(&action->lesson, catalog_lesson_free);
    g_clear_pointer(&action->rung, catalog_rung_free);
    g_clear_pointer(&action->orphans, g_ptr_array_unref);
    g_free(action->code);
    g_free(action->detail);
    g_free(action);
}

static void
step(const FlowsEncodeActionContext *context, const char *name)
{
    if (context->places.on_step != NULL)
        context->places.on_step(name, context->places.step_data);
}

static gboolean
read_lesson(CatalogDatabase *database, gpointer data, GError **error)
{
    Run *run = data;
    gboolean abandoned = run->action->kind == FLOWS_ENCODE_ACTION_ABANDON;
    run->action->lesson =
        catalog_lessonlist_get(database, run->context.job->lesson_id, abandoned ? NULL : error);
    return run->action->lesson != NULL || abandoned; // then it may be gone
}

/* Puts the new row in the place of the old one of that name. */
static void
take_rung(CatalogLesson *lesson, const CatalogRung *rung)
{
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *old = lesson->rungs->pdata[i];
        if (g_strcmp0(old->name, rung->name) == 0) {
            g_ptr_array_remove_index(lesson->rungs, i);
            break;
        }
    }
    g_ptr_array_add(lesson->rungs, catalog_rung_copy(rung));
}

static gboolean
has_failed_rung(const CatalogLesson *lesson)
{
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        if (rung->error_code != NULL)
            return TRUE;
    }
    return FALSE;
}

static guint
count_files(const CatalogLesson *lesson)
{
    guint count = 0;
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        count += rung->file != NULL;
    }
    return count;
}

static gboolean
is_poster(const ChildReport *report)
{
    return report->kind == CHILD_REPORT_ASSET && report->asset == CHILD_ASSET_POSTER;
}

static gboolean
place_report(Run *run, GError **error)
{
    FlowsEncodeAction *action = run->action;
    const FlowsPublishPlaces *places = &run->context.places;
    if (is_poster(action->report))
        return flows_publish_place_poster(places, action->report, error);
    if (action->report->kind != CHILD_REPORT_RUNG)
        return TRUE;
    action->rung =
        flows_publish_place_rung(places, run->context.job->lesson_id, action->report, error);
    if (action->rung == NULL)
        return FALSE;
    take_rung(action->lesson, action->rung);
    return flows_publish_describe(places, action->lesson, error);
}

static gboolean
describe_finished(Run *run, GError **error)
{
    CatalogLesson *lesson = run->action->lesson;
    if (count_files(lesson) == 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "done without any rung");
        return FALSE;
    }
    lesson->complete = !has_failed_rung(lesson);
    if (run->action->duration_ms > 0)
        lesson->duration_ms = (gint64)run->action->duration_ms;
    run->action->orphans = flows_publish_list_orphans(&run->context.places, lesson);
    return flows_publish_describe(&run->context.places, lesson, error);
}

static gboolean
work_on_files(gpointer data, GError **error)
{
    Run *run = data;
    switch (run->action->kind) {
    case FLOWS_ENCODE_ACTION_REPORT:
        return place_report(run, error);
    case FLOWS_ENCODE_ACTION_FINISH:
        return describe_finished(run, error);
    case FLOWS_ENCODE_ACTION_FAIL:
    case FLOWS_ENCODE_ACTION_RELEASE:
    case FLOWS_ENCODE_ACTION_ABANDON:
        return TRUE;
    }
    return TRUE;
}

static CatalogAuditStamp
make_stamp(const FlowsEncodeActionContext *context)
{
    return (CatalogAuditStamp){NULL, server_clock_now_ms(context->clock)};
}

/* Fails with CONFLICT when the lease is lost. */
static gboolean
guard_lease(CatalogDatabase *database, const FlowsEncodeActionContext *context, gint64 now_ms,
            GError **error)
{
    const CatalogJobsProgress progress = {.lease_until_ms = now_ms + context->lease_ms};
    return catalog_jobs_report(database, context->job->id, context->runner, &progress, now_ms,
                               error);
}

static const CatalogRung *
find_rung(const CatalogLesson *lesson, const char *name)
{
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        if (g_strcmp0(rung->name, name) == 0)
            return rung;
    }
    return NULL;
}

/* The index of a file that is replaced goes with it. */
static gboolean
supersede_index(CatalogDatabase *database, const CatalogRung *new_rung, gint64 now_ms,
                GError **error)
{
    g_autoptr(CatalogLesson) lesson = catalog_lessonlist_get(database, new_rung->lesson_id, error);
    const CatalogRung *old = lesson == NULL ? NULL : find_rung(lesson, new_rung->name);
    if (lesson == NULL || old == NULL || old->index_file == NULL ||
        g_strcmp0(old->index_file, new_rung->index_file) == 0)
        return lesson != NULL;
    return catalog_rungs_supersede(database, new_rung->lesson_id, old->index_file,
                                   now_ms + GRACE_MS, error);
}

static gboolean
write_rung(CatalogDatabase *database, Run *run, const CatalogAuditStamp *by, GError **error)
{
    const CatalogRung *rung = run->action->rung;
    CatalogLessonsMedia media = {.duration_ms = -1, .complete = -1};
    if (run->action->lesson->duration_ms == 0)
        media.duration_ms = rung->duration_ms;
    return supersede_index(database, rung, by->now_ms, error) &&
           catalog_rungs_publish(database, rung, GRACE_MS, by->now_ms, error) &&
           catalog_lessons_set_media(database, rung->lesson_id, &media, by->now_ms, error) &&
           catalog_lessons_set_state(database, rung->lesson_id, CATALOG_LESSON_STATE_PUBLISHED, by,
                                     error);
}

static gboolean
write_report(CatalogDatabase *database, Run *run, const CatalogAuditStamp *by, GError **error)
{
    const ChildReport *report = run->action->report;
    const char *lesson_id = run->context.job->lesson_id;
    CatalogLessonsMedia media = {.duration_ms = -1, .complete = -1};
    g_autoptr(CatalogRung) failed = NULL;
    switch (report->kind) {
    case CHILD_REPORT_RUNG:
        return write_rung(database, run, by, error);
    case CHILD_REPORT_ASSET:
        if (!is_poster(report))
            return TRUE;
        media.poster_file = "poster.webp";
        return catalog_lessons_set_media(database, lesson_id, &media, by->now_ms, error);
    case CHILD_REPORT_RUNG_FAILED:
        failed = catalog_rung_new(lesson_id, report->name);
        failed->generation = run->context.job->generation;
        failed->error_code = g_strdup(report->code);
        return catalog_rungs_set_error(database, failed, by->now_ms, error);
    case CHILD_REPORT_WARNING:
        return catalog_lessons_add_warning(database, lesson_id, report->code, by->now_ms, error);
    case CHILD_REPORT_HELLO:
    case CHILD_REPORT_PROBE:
    case CHILD_REPORT_PLAN:
    case CHILD_REPORT_SLIDES:
    case CHILD_REPORT_PROGRESS:
    case CHILD_REPORT_CHECKPOINT:
    case CHILD_REPORT_RUNG_SKIPPED:
    case CHILD_REPORT_FAILED:
    case CHILD_REPORT_DONE:
        return TRUE;
    }
    return TRUE;
}

static gboolean
write_finished(CatalogDatabase *database, Run *run, const CatalogAuditStamp *by, GError **error)
{
    const CatalogLesson *lesson = run->action->lesson;
    const CatalogLessonsMedia media = {.duration_ms = lesson->duration_ms,
                                       .complete = lesson->complete};
    for (guint i = 0; i < run->action->orphans->len; i++)
        if (!catalog_rungs_supersede(database, lesson->id, run->action->orphans->pdata[i],
                                     by->now_ms + GRACE_MS, error))
            return FALSE;
    return catalog_lessons_set_media(database, lesson->id, &media, by->now_ms, error) &&
           catalog_jobs_finish(database, run->context.job->id, run->context.runner, by->now_ms,
                               error);
}

/* Shows that the lesson waits again; one that is published stays so. */
static gboolean
mark_queued(CatalogDatabase *database, Run *run, const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(GError) cause = NULL;
    if (catalog_lessons_set_state(database, run->context.job->lesson_id,
                                  CATALOG_LESSON_STATE_QUEUED, by, &cause) ||
        g_error_matches(cause, CATALOG_ERROR, CATALOG_ERROR_CONFLICT))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

static gboolean
write_failed(CatalogDatabase *database, Run *run, const CatalogAuditStamp *by, GError **error)
{
    FlowsEncodeAction *action = run->action;
    const CatalogJobsFailure failure = {action->code, action->detail, action->permanent};
    CatalogJobState state = CATALOG_JOB_STATE_RUNNING;
    if (!catalog_jobs_fail(database, run->context.job, &failure, by->now_ms, &state, error))
        return FALSE;
    action->state = state;
    if (state != CATALOG_JOB_STATE_FAILED)
        return mark_queued(database, run, by, error);
    return catalog_lessons_fail(database, run->context.job->lesson_id, action->code, by, error);
}

static gboolean
write_rows(CatalogDatabase *database, gpointer data, GError **error)
{
    Run *run = data;
    CatalogAuditStamp by = make_stamp(&run->context);
    step(&run->context, "rows");
    if (run->action->kind == FLOWS_ENCODE_ACTION_ABANDON)
        return TRUE;
    if (!guard_lease(database, &run->context, by.now_ms, error))
        return FALSE;
    switch (run->action->kind) {
    case FLOWS_ENCODE_ACTION_REPORT:
        return write_report(database, run, &by, error);
    case FLOWS_ENCODE_ACTION_FINISH:
        return write_finished(database, run, &by, error);
    case FLOWS_ENCODE_ACTION_FAIL:
        return write_failed(database, run, &by, error);
    case FLOWS_ENCODE_ACTION_RELEASE:
        return mark_queued(database, run, &by, error) &&
               catalog_jobs_release(database, run->context.job->id, run->context.runner, by.now_ms,
                                    error);
    case FLOWS_ENCODE_ACTION_ABANDON:
        return TRUE;
    }
    return TRUE;
}

static gboolean
clean_up(gpointer data, GError **error)
{
    Run *run = data;
    const FlowsEncodeAction *action = run->action;
    // A job that was cancelled and is wanted again goes on from what is there.
    gboolean wanted = action->lesson != NULL && action->lesson->job != NULL;
    gboolean over = action->kind == FLOWS_ENCODE_ACTION_FINISH ||
                    (action->kind == FLOWS_ENCODE_ACTION_ABANDON && !wanted) ||
                    action->state == CATALOG_JOB_STATE_FAILED;
    if (over) {
        step(&run->context, "remove-staging");
        flows_publish_remove_staging(run->context.places.staging);
    } else if (action->rung != NULL) {
        flows_publish_clean_rung(&run->context.places, action->rung->name);
    }
    return TRUE;
}

void
flows_encode_action_run_async(FlowsEncodeAction *action, const FlowsEncodeActionContext *context,
                              GAsyncReadyCallback callback, gpointer user_data)
{
    static const FlowsStepsOne steps[] = {{.read = read_lesson},
                                          {.files = work_on_files},
                                          {.write = write_rows},
                                          {.files = clean_up}};
    const FlowsSteps walk = {context->catalog, context->worker, steps, G_N_ELEMENTS(steps)};
    Run *run = g_new0(Run, 1);
    run->action = action;
    run->context = *context;
    flows_steps_run_async(&walk, run, g_free, callback, user_data);
}

gboolean
flows_encode_action_run_finish(GAsyncResult *result, GError **error)
{
    return flows_steps_run_finish(result, error);
}
