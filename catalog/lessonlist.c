// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reading lessons. A page is one query for the lessons and one each for their rungs, assets,
// captions, jobs and uploads.
#include "catalog/lessonlist.h"

#include <string.h>

#include "catalog/assets.h"
#include "catalog/error.h"
#include "catalog/joblist.h"
#include "catalog/recordings.h"
#include "catalog/rungs.h"
#include "catalog/search.h"
#include "catalog/statement.h"
#include "catalog/texts.h"
#include "catalog/uploads.h"

#define SEARCH_OFFSET_MAX 1000
#define SEARCH_CURSOR_PREFIX "search."

#define LESSON_COLUMNS                                                                             \
    "SELECT l.id AS id, owner_id, p.display_name AS owner_name,"                                   \
    " iif(withdrawn_ms <> 0, 'withdrawn', state) AS state, visibility, complete, revision, title," \
    " description, l.language AS language, filename, subject, grade, course, area, centre,"        \
    " rights_holder, licence, keep_until_ms, duration_ms, poster_file, original_bytes,"            \
    " original_sha256, error_code, warnings, l.created_ms AS created_ms,"                          \
    " l.updated_ms AS updated_ms, published_ms, generation, interpreter, inset"                    \
    " FROM lessons l LEFT JOIN accounts p ON p.id = l.owner_id"

static CatalogArea
read_area(CatalogStatement *statement, const char *column)
{
    CatalogArea area = {0, 0, 0, 0};
    catalog_area_from_text(catalog_statement_get_text(statement, column), &area);
    return area;
}

static CatalogLesson *
read_lesson(CatalogStatement *statement)
{
    CatalogLesson *lesson = g_new0(CatalogLesson, 1);
    lesson->id = catalog_statement_dup_text(statement, "id");
    lesson->owner_id = catalog_statement_dup_text(statement, "owner_id");
    lesson->owner_name = catalog_statement_dup_text(statement, "owner_name");
    catalog_lesson_state_from_text(catalog_statement_get_text(statement, "state"), &lesson->state);
    catalog_lesson_visibility_from_text(catalog_statement_get_text(statement, "visibility"),
                                        &lesson->visibility);
    lesson->complete = catalog_statement_get_int(statement, "complete") != 0;
    lesson->revision = catalog_statement_get_int(statement, "revision");
    lesson->title = catalog_statement_dup_text(statement, "title");
    lesson->description = catalog_statement_dup_text(statement, "description");
    lesson->language = catalog_statement_dup_text(statement, "language");
    lesson->filename = catalog_statement_dup_text(statement, "filename");
    lesson->subject = catalog_statement_dup_text(statement, "subject");
    lesson->grade = catalog_statement_dup_text(statement, "grade");
    lesson->course = catalog_statement_dup_text(statement, "course");
    lesson->area = catalog_statement_dup_text(statement, "area");
    lesson->centre = catalog_statement_dup_text(statement, "centre");
    lesson->rights_holder = catalog_statement_dup_text(statement, "rights_holder");
    lesson->licence = catalog_statement_dup_text(statement, "licence");
    lesson->keep_until_ms = catalog_statement_get_int(statement, "keep_until_ms");
    lesson->duration_ms = catalog_statement_get_int(statement, "duration_ms");
    lesson->poster_file = catalog_statement_dup_text(statement, "poster_file");
    lesson->original_bytes = catalog_statement_get_int(statement, "original_bytes");
    lesson->original_sha256 = catalog_statement_dup_text(statement, "original_sha256");
    lesson->error_code = catalog_statement_dup_text(statement, "error_code");
    lesson->warnings = catalog_texts_parse_list(catalog_statement_get_text(statement, "warnings"));
    lesson->created_ms = catalog_statement_get_int(statement, "created_ms");
    lesson->updated_ms = catalog_statement_get_int(statement, "updated_ms");
    lesson->published_ms = catalog_statement_get_int(statement, "published_ms");
    lesson->generation = catalog_statement_get_int(statement, "generation");
    lesson->interpreter = read_area(statement, "interpreter");
    lesson->inset = read_area(statement, "inset");
    lesson->rungs = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_rung_free);
    lesson->assets = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_asset_free);
    lesson->captions = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_captions_free);
    lesson->gaps = g_array_new(FALSE, FALSE, sizeof(CatalogGap));
    lesson->received_bytes = lesson->original_bytes;
    lesson->length_bytes = lesson->original_bytes > 0 ? lesson->original_bytes : -1;
    return lesson;
}

