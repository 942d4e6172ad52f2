// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Taking in comes before checking, so that the child cannot change what was checked; a file that is
// not trusted is the caller's to remove.
#include "server/flows/publish_file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gio/gio.h>

#include "pipelines/package/disk.h"

#define READ_BYTES (1024 * 1024)

void
flows_publish_file_step(const FlowsPublishPlaces *places, const char *name)
{
    if (places->on_step != NULL)
        places->on_step(name, places->step_data);
}

gboolean
flows_publish_file_fail(GError **error, int error_number, const char *path)
{
    g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(error_number), "%s: %s", path,
                g_strerror(error_number));
    return FALSE;
}

gboolean
flows_publish_file_distrust(GError **error, const char *path, const char *why)
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
        flows_publish_file_fail(error, errno, path);
    } else if (!S_ISREG(status.st_mode) || status.st_nlink != 1) {
        flows_publish_file_distrust(error, path, "not a plain file");
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
            flows_publish_file_fail(error, errno, path);
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
        flows_publish_file_distrust(error, path, "still written to");
        return -1;
    }
    return descriptor;
}

gboolean
flows_publish_file_verify(const char *path, const FlowsPublishFileProof *proof, GError **error)
{
    guint64 bytes = 0;
    int descriptor = open_settled(path, &bytes, error);
    if (descriptor < 0)
        return FALSE;
    g_autofree char *sum = bytes == proof->bytes ? compute_sum(descriptor, path, error) : NULL;
    gboolean synced = sum != NULL && fchmod(descriptor, 0644) == 0 && fsync(descriptor) == 0;
    int error_number = errno;
    close(descriptor);
    if (bytes != proof->bytes)
        return flows_publish_file_distrust(error, path, "not the size that was reported");
    if (sum == NULL)
        return FALSE;
    if (strcmp(sum, proof->sha256) != 0)
        return flows_publish_file_distrust(error, path, "not the check sum that was reported");
    return synced ? TRUE : flows_publish_file_fail(error, error_number, path);
}

char *
flows_publish_file_load(const char *path, gsize most, gsize *bytes, GError **error)
{
    guint64 size = 0;
    int descriptor = open_settled(path, &size, error);
    if (descriptor < 0)
        return NULL;
    if (size > most) {
        close(descriptor);
        flows_publish_file_distrust(error, path, "too long");
        return NULL;
    }
    g_autofree char *text = g_malloc0(size + 1);
    ssize_t got = pread(descriptor, text, size, 0);
    if (fchmod(descriptor, 0644) != 0)
        got = -1;
    close(descriptor);
    if (got != (ssize_t)size) {
        flows_publish_file_distrust(error, path, "not to be read whole");
        return NULL;
    }
    *bytes = size;
    return g_steal_pointer(&text);
}

static gboolean
make_folder(const char *path, GError **error)
{
    if (g_mkdir(path, 0755) == 0) {
        g_autofree char *parent = g_path_get_dirname(path);
        return package_disk_sync_folder(parent, error);
    }
    return errno == EEXIST ? TRUE : flows_publish_file_fail(error, errno, path);
}

gboolean
flows_publish_file_make_folder(const FlowsPublishPlaces *places, const char *sub, GError **error)
{
    g_autofree char *path = sub != NULL ? g_build_filename(places->bundle, sub, NULL) : NULL;
    return make_folder(places->bundle, error) && (path == NULL || make_folder(path, error));
}

char *
flows_publish_file_build_incoming(const FlowsPublishPlaces *places, const char *name,
                                  const char *ending)
{
    g_autofree char *file = g_strdup_printf(".%s.incoming%s", name, ending);
    return g_build_filename(places->bundle, file, NULL);
}

static gboolean
move(const char *from, const char *to, GError **error)
{
    return g_rename(from, to) == 0 ? TRUE : flows_publish_file_fail(error, errno, to);
}

/* What it was is looked at afterwards, when it can no longer be swapped. */
gboolean
flows_publish_file_take_in(const FlowsPublishPlaces *places, const char *staged,
                           const char *incoming, GError **error)
{
    g_autofree char *path = g_build_filename(places->staging, staged, NULL);
    GStatBuf status;
    if (g_lstat(path, &status) != 0)
        return flows_publish_file_fail(error, errno, path);
    if (!S_ISREG(status.st_mode))
        return flows_publish_file_distrust(error, path, "not a plain file");
    return move(path, incoming, error);
}

gboolean
flows_publish_file_name(const FlowsPublishPlaces *places, const char *incoming, const char *name,
                        GError **error)
{
    g_autofree char *path = g_build_filename(places->bundle, name, NULL);
    return move(incoming, path, error);
}
