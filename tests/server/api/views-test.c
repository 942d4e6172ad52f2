// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The pure parts of the API: pages of /lite, entity tags, the proxy's list of addresses.
#include "server/api/lessonviews.h"
#include "server/api/litehtml.h"
#include "server/api/peer.h"
#include "server/api/revision.h"
#include "server/api/views.h"

#include <string.h>

#define LESSON "01900000-0000-7000-8000-000000000000"
#define PAGE_BYTES_MAX 14000

static CatalogLesson *
make_lesson(const char *title, const char *description)
{
    CatalogLesson *lesson = catalog_lesson_new(LESSON);
    static const char *const names[] = {"voice", "small", "medium", "large", "<x>"};
    catalog_lesson_set_text(&lesson->title, title);
    catalog_lesson_set_text(&lesson->description, description);
    catalog_lesson_set_text(&lesson->poster_file, "poster.webp");
    lesson->state = CATALOG_LESSON_STATE_PUBLISHED;
    lesson->duration_ms = 3000001;
    lesson->published_ms = 1795239986385;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        CatalogRung *rung = catalog_rung_new(LESSON, names[i]);
        rung->file = g_strdup_printf("%s.0123abcd.mp4", names[i]);
        rung->bytes = 12345678 * (gint64)(i + 1);
        rung->height = i == 0 ? 0 : 180 * (int)i;
        g_ptr_array_add(lesson->rungs, rung);
    }
    return lesson;
}

static ApiLitehtmlPlace
make_place(GTimeZone *zone, ServerSentencesLanguage language)
{
    ApiLitehtmlPlace place = {.site_title = "ดาว<เรียน>", .zone = zone, .language = language};
    return place;
}

static char *
make_long_text(gsize characters)
{
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < characters; i++)
        g_string_append(text, i % 7 == 0 ? "&" : "ก");
    return g_string_free(text, FALSE);
}

static void
test_days(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Bangkok");
    ApiLitehtmlPlace thai = make_place(zone, SERVER_SENTENCES_THAI);
    ApiLitehtmlPlace english = make_place(zone, SERVER_SENTENCES_ENGLISH);
    g_autofree char *thai_day = api_litehtml_format_day(&thai, 1795239986385);
    g_autofree char *english_day = api_litehtml_format_day(&english, 1795239986385);
    g_assert_cmpstr(thai_day, ==, "21 พ.ย. 2569");
    g_assert_cmpstr(english_day, ==, "21 Nov 2026");
    // Seven hours before Bangkok's midnight it is still the old year in London.
    g_autofree char *new_year = api_litehtml_format_day(&thai, 1798736400000);
    g_assert_cmpstr(new_year, ==, "1 ม.ค. 2570");
    g_autofree char *nonsense = api_litehtml_format_day(&thai, G_MAXINT64);
    g_assert_cmpstr(nonsense, ==, "");
}

static void
test_lesson(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Bangkok");
    ApiLitehtmlPlace place = make_place(zone, SERVER_SENTENCES_THAI);
    g_autoptr(CatalogLesson) lesson = make_lesson("<script>&\"'", "</p><img src=x>");
    g_autofree char *html = api_litehtml_render_lesson(&place, lesson);
    g_assert_null(strstr(html, "<script"));
    g_assert_null(strstr(html, "<img"));
    g_assert_null(strstr(html, "<x>"));
    g_assert_nonnull(strstr(html, "&lt;script&gt;&amp;"));
    g_assert_nonnull(strstr(html, "/lessons/" LESSON "/voice.0123abcd.mp4\">เสียงอย่างเดียว"));
    g_assert_nonnull(strstr(html, "12 MB"));
    g_assert_nonnull(strstr(html, "51 นาที · 21 พ.ย. 2569"));
    g_assert_nonnull(strstr(html, "<video controls preload=\"none\" poster=\"/lessons/" LESSON
                                  "/poster.webp\" src=\"/lessons/" LESSON "/small.0123abcd.mp4\""));
    g_assert_nonnull(strstr(html, "href=\"/lite/" LESSON "?lang=en\""));
}

