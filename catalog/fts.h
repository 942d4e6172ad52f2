// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The bridge from the tokenizer to SQLite's FTS5: tokenize='daorian'. Called when a connection
// opens.
#pragma once

#include "catalog/database.h"

/** Registers the connection's tokenizer as the FTS5 tokenizer "daorian" of this connection. */
gboolean catalog_fts_register(CatalogDatabase *database, GError **error);
