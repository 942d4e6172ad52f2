// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The dictionary words inside a Thai compound, from libthai's own dictionary: เศษส่วน is เศษ and
// ส่วน. Called by the tokenizer; one a thread.
#pragma once

#include <glib.h>

#define CATALOG_COMPOUNDS_PARTS_MAX 64

typedef struct _CatalogCompounds CatalogCompounds;

typedef struct {
    guint from; // first character in the word
    guint to;   // character after the last
} CatalogCompoundsPart;

/** Returns: (transfer full): NULL with CATALOG_ERROR_IO when the dictionary cannot be read. */
CatalogCompounds *catalog_compounds_new(GError **error);

/**
 * catalog_compounds_split:
 * @word: Thai letters
 * @parts: room for CATALOG_COMPOUNDS_PARTS_MAX
 *
 * Gives the words on every way in which @word is made of dictionary words of two letters and more,
 * without
 * @word itself, and long dictionary words at its end.
 *
 * Returns: how many parts there are.
 */
guint catalog_compounds_split(CatalogCompounds *compounds, const gunichar *word, guint count,
                              CatalogCompoundsPart *parts);

/** Returns: (transfer none): a hash of the dictionary. */
const char *catalog_compounds_get_fingerprint(CatalogCompounds *compounds);

void catalog_compounds_free(CatalogCompounds *compounds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogCompounds, catalog_compounds_free)
