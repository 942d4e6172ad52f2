// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Each move is one transaction: may this account edit, the move itself, the lesson as it is now.
#include "server/api/lessonmoves.h"

#include "catalog/error.h"
#include "catalog/joblist.h"
#include "catalog/jobs.h"
#include "catalog/lessonlist.h"
#include "catalog/lessons.h"
#include "server/api/lessons.h"
#include "server/api/paging.h"
#include "server/api/problem.h"
#include "server/api/uploads_problem.h"
#include "server/api/views.h"
#include "server/flows/receive.h"

typedef gboolean (*Move)(CatalogDatabase *database, ApiCall *call, const CatalogLesson *lesson,
                         GError **error);

static gboolean
make_move(CatalogDatabase *database, ApiCall *call, Move move, GError **error)
{
    g_autoptr(CatalogLesson) lesson = api_lessons_read_editable(database, call, error);
    if (lesson == NULL || !move(database, call, lesson, error))
        return FALSE;
    api_call_set_result(call, catalog_lessonlist_get(database, call->id, error),
                        (GDestroyNotify)catalog_lesson_free);
    return call->result != NULL;
}

static gboolean
move_withdraw(CatalogDatabase *database, ApiCall *call, const CatalogLesson *lesson, GError **error)
{
    return catalog_lessons_withdraw(database, lesson->id, &call->stamp, error);
}

static gboolean
move_restore(CatalogDatabase *database, ApiCall *call, const CatalogLesson *lesson, GError **error)
{
    return catalog_lessons_restore(database, lesson->id, &call->stamp, error);
}

static gboolean
refuse_conflict(GError **error, const char *why)
{
    g_set_error_literal(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT, why);
    return FALSE;
}

gboolean
api_lessonmoves_requeue(CatalogDatabase *database, const char *lesson_id,
                        const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogLesson) lesson = catalog_lessonlist_get(database, lesson_id, error);
    if (lesson == NULL)
        return FALSE;
    if (lesson->published_ms > 0)
        return lesson->error_code == NULL ||
               catalog_lessons_fail(database, lesson_id, NULL, by, error);
    return catalog_lessons_set_state(database, lesson_id, CATALOG_LESSON_STATE_QUEUED, by, error);
}

// A lesson whose upload never became whole has nothing to be encoded from; a complete one needs
// nothing.
static gboolean
move_retry(CatalogDatabase *database, ApiCall *call, const CatalogLesson *lesson, GError **error)
{
    g_autoptr(GError) local = NULL;
    if (lesson->published_ms > 0 && lesson->original_bytes <= 0 && !lesson->complete) {
        g_set_error_literal(error, API_PROBLEM_ERROR, API_PROBLEM_ERROR_NO_ORIGINAL, "no original");
        return FALSE;
    }
    if (lesson->original_bytes <= 0 || lesson->complete || lesson->job != NULL)
        return refuse_conflict(error, "nothing to try again");
    const CatalogJobKind kind = CATALOG_JOB_KIND_ENCODE;
    g_autoptr(CatalogJob) job = catalog_joblist_get_latest(database, lesson->id, &kind, &local);
    gboolean again = job != NULL && (job->state == CATALOG_JOB_STATE_FAILED ||
                                     job->state == CATALOG_JOB_STATE_CANCELLED);
    if (again && !catalog_jobs_retry(database, job->id, &call->stamp, error))
        return FALSE;
    g_autofree char *fresh = again ? NULL
                                   : catalog_jobs_enqueue(database, CATALOG_JOB_KIND_ENCODE,
                                                          lesson->id, 0, &call->stamp, error);
    if (!again && fresh == NULL)
        return FALSE;
    return api_lessonmoves_requeue(database, lesson->id, &call->stamp, error);
}

gboolean
api_lessonmoves_cancel_job(CatalogDatabase *database, const CatalogJob *job,
                           const CatalogAuditStamp *by, GError **error)
{
    // Other kinds leave the lesson as it is shown.
    return catalog_jobs_cancel(database, job->id, by, error) &&
           (job->kind != CATALOG_JOB_KIND_ENCODE ||
            catalog_lessons_fail(database, job->lesson_id, "cancelled", by, error));
}

