// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One rung, in order: take out of the child's reach → check → sync → give it its name → its
// playlist → index.m3u8 → lesson.json; then the catalogue. A reader of the folder never meets a
// name whose bytes are not all there, and the child cannot change what was checked.
#include "server/flows/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gio/gio.h>

#include "pipelines/package/disk.h"
#include "pipelines/package/playlist.h"
#include "server/flows/publish_manifest.h"
#include "server/flows/publish_playlists.h"

#define HASH_DIGITS 8
#define READ_BYTES (1024 * 1024)
#define MAX_INDEX_BYTES (8 * 1024 * 1024)
#define MAX_POSTER_BYTES (2 * 1024 * 1024)
#define STAGING_DEPTH_MAX 4

static void
step(const FlowsPublishPlaces *places, const char *name)
{
    if (places->on_step != NULL)
        places->on_step(name, places->step_data);
}

static gboolean
fail(GError **error, int error_number, const char *path)
{
    g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(error_number), "%s: %s", path,
                g_strerror(error_number));
    return FALSE;
}

static gboolean
distrust(GError **error, const char *path, const char *why)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", path, why);
    return FALSE;
}

/* Opens a regular file that has one name only; never through a link. */
static int
open_plain(const char *path, guint64 *bytes, GError **error)
{
    int descriptor = g_open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);
    struct stat status = {0};
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        fail(error, errno, path);
    } else if (!S_ISREG(status.st_mode) || status.st_nlink != 1) {
        distrust(error, path, "not a plain file");
    } else {
        *bytes = (guint64)status.st_size;
        return descriptor;
    }
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

static char *
compute_sum(int descriptor, const char *path, GError **error)
{
    g_autofree guint8 *buffer = g_malloc(READ_BYTES);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint64 offset = 0;
    for (;;) {
        ssize_t got = pread(descriptor, buffer, READ_BYTES, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            fail(error, errno, path);
            return NULL;
        }
        if (got == 0)
            return g_strdup(g_checksum_get_string(sum));
        g_checksum_update(sum, buffer, got);
        offset += (guint64)got;
    }
}

/* A read lease is refused while anybody has the file open for writing; file systems without leases
 * cannot tell. SIGURG, which does nothing, stands for SIGIO, which would end us. */
static gboolean
is_being_written(int descriptor)
{
    if (fcntl(descriptor, F_SETSIG, SIGURG) != 0)
        return FALSE;
    if (fcntl(descriptor, F_SETLEASE, F_RDLCK) != 0)
        return errno == EAGAIN;
    fcntl(descriptor, F_SETLEASE, F_UNLCK);
    return FALSE;
}

/* As open_plain, of a file that was taken in: nobody can change it from here on. */
static int
open_settled(const char *path, guint64 *bytes, GError **error)
{
    int descriptor = open_plain(path, bytes, error);
    if (descriptor >= 0 && is_being_written(descriptor)) {
        close(descriptor);
        distrust(error, path, "still written to");
        return -1;
    }
    return descriptor;
}

/* The file has the size and the sum that the child said, and both are on the disk. */
static gboolean
verify(const char *path, const ChildReport *report, GError **error)
{
    guint64 bytes = 0;
    int descriptor = open_settled(path, &bytes, error);
    if (descriptor < 0)
        return FALSE;
    g_autofree char *sum = bytes == report->bytes ? compute_sum(descriptor, path, error) : NULL;
    gboolean synced = sum != NULL && fchmod(descriptor, 0644) == 0 && fsync(descriptor) == 0;
    int error_number = errno;
    close(descriptor);
    if (bytes != report->bytes)
        return distrust(error, path, "not the size that was reported");
    if (sum == NULL)
        return FALSE;
    if (strcmp(sum, report->sha256) != 0)
        return distrust(error, path, "not the check sum that was reported");
    return synced ? TRUE : fail(error, error_number, path);
}

