// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Durable writing in the staging folder, with errors of this layer: no space is told apart from the
// rest. Blocking.
#pragma once

#include <glib.h>

/** Sets @error from @error_number, with @what was being done. Returns: FALSE, for `return`. */
gboolean package_disk_fail(GError **error, int error_number, const char *what);

gboolean package_disk_write_at(int descriptor, const guint8 *data, gsize bytes, guint64 offset,
                               GError **error);

/** Data and size are on the disk when it returns TRUE. */
gboolean package_disk_sync(int descriptor, GError **error);

/** Makes renames and new names in @folder durable. */
gboolean package_disk_sync_folder(const char *folder, GError **error);

/** Writes @text under a temporary name, syncs, renames to @name in @folder, syncs the folder. */
gboolean package_disk_replace(const char *folder, const char *name, const char *text, gsize bytes,
                              GError **error);
