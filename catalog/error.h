// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The one error domain of the catalogue. Each code is here because a caller acts on it; server/
// maps them to HTTP in one table.
#pragma once

#include <glib.h>

#define CATALOG_ERROR (catalog_error_quark())

/**
 * CatalogError:
 * @CATALOG_ERROR_NOT_FOUND: no such record
 * @CATALOG_ERROR_CONFLICT: the record is not (or no longer) as the caller thought: a revision, a
 * lease or a state move was lost; read again and decide
 * @CATALOG_ERROR_EXISTS: a name or id is taken
 * @CATALOG_ERROR_INVALID: a value breaks a rule of the schema, or a cursor is not one of ours
 * @CATALOG_ERROR_BUSY: the queue is full or the database is locked; try again later
 * @CATALOG_ERROR_NEWER_SCHEMA: the database was written by a newer Daorian; nothing was touched
 * @CATALOG_ERROR_CORRUPT: the file is not a sound catalogue
 * @CATALOG_ERROR_IO: the disk refused (full, read-only, gone)
 */
typedef enum {
    CATALOG_ERROR_NOT_FOUND,
    CATALOG_ERROR_CONFLICT,
    CATALOG_ERROR_EXISTS,
    CATALOG_ERROR_INVALID,
    CATALOG_ERROR_BUSY,
    CATALOG_ERROR_NEWER_SCHEMA,
    CATALOG_ERROR_CORRUPT,
    CATALOG_ERROR_IO,
} CatalogError;

GQuark catalog_error_quark(void);
