// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Integrity check and online backup, for `daorian check` and `daorian backup`. On the connection's
// thread, outside any transaction.
#pragma once

#include "catalog/database.h"

/**
 * catalog_backup_check:
 *
 * Whole integrity check, foreign keys, and the search index against its contents.
 *
 * Returns: (transfer full) (element-type utf8): one sentence a fault; empty when sound. NULL with
 * @error when the check could not be run.
 */
GPtrArray *catalog_backup_check(CatalogDatabase *database, GError **error);

/**
 * catalog_backup_write:
 * @path: a file that does not exist yet
 *
 * Copies the catalogue as it is at one moment (SQLite online backup) while others go on writing;
 * the copy is synced, and becomes visible under its name only when whole.
 *
 * Returns: FALSE with EXISTS, IO, BUSY.
 */
gboolean catalog_backup_write(CatalogDatabase *database, const char *path, GError **error);
