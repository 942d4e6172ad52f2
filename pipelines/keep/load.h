// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads what a recording or a published lesson holds: a file, or a piece of one. Blocking.
#pragma once

#include <glib.h>

/** A piece of a file; 0 bytes: all of it. */
typedef struct {
    guint64 offset; // bytes
    guint64 bytes;  //
} KeepLoadSpan;

/** @folder: only read; @name: relative to it; @bytes: (out): how many there are. Returns: (transfer
 * full): NULL with a PACKAGE_ERROR (no regular file, too large, too short) or a G_FILE_ERROR. */
char *keep_load_span(const char *folder, const char *name, const KeepLoadSpan *span, gsize *bytes,
                     GError **error);
