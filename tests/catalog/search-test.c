// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Search: recall and precision on real vocabulary, order, hostile text, and an index that follows
// every edit.
#include "tests/catalog/fixture.h"

#include <string.h>

#include "catalog/accounts.h"
#include "catalog/lessonlist.h"
#include "catalog/lessons.h"
#include "catalog/query.h"
#include "catalog/tokenizer.h"

#define RECALL_WANTED 0.95
#define PRECISION_WANTED 0.95

static CatalogPage *
find(Fixture *fixture, const char *query)
{
    GError *error = NULL;
    CatalogLessonlistFilter filter = {.query = query, .limit = CATALOG_PAGE_LIMIT_MAX};
    CatalogPage *page = catalog_lessonlist_list(fixture->database, &filter, &error);
    g_assert_no_error(error);
    return page;
}

static gboolean
finds_title(Fixture *fixture, const char *query, const char *title)
{
    g_autoptr(CatalogPage) page = find(fixture, query);
    for (guint i = 0; i < page->items->len; i++) {
        const CatalogLesson *lesson = g_ptr_array_index(page->items, i);
        if (g_str_equal(lesson->title, title))
            return TRUE;
    }
    return FALSE;
}

static GPtrArray *
read_pairs(void)
{
    GError *error = NULL;
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "search-pairs.tsv", NULL);
    g_autofree char *text = NULL;
    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GPtrArray *pairs = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (lines[i][0] != '+' && lines[i][0] != '-')
            continue;
        g_ptr_array_add(pairs, g_strsplit(lines[i], "\t", 3));
    }
    return pairs;
}

static void
add_titles(Fixture *fixture, GPtrArray *pairs)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < pairs->len; i++) {
        char **pair = g_ptr_array_index(pairs, i);
        if (g_hash_table_add(seen, pair[2]))
            g_free(fixture_add_lesson(fixture, pair[2], CATALOG_LESSON_STATE_PUBLISHED));
    }
}

static void
test_recall_and_precision(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GPtrArray) pairs = read_pairs();
    add_titles(fixture, pairs);
    guint wanted = 0, found = 0, unwanted = 0, left_out = 0;
    for (guint i = 0; i < pairs->len; i++) {
        char **pair = g_ptr_array_index(pairs, i);
        gboolean hit = finds_title(fixture, pair[1], pair[2]);
        gboolean want = pair[0][0] == '+';
        if (hit != want)
            g_test_message("%s: %s: %s", want ? "missed" : "wrongly found", pair[1], pair[2]);
        wanted += want;
        found += want && hit;
        unwanted += !want;
        left_out += !want && !hit;
    }
    g_test_message("recall %u of %u, left out %u of %u", found, wanted, left_out, unwanted);
    g_assert_cmpuint(wanted, >=, 200);
    g_assert_cmpuint(unwanted, >=, 30);
    g_assert_cmpfloat(found, >=, RECALL_WANTED * wanted);
    g_assert_cmpfloat(left_out, >=, PRECISION_WANTED * unwanted);
}

static void
test_title_before_description(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_free(fixture_add_lesson(fixture, "เศษส่วน", CATALOG_LESSON_STATE_PUBLISHED));
    g_free(fixture_add_lesson(fixture, "การบวกเศษส่วน", CATALOG_LESSON_STATE_PUBLISHED));
    g_autofree char *id = fixture_add_lesson(fixture, "คูณ", CATALOG_LESSON_STATE_PUBLISHED);
    g_autoptr(CatalogLesson) lesson = catalog_lessonlist_get(fixture->database, id, &error);
    catalog_lesson_set_text(&lesson->description, "ต่อจากเรื่องเศษส่วน");
    g_assert_true(catalog_lessons_update(fixture->database, lesson, -1, &fixture->by, &error));
    g_autoptr(CatalogPage) page = find(fixture, "เศษส่วน");
    g_assert_cmpuint(page->items->len, ==, 3);
    const CatalogLesson *last = g_ptr_array_index(page->items, 2);
    g_assert_cmpstr(last->id, ==, id);
}

static void
test_index_follows_edits(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *id = fixture_add_lesson(fixture, "ดาวเคราะห์", CATALOG_LESSON_STATE_PUBLISHED);
    g_assert_true(finds_title(fixture, "ดาวเคราะห์", "ดาวเคราะห์"));
    g_autoptr(CatalogLesson) lesson = catalog_lessonlist_get(fixture->database, id, &error);
    for (int i = 0; i < 3; i++) {
        catalog_lesson_set_text(&lesson->title, i % 2 ? "พืช" : "สัตว์");
        g_assert_true(catalog_lessons_update(fixture->database, lesson, -1, &fixture->by, &error));
        g_assert_true(finds_title(fixture, lesson->title, lesson->title));
    }
    g_autoptr(CatalogPage) gone = find(fixture, "ดาวเคราะห์");
    g_assert_cmpuint(gone->items->len, ==, 0);
}

