// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Search text from strangers: tokens lie inside the text, folded to UTF-8, and the expression that
// is built is one that FTS5 accepts.
#include "catalog/query.h"
#include "catalog/tokenizer.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

static int
on_tokenizer_token(gpointer data, CatalogTokenizerKind kind, const char *token, gsize token_bytes,
                   gsize start, gsize end)
{
    const gsize *size = data;
    g_assert_cmpuint(token_bytes, >, 0);
    g_assert_true(g_utf8_validate_len(token, token_bytes, NULL));
    g_assert_null(memchr(token, '"', token_bytes));
    g_assert_cmpuint(start, <, end);
    g_assert_cmpuint(end, <=, *size);
    return 0;
}

/* Quotes are balanced and stand around everything but FTS5's own words, which are ours. */
static void
check_expression(const char *expression)
{
    gboolean quoted = FALSE;
    int depth = 0;
    for (const char *p = expression; *p != '\0'; p++) {
        if (*p == '"')
            quoted = !quoted;
        else if (!quoted && *p == '(')
            depth++;
        else if (!quoted && *p == ')')
            depth--;
        else if (!quoted)
            g_assert_nonnull(strchr(" *ANDOR", *p));
        g_assert_cmpint(depth, >=, 0);
    }
    g_assert_false(quoted);
    g_assert_cmpint(depth, ==, 0);
}

/* Made once: reading the dictionary takes longer than everything else here. */
static CatalogTokenizer *
get_tokenizer(void)
{
    static const char owner = 0;
    CatalogTokenizer *tokenizer = g_dataset_get_data(&owner, "tokenizer");
    if (tokenizer == NULL) {
        tokenizer = catalog_tokenizer_new(NULL);
        g_dataset_set_data_full(&owner, "tokenizer", tokenizer,
                                (GDestroyNotify)catalog_tokenizer_free);
    }
    return tokenizer;
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    CatalogTokenizer *tokenizer = get_tokenizer();
    g_autofree char *text = g_strndup((const char *)data, size);
    gsize bytes = size;
    catalog_tokenizer_run(tokenizer, (const char *)data, bytes, TRUE, on_tokenizer_token, &bytes);
    g_autoptr(CatalogQuery) query = catalog_query_build(tokenizer, text);
    if (query != NULL) {
        check_expression(query->words);
        check_expression(query->typed);
    }
    return 0;
}
