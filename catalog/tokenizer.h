// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Words of Thai, English and digits in a text, as the search index sees them: folded, broken by
// libthai, with the dictionary words inside a Thai compound beside it. Pure but for its own state:
// one a thread.
#pragma once

#include <glib.h>

typedef struct _CatalogTokenizer CatalogTokenizer;

typedef enum {
    CATALOG_TOKENIZER_WORD,     // begins a new position
    CATALOG_TOKENIZER_SUB_WORD, // a part of the word before, at the same position
} CatalogTokenizerKind;

/**
 * CatalogTokenizerSink:
 * @token: folded text, not NUL-terminated
 * @start: first byte in the original text
 * @end: byte after the last
 *
 * Returns: 0 to go on, anything else stops and is returned by catalog_tokenizer_run().
 */
typedef int (*CatalogTokenizerSink)(gpointer data, CatalogTokenizerKind kind, const char *token,
                                    gsize token_bytes, gsize start, gsize end);

/** Loads libthai's dictionary. Returns: (transfer full): NULL with CATALOG_ERROR_IO when it is
 * missing. */
CatalogTokenizer *catalog_tokenizer_new(GError **error);

/**
 * catalog_tokenizer_run:
 * @text: any bytes; what is not UTF-8 separates words
 * @sub_words: TRUE for documents, FALSE for queries
 *
 * Time grows linearly with @bytes.
 */
int catalog_tokenizer_run(CatalogTokenizer *tokenizer, const char *text, gsize bytes,
                          gboolean sub_words, CatalogTokenizerSink sink, gpointer data);

/** As catalog_tokenizer_run() without looking for words: each stretch of letters of one kind is one
 * folded token. Much faster. */
int catalog_tokenizer_run_unbroken(CatalogTokenizer *tokenizer, const char *text, gsize bytes,
                                   CatalogTokenizerSink sink, gpointer data);

/** Returns: (transfer full): short text that changes when the same text may give other words. */
char *catalog_tokenizer_write_fingerprint(CatalogTokenizer *tokenizer);

void catalog_tokenizer_free(CatalogTokenizer *tokenizer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogTokenizer, catalog_tokenizer_free)
