// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reading and editing lessons, each with one piece of catalogue work.
#include "server/api/lessons.h"

#include <string.h>

#include "catalog/error.h"
#include "catalog/lessonlist.h"
#include "catalog/lessons.h"
#include "server/api/problem.h"
#include "server/api/revision.h"
#include "server/api/views.h"
#include "server/api/lessonviews.h"
#include "server/flows/encode.h"

#define QUERY_BYTES_MAX 400
#define SHORT_TEXT_BYTES_MAX 400

// What a list was asked for; the call's extra.
typedef struct {
    char *query;              // (owned) (nullable)
    char *cursor;             // (owned) (nullable)
    guint limit;              // 1..200
    gboolean mine;            // only own lessons
    gboolean has_state;       // whether state counts
    CatalogLessonState state; // only lessons in it
} Wanted;

static void
free_wanted(gpointer data)
{
    Wanted *wanted = data;
    g_free(wanted->query);
    g_free(wanted->cursor);
    g_free(wanted);
}

static ApiViewsReader
make_reader(ApiCall *call)
{
    ApiViewsReader reader = {call->account, api_problem_choose_language(call->exchange)};
    return reader;
}

// The catalogue's filter knows owners and publicity; the table of access has the last word on each
// row.
static void
drop_unseen(GPtrArray *lessons, const ServerAccessAccount *account)
{
    for (guint i = lessons->len; i > 0; i--) {
        if (!server_access_may_see(account, lessons->pdata[i - 1]))
            g_ptr_array_remove_index(lessons, i - 1);
    }
}

static CatalogPage *
read_list(CatalogDatabase *database, ApiCall *call, CatalogLessonlistFilter *filter, GError **error)
{
    filter->viewer.account_id = call->account != NULL ? call->account->id : NULL;
    filter->viewer.sees_all = server_access_may_lesson(call->account, SERVER_ACCESS_EDIT, NULL,
                                                       CATALOG_LESSON_VISIBILITY_DRAFT);
    CatalogPage *page = catalog_lessonlist_list(database, filter, error);
    if (page != NULL)
        drop_unseen(page->items, call->account);
    return page;
}

CatalogPage *
api_lessons_read_page(CatalogDatabase *database, ApiCall *call, const char *query,
                      const char *cursor, guint limit, GError **error)
{
    static const CatalogLessonState published = CATALOG_LESSON_STATE_PUBLISHED;
    CatalogLessonlistFilter filter = {
        .query = query, .cursor = cursor, .limit = limit, .state = &published};
    return read_list(database, call, &filter, error);
}

static gboolean
read_wanted(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Wanted *wanted = call->extra;
    CatalogLessonlistFilter filter = {
        .query = wanted->query,
        .cursor = wanted->cursor,
        .limit = wanted->limit,
        .state = wanted->has_state ? &wanted->state : NULL,
        .owner_id = wanted->mine ? call->account->id : NULL,
    };
    api_call_set_result(call, read_list(database, call, &filter, error),
                        (GDestroyNotify)catalog_page_free);
    return call->result != NULL;
}

static void
render_list(ApiCall *call)
{
    CatalogPage *page = call->result;
    ApiViewsReader reader = make_reader(call);
    http_exchange_reply_json(
        call->exchange, 200,
        api_views_render_list(page->items, page->next_cursor, api_lessonviews_render, &reader));
}

static gboolean
parse_wanted(ApiCall *call, Wanted *wanted, GError **error)
{
    const char *query = http_exchange_get_query(call->exchange, "query");
    const char *state = http_exchange_get_query(call->exchange, "state");
    const char *mine = http_exchange_get_query(call->exchange, "mine");
    if (query != NULL && strlen(query) > QUERY_BYTES_MAX)
        return api_problem_refuse(error, API_PROBLEM_ERROR_INVALID, "query is too long");
    wanted->query = g_strdup(query);
    wanted->cursor = g_strdup(http_exchange_get_query(call->exchange, "cursor"));
    wanted->has_state = state != NULL && *state != '\0';
    if (wanted->has_state && !catalog_lesson_state_from_text(state, &wanted->state))
        return api_problem_refuse(error, API_PROBLEM_ERROR_INVALID,
                                  "state is not one of a lesson's");
    wanted->mine = mine != NULL && strcmp(mine, "1") == 0;
    if (wanted->mine && call->account == NULL)
        return api_problem_refuse(error, API_PROBLEM_ERROR_UNAUTHORIZED, "mine needs an account");
    return api_call_read_limit(call, &wanted->limit, error);
}

void
api_lessons_list(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new(exchange);
    g_autoptr(GError) error = NULL;
    if (call == NULL)
        return;
    call->extra = g_new0(Wanted, 1);
    call->free_extra = free_wanted;
    if (parse_wanted(call, call->extra, &error))
        api_call_read(g_steal_pointer(&call), read_wanted, render_list);
    else
        api_problem_reply_error(exchange, error);
}

CatalogLesson *
api_lessons_read_visible(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(CatalogLesson) lesson = catalog_lessonlist_get(database, call->id, error);
    if (lesson == NULL)
        return NULL;
    gboolean editor = server_access_may_lesson(call->account, SERVER_ACCESS_EDIT, lesson->owner_id,
                                               lesson->visibility);
    if (editor || server_access_may_see(call->account, lesson))
        return g_steal_pointer(&lesson);
    // What may not be seen is not said to exist.
    g_set_error_literal(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND, "no such lesson");
    return NULL;
}

