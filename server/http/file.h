// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One open file with what its answers need, shared by all connections that send it. Immutable and
// counted atomically; the descriptor closes with the last reference. Any thread.
#pragma once

#include <gio/gio.h>

typedef struct {
    int descriptor;       // (owned), -1 when it has contents
    goffset size_bytes;   //
    char *etag;           // (owned), strong, quoted
    char *fields;         // (owned), header lines common to all its answers, each with CR LF
    GBytes *contents;     // (owned) (nullable), all of a small file
    gatomicrefcount refs; //
} HttpFile;

/**
 * http_file_new:
 * @descriptor: (transfer full)
 * @etag: strong entity tag, quoted
 * @extra_fields: (nullable): further header lines, each with CR LF
 */
HttpFile *http_file_new(int descriptor, goffset size_bytes, const char *etag, const char *type,
                        const char *cache_control, const char *extra_fields);

/** Keeps a copy of the bytes of a small file, so that its answers need no read. Before it is
 * shared. */
void http_file_load(HttpFile *file);

HttpFile *http_file_ref(HttpFile *file);
void http_file_unref(HttpFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpFile, http_file_unref)
