// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Names and measures of the data folder.
#include "server/storage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "catalog/ids.h"
#include "pipelines/child/live_track.h"

// Bundles are two folders deep; anything deeper is not ours.
#define MEASURE_DEPTH_MAX 4
#define SEGMENTS_A_FOLDER 1000

struct _ServerStorage {
    char *folder; // (owned), absolute
};

ServerStorage *
server_storage_new(const char *data_folder)
{
    ServerStorage *storage = g_new0(ServerStorage, 1);
    storage->folder = g_canonicalize_filename(data_folder, NULL);
    return storage;
}

void
server_storage_free(ServerStorage *storage)
{
    g_free(storage->folder);
    g_free(storage);
}

const char *
server_storage_get_folder(ServerStorage *storage)
{
    return storage->folder;
}

gboolean
server_storage_create(ServerStorage *storage, GError **error)
{
    static const char *const names[] = {"",        "uploads",  "originals",  "staging",
                                        "lessons", "channels", "recordings", "health"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(storage->folder, names[i], NULL);
        if (g_mkdir_with_parents(path, 0700) != 0) {
            int code = errno;
            g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "%s: %s", path,
                        g_strerror(code));
            return FALSE;
        }
    }
    return TRUE;
}

static char *
build_named(ServerStorage *storage, const char *folder, const char *id, const char *suffix)
{
    g_return_val_if_fail(catalog_ids_is_valid(id), NULL);
    g_autofree char *name = g_strconcat(id, suffix, NULL);
    return g_build_filename(storage->folder, folder, name, NULL);
}

char *
server_storage_build_catalog_path(ServerStorage *storage)
{
    return g_build_filename(storage->folder, "catalog.sqlite3", NULL);
}

char *
server_storage_build_encoder_lock_path(ServerStorage *storage)
{
    return g_build_filename(storage->folder, "encoder.lock", NULL);
}

char *
server_storage_build_import_lock_path(ServerStorage *storage)
{
    return g_build_filename(storage->folder, "import.lock", NULL);
}

char *
server_storage_build_uploads_path(ServerStorage *storage)
{
    return g_build_filename(storage->folder, "uploads", NULL);
}

char *
server_storage_build_originals_path(ServerStorage *storage)
{
    return g_build_filename(storage->folder, "originals", NULL);
}

char *
server_storage_build_lessons_path(ServerStorage *storage)
{
    return g_build_filename(storage->folder, "lessons", NULL);
}

char *
server_storage_build_tls_path(ServerStorage *storage)
{
    return g_build_filename(storage->folder, "tls", NULL);
}

char *
server_storage_build_health_folder_path(ServerStorage *storage)
{
    return g_build_filename(storage->folder, "health", NULL);
}

char *
server_storage_build_health_path(ServerStorage *storage, const char *id)
{
    return build_named(storage, "health", id, NULL);
}

char *
server_storage_build_snapshots_path(ServerStorage *storage)
{
    return g_build_filename(storage->folder, "snapshots", NULL);
}

char *
server_storage_build_staging_root_path(ServerStorage *storage)
{
    return g_build_filename(storage->folder, "staging", NULL);
}

char *
server_storage_build_upload_path(ServerStorage *storage, const char *upload_id)
{
    return build_named(storage, "uploads", upload_id, ".part");
}

char *
server_storage_build_original_path(ServerStorage *storage, const char *lesson_id)
{
    return build_named(storage, "originals", lesson_id, "");
}

char *
server_storage_build_staging_path(ServerStorage *storage, const char *lesson_id)
{
    return build_named(storage, "staging", lesson_id, "");
}

char *
server_storage_build_bundle_path(ServerStorage *storage, const char *lesson_id)
{
    return build_named(storage, "lessons", lesson_id, "");
}

static gboolean
is_bundle_name(const char *name)
{
    guint slashes = 0;
    char before = '/';
    for (const char *at = name; *at != '\0'; at++) {
        gboolean opens = before == '/';
        if (*at == '/')
            slashes++;
        if (!g_ascii_isalnum(*at) && (opens || strchr(".-_/", *at) == NULL))
            return FALSE;
        before = *at;
    }
    return before != '/' && slashes <= 1 && strlen(name) <= 128;
}

char *
server_storage_build_bundle_file_path(ServerStorage *storage, const char *lesson_id,
                                      const char *name)
{
    if (!catalog_ids_is_valid(lesson_id) || name == NULL || !is_bundle_name(name))
        return NULL;
    return g_build_filename(storage->folder, "lessons", lesson_id, name, NULL);
}

