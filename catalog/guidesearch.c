// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A stretch between blanks matches where a word of the text begins with it, or where all its own
// words do. A text is broken into words only when its folded letters hold what is asked for.
#include "catalog/guidesearch.h"

#include <string.h>

#include "catalog/connection.h"
#include "catalog/statement.h"

#define QUERY_BYTES_MAX 400
#define STRETCHES_MAX 16
#define GAP '\x01' // between stretches of a folded text

/* One stretch of the query. */
typedef struct {
    GString *whole;   // (owned): folded
    GPtrArray *words; // (owned) (element-type utf8): folded
} Stretch;

/* A folded text with the places where words begin. */
typedef struct {
    GString *letters; // (owned)
    GArray *begins;   // (owned) (element-type guint)
    gsize end;        // byte after the last word, in the text
    gsize word;       // place of the last whole word in letters
} Folded;

void
catalog_guidesearch_free(CatalogGuidesearch *found)
{
    g_free(found->channel);
    g_free(found->slug);
    g_free(found->name);
    catalog_guide_free(found->event);
    g_free(found);
}

static void
free_stretch(gpointer data)
{
    Stretch *stretch = data;
    g_string_free(stretch->whole, TRUE);
    g_ptr_array_unref(stretch->words);
    g_free(stretch);
}

static int
on_query_word(gpointer data, CatalogTokenizerKind kind, const char *token, gsize token_bytes,
              gsize start, gsize end)
{
    Stretch *stretch = data;
    g_string_append_len(stretch->whole, token, (gssize)token_bytes);
    g_ptr_array_add(stretch->words, g_strndup(token, token_bytes));
    return 0;
}

/* Returns: (transfer full) (element-type Stretch). */
static GPtrArray *
parse_query(CatalogTokenizer *tokenizer, const char *query)
{
    GPtrArray *stretches = g_ptr_array_new_with_free_func(free_stretch);
    g_autofree char *text = g_strndup(query, QUERY_BYTES_MAX);
    g_auto(GStrv) parts = g_strsplit_set(text, " \t\r\n", STRETCHES_MAX);
    for (guint i = 0; parts[i] != NULL; i++) {
        Stretch *stretch = g_new0(Stretch, 1);
        stretch->whole = g_string_new(NULL);
        stretch->words = g_ptr_array_new_with_free_func(g_free);
        catalog_tokenizer_run(tokenizer, parts[i], strlen(parts[i]), FALSE, on_query_word, stretch);
        if (stretch->words->len > 0)
            g_ptr_array_add(stretches, stretch);
        else
            free_stretch(stretch);
    }
    return stretches;
}

static void
append_letters(Folded *folded, const char *token, gsize token_bytes, gsize start, gsize end)
{
    if (folded->letters->len > 0 && start != folded->end)
        g_string_append_c(folded->letters, GAP);
    folded->word = folded->letters->len;
    g_string_append_len(folded->letters, token, (gssize)token_bytes);
    folded->end = end;
}

static int
on_letters(gpointer data, CatalogTokenizerKind kind, const char *token, gsize token_bytes,
           gsize start, gsize end)
{
    append_letters(data, token, token_bytes, start, end);
    return 0;
}

static int
on_word(gpointer data, CatalogTokenizerKind kind, const char *token, gsize token_bytes, gsize start,
        gsize end)
{
    Folded *folded = data;
    guint place = 0;
    if (kind == CATALOG_TOKENIZER_WORD) {
        append_letters(folded, token, token_bytes, start, end);
        place = (guint)folded->word;
    } else {
        g_autofree char *part = g_strndup(token, token_bytes);
        const char *at = strstr(folded->letters->str + folded->word, part);
        if (at == NULL)
            return 0;
        place = (guint)(at - folded->letters->str);
    }
    g_array_append_val(folded->begins, place);
    return 0;
}

static gboolean
begins_somewhere(const Folded *folded, const char *word)
{
    for (guint i = 0; i < folded->begins->len; i++) {
        guint place = g_array_index(folded->begins, guint, i);
        if (g_str_has_prefix(folded->letters->str + place, word))
            return TRUE;
    }
    return FALSE;
}

static gboolean
has_all_words(const Folded *folded, const Stretch *stretch)
{
    for (guint i = 0; i < stretch->words->len; i++)
        if (!begins_somewhere(folded, stretch->words->pdata[i]))
            return FALSE;
    return TRUE;
}

