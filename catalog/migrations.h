// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The numbered steps from an empty file to the newest schema. Called when a connection opens;
// forward only, one transaction a step, nothing is ever deleted.
#pragma once

#include "catalog/database.h"

/** Returns: FALSE with CORRUPT when the file is a database of another program, NEWER_SCHEMA when a
 * newer Daorian wrote it. An empty file is fine. Changes nothing. */
gboolean catalog_migrations_check_identity(CatalogDatabase *database, GError **error);

/** Runs the steps that are missing. */
gboolean catalog_migrations_run(CatalogDatabase *database, GError **error);

/** Returns: the schema number this program writes. */
int catalog_migrations_get_newest(void);