static void
take_rungs(GHashTable *lessons, GPtrArray *rungs)
{
    for (guint i = 0; i < rungs->len; i++) {
        CatalogRung *rung = g_ptr_array_index(rungs, i);
        CatalogLesson *lesson = g_hash_table_lookup(lessons, rung->lesson_id);
        g_ptr_array_add(lesson->rungs, catalog_rung_copy(rung));
    }
}

static void
take_assets(GHashTable *lessons, GPtrArray *assets)
{
    for (guint i = 0; i < assets->len; i++) {
        CatalogAsset *asset = g_ptr_array_index(assets, i);
        CatalogLesson *lesson = g_hash_table_lookup(lessons, asset->lesson_id);
        g_ptr_array_add(lesson->assets, catalog_asset_copy(asset));
    }
}

static void
take_captions(GHashTable *lessons, GPtrArray *items)
{
    for (guint i = 0; i < items->len; i++) {
        CatalogCaptions *captions = g_ptr_array_index(items, i);
        CatalogLesson *lesson = g_hash_table_lookup(lessons, captions->lesson_id);
        g_ptr_array_add(lesson->captions, catalog_captions_copy(captions));
    }
}

static void
take_jobs(GHashTable *lessons, GPtrArray *jobs)
{
    for (guint i = 0; i < jobs->len; i++) {
        CatalogJob *job = g_ptr_array_index(jobs, i);
        CatalogLesson *lesson = g_hash_table_lookup(lessons, job->lesson_id);
        gboolean whole =
            job->kind == CATALOG_JOB_KIND_ENCODE || job->kind == CATALOG_JOB_KIND_REENCODE;
        lesson->refining = lesson->refining || job->kind == CATALOG_JOB_KIND_REFINE;
        if (!whole || (lesson->job != NULL && lesson->job->kind == CATALOG_JOB_KIND_ENCODE))
            continue;
        catalog_job_free(lesson->job);
        lesson->job = catalog_job_copy(job);
    }
}

static void
take_uploads(GHashTable *lessons, GPtrArray *uploads)
{
    for (guint i = 0; i < uploads->len; i++) {
        CatalogUpload *upload = g_ptr_array_index(uploads, i);
        CatalogLesson *lesson = g_hash_table_lookup(lessons, upload->lesson_id);
        catalog_lesson_set_text(&lesson->upload_id, upload->id);
        lesson->received_bytes = upload->offset_bytes;
        lesson->length_bytes = upload->length_bytes;
    }
}

/* Adds to every lesson what other tables know of it. */
static gboolean
complete_lessons(CatalogDatabase *database, GPtrArray *items, GError **error)
{
    if (items->len == 0)
        return TRUE;
    g_autoptr(GHashTable) lessons = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (guint i = 0; i < items->len; i++) {
        CatalogLesson *lesson = g_ptr_array_index(items, i);
        g_hash_table_insert(lessons, lesson->id, lesson);
        g_ptr_array_add(ids, lesson->id);
    }
    g_autoptr(GPtrArray) rungs = catalog_rungs_list_many(database, ids, error);
    if (rungs == NULL)
        return FALSE;
    g_autoptr(GPtrArray) assets = catalog_assets_list_many(database, ids, error);
    if (assets == NULL)
        return FALSE;
    g_autoptr(GPtrArray) captions = catalog_captions_list_many(database, ids, error);
    if (captions == NULL)
        return FALSE;
    g_autoptr(GPtrArray) jobs = catalog_joblist_list_active(database, ids, error);
    if (jobs == NULL)
        return FALSE;
    g_autoptr(GPtrArray) uploads = catalog_uploads_list_of_lessons(database, ids, error);
    if (uploads == NULL)
        return FALSE;
    if (!catalog_recordings_fill_lessons(database, ids, lessons, error))
        return FALSE;
    take_rungs(lessons, rungs);
    take_assets(lessons, assets);
    take_captions(lessons, captions);
    take_jobs(lessons, jobs);
    take_uploads(lessons, uploads);
    return TRUE;
}

static const char GET_SQL[] = LESSON_COLUMNS " WHERE l.id = :id";

CatalogLesson *
catalog_lessonlist_get(CatalogDatabase *database, const char *id, GError **error)
{
    g_autoptr(GPtrArray) items =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_lesson_free);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, GET_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    if (!catalog_statement_next(statement)) {
        catalog_statement_finish_missing(statement, "lesson", error);
        return NULL;
    }
    g_ptr_array_add(items, read_lesson(statement));
    if (!complete_lessons(database, items, error))
        return NULL;
    return g_ptr_array_steal_index(items, 0);
}

