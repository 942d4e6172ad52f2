// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What receiving does to files, one durable step at a time. Every function blocks and belongs on a
// work thread (receive_worker.h) or at start-up. Errors are G_IO_ERROR; G_IO_ERROR_NO_SPACE means
// that the disk or the quota of the file system is full. Knows paths, not uploads.
#pragma once

#include "server/flows/receive_digest.h"

#include <gio/gio.h>

/** Makes an empty file and its name durable. Fails with G_IO_ERROR_EXISTS. */
gboolean flows_receive_file_create(const char *path, GError **error);

/**
 * flows_receive_file_open:
 * @offset_bytes: what is known to be good
 *
 * Opens for writing and cuts off what lies behind @offset_bytes; at offset 0 a missing file is made
 * and its name is durable. Fails with G_IO_ERROR_PARTIAL_INPUT when the file is shorter. Returns: a
 * descriptor, or -1.
 */
int flows_receive_file_open(const char *path, gint64 offset_bytes, GError **error);

/** Writes all of @bytes at @offset_bytes. On failure @written says how many did arrive. */
gboolean flows_receive_file_write(int descriptor, GBytes *bytes, gint64 offset_bytes,
                                  gsize *written, GError **error);

gboolean flows_receive_file_truncate(int descriptor, gint64 bytes, GError **error);

/** Content and size are durable when this returns TRUE. */
gboolean flows_receive_file_sync(int descriptor, GError **error);
gboolean flows_receive_file_sync_path(const char *path, GError **error);

/** Returns: size of the regular file, or -1 when there is none. */
gint64 flows_receive_file_measure(const char *path);

/** Adds the whole file to @digest. */
gboolean flows_receive_file_digest(const char *path, FlowsReceiveDigest *digest, GError **error);

/** Renames @from to @to, both names durable; @from not being there is fine when @to is. */
gboolean flows_receive_file_move(const char *from, const char *to, GError **error);

/** Removes @path durably; fine when it is not there. */
gboolean flows_receive_file_remove(const char *path, GError **error);

/** Appends the whole of @source to @descriptor at its position, sharing blocks where the file
 * system can. */
gboolean flows_receive_file_append_copy(int descriptor, const char *source, GError **error);