CatalogLesson *
api_lessons_read_editable(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(CatalogLesson) lesson = api_lessons_read_visible(database, call, error);
    if (lesson == NULL || server_access_may_lesson(call->account, SERVER_ACCESS_EDIT,
                                                   lesson->owner_id, lesson->visibility))
        return g_steal_pointer(&lesson);
    api_problem_refuse(error, API_PROBLEM_ERROR_FORBIDDEN, "not an editor of this lesson");
    return NULL;
}

static gboolean
read_one(CatalogDatabase *database, ApiCall *call, GError **error)
{
    api_call_set_result(call, api_lessons_read_visible(database, call, error),
                        (GDestroyNotify)catalog_lesson_free);
    return call->result != NULL;
}

void
api_lessons_render(ApiCall *call)
{
    ApiViewsReader reader = make_reader(call);
    JsonObject *object = api_lessonviews_render(call->result, &reader);
    http_exchange_set_header(call->exchange, "ETag", json_object_get_string_member(object, "etag"));
    http_exchange_reply_json(call->exchange, 200, api_views_wrap(object));
}

void
api_lessons_render_changed(ApiCall *call)
{
    server_app_note_lesson(call->app, call->id);
    api_lessons_render(call);
}

void
api_lessons_get(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_one, api_lessons_render);
}

static gboolean
take_field(ApiCall *call, const char *name, gsize most_bytes, gboolean nullable, char **field,
           GError **error)
{
    const char *value = NULL;
    if (nullable && call->body != NULL && json_object_has_member(call->body, name) &&
        json_object_get_null_member(call->body, name)) {
        catalog_lesson_set_text(field, NULL);
        return TRUE;
    }
    if (!api_call_take_text(call, name, most_bytes, &value, error))
        return FALSE;
    if (value != NULL)
        catalog_lesson_set_text(field, value);
    return TRUE;
}

static gboolean
take_keep_until(ApiCall *call, CatalogLesson *lesson, GError **error)
{
    if (json_object_has_member(call->body, "keep_until_ms") &&
        json_object_get_null_member(call->body, "keep_until_ms"))
        lesson->keep_until_ms = 0;
    else if (!api_call_take_number(call, "keep_until_ms", &lesson->keep_until_ms, error))
        return FALSE;
    if (lesson->keep_until_ms >= 0)
        return TRUE;
    return api_problem_refuse(error, API_PROBLEM_ERROR_INVALID, "keep_until_ms is before 1970");
}

static gboolean
take_visibility(ApiCall *call, CatalogLesson *lesson, GError **error)
{
    const char *word = NULL;
    if (!api_call_take_text(call, "visibility", SHORT_TEXT_BYTES_MAX, &word, error))
        return FALSE;
    if (word == NULL || catalog_lesson_visibility_from_text(word, &lesson->visibility))
        return TRUE;
    return api_problem_refuse(error, API_PROBLEM_ERROR_INVALID,
                              "visibility is not one of a lesson's");
}

static gboolean
take_changes(ApiCall *call, CatalogLesson *lesson, GError **error)
{
    const struct {
        const char *name;
        char **field;
    } texts[] = {
        {"subject", &lesson->subject}, {"grade", &lesson->grade},
        {"course", &lesson->course},   {"area", &lesson->area},
        {"centre", &lesson->centre},   {"rights_holder", &lesson->rights_holder},
        {"licence", &lesson->licence},
    };
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (!take_field(call, texts[i].name, SHORT_TEXT_BYTES_MAX, TRUE, texts[i].field, error))
            return FALSE;
    }
    return take_field(call, "title", CATALOG_LESSONS_TITLE_BYTES_MAX, FALSE, &lesson->title,
                      error) &&
           take_field(call, "description", CATALOG_LESSONS_DESCRIPTION_BYTES_MAX, FALSE,
                      &lesson->description, error) &&
           take_field(call, "language", 35, FALSE, &lesson->language, error) &&
           take_visibility(call, lesson, error) && take_keep_until(call, lesson, error);
}

static gboolean
write_changes(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(CatalogLesson) lesson = api_lessons_read_editable(database, call, error);
    if (lesson == NULL || !take_changes(call, lesson, error))
        return FALSE;
    if (catalog_lessons_update(database, lesson, call->revision, &call->stamp, &local))
        return read_one(database, call, error);
    return api_revision_translate(local, NULL, error);
}

/* The bundle says what the catalogue says. */
static void
render_edited(ApiCall *call)
{
    flows_encode_describe(server_app_get_encode(call->app), call->id);
    api_lessons_render_changed(call);
}

void
api_lessons_update(HttpExchange *exchange)
{
    static const char *const names[] = {
        "title", "description", "language",      "visibility", "subject",       "grade", "course",
        "area",  "centre",      "rights_holder", "licence",    "keep_until_ms", NULL};
    g_autoptr(ApiCall) call = api_call_new(exchange);
    if (call != NULL && api_call_require_body(call, names) && api_revision_require_match(call))
        api_call_write(g_steal_pointer(&call), write_changes, render_edited);
}
