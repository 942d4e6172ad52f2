// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Links are never followed: the staging folder is the child's.
#include "server/flows/window_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "pipelines/child/live_track.h"
#include "server/storage.h"

#define JOURNAL_BYTES_MAX (G_GINT64_CONSTANT(256) << 20)
#define DEPTH_MAX 3 // rung, thousand, file

static gboolean
set_error(GError **error, const char *path)
{
    int code = errno;
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "%s: %s", path, g_strerror(code));
    return FALSE;
}

gboolean
flows_window_files_make(const char *folder, GError **error)
{
    g_autofree char *staging = server_storage_build_channel_staging_path(folder);
    return g_mkdir_with_parents(staging, 0700) == 0 || set_error(error, staging);
}

static gboolean
check_file(int staging, const char *file, guint64 bytes, GError **error)
{
    struct stat status;
    if (fstatat(staging, file, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode) &&
        status.st_nlink == 1 && (guint64)status.st_size == bytes)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "%s is not the file of %" G_GUINT64_FORMAT " bytes that was told", file, bytes);
    return FALSE;
}

static gboolean
move(int staging, const char *file, const char *target, GError **error)
{
    if (renameat(staging, file, AT_FDCWD, target) == 0)
        return TRUE;
    g_autofree char *folder = g_path_get_dirname(target);
    if (errno != ENOENT || g_mkdir_with_parents(folder, 0700) != 0 ||
        renameat(staging, file, AT_FDCWD, target) != 0)
        return set_error(error, target);
    return TRUE;
}

gboolean
flows_window_files_admit(const char *folder, const char *file, guint64 bytes, const char *target,
                         GError **error)
{
    g_autofree char *path = server_storage_build_channel_staging_path(folder);
    int staging = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (staging < 0)
        return set_error(error, path);
    gboolean good = check_file(staging, file, bytes, error) && move(staging, file, target, error);
    close(staging);
    return good;
}

void
flows_window_files_discard(const char *folder, const char *file)
{
    g_autofree char *staging = server_storage_build_channel_staging_path(folder);
    g_autofree char *path = g_build_filename(staging, file, NULL);
    if (strchr(file, G_DIR_SEPARATOR) == NULL)
        g_unlink(path);
}

static gboolean
write_all(int descriptor, const char *text, gsize length)
{
    gsize done = 0;
    while (done < length) {
        ssize_t wrote = write(descriptor, text + done, length - done);
        if (wrote < 0 && errno != EINTR)
            return FALSE;
        done += wrote > 0 ? (gsize)wrote : 0;
    }
    return fdatasync(descriptor) == 0;
}

/* A line that a power cut tore must not take the next one with it. */
static gboolean
end_torn_line(int descriptor, off_t end)
{
    char last = '\n';
    if (end > 0 && pread(descriptor, &last, 1, end - 1) != 1)
        return FALSE;
    return last == '\n' || write_all(descriptor, "\n", 1);
}

gboolean
flows_window_files_append(const char *folder, const char *line, GError **error)
{
    g_autofree char *path = server_storage_build_channel_journal_path(folder);
    int descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    off_t end = descriptor >= 0 ? lseek(descriptor, 0, SEEK_END) : -1;
    gboolean good =
        end >= 0 && end_torn_line(descriptor, end) && write_all(descriptor, line, strlen(line));
    if (!good)
        set_error(error, path);
    if (!good && end >= 0 && ftruncate(descriptor, end) != 0)
        g_debug("%s keeps a torn line: %s", path, g_strerror(errno));
    if (descriptor >= 0)
        close(descriptor);
    return good;
}

gboolean
flows_window_files_replace(const char *folder, const char *text, gsize length, GError **error)
{
    g_autofree char *path = server_storage_build_channel_journal_path(folder);
    g_autoptr(GError) local = NULL;
    if (g_file_set_contents_full(path, text, (gssize)length,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 &local))
        return TRUE;
    g_set_error(error, G_IO_ERROR,
                g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ? G_IO_ERROR_NO_SPACE
                                                                         : G_IO_ERROR_FAILED,
                "%s", local->message);
    return FALSE;
}

gboolean
flows_window_files_read(const char *folder, char **text, gsize *length, GError **error)
{
    g_autofree char *path = server_storage_build_channel_journal_path(folder);
    struct stat status;
    if (lstat(path, &status) != 0 && errno == ENOENT) {
        *text = g_strdup("");
        *length = 0;
        return TRUE;
    }
    if (!S_ISREG(status.st_mode) || status.st_size > JOURNAL_BYTES_MAX) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s is no journal", path);
        return FALSE;
    }
    return g_file_get_contents(path, text, length, error);
}

