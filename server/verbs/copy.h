// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Copies of folders for backup and restore: every file is synced, links are not followed.
#pragma once

#include <gio/gio.h>

/**
 * verbs_copy_tree:
 * @from: a folder; when it does not exist nothing is copied
 * @to: made when missing
 *
 * A file that vanishes meanwhile is left out: the server deletes what newer files replaced; so are
 * folders of children, which are named `staging`. What an earlier walk copied is not copied again
 * unless it has grown since. Blocks.
 * Returns: FALSE with a GIOError.
 */
gboolean verbs_copy_tree(const char *from, const char *to, GError **error);

/** Copies one file durably; the folder of @to is made. A file that is not there is left out.
 * Blocks. Returns: FALSE with a GIOError. */
gboolean verbs_copy_file(const char *from, const char *to, GError **error);

/** Returns: TRUE when @path does not exist or is a folder with nothing in it. Blocks. */
gboolean verbs_copy_is_vacant(const char *path);
