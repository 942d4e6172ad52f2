// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The lesson value and its states. Withdrawing lays WITHDRAWN over whatever state there is beneath;
// the work beneath goes on, and restoring shows where it has come to.
//
//    create              set_state (upload whole)        set_state (job claimed)
//   ────────▶ RECEIVING ─────────────────────────▶ QUEUED ────────────▶ ENCODING
//                 │                              ▲  ▲   │                │  │  │
//                 │ fail                         │  └───│──── requeued ──┘  │  │ set_state (first
//                 rung) ▼                              │      │ fail        fail  │  ▼
//              FAILED ◀─────────────────────────────────┴──────────────────┘ PUBLISHED
//                 │  │                           │                              ▲
//                 │  └── retry ──────────────────┘                              │
//                 └── set_state (rungs of an earlier attempt are kept) ─────────┘
//
//   any state ── withdraw ──▶ WITHDRAWN ── restore ──▶ the state beneath
#include "catalog/lesson.h"

#include "catalog/texts.h"

static const char *const STATE_NAMES[] = {"receiving", "queued",    "encoding", "published",
                                          "failed",    "withdrawn", NULL};
static const char *const VISIBILITY_NAMES[] = {"public", "signed-in", "group", "draft", NULL};

static const gboolean MOVES[6][6] = {
    // to: receiving, queued, encoding, published, failed, withdrawn
    [CATALOG_LESSON_STATE_RECEIVING] = {FALSE, TRUE, FALSE, FALSE, TRUE, TRUE},
    [CATALOG_LESSON_STATE_QUEUED] = {FALSE, FALSE, TRUE, TRUE, TRUE, TRUE},
    [CATALOG_LESSON_STATE_ENCODING] = {FALSE, TRUE, FALSE, TRUE, TRUE, TRUE},
    [CATALOG_LESSON_STATE_PUBLISHED] = {FALSE, FALSE, FALSE, FALSE, FALSE, TRUE},
    [CATALOG_LESSON_STATE_FAILED] = {FALSE, TRUE, TRUE, TRUE, FALSE, TRUE},
    [CATALOG_LESSON_STATE_WITHDRAWN] = {FALSE, FALSE, FALSE, FALSE, FALSE, FALSE},
};

CatalogLesson *
catalog_lesson_new(const char *id)
{
    CatalogLesson *lesson = g_new0(CatalogLesson, 1);
    lesson->id = g_strdup(id);
    lesson->title = g_strdup("");
    lesson->description = g_strdup("");
    lesson->language = g_strdup("th");
    lesson->revision = 1;
    lesson->warnings = g_new0(char *, 1);
    lesson->generation = 1;
    lesson->rungs = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_rung_free);
    lesson->assets = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_asset_free);
    lesson->captions = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_captions_free);
    lesson->gaps = g_array_new(FALSE, FALSE, sizeof(CatalogGap));
    lesson->length_bytes = -1;
    return lesson;
}

static gpointer
copy_rung(gconstpointer rung, gpointer unused)
{
    return catalog_rung_copy(rung);
}

static gpointer
copy_asset(gconstpointer asset, gpointer unused)
{
    return catalog_asset_copy(asset);
}

static gpointer
copy_captions(gconstpointer captions, gpointer unused)
{
    return catalog_captions_copy(captions);
}

CatalogLesson *
catalog_lesson_copy(const CatalogLesson *lesson)
{
    CatalogLesson *copy = g_memdup2(lesson, sizeof *lesson);
    char **texts[] = {&copy->id,
                      &copy->owner_id,
                      &copy->owner_name,
                      &copy->title,
                      &copy->description,
                      &copy->language,
                      &copy->filename,
                      &copy->subject,
                      &copy->grade,
                      &copy->course,
                      &copy->area,
                      &copy->centre,
                      &copy->licence,
                      &copy->rights_holder,
                      &copy->poster_file,
                      &copy->error_code,
                      &copy->original_sha256,
                      &copy->upload_id};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        *texts[i] = g_strdup(*texts[i]);
    copy->warnings = g_strdupv(lesson->warnings);
    copy->rungs = g_ptr_array_copy(lesson->rungs, copy_rung, NULL);
    g_ptr_array_set_free_func(copy->rungs, (GDestroyNotify)catalog_rung_free);
    copy->assets = g_ptr_array_copy(lesson->assets, copy_asset, NULL);
    g_ptr_array_set_free_func(copy->assets, (GDestroyNotify)catalog_asset_free);
    copy->captions = g_ptr_array_copy(lesson->captions, copy_captions, NULL);
    g_ptr_array_set_free_func(copy->captions, (GDestroyNotify)catalog_captions_free);
    copy->gaps = g_array_copy(lesson->gaps);
    copy->job = lesson->job != NULL ? catalog_job_copy(lesson->job) : NULL;
    return copy;
}

void
catalog_lesson_free(CatalogLesson *lesson)
{
    if (lesson == NULL)
        return;
    char *texts[] = {lesson->id,
                     lesson->owner_id,
                     lesson->owner_name,
                     lesson->title,
                     lesson->description,
                     lesson->language,
                     lesson->filename,
                     lesson->subject,
                     lesson->grade,
                     lesson->course,
                     lesson->area,
                     lesson->centre,
                     lesson->licence,
                     lesson->rights_holder,
                     lesson->poster_file,
                     lesson->error_code,
                     lesson->original_sha256,
                     lesson->upload_id};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_strfreev(lesson->warnings);
    g_ptr_array_unref(lesson->rungs);
    g_ptr_array_unref(lesson->assets);
    g_ptr_array_unref(lesson->captions);
    g_array_unref(lesson->gaps);
    catalog_job_free(lesson->job);
    g_free(lesson);
}

void
catalog_lesson_set_text(char **field, const char *value)
{
    char *copy = g_strdup(value);
    g_free(*field);
    *field = copy;
}

const char *
catalog_lesson_state_to_text(CatalogLessonState state)
{
    return STATE_NAMES[state];
}

gboolean
catalog_lesson_state_from_text(const char *text, CatalogLessonState *state)
{
    int found = catalog_texts_find(STATE_NAMES, text);
    if (found >= 0)
        *state = (CatalogLessonState)found;
    return found >= 0;
}

gboolean
catalog_lesson_state_may_move(CatalogLessonState from, CatalogLessonState to)
{
    return MOVES[from][to];
}

const char *
catalog_lesson_visibility_to_text(CatalogLessonVisibility visibility)
{
    return VISIBILITY_NAMES[visibility];
}

gboolean
catalog_lesson_visibility_from_text(const char *text, CatalogLessonVisibility *visibility)
{
    int found = catalog_texts_find(VISIBILITY_NAMES, text);
    if (found >= 0)
        *visibility = (CatalogLessonVisibility)found;
    return found >= 0;
}
