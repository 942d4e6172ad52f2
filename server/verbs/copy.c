// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Walks two folders down with GIO, which clones blocks where the file system can.
#include "server/verbs/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <string.h>
#include <unistd.h>

#define DEPTH_MAX 4

gboolean
verbs_copy_is_vacant(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    if (folder == NULL)
        return !g_file_test(path, G_FILE_TEST_EXISTS);
    return g_dir_read_name(folder) == NULL;
}

static gboolean
sync_path(const char *path, GError **error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    int code = descriptor < 0 || fsync(descriptor) != 0 ? errno : 0;
    if (descriptor >= 0)
        close(descriptor);
    if (code == 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "%s: %s", path, g_strerror(code));
    return FALSE;
}

/* What an earlier walk copied and is as large still: of files that change, each change is a longer
 * one. */
static gboolean
is_there_already(GFile *from, GFile *to)
{
    struct stat left, right;
    return stat(g_file_peek_path(from), &left) == 0 && stat(g_file_peek_path(to), &right) == 0 &&
           left.st_size == right.st_size;
}

static gboolean
copy_file(GFile *from, GFile *to, GError **error)
{
    g_autoptr(GError) local = NULL;
    if (is_there_already(from, to))
        return TRUE;
    if (g_file_copy(from, to, G_FILE_COPY_NOFOLLOW_SYMLINKS | G_FILE_COPY_OVERWRITE, NULL, NULL,
                    NULL, &local))
        return sync_path(g_file_peek_path(to), error);
    if (g_error_matches(local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) &&
        !g_file_query_exists(from, NULL))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

static gboolean copy_folder(GFile *from, GFile *to, guint depth, GError **error);

static gboolean
copy_entry(GFileInfo *info, GFile *from, GFile *to, guint depth, GError **error)
{
    const char *name = g_file_info_get_name(info);
    g_autoptr(GFile) source = g_file_get_child(from, name);
    g_autoptr(GFile) target = g_file_get_child(to, name);
    GFileType type = g_file_info_get_file_type(info);
    if (type == G_FILE_TYPE_REGULAR)
        return copy_file(source, target, error);
    if (type == G_FILE_TYPE_DIRECTORY && depth > 0 && strcmp(name, "staging") != 0)
        return copy_folder(source, target, depth - 1, error);
    return TRUE;
}

static gboolean
copy_folder(GFile *from, GFile *to, guint depth, GError **error)
{
    g_autoptr(GFileEnumerator) entries = g_file_enumerate_children(
        from, G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
        G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, error);
    g_autoptr(GError) local = NULL;
    if (entries == NULL)
        return FALSE;
    if (!g_file_make_directory(to, NULL, &local) &&
        !g_error_matches(local, G_IO_ERROR, G_IO_ERROR_EXISTS)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    GFileInfo *info = NULL;
    while (g_file_enumerator_iterate(entries, &info, NULL, NULL, error)) {
        if (info == NULL)
            return sync_path(g_file_peek_path(to), error);
        if (!copy_entry(info, from, to, depth, error))
            return FALSE;
    }
    return FALSE;
}

gboolean
verbs_copy_tree(const char *from, const char *to, GError **error)
{
    g_autoptr(GFile) source = g_file_new_for_path(from);
    g_autoptr(GFile) target = g_file_new_for_path(to);
    if (!g_file_test(from, G_FILE_TEST_IS_DIR))
        return TRUE;
    return copy_folder(source, target, DEPTH_MAX, error);
}

gboolean
verbs_copy_file(const char *from, const char *to, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(to);
    g_autoptr(GFile) source = g_file_new_for_path(from);
    g_autoptr(GFile) target = g_file_new_for_path(to);
    g_autoptr(GFile) parent = g_file_new_for_path(folder);
    g_autoptr(GError) local = NULL;
    if (!g_file_test(from, G_FILE_TEST_IS_REGULAR))
        return TRUE;
    if (!g_file_make_directory_with_parents(parent, NULL, &local) &&
        !g_error_matches(local, G_IO_ERROR, G_IO_ERROR_EXISTS)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    return copy_file(source, target, error) && sync_path(folder, error);
}