char *
server_storage_build_channels_path(ServerStorage *storage)
{
    return g_build_filename(storage->folder, "channels", NULL);
}

char *
server_storage_build_channel_path(ServerStorage *storage, const char *channel_id)
{
    return build_named(storage, "channels", channel_id, "");
}

char *
server_storage_build_channel_staging_path(const char *channel_folder)
{
    return g_build_filename(channel_folder, "staging", NULL);
}

char *
server_storage_build_channel_journal_path(const char *channel_folder)
{
    return g_build_filename(channel_folder, "segments.journal", NULL);
}

// A thousand files a folder: deleting and listing stay quick.
char *
server_storage_build_segment_name(const char *rung, guint64 number)
{
    const char *suffix = child_live_track_get_suffix(child_live_track_parse(rung).kind);
    return g_strdup_printf("%s/%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "%s", rung,
                           number / SEGMENTS_A_FOLDER, number, suffix);
}

char *
server_storage_build_init_name(const char *rung, guint64 init)
{
    return g_strdup_printf("%s/init-%" G_GUINT64_FORMAT ".mp4", rung, init);
}

char *
server_storage_build_channel_segment_path(const char *channel_folder, const char *rung,
                                          guint64 number)
{
    g_autofree char *name = server_storage_build_segment_name(rung, number);
    return g_build_filename(channel_folder, name, NULL);
}

char *
server_storage_build_channel_init_path(const char *channel_folder, const char *rung, guint64 init)
{
    g_autofree char *name = server_storage_build_init_name(rung, init);
    return g_build_filename(channel_folder, name, NULL);
}

char *
server_storage_build_recordings_path(ServerStorage *storage)
{
    return g_build_filename(storage->folder, "recordings", NULL);
}

char *
server_storage_build_recording_path(ServerStorage *storage, const char *booking_id)
{
    return build_named(storage, "recordings", booking_id, "");
}

char *
server_storage_build_recording_plan_path(const char *recording_folder)
{
    return g_build_filename(recording_folder, "plan", NULL);
}

static gboolean
is_suffix(const char *suffix, gboolean init)
{
    static const char *const suffixes[] = {".m4s", ".vtt", ".webp", NULL};
    return init ? strcmp(suffix, ".mp4") == 0 : g_strv_contains(suffixes, suffix);
}

gboolean
server_storage_parse_channel_name(const char *name, guint64 *number, gboolean *is_init)
{
    gboolean init = g_str_has_prefix(name, "init-");
    const char *digits = init ? name + strlen("init-") : name;
    char *end = NULL;
    guint64 value = g_ascii_isdigit(*digits) ? g_ascii_strtoull(digits, &end, 10) : 0;
    g_autofree char *again = g_strdup_printf("%s%" G_GUINT64_FORMAT "%s", init ? "init-" : "",
                                             value, end != NULL ? end : "");
    if (end == NULL || strcmp(again, name) != 0 || !is_suffix(end, init))
        return FALSE;
    *number = value;
    *is_init = init;
    return TRUE;
}

gboolean
server_storage_measure_disk(ServerStorage *storage, gint64 *free_bytes, gint64 *total_bytes,
                            GError **error)
{
    struct statvfs status;
    if (statvfs(storage->folder, &status) != 0) {
        int code = errno;
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "%s: %s", storage->folder,
                    g_strerror(code));
        return FALSE;
    }
    *free_bytes = (gint64)status.f_bavail * (gint64)status.f_frsize;
    *total_bytes = (gint64)status.f_blocks * (gint64)status.f_frsize;
    return TRUE;
}

static gint64 measure_folder(int descriptor, guint depth);

static gint64
measure_entry(int folder, const char *name, guint depth)
{
    struct stat status;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return 0;
    if (S_ISREG(status.st_mode))
        return status.st_size;
    if (!S_ISDIR(status.st_mode) || depth == 0)
        return 0;
    return measure_folder(openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
                          depth - 1);
}

// Takes the descriptor, which may be -1.
static gint64
measure_folder(int descriptor, guint depth)
{
    if (descriptor < 0)
        return 0;
    DIR *folder = fdopendir(descriptor);
    if (folder == NULL) {
        close(descriptor);
        return 0;
    }
    gint64 bytes = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            bytes += measure_entry(descriptor, entry->d_name, depth);
    }
    closedir(folder);
    return bytes;
}

gint64
server_storage_measure_tree(const char *path)
{
    return measure_folder(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), MEASURE_DEPTH_MAX);
}
