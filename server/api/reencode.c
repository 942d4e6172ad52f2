// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One transaction each: may this account edit, the order, the lesson as it is now.
#include "server/api/reencode.h"

#include <string.h>

#include "catalog/error.h"
#include "catalog/lessonlist.h"
#include "server/api/body.h"
#include "server/api/lessons.h"
#include "server/api/problem.h"
#include "server/api/revision.h"
#include "server/api/views.h"
#include "server/flows/reencode.h"

typedef struct {
    CatalogArea area; // (value) width 0: none
} Mark;

static gboolean
read_changed(CatalogDatabase *database, ApiCall *call, GError **error)
{
    api_call_set_result(call, catalog_lessonlist_get(database, call->id, error),
                        (GDestroyNotify)catalog_lesson_free);
    return call->result != NULL;
}

/* Nothing is made of what was encoded once already: it would only lose by it. */
static gboolean
check_original(const CatalogLesson *lesson, GError **error)
{
    if (lesson->original_bytes > 0)
        return TRUE;
    g_set_error_literal(error, API_PROBLEM_ERROR, API_PROBLEM_ERROR_NO_ORIGINAL, "no original");
    return FALSE;
}

static gboolean
write_order(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(CatalogLesson) lesson = api_lessons_read_editable(database, call, error);
    if (lesson == NULL)
        return FALSE;
    if (lesson->published_ms == 0) {
        g_set_error_literal(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT,
                            "the lesson was never published");
        return FALSE;
    }
    if (!check_original(lesson, error))
        return FALSE;
    g_autofree char *job = flows_reencode_order(database, lesson, FALSE, &call->stamp, error);
    return job != NULL && read_changed(database, call, error);
}

static void
render_and_wake(ApiCall *call)
{
    const CatalogLesson *lesson = call->result;
    if (lesson->job != NULL)
        server_events_publish(server_app_get_events(call->app), SERVER_EVENTS_JOB, lesson->job->id);
    flows_encode_wake(server_app_get_encode(call->app));
    api_lessons_render_changed(call);
}

void
api_reencode_order(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_write(call, write_order, render_and_wake);
}

static gboolean
write_mark(CatalogDatabase *database, ApiCall *call, GError **error)
{
    const Mark *mark = call->extra;
    g_autoptr(CatalogLesson) lesson = api_lessons_read_editable(database, call, error);
    if (lesson == NULL)
        return FALSE;
    if (call->revision >= 0 && call->revision != lesson->revision) {
        g_set_error_literal(error, API_PROBLEM_ERROR, API_PROBLEM_ERROR_PRECONDITION,
                            "changed meanwhile");
        return FALSE;
    }
    if (lesson->published_ms > 0 && !check_original(lesson, error))
        return FALSE;
    return flows_reencode_mark_interpreter(database, lesson,
                                           mark->area.width > 0 ? &mark->area : NULL,
                                           call->revision, &call->stamp, error) &&
           read_changed(database, call, error);
}

static gboolean
take_area(ApiCall *call, CatalogArea *area, GError **error)
{
    static const char *const names[] = {"x", "y", "width", "height", NULL};
    gint64 values[] = {-1, -1, -1, -1};
    if (!api_call_refuse_others(call, names, error))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(values); i++)
        if (!api_call_take_number(call, names[i], &values[i], error))
            return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(values); i++)
        values[i] = CLAMP(values[i], -1, 1001);
    *area = (CatalogArea){(int)values[0], (int)values[1], (int)values[2], (int)values[3]};
    if (catalog_area_is_sane(area))
        return TRUE;
    g_set_error_literal(error, API_PROBLEM_ERROR, API_PROBLEM_ERROR_INVALID,
                        "x, y, width and height are not of a part of the picture in permille");
    return FALSE;
}

/* `null`, or an object: both are JSON. */
static gboolean
take_body(ApiCall *call, Mark *mark, GError **error)
{
    GBytes *bytes = http_exchange_get_body(call->exchange);
    const char *type = http_exchange_get_header(call->exchange, "Content-Type");
    gsize length = 0;
    const char *data = bytes != NULL ? g_bytes_get_data(bytes, &length) : NULL;
    g_autofree char *text = g_strndup(data != NULL ? data : "", length);
    if (type == NULL || g_ascii_strncasecmp(type, "application/json", 16) != 0) {
        api_problem_reply(call->exchange, 415, "media-type", NULL);
        return FALSE;
    }
    if (strcmp(g_strstrip(text), "null") == 0)
        return TRUE;
    call->body = api_body_parse(data, length);
    if (call->body != NULL)
        return take_area(call, &mark->area, error);
    api_problem_reply(call->exchange, 400, "malformed", "the body is neither null nor an object");
    return FALSE;
}

void
api_reencode_mark_interpreter(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new_plain(exchange);
    g_autoptr(GError) error = NULL;
    if (call == NULL)
        return;
    Mark *mark = g_new0(Mark, 1);
    call->extra = mark;
    call->free_extra = g_free;
    if (!api_revision_read_match(call))
        return;
    if (take_body(call, mark, &error))
        api_call_write(g_steal_pointer(&call), write_mark, render_and_wake);
    else if (error != NULL)
        api_problem_reply_error(exchange, error);
}
