// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The header lines are formatted once here, not once an answer.
#include "server/http/file.h"

#include <unistd.h>

#define SMALL_BYTES 65536

HttpFile *
http_file_new(int descriptor, goffset size_bytes, const char *etag, const char *type,
              const char *cache_control, const char *extra_fields)
{
    HttpFile *file = g_new0(HttpFile, 1);

    file->descriptor = descriptor;
    file->size_bytes = size_bytes;
    file->etag = g_strdup(etag);
    file->fields = g_strdup_printf("Content-Type: %s\r\nCache-Control: %s\r\nETag: %s\r\n"
                                   "Accept-Ranges: bytes\r\nX-Content-Type-Options: nosniff\r\n%s",
                                   type, cache_control, etag, extra_fields ? extra_fields : "");
    g_atomic_ref_count_init(&file->refs);
    return file;
}

void
http_file_load(HttpFile *file)
{
    g_autofree char *bytes = NULL;

    if (file->size_bytes > SMALL_BYTES)
        return;
    bytes = g_malloc0(file->size_bytes + 1);
    if (pread(file->descriptor, bytes, file->size_bytes, 0) != file->size_bytes)
        return;
    file->contents = g_bytes_new_take(g_steal_pointer(&bytes), file->size_bytes);
    close(file->descriptor);
    file->descriptor = -1;
}

HttpFile *
http_file_ref(HttpFile *file)
{
    g_atomic_ref_count_inc(&file->refs);
    return file;
}

void
http_file_unref(HttpFile *file)
{
    if (!g_atomic_ref_count_dec(&file->refs))
        return;
    if (file->descriptor >= 0)
        close(file->descriptor);
    g_free(file->etag);
    g_free(file->fields);
    g_clear_pointer(&file->contents, g_bytes_unref);
    g_free(file);
}
