// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// From what a person types to FTS5 expressions. Pure but for the tokenizer it uses.
#pragma once

#include <glib.h>

#include "catalog/tokenizer.h"

typedef struct {
    char *words; // (owned): every word whole
    char *typed; // (owned): the last word may be unfinished
} CatalogQuery;

/**
 * catalog_query_build:
 * @text: any bytes up to a NUL; at most the first 400 bytes and 16 words count
 *
 * Returns: (transfer full): two expressions that FTS5 accepts whatever @text was; NULL when there
 * is no word in it.
 */
CatalogQuery *catalog_query_build(CatalogTokenizer *tokenizer, const char *text);

void catalog_query_free(CatalogQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogQuery, catalog_query_free)
