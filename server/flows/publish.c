// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One rung, in order: take out of the child's reach → check → sync → give it its name; then what
// names it: its playlists → index.m3u8 → lesson.json; then the catalogue. A reader of the folder
// never meets a name whose bytes are not all there, and the child cannot change what was checked.
#include "server/flows/publish.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include <gio/gio.h>

#include "pipelines/package/disk.h"
#include "pipelines/package/index.h"
#include "server/flows/publish_asset.h"
#include "server/flows/publish_file.h"
#include "server/flows/publish_manifest.h"
#include "server/flows/publish_playlists.h"

#define MAX_INDEX_BYTES (8 * 1024 * 1024)
#define STAGING_DEPTH_MAX 4

static char *
build_name(const ChildReport *report, const char *ending)
{
    return g_strdup_printf("%s.%.*s%s", report->name, FLOWS_PUBLISH_FILE_HASH_DIGITS,
                           report->sha256, ending);
}

static CatalogRung *
describe_row(const char *lesson_id, const ChildReport *report, const PackageIndex *index)
{
    CatalogRung *rung = catalog_rung_new(lesson_id, report->name);
    rung->file = build_name(report, ".mp4");
    rung->index_file = build_name(report, ".index.json");
    rung->bytes = (gint64)report->bytes;
    rung->sha256 = g_strdup(report->sha256);
    rung->codecs = g_strdup(report->codecs);
    rung->bandwidth_bps = (gint64)package_index_get_bandwidth_bps(index);
    rung->average_bandwidth_bps = (gint64)package_index_get_average_bandwidth_bps(index);
    rung->width = (int)report->width;
    rung->height = (int)report->height;
    rung->frame_rate = report->frame_rate;
    rung->duration_ms = (gint64)package_index_get_duration_ms(index);
    rung->ssim = report->ssim;
    return rung;
}

/* Index first: a rung file in the bundle always has its index beside it. */
static gboolean
name_rung(const FlowsPublishPlaces *places, const CatalogRung *rung, const char *incoming_file,
          const char *incoming_index, GError **error)
{
    flows_publish_file_step(places, "rung-index-rename");
    if (!flows_publish_file_name(places, incoming_index, rung->index_file, error))
        return FALSE;
    flows_publish_file_step(places, "rung-rename");
    if (!flows_publish_file_name(places, incoming_file, rung->file, error))
        return FALSE;
    flows_publish_file_step(places, "rung-folder-sync");
    return package_disk_sync_folder(places->bundle, error) &&
           package_disk_sync_folder(places->staging, error);
}

static CatalogRung *
check_and_name_rung(const FlowsPublishPlaces *places, const char *lesson_id,
                    const ChildReport *report, const char *file, const char *index_file,
                    GError **error)
{
    const FlowsPublishFileProof proof = {report->bytes, report->sha256};
    gsize length = 0;
    flows_publish_file_step(places, "rung-verify");
    g_autofree char *text =
        flows_publish_file_verify(file, &proof, error)
            ? flows_publish_file_load(index_file, MAX_INDEX_BYTES, &length, error)
            : NULL;
    g_autoptr(PackageIndex) index =
        text != NULL ? package_index_parse(text, length, report->bytes, error) : NULL;
    if (index == NULL)
        return NULL;
    g_autoptr(CatalogRung) rung = describe_row(lesson_id, report, index);
    return name_rung(places, rung, file, index_file, error) ? g_steal_pointer(&rung) : NULL;
}

CatalogRung *
flows_publish_place_rung(const FlowsPublishPlaces *places, const char *lesson_id,
                         const ChildReport *report, GError **error)
{
    g_autofree char *file = flows_publish_file_build_incoming(places, report->name, ".mp4");
    g_autofree char *index = flows_publish_file_build_incoming(places, report->name, ".index.json");
    flows_publish_file_step(places, "rung-take-in");
    CatalogRung *rung = NULL;
    if (flows_publish_file_make_folder(places, NULL, error) &&
        flows_publish_file_take_in(places, report->index, index, error) &&
        flows_publish_file_take_in(places, report->file, file, error))
        rung = check_and_name_rung(places, lesson_id, report, file, index, error);
    if (rung == NULL) { // what is not trusted does not stay
        g_unlink(file);
        g_unlink(index);
    }
    return rung;
}

static gboolean
has_files(const CatalogLesson *lesson)
{
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        if (rung->file != NULL)
            return TRUE;
    }
    return FALSE;
}