static PackageIndex *
load_index(const char *path, guint64 file_bytes, GError **error)
{
    guint64 bytes = 0;
    int descriptor = open_settled(path, &bytes, error);
    if (descriptor < 0)
        return NULL;
    if (bytes > MAX_INDEX_BYTES) {
        close(descriptor);
        distrust(error, path, "too long");
        return NULL;
    }
    g_autofree char *text = g_malloc(bytes + 1);
    ssize_t got = pread(descriptor, text, bytes, 0);
    if (fchmod(descriptor, 0644) != 0)
        got = -1;
    close(descriptor);
    if (got != (ssize_t)bytes) {
        distrust(error, path, "not to be read whole");
        return NULL;
    }
    return package_index_parse(text, bytes, file_bytes, error);
}

static gboolean
make_bundle(const FlowsPublishPlaces *places, GError **error)
{
    if (g_mkdir(places->bundle, 0755) == 0) {
        g_autofree char *parent = g_path_get_dirname(places->bundle);
        return package_disk_sync_folder(parent, error);
    }
    return errno == EEXIST ? TRUE : fail(error, errno, places->bundle);
}

static gboolean
move(const char *from, const char *to, GError **error)
{
    return g_rename(from, to) == 0 ? TRUE : fail(error, errno, to);
}

/* Out of the folder that the child writes to, into the bundle, under a name that nothing gives out.
 * Renaming follows no link; what it was is looked at afterwards, when it can no longer be swapped.
 */
static gboolean
take_in(const char *staged, const char *incoming, GError **error)
{
    GStatBuf status;
    if (g_lstat(staged, &status) != 0)
        return fail(error, errno, staged);
    if (!S_ISREG(status.st_mode))
        return distrust(error, staged, "not a plain file");
    return move(staged, incoming, error);
}

static char *
build_incoming_path(const FlowsPublishPlaces *places, const char *name, const char *ending)
{
    g_autofree char *file = g_strdup_printf(".%s.incoming%s", name, ending);
    return g_build_filename(places->bundle, file, NULL);
}

static char *
build_name(const ChildReport *report, const char *ending)
{
    return g_strdup_printf("%s.%.*s%s", report->name, HASH_DIGITS, report->sha256, ending);
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
    return rung;
}

static gboolean
write_playlist(const FlowsPublishPlaces *places, const CatalogRung *rung, const PackageIndex *index,
               GError **error)
{
    g_autofree char *name = g_strconcat(rung->name, ".m3u8", NULL);
    g_autofree char *text = package_playlist_format_media(index, rung->file);
    step(places, "rung-playlist");
    return package_disk_replace(places->bundle, name, text, strlen(text), error);
}

/* Index first: a rung file in the bundle always has its index beside it. */
static gboolean
name_rung(const FlowsPublishPlaces *places, const CatalogRung *rung, const char *incoming_file,
          const char *incoming_index, GError **error)
{
    g_autofree char *file = g_build_filename(places->bundle, rung->file, NULL);
    g_autofree char *index = g_build_filename(places->bundle, rung->index_file, NULL);
    step(places, "rung-index-rename");
    if (!move(incoming_index, index, error))
        return FALSE;
    step(places, "rung-rename");
    if (!move(incoming_file, file, error))
        return FALSE;
    step(places, "rung-folder-sync");
    return package_disk_sync_folder(places->bundle, error) &&
           package_disk_sync_folder(places->staging, error);
}

static CatalogRung *
check_and_name_rung(const FlowsPublishPlaces *places, const char *lesson_id,
                    const ChildReport *report, const char *file, const char *index_file,
                    GError **error)
{
    step(places, "rung-verify");
    g_autoptr(PackageIndex) index =
        verify(file, report, error) ? load_index(index_file, report->bytes, error) : NULL;
    if (index == NULL)
        return NULL;
    g_autoptr(CatalogRung) rung = describe_row(lesson_id, report, index);
    if (!name_rung(places, rung, file, index_file, error) ||
        !write_playlist(places, rung, index, error))
        return NULL;
    return g_steal_pointer(&rung);
}