/* The row of the lesson names the poster of the generation that is shown. */
static void
choose_poster(CatalogLesson *lesson)
{
    catalog_lesson_set_text(&lesson->poster_file, NULL);
    for (guint i = 0; i < lesson->assets->len; i++) {
        const CatalogAsset *asset = lesson->assets->pdata[i];
        if (asset->kind == CATALOG_ASSET_KIND_POSTER)
            catalog_lesson_set_text(&lesson->poster_file, asset->file);
    }
}

CatalogLesson *
catalog_lessonlist_get_generation(CatalogDatabase *database, const char *id, gint64 generation,
                                  GError **error)
{
    g_autoptr(CatalogLesson) lesson = catalog_lessonlist_get(database, id, error);
    if (lesson == NULL)
        return NULL;
    gint64 wanted = generation > 0 ? generation : lesson->generation;
    g_autoptr(GPtrArray) rungs = catalog_rungs_list(database, id, wanted, error);
    if (rungs == NULL)
        return NULL;
    g_autoptr(GPtrArray) assets = catalog_assets_list(database, id, wanted, error);
    if (assets == NULL)
        return NULL;
    g_ptr_array_unref(lesson->rungs);
    g_ptr_array_unref(lesson->assets);
    lesson->rungs = g_steal_pointer(&rungs);
    lesson->assets = g_steal_pointer(&assets);
    if (lesson->generation != wanted)
        choose_poster(lesson);
    lesson->generation = wanted;
    return g_steal_pointer(&lesson);
}

gboolean
catalog_lessonlist_is_visible(const CatalogLesson *lesson, const CatalogLessonlistViewer *viewer)
{
    if (viewer->sees_all ||
        (viewer->account_id != NULL && g_strcmp0(viewer->account_id, lesson->owner_id) == 0))
        return TRUE;
    if (lesson->state != CATALOG_LESSON_STATE_PUBLISHED)
        return FALSE;
    switch (lesson->visibility) {
    case CATALOG_LESSON_VISIBILITY_PUBLIC:
        return TRUE;
    case CATALOG_LESSON_VISIBILITY_SIGNED_IN:
        return viewer->account_id != NULL;
    case CATALOG_LESSON_VISIBILITY_GROUP:
    case CATALOG_LESSON_VISIBILITY_DRAFT:
        return FALSE;
    }
    return FALSE;
}

/* The same rule as catalog_lessonlist_is_visible(), which search.c has too: the tests compare them.
 */
#define VISIBLE                                                                                    \
    " (:sees_all OR owner_id = :account_id OR (state = 'published' AND withdrawn_ms = 0"           \
    "  AND (visibility = 'public' OR (visibility = 'signed-in' AND :account_id IS NOT NULL))))"    \
    " AND (:state IS NULL OR iif(withdrawn_ms <> 0, 'withdrawn', state) = :state)"                 \
    " AND (l.created_ms, l.id) < (:position_ms, :id)"                                              \
    " ORDER BY l.created_ms DESC, l.id DESC LIMIT :limit"

// One text for each index that can give the rows in order.
static const char LIST_SQL[] = LESSON_COLUMNS " WHERE" VISIBLE;
static const char LIST_SHOWN_SQL[] =
    LESSON_COLUMNS " WHERE state = 'published' AND withdrawn_ms = 0 AND" VISIBLE;
static const char LIST_OWNER_SQL[] = LESSON_COLUMNS " WHERE owner_id = :owner_id AND" VISIBLE;
static const char LIST_STATE_SQL[] = LESSON_COLUMNS " WHERE state = :state AND" VISIBLE;

static const char *
choose_list_sql(const CatalogLessonlistFilter *filter)
{
    if (filter->owner_id != NULL)
        return LIST_OWNER_SQL;
    if (filter->viewer.account_id == NULL && !filter->viewer.sees_all)
        return LIST_SHOWN_SQL;
    if (filter->state != NULL && *filter->state != CATALOG_LESSON_STATE_WITHDRAWN)
        return LIST_STATE_SQL;
    return LIST_SQL;
}