static gboolean
move_cancel(CatalogDatabase *database, ApiCall *call, const CatalogLesson *lesson, GError **error)
{
    if (lesson->job == NULL)
        return refuse_conflict(error, "nothing to cancel");
    return api_lessonmoves_cancel_job(database, lesson->job, &call->stamp, error);
}

static gboolean
write_withdraw(CatalogDatabase *database, ApiCall *call, GError **error)
{
    return make_move(database, call, move_withdraw, error);
}

static gboolean
write_restore(CatalogDatabase *database, ApiCall *call, GError **error)
{
    return make_move(database, call, move_restore, error);
}

static gboolean
write_retry(CatalogDatabase *database, ApiCall *call, GError **error)
{
    return make_move(database, call, move_retry, error);
}

static gboolean
write_cancel(CatalogDatabase *database, ApiCall *call, GError **error)
{
    return make_move(database, call, move_cancel, error);
}

// The supervisor looks at the job table again: something to start, or a child to end.
static void
render_and_wake(ApiCall *call)
{
    flows_encode_wake(server_app_get_encode(call->app));
    flows_encode_describe(server_app_get_encode(call->app), call->id);
    api_lessons_render_changed(call);
}

static void
run_move(HttpExchange *exchange, ApiCallWork work, ApiCallRender render)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_write(call, work, render);
}

void
api_lessonmoves_withdraw(HttpExchange *exchange)
{
    run_move(exchange, write_withdraw, api_lessons_render_changed);
}

void
api_lessonmoves_restore(HttpExchange *exchange)
{
    run_move(exchange, write_restore, api_lessons_render_changed);
}

void
api_lessonmoves_retry(HttpExchange *exchange)
{
    run_move(exchange, write_retry, render_and_wake);
}

static gboolean
read_editable(CatalogDatabase *database, ApiCall *call, GError **error)
{
    api_call_set_result(call, api_lessons_read_editable(database, call, error),
                        (GDestroyNotify)catalog_lesson_free);
    return call->result != NULL;
}

static void
on_upload_terminated(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ApiCall *call = user_data;
    g_autoptr(FlowsReceiveStatus) status = flows_receive_terminate_finish(result);
    if (status->outcome == FLOWS_RECEIVE_DONE) {
        api_call_read(call, read_editable, render_and_wake);
        return;
    }
    api_uploads_problem_reply(call->exchange, status);
    api_call_free(call);
}

// An upload has a file that only its flow may touch; a job is a row.
static void
cancel_what_runs(ApiCall *read)
{
    ApiCall *call = api_call_take_over(read);
    const CatalogLesson *lesson = call->result;
    if (lesson->state != CATALOG_LESSON_STATE_RECEIVING || lesson->upload_id == NULL) {
        api_call_write(call, write_cancel, render_and_wake);
        return;
    }
    FlowsReceiveWho who = {call->account->id, TRUE};
    flows_receive_terminate_async(server_app_get_receive(call->app), lesson->upload_id, &who,
                                  on_upload_terminated, call);
}

void
api_lessonmoves_cancel(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_editable, cancel_what_runs);
}

static gboolean
read_history(CatalogDatabase *database, ApiCall *call, GError **error)
{
    const ApiPaging *paging = call->extra;
    g_autoptr(CatalogLesson) lesson = api_lessons_read_editable(database, call, error);
    if (lesson == NULL)
        return FALSE;
    api_call_set_result(
        call, catalog_audit_list(database, lesson->id, paging->cursor, paging->limit, error),
        (GDestroyNotify)catalog_page_free);
    return call->result != NULL;
}

static void
render_history(ApiCall *call)
{
    api_paging_render(call, api_views_render_audit);
}

void
api_lessonmoves_list_history(HttpExchange *exchange)
{
    ApiCall *call = api_paging_begin(exchange);
    if (call != NULL)
        api_call_read(call, read_history, render_history);
}
