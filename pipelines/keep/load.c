// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The files were made by children, so their sizes are bounded, and links are not followed.
#include "pipelines/keep/load.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipelines/package/index.h"

#define BYTES_MAX (64 * 1024 * 1024)

static gboolean
refuse(GError **error, const char *name, const char *why)
{
    g_set_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID, "%s: %s", name, why);
    return FALSE;
}

static gboolean
fail(GError **error, const char *name)
{
    int code = errno;
    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(code), "%s: %s", name,
                g_strerror(code));
    return FALSE;
}

/* @wanted: (out): what is to be read. */
static gboolean
measure(int file, const char *name, const KeepLoadSpan *span, KeepLoadSpan *wanted, GError **error)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        return fail(error, name);
    guint64 size = (guint64)status.st_size;
    *wanted = *span;
    if (wanted->bytes == 0)
        *wanted = (KeepLoadSpan){0, size};
    if (!S_ISREG(status.st_mode) || wanted->bytes > BYTES_MAX)
        return refuse(error, name, "no file of a segment");
    return (wanted->offset <= size && wanted->bytes <= size - wanted->offset) ||
           refuse(error, name, "shorter than it should be");
}

static gboolean
read_all(int file, const char *name, const KeepLoadSpan *span, char *data, GError **error)
{
    for (guint64 done = 0; done < span->bytes;) {
        ssize_t got = pread(file, data + done, span->bytes - done, (off_t)(span->offset + done));
        if (got < 0 && errno != EINTR)
            return fail(error, name);
        if (got == 0)
            return refuse(error, name, "shorter than it should be");
        done += got > 0 ? (guint64)got : 0;
    }
    return TRUE;
}

char *
keep_load_span(const char *folder, const char *name, const KeepLoadSpan *span, gsize *bytes,
               GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *data = NULL;
    KeepLoadSpan wanted;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) {
        fail(error, name);
        return NULL;
    }
    gboolean fine = measure(file, name, span, &wanted, error);
    if (fine)
        data = g_malloc0(wanted.bytes + 1);
    fine = fine && read_all(file, name, &wanted, data, error);
    close(file);
    if (!fine)
        return NULL;
    *bytes = wanted.bytes;
    return g_steal_pointer(&data);
}