static void
test_small_pages(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Bangkok");
    ApiLitehtmlPlace place = make_place(zone, SERVER_SENTENCES_ENGLISH);
    g_autofree char *title = make_long_text(300);
    g_autofree char *description = make_long_text(6000);
    g_autofree char *query = make_long_text(100);
    g_autoptr(CatalogPage) page =
        catalog_page_new(g_ptr_array_new_with_free_func((GDestroyNotify)catalog_lesson_free));
    for (guint i = 0; i < API_LITEHTML_LIST_LENGTH; i++)
        g_ptr_array_add(page->items, make_lesson(title, description));
    page->next_cursor = g_strdup("abc&d");
    g_autofree char *list = api_litehtml_render_list(&place, page, query);
    g_assert_cmpuint(strlen(list), <=, PAGE_BYTES_MAX);
    g_assert_nonnull(strstr(list, "cursor=abc%26d"));
    g_autofree char *one = api_litehtml_render_lesson(&place, page->items->pdata[0]);
    g_assert_cmpuint(strlen(one), <=, PAGE_BYTES_MAX);
    g_assert_true(g_utf8_validate(list, -1, NULL) && g_utf8_validate(one, -1, NULL));
}

static void
test_etags(void)
{
    static const char *const bad[] = {"",
                                      "\"\"",
                                      "\"1-abc\"",
                                      "W/\"1-a",
                                      "\"-\"",
                                      "1-0123456789ab",
                                      "\"x-0123456789ab\"",
                                      "**",
                                      "\"1-\0",
                                      "\"1-0123456789abcdef\""};
    gint64 revision = 0;
    g_autoptr(CatalogLesson) lesson = make_lesson("a", "b");
    ApiViewsReader reader = {NULL, SERVER_SENTENCES_THAI};
    lesson->revision = 42;
    g_autoptr(JsonObject) object = api_lessonviews_render(lesson, &reader);
    g_assert_true(
        api_revision_parse_etag(json_object_get_string_member(object, "etag"), &revision));
    g_assert_cmpint(revision, ==, 42);
    g_assert_true(api_revision_parse_etag("*", &revision));
    g_assert_cmpint(revision, ==, -1);
    g_assert_true(api_revision_parse_etag("\"7\"", &revision));
    g_assert_cmpint(revision, ==, 7);
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(api_revision_parse_etag(bad[i], &revision));
    // What is sent differs, so the tag does, but it is the same revision.
    lesson->duration_ms++;
    g_autoptr(JsonObject) other = api_lessonviews_render(lesson, &reader);
    g_assert_cmpstr(json_object_get_string_member(object, "etag"), !=,
                    json_object_get_string_member(other, "etag"));
}

static void
test_editors_only(void)
{
    g_autoptr(CatalogLesson) lesson = make_lesson("a", "b");
    catalog_lesson_set_text(&lesson->error_code, "damaged");
    catalog_lesson_set_text(&lesson->filename, "secret name.mp4");
    ServerAccessAccount staff = {.id = (char *)"s", .role = CATALOG_ACCOUNT_ROLE_STAFF};
    ApiViewsReader visitor = {NULL, SERVER_SENTENCES_THAI};
    ApiViewsReader editor = {&staff, SERVER_SENTENCES_ENGLISH};
    g_autoptr(JsonObject) seen = api_lessonviews_render(lesson, &visitor);
    g_autoptr(JsonObject) told = api_lessonviews_render(lesson, &editor);
    g_assert_true(json_object_get_null_member(seen, "error"));
    g_assert_true(json_object_get_null_member(seen, "filename"));
    g_assert_false(json_object_get_boolean_member(seen, "may_edit"));
    g_assert_cmpstr(json_object_get_string_member(told, "filename"), ==, "secret name.mp4");
    JsonObject *error = json_object_get_object_member(told, "error");
    g_assert_cmpstr(json_object_get_string_member(error, "sentence"), ==,
                    server_sentences_get("damaged", SERVER_SENTENCES_ENGLISH));
}

static void
test_forwarded(void)
{
    g_assert_cmpstr(api_peer_find_last("192.0.2.1"), ==, "192.0.2.1");
    g_assert_cmpstr(api_peer_find_last("evil, 10.0.0.1,  2001:db8::1"), ==, "2001:db8::1");
    g_assert_null(api_peer_find_last(""));
    g_assert_null(api_peer_find_last("192.0.2.1, unknown"));
    g_assert_null(api_peer_find_last("192.0.2.1,"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/server/api/litehtml/days", test_days);
    g_test_add_func("/server/api/litehtml/lesson", test_lesson);
    g_test_add_func("/server/api/litehtml/small-pages", test_small_pages);
    g_test_add_func("/server/api/views/etags", test_etags);
    g_test_add_func("/server/api/views/editors-only", test_editors_only);
    g_test_add_func("/server/api/peer/forwarded", test_forwarded);
    return g_test_run();
}
