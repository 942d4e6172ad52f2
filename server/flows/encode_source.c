// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// AV1 rungs are none to read: they come from what is asked for here.
#include "server/flows/encode_source.h"

#include "catalog/joblist.h"
#include "catalog/jobs.h"
#include "pipelines/encode/rungs.h"
#include "server/flows/encode_rows.h"

static gboolean
is_source(const CatalogRung *rung)
{
    EncodeRungsId id;
    return rung->file != NULL && rung->error_code == NULL && encode_rungs_parse(rung->name, &id) &&
           encode_rungs_get(id)->family == ENCODE_RUNGS_AVC;
}

/* Returns: (transfer none) (nullable). */
static const CatalogRung *
find_best(const CatalogLesson *lesson)
{
    const CatalogRung *best = NULL;
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        if (is_source(rung) && (best == NULL || rung->height > best->height))
            best = rung;
    }
    return best;
}

char *
flows_encode_source_build_path(ServerStorage *storage, const CatalogLesson *lesson,
                               CatalogJobKind kind)
{
    gboolean recorded = kind == CATALOG_JOB_KIND_REFINE && lesson->original_bytes <= 0;
    const CatalogRung *best = recorded ? find_best(lesson) : NULL;
    char *path = best != NULL
                     ? server_storage_build_bundle_file_path(storage, lesson->id, best->file)
                     : NULL;
    return path != NULL ? path : server_storage_build_original_path(storage, lesson->id);
}

static gboolean
is_richer(const CatalogLesson *lesson)
{
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        EncodeRungsId id;
        if (rung->file != NULL && encode_rungs_parse(rung->name, &id) &&
            (id == ENCODE_RUNGS_SLIDES || encode_rungs_get(id)->family == ENCODE_RUNGS_AV1))
            return TRUE;
    }
    return FALSE;
}

gboolean
flows_encode_source_order_richer(CatalogDatabase *database, const ServerConfig *config,
                                 const CatalogLesson *lesson, const CatalogAuditStamp *by,
                                 GError **error)
{
    if (!config->richer_recordings || lesson->state == CATALOG_LESSON_STATE_WITHDRAWN ||
        find_best(lesson) == NULL || is_richer(lesson))
        return TRUE;
    g_autofree char *job = catalog_jobs_enqueue(database, CATALOG_JOB_KIND_REFINE, lesson->id,
                                                FLOWS_ENCODE_ROWS_REFINE_PRIORITY, by, error);
    return job != NULL;
}

gboolean
flows_encode_source_cancel_richer(CatalogDatabase *database, const char *lesson_id,
                                  const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(ids, g_strdup(lesson_id));
    g_autoptr(GPtrArray) jobs = catalog_joblist_list_active(database, ids, error);
    if (jobs == NULL)
        return FALSE;
    for (guint i = 0; i < jobs->len; i++) {
        const CatalogJob *job = jobs->pdata[i];
        if (job->kind == CATALOG_JOB_KIND_REFINE &&
            !catalog_jobs_cancel(database, job->id, by, error))
            return FALSE;
    }
    return TRUE;
}