CatalogRung *
flows_publish_place_rung(const FlowsPublishPlaces *places, const char *lesson_id,
                         const ChildReport *report, GError **error)
{
    g_autofree char *staged_file = g_build_filename(places->staging, report->file, NULL);
    g_autofree char *staged_index = g_build_filename(places->staging, report->index, NULL);
    g_autofree char *file = build_incoming_path(places, report->name, ".mp4");
    g_autofree char *index = build_incoming_path(places, report->name, ".index.json");
    step(places, "rung-take-in");
    CatalogRung *rung = NULL;
    if (make_bundle(places, error) && take_in(staged_index, index, error) &&
        take_in(staged_file, file, error))
        rung = check_and_name_rung(places, lesson_id, report, file, index, error);
    if (rung == NULL) { // what is not trusted does not stay
        g_unlink(file);
        g_unlink(index);
    }
    return rung;
}

gboolean
flows_publish_place_poster(const FlowsPublishPlaces *places, const ChildReport *report,
                           GError **error)
{
    g_autofree char *staged = g_build_filename(places->staging, report->file, NULL);
    g_autofree char *incoming = build_incoming_path(places, "poster", ".webp");
    g_autofree char *poster = g_build_filename(places->bundle, FLOWS_PUBLISH_POSTER, NULL);
    if (report->bytes > MAX_POSTER_BYTES)
        return distrust(error, staged, "too large for a poster");
    if (!make_bundle(places, error) || !take_in(staged, incoming, error))
        return FALSE;
    step(places, "poster-rename");
    if (verify(incoming, report, error) && move(incoming, poster, error))
        return package_disk_sync_folder(places->bundle, error);
    g_unlink(incoming);
    return FALSE;
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

static gboolean
write_text(const char *name, const char *text, gpointer user_data, GError **error)
{
    const FlowsPublishPlaces *places = user_data;
    g_autofree char *path = g_build_filename(places->bundle, name, NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *file = g_path_get_basename(path);
    if (text == NULL)
        return g_unlink(path) == 0 || errno == ENOENT ? TRUE : fail(error, errno, path);
    g_autofree char *old = NULL;
    if (g_file_get_contents(path, &old, NULL, NULL) && g_strcmp0(old, text) == 0)
        return TRUE; // the disk need not be waited for
    if (g_mkdir(folder, 0755) != 0 && errno != EEXIST)
        return fail(error, errno, folder);
    return package_disk_replace(folder, file, text, strlen(text), error);
}

gboolean
flows_publish_describe(const FlowsPublishPlaces *places, const CatalogLesson *lesson,
                       GError **error)
{
    if (!has_files(lesson))
        return TRUE;
    step(places, "index-playlist");
    if (!flows_publish_playlists_write(places->bundle, lesson, write_text, (gpointer)places, error))
        return FALSE;
    g_autofree char *manifest = flows_publish_manifest_format(places->bundle, lesson);
    step(places, "lesson-json");
    return package_disk_replace(places->bundle, "lesson.json", manifest, strlen(manifest), error);
}

static gboolean
is_named(const CatalogLesson *lesson, const char *name)
{
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        if (g_strcmp0(rung->file, name) == 0 || g_strcmp0(rung->index_file, name) == 0)
            return TRUE;
    }
    return FALSE;
}

GPtrArray *
flows_publish_list_orphans(const FlowsPublishPlaces *places, const CatalogLesson *lesson)
{
    GPtrArray *orphans = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) folder = g_dir_open(places->bundle, 0, NULL);
    const char *name = NULL;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        gboolean rung_file =
            g_str_has_suffix(name, ".mp4") || g_str_has_suffix(name, ".index.json");
        if (rung_file && !is_named(lesson, name))
            g_ptr_array_add(orphans, g_strdup(name));
    }
    return orphans;
}

void
flows_publish_clean_rung(const FlowsPublishPlaces *places, const char *rung)
{
    static const char *const endings[] = {".part", ".journal", ".index.json",
                                          ".mp4",  ".mp4.tmp", ".index.json.tmp"};
    step(places, "clean-rung");
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