static void
test_hostile_queries(Fixture *fixture, gconstpointer unused)
{
    static const char *const queries[] = {
        "\"",        "'",         "*",           "a*b",
        "NEAR(a b)", "title : x", "{title} : x", "^x",
        "x AND",     "OR",        "NOT x",       "x OR OR y",
        "(((",       ")))",       "a\" OR \"b",  "'; DROP TABLE lessons; --",
        "+x -y",     "\xff\xfe",  "\xe0\xb8",    "%",
        "_",         "\\",        "\x01\x02",    "ฯๆ",
        "่้๊๋",          "a\nb\tc",   "😀",           "-",
        "--",        "a:b:c",
    };
    g_free(fixture_add_lesson(fixture, "x a b", CATALOG_LESSON_STATE_PUBLISHED));
    for (guint i = 0; i < G_N_ELEMENTS(queries); i++) {
        g_autoptr(CatalogPage) page = find(fixture, queries[i]);
        g_assert_cmpuint(page->items->len, <=, 1);
    }
    g_autofree char *long_query = g_strnfill(100000, '(');
    long_query[0] = 'x';
    long_query[2] = 'a';
    g_assert_true(finds_title(fixture, long_query, "x a b"));
}

static void
test_random_text_is_no_error(Fixture *fixture, gconstpointer unused)
{
    static const char *const pieces[] = {"\"",   "*", " ", "AND", "ก",   "เ",  "ศษ",
                                         "์",     "(", "9", "๙",   "e",   "é",  ":",
                                         "\xe0", "ำ", "^", "-",   "​", "ไทย"};
    for (int i = 0; i < 2000; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (int n = g_test_rand_int_range(0, 30); n > 0; n--)
            g_string_append(text, pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
        g_autoptr(CatalogPage) page = find(fixture, text->str);
        if (i % 10 == 0 && g_utf8_validate(text->str, -1, NULL))
            g_free(fixture_add_lesson(fixture, text->str, CATALOG_LESSON_STATE_PUBLISHED));
    }
}

static int
on_tokenizer_token(gpointer data, CatalogTokenizerKind kind, const char *token, gsize token_bytes,
                   gsize start, gsize end)
{
    GString *all = data;
    g_string_append_c(all, kind == CATALOG_TOKENIZER_SUB_WORD ? '+' : ' ');
    g_string_append_len(all, token, (gssize)token_bytes);
    return 0;
}

static void
test_tokens(void)
{
    static const struct {
        const char *text;   // in
        const char *tokens; // out: " " before a word, "+" before a part of it
    } golden[] = {
        {"เศษส่วน", " เศษส่วน+เศษ+ส่วน"},
        {"คณิตศาสตร์ ป.๔", " คณิตศาสตร์+คณิต+ศาสตร์ ป 4"},
        {"Café ÉCOLE", " cafe ecole"},
        {"Unit5", " unit5+unit+5"},
        {"COVID-19", " covid 19"},
        {"นํ้า", " น้ำ"},
        {"เเรง", " แรง"},
        {"ไทยEnglish๑๒", " ไทย english12+english+12"},
        {"\xff"
         "a\xe0",
         " a"},
        {"", ""},
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTokenizer) tokenizer = catalog_tokenizer_new(&error);
    g_assert_no_error(error);
    for (guint i = 0; i < G_N_ELEMENTS(golden); i++) {
        g_autoptr(GString) all = g_string_new(NULL);
        catalog_tokenizer_run(tokenizer, golden[i].text, strlen(golden[i].text), TRUE,
                              on_tokenizer_token, all);
        g_assert_cmpstr(all->str, ==, golden[i].tokens);
    }
}

static void
test_expressions(void)
{
    static const struct {
        const char *text;  // in
        const char *typed; // out
    } golden[] = {
        {"fraction", "\"fraction\" *"},
        {"ป.4", "\"ป\" AND \"4\""},
        {"บวกเลข", "((\"บวก\" AND \"เลข\" *) OR \"บวกเลข\" *)"},
        {"a b", "\"a\" AND \"b\" *"},
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTokenizer) tokenizer = catalog_tokenizer_new(&error);
    g_assert_no_error(error);
    for (guint i = 0; i < G_N_ELEMENTS(golden); i++) {
        g_autoptr(CatalogQuery) query = catalog_query_build(tokenizer, golden[i].text);
        g_assert_cmpstr(query->typed, ==, golden[i].typed);
    }
    g_assert_null(catalog_query_build(tokenizer, " \"*-- "));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/catalog/search/tokens", test_tokens);
    g_test_add_func("/catalog/search/expressions", test_expressions);
    FIXTURE_ADD("/catalog/search/recall-and-precision", test_recall_and_precision);
    FIXTURE_ADD("/catalog/search/title-before-description", test_title_before_description);
    FIXTURE_ADD("/catalog/search/index-follows-edits", test_index_follows_edits);
    FIXTURE_ADD("/catalog/search/hostile-queries", test_hostile_queries);
    FIXTURE_ADD("/catalog/search/random-text-is-no-error", test_random_text_is_no_error);
    return g_test_run();
}
