// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Orders only; the work is the encode flow's (encode_rows.c says what its end means).
#include "server/flows/reencode.h"

#include "catalog/error.h"
#include "catalog/jobs.h"
#include "catalog/lessons.h"

#define PRIORITY (-50)

static gboolean
cancel_active(CatalogDatabase *database, const CatalogLesson *lesson, const CatalogAuditStamp *by,
              GError **error)
{
    return lesson->job == NULL || lesson->job->kind != CATALOG_JOB_KIND_REENCODE ||
           catalog_jobs_cancel(database, lesson->job->id, by, error);
}

char *
flows_reencode_order(CatalogDatabase *database, const CatalogLesson *lesson, gboolean afresh,
                     const CatalogAuditStamp *by, GError **error)
{
    if (lesson->original_bytes <= 0) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT,
                    "the lesson's original is not there");
        return NULL;
    }
    if (afresh && !cancel_active(database, lesson, by, error))
        return NULL;
    return catalog_jobs_enqueue(database, CATALOG_JOB_KIND_REENCODE, lesson->id, PRIORITY, by,
                                error);
}

static gboolean
is_same(const CatalogArea *area, const CatalogArea *before)
{
    static const CatalogArea none = {0, 0, 0, 0};
    const CatalogArea *after = area != NULL ? area : &none;
    return after->x == before->x && after->y == before->y && after->width == before->width &&
           after->height == before->height;
}

/* The first encoding reads what is saved when it begins. */
static gboolean
is_before_encoding(const CatalogLesson *lesson)
{
    gboolean waits = lesson->job != NULL && lesson->job->kind == CATALOG_JOB_KIND_ENCODE &&
                     lesson->job->state == CATALOG_JOB_STATE_QUEUED && lesson->job->permille == 0;
    return waits || lesson->upload_id != NULL || lesson->state == CATALOG_LESSON_STATE_RECEIVING;
}

gboolean
flows_reencode_mark_interpreter(CatalogDatabase *database, const CatalogLesson *lesson,
                                const CatalogArea *area, gint64 revision,
                                const CatalogAuditStamp *by, GError **error)
{
    if (revision < 0 && is_same(area, &lesson->interpreter))
        return TRUE;
    if (!catalog_lessons_set_interpreter(database, lesson->id, area, revision, by, error))
        return FALSE;
    if (is_same(area, &lesson->interpreter) || is_before_encoding(lesson))
        return TRUE;
    g_autofree char *job = flows_reencode_order(database, lesson, TRUE, by, error);
    return job != NULL;
}
