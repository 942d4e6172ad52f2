// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The file `job` in the folder holds the job's id. A child may have put anything into the folder,
// so nothing there is followed or waited for.
#include "server/flows/encode_staging.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "server/flows/publish_file.h"

#define MARK "job"
#define ANALYSIS "analysis.json"
#define MARK_BYTES_MAX 64

static gboolean
belongs_to(const char *staging, const char *job_id)
{
    g_autofree char *path = g_build_filename(staging, MARK, NULL);
    gsize length = 0;
    g_autofree char *owner = flows_publish_file_load(path, MARK_BYTES_MAX, &length, NULL);
    return g_strcmp0(owner, job_id) == 0;
}

static gboolean
make_folder(const char *staging, const char *job_id, GError **error)
{
    if (belongs_to(staging, job_id))
        return TRUE;
    flows_publish_remove_staging(staging);
    if (g_mkdir(staging, 0700) != 0)
        return flows_publish_file_fail(error, errno, staging);
    g_autofree char *path = g_build_filename(staging, MARK, NULL);
    return g_file_set_contents(path, job_id, -1, error);
}

static const CatalogAsset *
find_analysis(const CatalogLesson *lesson)
{
    for (guint i = 0; i < lesson->assets->len; i++) {
        const CatalogAsset *asset = lesson->assets->pdata[i];
        if (asset->kind == CATALOG_ASSET_KIND_ANALYSIS)
            return asset;
    }
    return NULL;
}

gboolean
flows_encode_staging_prepare(const FlowsPublishPlaces *places, const char *job_id,
                             const CatalogLesson *lesson, GError **error)
{
    const CatalogAsset *analysis = find_analysis(lesson);
    g_autofree char *target = g_build_filename(places->staging, ANALYSIS, NULL);
    GStatBuf status;
    if (!make_folder(places->staging, job_id, error))
        return FALSE;
    if (analysis == NULL || g_lstat(target, &status) == 0)
        return TRUE;
    g_autofree char *source = g_build_filename(places->bundle, analysis->file, NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(source, &text, &length, NULL))
        return TRUE; // the child looks again
    return g_file_set_contents(target, text, (gssize)length, error);
}
