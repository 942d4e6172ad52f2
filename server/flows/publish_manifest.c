// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads each small file once for its check sum; the sums of rung files are in their rows.
#include "server/flows/publish_manifest.h"

#include <string.h>

#include "pipelines/package/manifest.h"

static void
add_file(GPtrArray *files, const char *bundle, const char *name)
{
    g_autofree char *path = g_build_filename(bundle, name, NULL);
    g_autofree char *content = NULL;
    gsize bytes = 0;
    if (g_file_get_contents(path, &content, &bytes, NULL))
        g_ptr_array_add(files, package_manifest_describe(name, content, bytes));
}

static PackageManifestRung *
describe_rung(const CatalogRung *rung, const char *playlist)
{
    PackageManifestRung *described = g_new0(PackageManifestRung, 1);
    described->name = rung->name;
    described->file = rung->file;
    described->playlist = playlist;
    described->sha256 = rung->sha256;
    described->codecs = rung->codecs;
    described->error_code = rung->error_code;
    described->bytes = (guint64)rung->bytes;
    described->duration_ms = (guint64)rung->duration_ms;
    described->bandwidth_bps = (guint64)rung->bandwidth_bps;
    described->average_bandwidth_bps = (guint64)rung->average_bandwidth_bps;
    described->width = (guint)rung->width;
    described->height = (guint)rung->height;
    described->frame_rate = rung->frame_rate;
    described->ssim = rung->ssim;
    return described;
}

char *
flows_publish_manifest_format(const char *bundle, const CatalogLesson *lesson)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) rungs = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) files =
        g_ptr_array_new_with_free_func((GDestroyNotify)package_manifest_free_file);
    add_file(files, bundle, "index.m3u8");
    add_file(files, bundle, "index-av1.m3u8");
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        char *playlist = g_strconcat(rung->name, ".m3u8", NULL);
        g_ptr_array_add(names, playlist);
        g_ptr_array_add(rungs, describe_rung(rung, playlist));
        if (rung->file != NULL) {
            g_autofree char *keys = g_strconcat(rung->name, ".iframes.m3u8", NULL);
            add_file(files, bundle, playlist);
            add_file(files, bundle, keys);
            add_file(files, bundle, rung->index_file);
        }
    }
    if (lesson->poster_file != NULL)
        add_file(files, bundle, lesson->poster_file);
    const PackageManifest manifest = {.id = lesson->id,
                                      .title = lesson->title,
                                      .description = lesson->description,
                                      .language = lesson->language,
                                      .poster = lesson->poster_file,
                                      .generation = (guint64)lesson->generation,
                                      .complete = lesson->complete,
                                      .duration_ms = (guint64)MAX(lesson->duration_ms, 0),
                                      .rungs = rungs,
                                      .files = files};
    return package_manifest_format(&manifest);
}
