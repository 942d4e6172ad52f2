// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A patch is written only over the lesson that it was made from.
#include "server/flows/patch_rows.h"

#include <string.h>

#include "catalog/assets.h"
#include "catalog/captions.h"
#include "catalog/error.h"
#include "catalog/generations.h"
#include "catalog/lessonlist.h"
#include "catalog/lessons.h"
#include "catalog/recordings.h"
#include "catalog/rungs.h"
#include "server/flows/captions_save.h"
#include "server/flows/encode_source.h"

#define GRACE_MS (G_GINT64_CONSTANT(24) * 3600 * 1000) // for those who watch

void
flows_patch_rows_clear(FlowsPatchRowsFacts *facts)
{
    g_clear_pointer(&facts->own, catalog_lesson_free);
    g_clear_pointer(&facts->repeat, catalog_lesson_free);
    *facts = (FlowsPatchRowsFacts){0};
}

/* @lesson (out) (transfer full) (nullable): as it is shown; NULL: there is none. */
static gboolean
read_lesson(CatalogDatabase *database, const char *id, CatalogLesson **lesson, GError **error)
{
    g_autoptr(GError) local = NULL;
    *lesson = catalog_lessonlist_get_generation(database, id, 0, &local);
    if (*lesson != NULL || g_error_matches(local, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

static gboolean
is_shown(const CatalogLesson *lesson)
{
    return lesson != NULL && lesson->state == CATALOG_LESSON_STATE_PUBLISHED;
}

/* Captions apart, which belong to no generation. */
static gboolean
is_busy(const CatalogLesson *lesson)
{
    return lesson->refining ||
           (lesson->job != NULL && lesson->job->kind != CATALOG_JOB_KIND_CAPTIONS);
}

gboolean
flows_patch_rows_begin(CatalogDatabase *database, const CatalogPatches *patch,
                       FlowsPatchRowsFacts *facts, gint64 now_ms, GError **error)
{
    const CatalogAuditStamp by = {NULL, now_ms};
    flows_patch_rows_clear(facts);
    g_autoptr(CatalogPatches) now = catalog_patches_get(database, patch->id, error);
    if (now == NULL)
        return FALSE;
    if (now->state != CATALOG_PATCHES_STATE_RUNNING) {
        g_set_error_literal(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT, "it does not run");
        return FALSE;
    }
    if (!flows_encode_source_cancel_richer(database, patch->recording_id, &by, error) ||
        !read_lesson(database, patch->recording_id, &facts->own, error) ||
        !read_lesson(database, patch->repeat_id, &facts->repeat, error))
        return FALSE;
    if (!is_shown(facts->own))
        facts->code = "lesson-gone";
    else if (!is_shown(facts->repeat))
        facts->code = "repeat-lost";
    else if (!catalog_gap_is_any_open(facts->own->gaps))
        facts->code = "no-gaps";
    if (facts->code != NULL)
        return TRUE;
    facts->busy = is_busy(facts->own);
    return catalog_recordings_get_start(database, patch->repeat_id, &facts->repeat_ms, error) &&
           catalog_generations_get_next(database, patch->recording_id, &facts->generation, error);
}

static const CatalogCaptions *
find_captions(const CatalogLesson *lesson, const char *language)
{
    for (guint i = 0; i < lesson->captions->len; i++) {
        const CatalogCaptions *captions = lesson->captions->pdata[i];
        if (strcmp(captions->language, language) == 0)
            return captions;
    }
    return NULL;
}

static gboolean
is_unchanged(const CatalogLesson *before, const CatalogLesson *now)
{
    if (now->generation != before->generation || is_busy(now) ||
        now->captions->len != before->captions->len)
        return FALSE;
    for (guint i = 0; i < before->captions->len; i++) {
        const CatalogCaptions *captions = before->captions->pdata[i];
        const CatalogCaptions *same = find_captions(now, captions->language);
        if (same == NULL || same->revision != captions->revision)
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_lesson(CatalogDatabase *database, const CatalogLesson *before, GError **error)
{
    g_autoptr(CatalogLesson) now = catalog_lessonlist_get(database, before->id, error);
    if (now == NULL || is_unchanged(before, now))
        return now != NULL;
    g_set_error_literal(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT,
                        "the lesson was changed in between");
    return FALSE;
}

static gboolean
publish_files(CatalogDatabase *database, const CatalogLesson *made, gint64 now_ms, GError **error)
{
    for (guint i = 0; i < made->rungs->len; i++) {
        if (!catalog_rungs_publish(database, made->rungs->pdata[i], 0, now_ms, error))
            return FALSE;
    }
    for (guint i = 0; i < made->assets->len; i++) {
        if (!catalog_assets_publish(database, made->assets->pdata[i], 0, now_ms, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
save_captions(CatalogDatabase *database, const CatalogLesson *made, const CatalogAuditStamp *by,
              GError **error)
{
    for (guint i = 0; i < made->captions->len; i++) {
        if (!catalog_captions_save(database, made->captions->pdata[i], -1,
                                   FLOWS_CAPTIONS_SAVE_GRACE_MS, by, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
flows_patch_rows_write(CatalogDatabase *database, const FlowsPatchRowsFacts *facts,
                       const CatalogLesson *made, const CatalogPatches *ended, gint64 now_ms,
                       GError **error)
{
    const CatalogAuditStamp by = {NULL, now_ms};
    const CatalogLessonsMedia media = {.duration_ms = made->duration_ms, .complete = -1};
    const CatalogGenerationsMove shown = {made->id, facts->generation, now_ms + GRACE_MS};
    return check_lesson(database, facts->own, error) &&
           publish_files(database, made, now_ms, error) &&
           catalog_generations_show(database, &shown, now_ms, error) &&
           catalog_lessons_set_media(database, made->id, &media, now_ms, error) &&
           save_captions(database, made, &by, error) &&
           catalog_recordings_set_gaps(database, made->id, made->gaps, error) &&
           catalog_patches_end(database, ended, &by, error);
}
