// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads each small file once for its check sum; the sums of rung files are in their rows.
#include "server/flows/publish_manifest.h"

#include <string.h>

#include "pipelines/package/manifest.h"
#include "server/flows/publish.h"
#include "server/flows/sounds.h"

static void
add_file(GPtrArray *files, const char *bundle, const char *name)
{
    g_autofree char *path = g_build_filename(bundle, name, NULL);
    g_autofree char *content = NULL;
    gsize bytes = 0;
    if (g_file_get_contents(path, &content, &bytes, NULL))
        g_ptr_array_add(files, package_manifest_describe(name, content, bytes));
}

static void
add_sum(GPtrArray *files, const char *name, gint64 bytes, const char *sha256)
{
    PackageManifestFile *file = g_new0(PackageManifestFile, 1);
    file->name = g_strdup(name);
    file->bytes = (guint64)bytes;
    file->sha256 = g_strdup(sha256);
    g_ptr_array_add(files, file);
}

/* Those whose sums are in their rows. */
static void
add_described(GPtrArray *files, const CatalogLesson *lesson)
{
    for (guint i = 0; i < lesson->assets->len; i++) {
        const CatalogAsset *asset = lesson->assets->pdata[i];
        add_sum(files, asset->file, asset->bytes, asset->sha256);
    }
    for (guint i = 0; i < lesson->captions->len; i++) {
        const CatalogCaptions *captions = lesson->captions->pdata[i];
        add_sum(files, captions->file, captions->bytes, captions->sha256);
    }
}

static void
add_rung_files(GPtrArray *files, const char *bundle, const CatalogRung *rung)
{
    g_autofree char *playlist = g_strconcat(rung->name, ".m3u8", NULL);
    g_autofree char *keys = g_strconcat(rung->name, ".iframes.m3u8", NULL);
    if (rung->file == NULL)
        return;
    if (rung->index_file == NULL) { // slides
        add_file(files, bundle, rung->file);
        return;
    }
    add_file(files, bundle, playlist);
    add_file(files, bundle, keys);
    add_file(files, bundle, rung->index_file);
}

static PackageManifestRung
describe_media(const CatalogRung *rung, const char *playlist)
{
    return (PackageManifestRung){
        .name = rung->name,
        .file = rung->file,
        .playlist = rung->index_file != NULL ? playlist : NULL,
        .sha256 = rung->sha256,
        .codecs = rung->codecs,
        .error_code = rung->error_code,
        .bytes = (guint64)rung->bytes,
        .duration_ms = (guint64)rung->duration_ms,
        .bandwidth_bps = (guint64)rung->bandwidth_bps,
        .average_bandwidth_bps = (guint64)rung->average_bandwidth_bps,
        .width = (guint)rung->width,
        .height = (guint)rung->height,
        .frame_rate = rung->frame_rate,
        .ssim = rung->ssim,
    };
}

/* Rungs and other sounds, and the texts that they borrow. */
typedef struct {
    GPtrArray *texts;  // (owned) (element-type utf8)
    GPtrArray *rungs;  // (owned) (element-type PackageManifestRung)
    GPtrArray *sounds; // (owned) (element-type PackageManifestSound)
} Media;

static void
clear_media(Media *media)
{
    g_ptr_array_unref(media->texts);
    g_ptr_array_unref(media->rungs);
    g_ptr_array_unref(media->sounds);
}

static PackageManifestRung
describe_named(Media *media, const CatalogRung *rung)
{
    char *playlist = g_strconcat(rung->name, ".m3u8", NULL);
    g_ptr_array_add(media->texts, playlist);
    return describe_media(rung, playlist);
}

static void
add_sound(Media *media, const CatalogRung *rung)
{
    char *language = flows_sounds_dup_language(rung);
    const PackageManifestSound sound = {language, flows_sounds_get_purpose(rung),
                                        describe_named(media, rung)};
    g_ptr_array_add(media->texts, language);
    g_ptr_array_add(media->sounds, g_memdup2(&sound, sizeof sound));
}

/* A sound that failed is among the rungs that did. */
static Media
describe_all_media(const CatalogLesson *lesson)
{
    g_autoptr(GPtrArray) sounds = flows_sounds_list(lesson);
    Media media = {g_ptr_array_new_with_free_func(g_free), g_ptr_array_new_with_free_func(g_free),
                   g_ptr_array_new_with_free_func(g_free)};
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        const PackageManifestRung described = describe_named(&media, rung);
        if (!flows_sounds_is_one(rung) || rung->file == NULL)
            g_ptr_array_add(media.rungs, g_memdup2(&described, sizeof described));
    }
    for (guint i = 0; i < sounds->len; i++)
        add_sound(&media, sounds->pdata[i]);
    return media;
}

