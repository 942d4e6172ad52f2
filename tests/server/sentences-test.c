// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Every code of ARCHITECTURE.md has a sentence in both languages, and the language is chosen as the
// client asks. Argument: the source tree.
#include "server/sentences.h"

#include <string.h>

static gboolean
is_known(const char *code)
{
    for (guint i = 0; server_sentences_get_code(i) != NULL; i++) {
        if (strcmp(server_sentences_get_code(i), code) == 0)
            return TRUE;
    }
    return FALSE;
}

static void
test_architecture(gconstpointer source)
{
    g_autofree char *path = g_build_filename(source, "ARCHITECTURE.md", NULL);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    char *start = strstr(text, "Failure codes:");
    char *end = start != NULL ? strstr(start, "The Thai and English") : NULL;
    g_assert_true(end != NULL);
    *end = '\0';
    guint codes = 0;
    g_auto(GStrv) parts = g_strsplit(start, "`", -1);
    // Odd parts stand between back-ticks.
    for (guint i = 1; parts[i] != NULL && parts[i + 1] != NULL; i += 2) {
        g_test_message("%s", parts[i]);
        g_assert_true(is_known(parts[i]));
        codes++;
    }
    g_assert_cmpuint(codes, >=, 13);
    g_assert_true(is_known("truncated"));
}

static void
test_both_languages(void)
{
    for (guint i = 0; server_sentences_get_code(i) != NULL; i++) {
        const char *code = server_sentences_get_code(i);
        const char *thai = server_sentences_get(code, SERVER_SENTENCES_THAI);
        const char *english = server_sentences_get(code, SERVER_SENTENCES_ENGLISH);
        g_assert_cmpuint(g_utf8_strlen(thai, -1), >, 30);
        g_assert_cmpuint(strlen(english), >, 30);
        // The first letter tells the script.
        g_assert_true(g_unichar_get_script(g_utf8_get_char(thai)) == G_UNICODE_SCRIPT_THAI);
        g_assert_true(g_str_is_ascii(english));
        g_assert_true(g_str_has_suffix(english, "."));
        for (guint j = 0; j < i; j++)
            g_assert_cmpstr(code, !=, server_sentences_get_code(j));
    }
    g_assert_cmpstr(server_sentences_get("never heard of", SERVER_SENTENCES_ENGLISH), ==,
                    server_sentences_get("internal", SERVER_SENTENCES_ENGLISH));
    g_assert_nonnull(server_sentences_get(NULL, SERVER_SENTENCES_THAI));
}

static void
test_languages(void)
{
    static const struct {
        const char *header;
        ServerSentencesLanguage language;
    } rows[] = {
        {NULL, SERVER_SENTENCES_THAI},
        {"", SERVER_SENTENCES_THAI},
        {"en", SERVER_SENTENCES_ENGLISH},
        {"EN-gb", SERVER_SENTENCES_ENGLISH},
        {"th, en", SERVER_SENTENCES_THAI},
        {"en, th;q=0.9", SERVER_SENTENCES_ENGLISH},
        {"en;q=0.5, th;q=0.9", SERVER_SENTENCES_THAI},
        {"de, fr", SERVER_SENTENCES_THAI},
        {"de, en;q=0.1", SERVER_SENTENCES_ENGLISH},
        {"en;q=0", SERVER_SENTENCES_THAI},
        {"english", SERVER_SENTENCES_THAI},
        {"en;q=nonsense", SERVER_SENTENCES_THAI},
        {",,;;q=,", SERVER_SENTENCES_THAI},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpint(server_sentences_choose_language(rows[i].header), ==, rows[i].language);
    g_assert_cmpint(server_sentences_parse_language("en"), ==, SERVER_SENTENCES_ENGLISH);
    g_assert_cmpint(server_sentences_parse_language("e"), ==, SERVER_SENTENCES_THAI);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/server/sentences/architecture", argv[1], test_architecture);
    g_test_add_func("/server/sentences/both-languages", test_both_languages);
    g_test_add_func("/server/sentences/languages", test_languages);
    return g_test_run();
}