void
flows_window_files_drop(const char *folder, const FlowsWindowIndex *index,
                        const FlowsWindowIndexEntry *entry)
{
    for (guint i = 0; i < index->rungs->len; i++) {
        g_autofree char *path = server_storage_build_channel_segment_path(
            folder, index->rungs->pdata[i], entry->number);
        if (entry->parts[i].bytes > 0)
            g_unlink(path);
        // The last of its folder takes the folder along; rmdir refuses one that is not empty.
        g_autofree char *thousand = g_path_get_dirname(path);
        if (entry->number % 100 == 99)
            g_rmdir(thousand);
    }
}

gboolean
flows_window_files_verify(const char *folder, const FlowsWindowIndex *index,
                          FlowsWindowIndexEntry *entry)
{
    gboolean any = FALSE;
    for (guint i = 0; i < index->rungs->len; i++) {
        struct stat status;
        g_autofree char *path = server_storage_build_channel_segment_path(
            folder, index->rungs->pdata[i], entry->number);
        if (entry->parts[i].bytes == 0)
            continue;
        if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode) ||
            (guint64)status.st_size != entry->parts[i].bytes)
            entry->parts[i].bytes = 0;
        any = any || entry->parts[i].bytes > 0;
    }
    return any;
}

/* One walk through a channel's folder. */
typedef struct {
    FlowsWindowIndex *index; // (unowned) (nullable): NULL removes everything
    int rung;                // of the folder at hand, −1: none that is known
    guint64 highest;         // number seen
    guint64 highest_init;    // number seen
} Walk;

static gboolean
is_known(Walk *walk, const char *name)
{
    guint64 number = 0;
    gboolean is_init = FALSE;
    if (walk->index == NULL || !server_storage_parse_channel_name(name, &number, &is_init))
        return FALSE;
    if (is_init)
        walk->highest_init = MAX(walk->highest_init, number);
    else
        walk->highest = MAX(walk->highest, number);
    if (walk->rung < 0)
        return FALSE;
    ChildLiveTrackKind kind = child_live_track_parse(walk->index->rungs->pdata[walk->rung]).kind;
    if (!is_init && !g_str_has_suffix(name, child_live_track_get_suffix(kind)))
        return FALSE;
    if (is_init)
        return flows_window_index_find_init(walk->index, (guint)walk->rung, (guint32)number) !=
               NULL;
    const FlowsWindowIndexEntry *entry = flows_window_index_find(walk->index, number);
    return entry != NULL && entry->parts[walk->rung].bytes > 0;
}

static void
walk_folder(Walk *walk, const char *folder, guint depth)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name = NULL;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        struct stat status;
        if (lstat(path, &status) != 0)
            continue;
        if (!S_ISDIR(status.st_mode)) {
            if (!is_known(walk, name))
                g_unlink(path);
        } else if (depth > 0) {
            walk_folder(walk, path, depth - 1);
            g_rmdir(path); // only when empty
        }
    }
}

void
flows_window_files_sweep(const char *folder, FlowsWindowIndex *index, guint64 *highest,
                         guint64 *highest_init)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autofree char *staging = server_storage_build_channel_staging_path(folder);
    Walk walk = {index, -1, 0, 0};
    const char *name = NULL;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (strcmp(path, staging) == 0 || !g_file_test(path, G_FILE_TEST_IS_DIR) ||
            g_file_test(path, G_FILE_TEST_IS_SYMLINK))
            continue;
        walk.rung = flows_window_index_find_rung(index, name, FALSE);
        walk_folder(&walk, path, DEPTH_MAX);
    }
    *highest = walk.highest;
    *highest_init = walk.highest_init;
}

/* The lock stays: it is held by whoever asks for this. */
void
flows_window_files_clean_staging(const char *folder)
{
    g_autofree char *staging = server_storage_build_channel_staging_path(folder);
    g_autoptr(GDir) dir = g_dir_open(staging, 0, NULL);
    const char *name = NULL;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(staging, name, NULL);
        if (strcmp(name, "lock") != 0)
            g_unlink(path);
    }
}

gint64
flows_window_files_measure_free(const char *folder)
{
    struct statvfs status;
    if (statvfs(folder, &status) != 0)
        return -1;
    return (gint64)status.f_bavail * (gint64)status.f_frsize;
}

void
flows_window_files_remove(const char *folder)
{
    Walk all = {NULL, -1, 0, 0};
    walk_folder(&all, folder, DEPTH_MAX + 1);
    g_rmdir(folder);
}
