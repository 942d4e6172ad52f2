// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The one place of this folder that calls write, fsync and rename.
#include "pipelines/package/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "pipelines/package/index.h"

gboolean
package_disk_fail(GError **error, int error_number, const char *what)
{
    gboolean full = error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG;
    g_set_error(error, PACKAGE_ERROR, full ? PACKAGE_ERROR_SPACE : PACKAGE_ERROR_IO, "%s: %s", what,
                g_strerror(error_number));
    return FALSE;
}

gboolean
package_disk_write_at(int descriptor, const guint8 *data, gsize bytes, guint64 offset,
                      GError **error)
{
    while (bytes > 0) {
        ssize_t written = pwrite(descriptor, data, bytes, (off_t)offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return package_disk_fail(error, written == 0 ? EIO : errno, "write");
        data += written;
        bytes -= (gsize)written;
        offset += (guint64)written;
    }
    return TRUE;
}

gboolean
package_disk_sync(int descriptor, GError **error)
{
    return fdatasync(descriptor) == 0 ? TRUE : package_disk_fail(error, errno, "sync");
}

gboolean
package_disk_sync_folder(const char *folder, GError **error)
{
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return package_disk_fail(error, errno, folder);
    gboolean synced = fsync(descriptor) == 0 || errno == EINVAL;
    int error_number = errno;
    close(descriptor);
    return synced ? TRUE : package_disk_fail(error, error_number, "sync folder");
}

static gboolean
write_whole(const char *path, const char *text, gsize bytes, GError **error)
{
    int descriptor = g_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (descriptor < 0)
        return package_disk_fail(error, errno, path);
    gboolean written = package_disk_write_at(descriptor, (const guint8 *)text, bytes, 0, error) &&
                       package_disk_sync(descriptor, error);
    close(descriptor);
    return written;
}

gboolean
package_disk_replace(const char *folder, const char *name, const char *text, gsize bytes,
                     GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *temporary = g_strconcat(path, ".tmp", NULL);
    if (!write_whole(temporary, text, bytes, error)) {
        g_unlink(temporary);
        return FALSE;
    }
    if (g_rename(temporary, path) != 0)
        return package_disk_fail(error, errno, path);
    return package_disk_sync_folder(folder, error);
}