/* What any match needs, without a dictionary. */
static gboolean
could_match(const Folded *folded, const GPtrArray *stretches)
{
    for (guint i = 0; i < stretches->len; i++) {
        const Stretch *stretch = stretches->pdata[i];
        for (guint k = 0; k < stretch->words->len; k++)
            if (strstr(folded->letters->str, stretch->words->pdata[k]) == NULL)
                return FALSE;
    }
    return TRUE;
}

static gboolean
matches(const Folded *folded, const GPtrArray *stretches)
{
    for (guint i = 0; i < stretches->len; i++) {
        const Stretch *stretch = stretches->pdata[i];
        if (!begins_somewhere(folded, stretch->whole->str) && !has_all_words(folded, stretch))
            return FALSE;
    }
    return TRUE;
}

static void
clear_folded(Folded *folded)
{
    g_string_truncate(folded->letters, 0);
    g_array_set_size(folded->begins, 0);
    folded->end = folded->word = 0;
}

static gboolean
match_text(CatalogTokenizer *tokenizer, Folded *folded, const GPtrArray *stretches,
           const char *text)
{
    clear_folded(folded);
    catalog_tokenizer_run_unbroken(tokenizer, text, strlen(text), on_letters, folded);
    if (!could_match(folded, stretches))
        return FALSE;
    clear_folded(folded);
    catalog_tokenizer_run(tokenizer, text, strlen(text), TRUE, on_word, folded);
    return matches(folded, stretches);
}

// The least of all numbers stands for no time.
static const char FIND_SQL[] =
    "SELECT channels.id AS channel, slug, name, service, event_id, start_ms,"
    " coalesce(duration_ms, -9223372036854775807 - 1) AS duration_ms, title, summary, description,"
    " language, genre, age, programme_crid, series_crid, running"
    " FROM channels JOIN guide_shown USING (service)"
    " WHERE enabled = 1 AND start_ms < :until_ms AND (end_ms > :from_ms OR start_ms >= :from_ms)"
    " ORDER BY start_ms, name, event_id";

/* Returns: (transfer full) (nullable): the row when it matches. */
static CatalogGuidesearch *
judge_row(CatalogStatement *statement, CatalogTokenizer *tokenizer, Folded *folded,
          const GPtrArray *stretches)
{
    g_autoptr(CatalogGuide) event = catalog_guide_read_row(statement);
    gboolean in_title = match_text(tokenizer, folded, stretches, event->title);
    if (!in_title) {
        g_autofree char *text =
            g_strjoin("\n", event->title, event->summary, event->description, NULL);
        if (!match_text(tokenizer, folded, stretches, text))
            return NULL;
    }
    CatalogGuidesearch *found = g_new0(CatalogGuidesearch, 1);
    found->channel = catalog_statement_dup_text(statement, "channel");
    found->slug = catalog_statement_dup_text(statement, "slug");
    found->name = catalog_statement_dup_text(statement, "name");
    found->rank = in_title ? 0 : 1;
    found->event = g_steal_pointer(&event);
    return found;
}

/* Rows come by start: those in the title go before the first that is not. */
static void
add_found(GPtrArray *items, CatalogGuidesearch *found)
{
    guint place = items->len;
    while (place > 0 && ((CatalogGuidesearch *)items->pdata[place - 1])->rank > found->rank)
        place--;
    if (place < CATALOG_GUIDESEARCH_MOST)
        g_ptr_array_insert(items, (gint)place, found);
    else
        catalog_guidesearch_free(found);
    if (items->len > CATALOG_GUIDESEARCH_MOST)
        g_ptr_array_set_size(items, CATALOG_GUIDESEARCH_MOST);
}

GPtrArray *
catalog_guidesearch_find(CatalogDatabase *database, const char *query, gint64 from_ms,
                         gint64 until_ms, GError **error)
{
    CatalogTokenizer *tokenizer = catalog_connection_get_tokenizer(database);
    g_autoptr(GPtrArray) items =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_guidesearch_free);
    g_autoptr(GPtrArray) stretches = parse_query(tokenizer, query);
    if (stretches->len == 0)
        return g_steal_pointer(&items);
    Folded folded = {g_string_new(NULL), g_array_new(FALSE, FALSE, sizeof(guint)), 0, 0};
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, FIND_SQL);
    catalog_statement_bind_int(statement, ":from_ms", from_ms);
    catalog_statement_bind_int(statement, ":until_ms", until_ms);
    while (catalog_statement_next(statement)) {
        CatalogGuidesearch *found = judge_row(statement, tokenizer, &folded, stretches);
        if (found != NULL)
            add_found(items, found);
    }
    g_string_free(folded.letters, TRUE);
    g_array_unref(folded.begins);
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&items) : NULL;
}
