// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Building FTS5 expressions. Every term is a quoted string of folded letters and digits, so that
// nothing a person types can be taken for FTS5's own syntax.
#include "catalog/query.h"

#include <string.h>

#define QUERY_BYTES_MAX 400
#define WORDS_MAX 16
#define UNFINISHED_CHARACTERS_MIN 3

/* One stretch of letters between blanks, as words and as it was typed. */
typedef struct {
    GString *words; // (owned): "a" AND "b"
    GString *typed; // (owned): the same, the last one may be unfinished
    guint count;    // words so far
    gsize end;      // byte after the last word, in the text
    GString *whole; // (owned): the words of the stretch being read, joined
    GString *last;  // (owned): its last word
    GString *parts; // (owned): its words but the last: "a" AND "b" AND
} QueryBuilder;

static void
append_and(GString *expression)
{
    if (expression->len > 0)
        g_string_append(expression, " AND ");
}

/* A short word with others after it is complete, and so is a single digit; of all else there may be
 * more. */
static const char *
choose_star(const GString *word, gboolean final)
{
    gboolean digit = g_ascii_isdigit(word->str[0]);
    glong characters = g_utf8_strlen(word->str, (gssize)word->len);
    gboolean open =
        final ? !(digit && characters == 1) : !digit && characters >= UNFINISHED_CHARACTERS_MIN;
    return open ? " *" : "";
}

/* The stretch is over: its words all, or all of it as the beginning of one word. */
static void
end_stretch(QueryBuilder *builder, gboolean final)
{
    if (builder->last->len == 0)
        return;
    append_and(builder->words);
    append_and(builder->typed);
    gboolean several = builder->parts->len > 0;
    if (several) {
        g_string_append_printf(builder->words, "((%s\"%s\") OR \"%s\")", builder->parts->str,
                               builder->last->str, builder->whole->str);
        g_string_append_printf(builder->typed, "((%s\"%s\"%s) OR \"%s\" *)", builder->parts->str,
                               builder->last->str, choose_star(builder->last, final),
                               builder->whole->str);
    } else {
        g_string_append_printf(builder->words, "\"%s\"", builder->last->str);
        g_string_append_printf(builder->typed, "\"%s\"%s", builder->last->str,
                               choose_star(builder->last, final));
    }
    g_string_truncate(builder->whole, 0);
    g_string_truncate(builder->last, 0);
    g_string_truncate(builder->parts, 0);
}

static int
on_tokenizer_word(gpointer data, CatalogTokenizerKind kind, const char *token, gsize token_bytes,
                  gsize start, gsize end)
{
    QueryBuilder *builder = data;
    if (builder->count == WORDS_MAX)
        return 1;
    if (start != builder->end)
        end_stretch(builder, FALSE);
    if (builder->last->len > 0)
        g_string_append_printf(builder->parts, "\"%s\" AND ", builder->last->str);
    g_string_truncate(builder->last, 0);
    g_string_append_len(builder->last, token, (gssize)token_bytes);
    g_string_append_len(builder->whole, token, (gssize)token_bytes);
    builder->count++;
    builder->end = end;
    return 0;
}

CatalogQuery *
catalog_query_build(CatalogTokenizer *tokenizer, const char *text)
{
    QueryBuilder builder = {
        .words = g_string_new(NULL),
        .typed = g_string_new(NULL),
        .whole = g_string_new(NULL),
        .last = g_string_new(NULL),
        .parts = g_string_new(NULL),
    };
    gsize bytes = MIN(strlen(text), QUERY_BYTES_MAX);
    catalog_tokenizer_run(tokenizer, text, bytes, FALSE, on_tokenizer_word, &builder);
    end_stretch(&builder, TRUE);
    g_string_free(builder.whole, TRUE);
    g_string_free(builder.last, TRUE);
    g_string_free(builder.parts, TRUE);

    CatalogQuery *query = g_new0(CatalogQuery, 1);
    query->words = g_string_free(builder.words, FALSE);
    query->typed = g_string_free(builder.typed, FALSE);
    if (*query->words == '\0')
        g_clear_pointer(&query, catalog_query_free);
    return query;
}

void
catalog_query_free(CatalogQuery *query)
{
    if (query == NULL)
        return;
    g_free(query->words);
    g_free(query->typed);
    g_free(query);
}
