// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// POSIX calls with their errors; every loop ends with the bytes that it counts.
#include "server/flows/receive_file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_BYTES (256 * 1024)

static gboolean
fail_errno(const char *what, const char *path, GError **error)
{
    int number = errno;
    int code = number == EDQUOT ? G_IO_ERROR_NO_SPACE : (int)g_io_error_from_errno(number);
    g_set_error(error, G_IO_ERROR, code, "%s%s%s: %s", what, path != NULL ? " " : "",
                path != NULL ? path : "", g_strerror(number));
    return FALSE;
}

/* Makes the names in the folder of @path durable. */
static gboolean
sync_folder(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    return flows_receive_file_sync_path(folder, error);
}

gboolean
flows_receive_file_create(const char *path, GError **error)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return fail_errno("making", path, error);
    close(descriptor);
    return sync_folder(path, error);
}

static int
close_failed(int descriptor)
{
    close(descriptor);
    return -1;
}

int
flows_receive_file_open(const char *path, gint64 offset_bytes, GError **error)
{
    int making = offset_bytes == 0 ? O_CREAT : 0;
    int descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | making, 0600);
    if (descriptor < 0) {
        fail_errno("opening", path, error);
        return -1;
    }
    if (offset_bytes == 0 && !sync_folder(path, error))
        return close_failed(descriptor);
    struct stat info;
    if (fstat(descriptor, &info) != 0) {
        fail_errno("measuring", path, error);
        return close_failed(descriptor);
    }
    if (info.st_size < offset_bytes) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, "%s is too short", path);
        return close_failed(descriptor);
    }
    if (info.st_size > offset_bytes &&
        !flows_receive_file_truncate(descriptor, offset_bytes, error))
        return close_failed(descriptor);
    return descriptor;
}

gboolean
flows_receive_file_write(int descriptor, GBytes *bytes, gint64 offset_bytes, gsize *written,
                         GError **error)
{
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(bytes, &size);
    gsize done = 0;
    *written = 0;
    while (done < size) {
        gssize count = pwrite(descriptor, data + done, size - done, offset_bytes + (goffset)done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return fail_errno("writing", NULL, error);
        done += (gsize)count;
        *written = done;
    }
    return TRUE;
}

gboolean
flows_receive_file_truncate(int descriptor, gint64 bytes, GError **error)
{
    return ftruncate(descriptor, bytes) == 0 || fail_errno("truncating", NULL, error);
}

gboolean
flows_receive_file_sync(int descriptor, GError **error)
{
    return fdatasync(descriptor) == 0 || fail_errno("syncing", NULL, error);
}

gboolean
flows_receive_file_sync_path(const char *path, GError **error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return fail_errno("opening", path, error);
    gboolean synced = fsync(descriptor) == 0 || fail_errno("syncing", path, error);
    close(descriptor);
    return synced;
}

gint64
flows_receive_file_measure(const char *path)
{
    struct stat info;
    if (lstat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return -1;
    return info.st_size;
}

gboolean
flows_receive_file_digest(const char *path, FlowsReceiveDigest *digest, GError **error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0)
        return fail_errno("opening", path, error);
    g_autofree guint8 *buffer = g_malloc(COPY_BYTES);
    gssize count = 0;
    do {
        count = read(descriptor, buffer, COPY_BYTES);
        if (count > 0)
            flows_receive_digest_add(digest, buffer, (gsize)count);
    } while (count > 0 || (count < 0 && errno == EINTR));
    gboolean whole = count == 0 || fail_errno("reading", path, error);
    close(descriptor);
    return whole;
}

gboolean
flows_receive_file_move(const char *from, const char *to, GError **error)
{
    if (g_rename(from, to) != 0 && !(errno == ENOENT && flows_receive_file_measure(to) >= 0))
        return fail_errno("moving", from, error);
    return sync_folder(to, error) && sync_folder(from, error);
}

gboolean
flows_receive_file_remove(const char *path, GError **error)
{
    if (g_unlink(path) != 0)
        return errno == ENOENT || fail_errno("removing", path, error);
    return sync_folder(path, error);
}

/* The plain way, for file systems that refuse copy_file_range between these two. */
static gboolean
copy_by_hand(int from, int to, GError **error)
{
    g_autofree guint8 *buffer = g_malloc(COPY_BYTES);
    for (;;) {
        gssize count = read(from, buffer, COPY_BYTES);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail_errno("reading", NULL, error);
        if (count == 0)
            return TRUE;
        for (gssize done = 0; done < count;) {
            gssize put = write(to, buffer + done, (gsize)(count - done));
            if (put < 0 && errno != EINTR)
                return fail_errno("writing", NULL, error);
            done += MAX(put, 0);
        }
    }
}

static gboolean
copy_all(int from, int to, GError **error)
{
    for (;;) {
        gssize count = copy_file_range(from, NULL, to, NULL, 1 << 30, 0);
        if (count == 0)
            return copy_by_hand(from, to, error); // special files report an end at once
        if (count > 0 || errno == EINTR)
            continue;
        if (errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP)
            return copy_by_hand(from, to, error);
        return fail_errno("copying", NULL, error);
    }
}

gboolean
flows_receive_file_append_copy(int descriptor, const char *source, GError **error)
{
    int from = open(source, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return fail_errno("opening", source, error);
    gboolean copied = copy_all(from, descriptor, error);
    close(from);
    return copied;
}