/* Returns: (transfer none) (nullable): the file of a kind of which there is one. */
static const char *
find_file(const CatalogLesson *lesson, CatalogAssetKind kind)
{
    for (guint i = 0; i < lesson->assets->len; i++) {
        const CatalogAsset *asset = lesson->assets->pdata[i];
        if (asset->kind == kind)
            return asset->file;
    }
    return NULL;
}

static guint
count_stills(const CatalogLesson *lesson)
{
    guint stills = 0;
    for (guint i = 0; i < lesson->rungs->len; i++)
        stills = MAX(stills, ((const CatalogRung *)lesson->rungs->pdata[i])->stills);
    return stills;
}

/* Returns: (transfer full) (element-type PackageManifestCaptions). */
static GPtrArray *
describe_captions(const CatalogLesson *lesson)
{
    GPtrArray *described = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < lesson->captions->len; i++) {
        const CatalogCaptions *captions = lesson->captions->pdata[i];
        PackageManifestCaptions *one = g_new0(PackageManifestCaptions, 1);
        one->language = captions->language;
        one->state = catalog_captions_state_to_text(captions->state);
        one->source = catalog_captions_source_to_text(captions->source);
        one->file = captions->file;
        g_ptr_array_add(described, one);
    }
    return described;
}

/* Returns: (transfer full) (element-type PackageManifestGap). */
static GArray *
describe_gaps(const CatalogLesson *lesson)
{
    GArray *described = g_array_new(FALSE, FALSE, sizeof(PackageManifestGap));
    for (guint i = 0; i < lesson->gaps->len; i++) {
        const CatalogGap *gap = &g_array_index(lesson->gaps, CatalogGap, i);
        PackageManifestGap one = {gap->from_ms,
                                  gap->to_ms,
                                  gap->media_ms,
                                  catalog_gap_cause_to_text(gap->cause),
                                  catalog_gap_is_patched(gap) ? gap->patched_from : NULL,
                                  gap->patched_ms};
        g_array_append_val(described, one);
    }
    return described;
}

/* Returns: (transfer full) (element-type PackageManifestFile): every file but lesson.json. */
static GPtrArray *
list_files(const char *bundle, const CatalogLesson *lesson)
{
    static const char *const names[] = {"index.m3u8", "index-av1.m3u8", FLOWS_PUBLISH_STORYBOARD,
                                        FLOWS_PUBLISH_POSTER};
    GPtrArray *files = g_ptr_array_new_with_free_func((GDestroyNotify)package_manifest_free_file);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        add_file(files, bundle, names[i]);
    add_described(files, lesson);
    for (guint i = 0; i < lesson->rungs->len; i++)
        add_rung_files(files, bundle, lesson->rungs->pdata[i]);
    return files;
}

char *
flows_publish_manifest_format(const char *bundle, const CatalogLesson *lesson)
{
    g_autoptr(GPtrArray) files = list_files(bundle, lesson);
    g_autoptr(GPtrArray) captions = describe_captions(lesson);
    Media media = describe_all_media(lesson);
    g_autoptr(GArray) gaps = describe_gaps(lesson);
    const char *board = find_file(lesson, CATALOG_ASSET_KIND_STORYBOARD);
    guint stills = count_stills(lesson);
    const PackageManifest manifest = {.id = lesson->id,
                                      .title = lesson->title,
                                      .description = lesson->description,
                                      .language = lesson->language,
                                      .poster = lesson->poster_file,
                                      .slides = stills > 0 ? FLOWS_PUBLISH_SLIDES : NULL,
                                      .slides_pdf =
                                          find_file(lesson, CATALOG_ASSET_KIND_SLIDES_PDF),
                                      .storyboard = board != NULL ? FLOWS_PUBLISH_STORYBOARD : NULL,
                                      .waveform = find_file(lesson, CATALOG_ASSET_KIND_WAVEFORM),
                                      .stills = stills,
                                      .generation = (guint64)lesson->generation,
                                      .complete = lesson->complete,
                                      .duration_ms = (guint64)MAX(lesson->duration_ms, 0),
                                      .captions = captions,
                                      .rungs = media.rungs,
                                      .sounds = media.sounds,
                                      .gaps = gaps,
                                      .files = files};
    char *text = package_manifest_format(&manifest);
    clear_media(&media);
    return text;
}
