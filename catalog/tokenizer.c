// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Breaking text into folded words. A run is a stretch of one kind of letter: Thai runs go through
// libthai's breaker, all others are one word, cut also where letters meet digits.
#include "catalog/tokenizer.h"

#include <string.h>
#include <thai/thbrk.h>

#include "catalog/compounds.h"
#include "catalog/error.h"

// Longer runs are cut here: no word is that long, and libthai's time grows faster than its text.
#define RUN_CHARACTERS_MAX 240
#define TOKEN_BYTES_MAX (RUN_CHARACTERS_MAX * 6)

typedef enum {
    RUN_NONE,
    RUN_THAI,
    RUN_OTHER,
} RunKind;

struct _CatalogTokenizer {
    ThBrk *breaker;              // (owned)
    CatalogCompounds *compounds; // (owned)
};

// Goes up with every change of this file, compounds.c, or the schema's tokenizer options.
#define TOKENIZER_VERSION 1

/* One run being collected, and where its words go. */
typedef struct {
    CatalogTokenizer *tokenizer;             // (not owned)
    gboolean sub_words;                      // wanted beside the words
    gboolean unbroken;                       // stretches are given as they are
    CatalogTokenizerSink sink;               // (not owned)
    gpointer data;                           // (not owned)
    RunKind kind;                            // of the run
    guint count;                             // characters in the run
    gunichar characters[RUN_CHARACTERS_MAX]; // folded
    gsize starts[RUN_CHARACTERS_MAX + 1];    // byte in the text where each begins
    gsize end;                               // byte after the last
} TokenizerRun;

CatalogTokenizer *
catalog_tokenizer_new(GError **error)
{
    g_autoptr(CatalogTokenizer) tokenizer = g_new0(CatalogTokenizer, 1);
    tokenizer->compounds = catalog_compounds_new(error);
    if (tokenizer->compounds == NULL)
        return NULL;
    tokenizer->breaker = th_brk_new(NULL);
    if (tokenizer->breaker == NULL) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_IO, "libthai's dictionary is missing");
        return NULL;
    }
    return g_steal_pointer(&tokenizer);
}

char *
catalog_tokenizer_write_fingerprint(CatalogTokenizer *tokenizer)
{
    return g_strdup_printf("%d %s", TOKENIZER_VERSION,
                           catalog_compounds_get_fingerprint(tokenizer->compounds));
}

void
catalog_tokenizer_free(CatalogTokenizer *tokenizer)
{
    if (tokenizer == NULL)
        return;
    if (tokenizer->breaker != NULL)
        th_brk_delete(tokenizer->breaker);
    catalog_compounds_free(tokenizer->compounds);
    g_free(tokenizer);
}

static int
give_token(TokenizerRun *run, CatalogTokenizerKind kind, guint from, guint to)
{
    char token[TOKEN_BYTES_MAX];
    gsize bytes = 0;
    for (guint i = from; i < to; i++)
        bytes += (gsize)g_unichar_to_utf8(run->characters[i], token + bytes);
    gsize end = to < run->count ? run->starts[to] : run->end;
    return run->sink(run->data, kind, token, bytes, run->starts[from], end);
}

static int
give_thai_word(TokenizerRun *run, guint from, guint to)
{
    int code = give_token(run, CATALOG_TOKENIZER_WORD, from, to);
    if (code != 0 || !run->sub_words)
        return code;
    CatalogCompoundsPart parts[CATALOG_COMPOUNDS_PARTS_MAX];
    guint count = catalog_compounds_split(run->tokenizer->compounds, run->characters + from,
                                          to - from, parts);
    for (guint i = 0; i < count && code == 0; i++)
        code =
            give_token(run, CATALOG_TOKENIZER_SUB_WORD, from + parts[i].from, from + parts[i].to);
    return code;
}

static int
flush_thai(TokenizerRun *run)
{
    thchar_t line[RUN_CHARACTERS_MAX + 1];
    int breaks[RUN_CHARACTERS_MAX];
    for (guint i = 0; i < run->count; i++)
        line[i] = (thchar_t)(run->characters[i] - 0x0e00 + 0xa0);
    line[run->count] = 0;
    int count = th_brk_find_breaks(run->tokenizer->breaker, line, breaks, RUN_CHARACTERS_MAX);
    guint from = 0;
    for (int i = 0; i < count; i++) {
        guint to = (guint)breaks[i];
        if (to <= from || to >= run->count)
            continue;
        int code = give_thai_word(run, from, to);
        if (code != 0)
            return code;
        from = to;
    }
    return give_thai_word(run, from, run->count);
}

static int
flush_other(TokenizerRun *run)
{
    int code = give_token(run, CATALOG_TOKENIZER_WORD, 0, run->count);
    guint from = 0;
    for (guint i = 1; i <= run->count && code == 0 && run->sub_words; i++) {
        gboolean cut = i == run->count || g_unichar_isdigit(run->characters[i]) !=
                                              g_unichar_isdigit(run->characters[i - 1]);
        if (!cut || (from == 0 && i == run->count))
            continue;
        code = give_token(run, CATALOG_TOKENIZER_SUB_WORD, from, i);
        from = i;
    }
    return code;
}

