// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A compound is a path through a word from its first character to its last along dictionary words.
// All edges that lie on some path are the parts.
#include "catalog/compounds.h"

#include <datrie/trie.h>
#include <sodium.h>

#include "catalog/error.h"

#define WORD_CHARACTERS_MAX 48
#define PART_CHARACTERS_MIN 2
#define TAIL_CHARACTERS_MIN 4
#define FINGERPRINT_BYTES crypto_generichash_BYTES_MIN

struct _CatalogCompounds {
    Trie *dictionary;  // (owned): libthai's
    TrieState *state;  // (owned): reused for every walk
    char *fingerprint; // (owned): of the file
};

CatalogCompounds *
catalog_compounds_new(GError **error)
{
    // libthai itself looks into this folder first.
    const char *folder = g_getenv("LIBTHAI_DICTDIR");
    g_autofree char *path = folder != NULL ? g_build_filename(folder, "thbrk.tri", NULL)
                                           : g_strdup(DAORIAN_THAI_DICTIONARY);
    g_autofree char *contents = NULL;
    gsize bytes = 0;
    Trie *dictionary =
        g_file_get_contents(path, &contents, &bytes, NULL) ? trie_new_from_file(path) : NULL;
    if (dictionary == NULL) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_IO, "%s: no Thai dictionary", path);
        return NULL;
    }
    guint8 hash[FINGERPRINT_BYTES];
    char text[2 * FINGERPRINT_BYTES + 1];
    crypto_generichash(hash, sizeof hash, (const guint8 *)contents, bytes, NULL, 0);
    sodium_bin2hex(text, sizeof text, hash, sizeof hash);
    CatalogCompounds *compounds = g_new0(CatalogCompounds, 1);
    compounds->dictionary = dictionary;
    compounds->state = trie_root(dictionary);
    compounds->fingerprint = g_strdup(text);
    return compounds;
}

const char *
catalog_compounds_get_fingerprint(CatalogCompounds *compounds)
{
    return compounds->fingerprint;
}

void
catalog_compounds_free(CatalogCompounds *compounds)
{
    if (compounds == NULL)
        return;
    trie_state_free(compounds->state);
    trie_free(compounds->dictionary);
    g_free(compounds->fingerprint);
    g_free(compounds);
}

/* Bit n of the answer: the n characters from @from on are a dictionary word. */
static guint64
find_words(CatalogCompounds *compounds, const gunichar *word, guint from, guint count)
{
    guint64 lengths = 0;
    trie_state_rewind(compounds->state);
    for (guint i = from; i < count; i++) {
        if (!trie_state_walk(compounds->state, word[i]))
            break;
        if (trie_state_is_terminal(compounds->state))
            lengths |= G_GUINT64_CONSTANT(1) << (i + 1 - from);
    }
    return lengths;
}

static gboolean
has_word(const guint64 *lengths, guint from, guint to)
{
    return (lengths[from] >> (to - from)) & 1;
}

static void
mark_reachable(const guint64 *lengths, guint count, gboolean *from_start, gboolean *to_end)
{
    from_start[0] = TRUE;
    to_end[count] = TRUE;
    for (guint to = PART_CHARACTERS_MIN; to <= count; to++) {
        for (guint from = 0; from + PART_CHARACTERS_MIN <= to; from++)
            from_start[to] |= from_start[from] && has_word(lengths, from, to);
    }
    for (guint back = PART_CHARACTERS_MIN; back <= count; back++) {
        guint from = count - back;
        for (guint to = from + PART_CHARACTERS_MIN; to <= count; to++)
            to_end[from] |= to_end[to] && has_word(lengths, from, to);
    }
}

guint
catalog_compounds_split(CatalogCompounds *compounds, const gunichar *word, guint count,
                        CatalogCompoundsPart *parts)
{
    if (count < 2 * PART_CHARACTERS_MIN || count > WORD_CHARACTERS_MAX)
        return 0;
    guint64 lengths[WORD_CHARACTERS_MAX];
    for (guint from = 0; from < count; from++)
        lengths[from] = find_words(compounds, word, from, count);
    gboolean from_start[WORD_CHARACTERS_MAX + 1] = {FALSE};
    gboolean to_end[WORD_CHARACTERS_MAX + 1] = {FALSE};
    mark_reachable(lengths, count, from_start, to_end);

    guint found = 0;
    for (guint from = 0; from < count; from++) {
        for (guint to = from + PART_CHARACTERS_MIN; to <= count; to++) {
            gboolean on_path = from_start[from] && to_end[to];
            gboolean tail = to == count && to - from >= TAIL_CHARACTERS_MIN;
            if ((from == 0 && to == count) || !(on_path || tail) || !has_word(lengths, from, to))
                continue;
            if (found == CATALOG_COMPOUNDS_PARTS_MAX)
                return found;
            parts[found++] = (CatalogCompoundsPart){from, to};
        }
    }
    return found;
}