static CatalogPage *
list_newest(CatalogDatabase *database, const CatalogLessonlistFilter *filter, GError **error)
{
    gint64 position_ms = 0;
    g_autofree char *id = NULL;
    if (!catalog_page_read_cursor(filter->cursor, &position_ms, &id, error))
        return NULL;
    guint limit = catalog_page_clamp_limit(filter->limit);
    const char *sql = choose_list_sql(filter);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, sql);
    if (sql == LIST_OWNER_SQL)
        catalog_statement_bind_text(statement, ":owner_id", filter->owner_id);
    catalog_statement_bind_int(statement, ":sees_all", filter->viewer.sees_all);
    catalog_statement_bind_text(statement, ":account_id", filter->viewer.account_id);
    catalog_statement_bind_text(statement, ":state",
                                filter->state != NULL ? catalog_lesson_state_to_text(*filter->state)
                                                      : NULL);
    catalog_statement_bind_int(statement, ":position_ms", position_ms);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_int(statement, ":limit", (gint64)limit + 1);

    g_autoptr(CatalogPage) page =
        catalog_page_new(g_ptr_array_new_with_free_func((GDestroyNotify)catalog_lesson_free));
    while (catalog_statement_next(statement))
        g_ptr_array_add(page->items, read_lesson(statement));
    if (!catalog_statement_finish(statement, error))
        return NULL;
    if (page->items->len > limit) {
        g_ptr_array_set_size(page->items, (int)limit);
        const CatalogLesson *last = g_ptr_array_index(page->items, limit - 1);
        page->next_cursor = catalog_page_write_cursor(last->created_ms, last->id);
    }
    return complete_lessons(database, page->items, error) ? g_steal_pointer(&page) : NULL;
}

static gboolean
read_search_cursor(const char *cursor, guint *offset, GError **error)
{
    guint64 value = 0;
    if (cursor != NULL && *cursor != '\0' &&
        (!g_str_has_prefix(cursor, SEARCH_CURSOR_PREFIX) ||
         !g_ascii_string_to_unsigned(cursor + strlen(SEARCH_CURSOR_PREFIX), 10, 0,
                                     SEARCH_OFFSET_MAX, &value, NULL))) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID, "the cursor is not of a search");
        return FALSE;
    }
    *offset = (guint)value;
    return TRUE;
}

static const char GET_MANY_SQL[] =
    LESSON_COLUMNS " JOIN json_each(:ids) wanted ON wanted.value = l.id ORDER BY wanted.key";

static CatalogPage *
list_found(CatalogDatabase *database, const CatalogLessonlistFilter *filter, GError **error)
{
    CatalogSearchRequest request = {
        .query = filter->query,
        .account_id = filter->viewer.account_id,
        .sees_all = filter->viewer.sees_all,
        .owner_id = filter->owner_id,
        .state = filter->state != NULL ? catalog_lesson_state_to_text(*filter->state) : NULL,
    };
    guint limit = catalog_page_clamp_limit(filter->limit);
    request.limit = limit + 1;
    if (!read_search_cursor(filter->cursor, &request.offset, error))
        return NULL;
    g_autoptr(GPtrArray) ids = catalog_search_find(database, &request, error);
    if (ids == NULL)
        return NULL;
    gboolean more = ids->len > limit && request.offset + limit <= SEARCH_OFFSET_MAX;
    g_ptr_array_set_size(ids, (int)MIN(ids->len, limit));

    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, GET_MANY_SQL);
    catalog_statement_bind_list(statement, ":ids", ids);
    g_autoptr(CatalogPage) page =
        catalog_page_new(g_ptr_array_new_with_free_func((GDestroyNotify)catalog_lesson_free));
    while (catalog_statement_next(statement))
        g_ptr_array_add(page->items, read_lesson(statement));
    if (!catalog_statement_finish(statement, error) ||
        !complete_lessons(database, page->items, error))
        return NULL;
    if (more)
        page->next_cursor = g_strdup_printf(SEARCH_CURSOR_PREFIX "%u", request.offset + limit);
    return g_steal_pointer(&page);
}

CatalogPage *
catalog_lessonlist_list(CatalogDatabase *database, const CatalogLessonlistFilter *filter,
                        GError **error)
{
    gboolean searching = filter->query != NULL && *filter->query != '\0';
    return searching ? list_found(database, filter, error) : list_newest(database, filter, error);
}

static const char COUNT_SQL[] = "SELECT count(*) AS lessons FROM lessons WHERE withdrawn_ms = 0";

gboolean
catalog_lessonlist_count(CatalogDatabase *database, gint64 *count, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, COUNT_SQL);
    if (catalog_statement_next(statement))
        *count = catalog_statement_get_int(statement, "lessons");
    return catalog_statement_finish(statement, error);
}

static const char LIST_IDS_SQL[] =
    "SELECT id FROM lessons WHERE state = :state ORDER BY created_ms, id LIMIT 10000";

GPtrArray *
catalog_lessonlist_list_ids(CatalogDatabase *database, CatalogLessonState state, GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_IDS_SQL);
    catalog_statement_bind_text(statement, ":state", catalog_lesson_state_to_text(state));
    while (catalog_statement_next(statement))
        g_ptr_array_add(ids, catalog_statement_dup_text(statement, "id"));
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&ids) : NULL;
}