static int
flush_run(TokenizerRun *run)
{
    int code = 0;
    if (run->count > 0 && run->unbroken)
        code = give_token(run, CATALOG_TOKENIZER_WORD, 0, run->count);
    else if (run->count > 0)
        code = run->kind == RUN_THAI ? flush_thai(run) : flush_other(run);
    run->count = 0;
    return code;
}

static gboolean
is_thai_letter(gunichar c)
{
    return (c >= 0x0e01 && c <= 0x0e3a && c != 0x0e2f) ||
           (c >= 0x0e40 && c <= 0x0e4e && c != 0x0e46);
}

static gboolean
is_thai_tone(gunichar c)
{
    return c >= 0x0e48 && c <= 0x0e4b;
}

/* What fonts show alike is made alike: doubled sara e, and sara am typed as two characters, with or
 * without a tone between them. Returns: TRUE when @c went into what is there already. */
static gboolean
merge_thai(TokenizerRun *run, gunichar c)
{
    gunichar *last = run->characters + run->count - 1;
    if (run->count == 0 || run->kind != RUN_THAI)
        return FALSE;
    if (c == 0x0e40 && *last == 0x0e40) {
        *last = 0x0e41;
        return TRUE;
    }
    if (c == 0x0e32 && *last == 0x0e4d) {
        *last = 0x0e33;
        return TRUE;
    }
    if (c == 0x0e32 && run->count > 1 && is_thai_tone(*last) && last[-1] == 0x0e4d) {
        last[-1] = *last;
        *last = 0x0e33;
        return TRUE;
    }
    return FALSE;
}

static int
append_character(TokenizerRun *run, RunKind kind, gunichar c, gsize start, gsize end)
{
    int code = 0;
    if (kind == RUN_THAI && merge_thai(run, c)) {
        run->end = end;
        return 0;
    }
    if (run->kind != kind || run->count == RUN_CHARACTERS_MAX)
        code = flush_run(run);
    run->kind = kind;
    run->characters[run->count] = c;
    run->starts[run->count] = start;
    run->count++;
    run->end = end;
    return code;
}

/* Case and diacritics of everything that is not Thai are folded away. */
static int
append_folded(TokenizerRun *run, gunichar c, gsize start, gsize end)
{
    gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
    gsize count = g_unichar_fully_decompose(c, TRUE, parts, G_N_ELEMENTS(parts));
    int code = 0;
    for (gsize i = 0; i < MIN(count, G_N_ELEMENTS(parts)) && code == 0; i++) {
        if (g_unichar_isalnum(parts[i]))
            code = append_character(run, RUN_OTHER, g_unichar_tolower(parts[i]), start, end);
    }
    return code;
}

static int
take_character(TokenizerRun *run, gunichar c, gsize start, gsize end)
{
    if (is_thai_letter(c))
        return append_character(run, RUN_THAI, c, start, end);
    int digit = g_unichar_digit_value(c);
    if (digit >= 0 && g_unichar_isdigit(c))
        return append_character(run, RUN_OTHER, (gunichar)('0' + digit), start, end);
    if (g_unichar_isalnum(c))
        return append_folded(run, c, start, end);
    // A combining mark belongs to the letter before it; everything else ends the run.
    return g_unichar_ismark(c) && run->kind == RUN_OTHER ? 0 : flush_run(run);
}

static int
run_over(TokenizerRun *run, const char *text, gsize bytes)
{
    int code = 0;
    for (gsize at = 0; at < bytes && code == 0;) {
        gunichar c = g_utf8_get_char_validated(text + at, (gssize)(bytes - at));
        gboolean valid = c != (gunichar)-1 && c != (gunichar)-2 && c != 0;
        gsize length = valid ? (gsize)(g_utf8_next_char(text + at) - (text + at)) : 1;
        code = valid ? take_character(run, c, at, at + length) : flush_run(run);
        at += length;
    }
    return code != 0 ? code : flush_run(run);
}

int
catalog_tokenizer_run(CatalogTokenizer *tokenizer, const char *text, gsize bytes,
                      gboolean sub_words, CatalogTokenizerSink sink, gpointer data)
{
    TokenizerRun run = {.tokenizer = tokenizer, .sub_words = sub_words, .sink = sink, .data = data};
    return run_over(&run, text, bytes);
}

int
catalog_tokenizer_run_unbroken(CatalogTokenizer *tokenizer, const char *text, gsize bytes,
                               CatalogTokenizerSink sink, gpointer data)
{
    TokenizerRun run = {.tokenizer = tokenizer, .unbroken = TRUE, .sink = sink, .data = data};
    return run_over(&run, text, bytes);
}
