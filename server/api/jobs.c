// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Jobs: list, priority, retry, cancel. A move of a job moves its lesson in the same transaction.
#include "server/api/jobs.h"

#include <string.h>

#include "catalog/joblist.h"
#include "catalog/jobs.h"
#include "catalog/lessons.h"
#include "server/api/lessonmoves.h"
#include "server/api/paging.h"
#include "server/api/problem.h"

#define PRIORITY_MAX 100

static gboolean
read_jobs(CatalogDatabase *database, ApiCall *call, GError **error)
{
    const ApiPaging *paging = call->extra;
    const char *word = call->id;
    CatalogJobState state = CATALOG_JOB_STATE_QUEUED;
    const CatalogJobState *only = catalog_job_state_from_text(word, &state) ? &state : NULL;
    api_call_set_result(call,
                        catalog_joblist_list(database, only, paging->cursor, paging->limit, error),
                        (GDestroyNotify)catalog_page_free);
    return call->result != NULL;
}

static void
render_jobs(ApiCall *call)
{
    api_paging_render(call, api_views_render_job);
}

void
api_jobs_list(HttpExchange *exchange)
{
    const char *word = http_exchange_get_query(exchange, "state");
    CatalogJobState state = CATALOG_JOB_STATE_QUEUED;
    if (word != NULL && *word != '\0' && !catalog_job_state_from_text(word, &state)) {
        api_problem_reply(exchange, 422, "invalid", "state is not one of a job's");
        return;
    }
    ApiCall *call = api_paging_begin(exchange);
    if (call == NULL)
        return;
    call->id = g_strdup(word);
    api_call_read(call, read_jobs, render_jobs);
}

static gboolean
read_one(CatalogDatabase *database, ApiCall *call, GError **error)
{
    api_call_set_result(call, catalog_joblist_get(database, call->id, error),
                        (GDestroyNotify)catalog_job_free);
    return call->result != NULL;
}

static void
render_changed(ApiCall *call)
{
    const CatalogJob *job = call->result;
    ApiViewsReader reader = api_paging_make_reader(call);
    flows_encode_wake(server_app_get_encode(call->app));
    flows_captions_wake(server_app_get_captions(call->app));
    flows_encode_describe(server_app_get_encode(call->app), job->lesson_id);
    server_events_publish(server_app_get_events(call->app), SERVER_EVENTS_JOB, job->id);
    server_app_note_lesson(call->app, job->lesson_id);
    http_exchange_reply_json(call->exchange, 200,
                             api_views_wrap(api_views_render_job(job, &reader)));
}

static gboolean
write_priority(CatalogDatabase *database, ApiCall *call, GError **error)
{
    const gint64 *priority = call->extra;
    return catalog_joblist_set_priority(database, call->id, (int)*priority, &call->stamp, error) &&
           read_one(database, call, error);
}

static gboolean
take_priority(ApiCall *call, gint64 *priority, GError **error)
{
    static const char *const names[] = {"priority", NULL};
    *priority = G_MAXINT64;
    if (!api_call_refuse_others(call, names, error) ||
        !api_call_take_number(call, "priority", priority, error))
        return FALSE;
    if (*priority >= -PRIORITY_MAX && *priority <= PRIORITY_MAX)
        return TRUE;
    g_set_error_literal(error, API_PROBLEM_ERROR, API_PROBLEM_ERROR_INVALID,
                        "priority is not a number from -100 to 100");
    return FALSE;
}

void
api_jobs_update(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new(exchange);
    g_autoptr(GError) error = NULL;
    if (call == NULL)
        return;
    call->extra = g_new0(gint64, 1);
    call->free_extra = g_free;
    if (take_priority(call, call->extra, &error))
        api_call_write(g_steal_pointer(&call), write_priority, render_changed);
    else
        api_problem_reply_error(exchange, error);
}

static gboolean
write_retry(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(CatalogJob) job = catalog_joblist_get(database, call->id, error);
    if (job == NULL || !catalog_jobs_retry(database, job->id, &call->stamp, error))
        return FALSE;
    if (job->kind == CATALOG_JOB_KIND_ENCODE &&
        !api_lessonmoves_requeue(database, job->lesson_id, &call->stamp, error))
        return FALSE;
    return read_one(database, call, error);
}

static gboolean
write_cancel(CatalogDatabase *database, ApiCall *call, GError **error)
{
    return read_one(database, call, error) &&
           api_lessonmoves_cancel_job(database, call->result, &call->stamp, error) &&
           read_one(database, call, error);
}

void
api_jobs_retry(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_write(call, write_retry, render_changed);
}

void
api_jobs_cancel(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_write(call, write_cancel, render_changed);
}