/* What is there already need not be waited for. */
static gboolean
write_bytes(const FlowsPublishPlaces *places, const char *name, const char *bytes, gsize length,
            GError **error)
{
    g_autofree char *path = g_build_filename(places->bundle, name, NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *file = g_path_get_basename(path);
    g_autofree char *old = NULL;
    gsize old_length = 0;
    if (g_file_get_contents(path, &old, &old_length, NULL) && old_length == length &&
        memcmp(old, bytes, length) == 0)
        return TRUE;
    flows_publish_file_step(places, name);
    return (g_mkdir(folder, 0755) == 0 || errno == EEXIST ||
            flows_publish_file_fail(error, errno, folder)) &&
           package_disk_replace(folder, file, bytes, length, error);
}

static gboolean
write_text(const char *name, const char *text, gpointer user_data, GError **error)
{
    const FlowsPublishPlaces *places = user_data;
    if (text != NULL)
        return write_bytes(places, name, text, strlen(text), error);
    g_autofree char *path = g_build_filename(places->bundle, name, NULL);
    return g_unlink(path) == 0 || errno == ENOENT ? TRUE
                                                  : flows_publish_file_fail(error, errno, path);
}

/* For pages that know no catalogue: the poster under a name that never changes. */
static gboolean
copy_poster(const FlowsPublishPlaces *places, const CatalogLesson *lesson, GError **error)
{
    if (lesson->poster_file == NULL || g_strcmp0(lesson->poster_file, FLOWS_PUBLISH_POSTER) == 0)
        return TRUE;
    g_autofree char *path = g_build_filename(places->bundle, lesson->poster_file, NULL);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &bytes, &length, NULL))
        return TRUE; // it is on its way
    return write_bytes(places, FLOWS_PUBLISH_POSTER, bytes, length, error);
}

static gboolean
write_timed_texts(const FlowsPublishPlaces *places, const CatalogLesson *lesson, GError **error)
{
    g_autofree char *slides = flows_publish_asset_format_slides(lesson);
    g_autofree char *storyboard = flows_publish_asset_format_storyboard(lesson);
    return (slides == NULL || write_text(FLOWS_PUBLISH_SLIDES, slides, (gpointer)places, error)) &&
           (storyboard == NULL ||
            write_text(FLOWS_PUBLISH_STORYBOARD, storyboard, (gpointer)places, error));
}

gboolean
flows_publish_describe(const FlowsPublishPlaces *places, const CatalogLesson *lesson,
                       GError **error)
{
    if (!has_files(lesson))
        return TRUE;
    if (!write_timed_texts(places, lesson, error) || !copy_poster(places, lesson, error) ||
        !flows_publish_playlists_write(places->bundle, lesson, write_text, (gpointer)places, error))
        return FALSE;
    g_autofree char *manifest = flows_publish_manifest_format(places->bundle, lesson);
    return write_text("lesson.json", manifest, (gpointer)places, error);
}

void
flows_publish_clean_rung(const FlowsPublishPlaces *places, const char *rung)
{
    static const char *const endings[] = {".part", ".journal", ".index.json",
                                          ".mp4",  ".mp4.tmp", ".index.json.tmp"};
    flows_publish_file_step(places, "clean-rung");
    for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *name = g_strconcat(rung, endings[i], NULL);
        g_autofree char *path = g_build_filename(places->staging, name, NULL);
        g_unlink(path);
    }
}

/* unlink never follows a link, so a link in staging costs nothing but itself. */
static void
remove_tree(const char *path, guint depth)
{
    g_autoptr(GDir) folder = NULL;
    if (depth < STAGING_DEPTH_MAX && !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
        folder = g_dir_open(path, 0, NULL);
    const char *name = NULL;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        if (g_unlink(inner) != 0)
            remove_tree(inner, depth + 1);
    }
    g_rmdir(path);
}

void
flows_publish_remove_staging(const char *staging)
{
    remove_tree(staging, 0);
}

void
flows_publish_sweep(const char *staging_root, GHashTable *kept)
{
    g_autoptr(GDir) root = g_dir_open(staging_root, 0, NULL);
    const char *name = NULL;
    while (root != NULL && (name = g_dir_read_name(root)) != NULL) {
        g_autofree char *path = g_build_filename(staging_root, name, NULL);
        if (!g_hash_table_contains(kept, name))
            remove_tree(path, 0);
    }
}
