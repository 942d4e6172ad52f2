// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Golden tables of ranges, entity tags, chunked framing, and the names of a bundle's files.
#include "server/http/ranges.h"

#include <string.h>

#include "server/http/chunks.h"
#include "server/http/types.h"

typedef struct {
    const char *text;        //
    gint64 size;             //
    HttpRangesAnswer answer; //
    gint64 first;            //
    gint64 last;             //
} Case;

static const Case cases[] = {
    {"bytes=0-0", 10, HTTP_RANGES_PART, 0, 0},
    {"bytes=0-9", 10, HTTP_RANGES_PART, 0, 9},
    {"bytes=0-10", 10, HTTP_RANGES_PART, 0, 9},
    {"BYTES=2-3", 10, HTTP_RANGES_PART, 2, 3},
    {"bytes= 2-3 ", 10, HTTP_RANGES_PART, 2, 3},
    {"bytes=9-", 10, HTTP_RANGES_PART, 9, 9},
    {"bytes=10-", 10, HTTP_RANGES_UNSATISFIABLE, 0, 0},
    {"bytes=10-20", 10, HTTP_RANGES_UNSATISFIABLE, 0, 0},
    {"bytes=-1", 10, HTTP_RANGES_PART, 9, 9},
    {"bytes=-10", 10, HTTP_RANGES_PART, 0, 9},
    {"bytes=-11", 10, HTTP_RANGES_PART, 0, 9},
    {"bytes=-0", 10, HTTP_RANGES_UNSATISFIABLE, 0, 0},
    {"bytes=-1", 0, HTTP_RANGES_UNSATISFIABLE, 0, 0},
    {"bytes=0-", 0, HTTP_RANGES_UNSATISFIABLE, 0, 0},
    {"bytes=0-99999999999999999999999", 10, HTTP_RANGES_PART, 0, 9},
    {"bytes=99999999999999999999999-", 10, HTTP_RANGES_UNSATISFIABLE, 0, 0},
    {"bytes=-99999999999999999999999", 10, HTTP_RANGES_PART, 0, 9},
    {"bytes=5-4", 10, HTTP_RANGES_WHOLE, 0, 0},
    {"bytes=0-1,2-3", 10, HTTP_RANGES_WHOLE, 0, 0},
    {"bytes=-", 10, HTTP_RANGES_WHOLE, 0, 0},
    {"bytes=", 10, HTTP_RANGES_WHOLE, 0, 0},
    {"bytes=a-b", 10, HTTP_RANGES_WHOLE, 0, 0},
    {"bytes=1-2x", 10, HTTP_RANGES_WHOLE, 0, 0},
    {"bytes=+1-2", 10, HTTP_RANGES_WHOLE, 0, 0},
    {"bytes 1-2", 10, HTTP_RANGES_WHOLE, 0, 0},
    {"items=1-2", 10, HTTP_RANGES_WHOLE, 0, 0},
    {"", 10, HTTP_RANGES_WHOLE, 0, 0},
    {NULL, 10, HTTP_RANGES_WHOLE, 0, 0},
};

static void
test_ranges(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Case *c = &cases[i];
        gint64 first = -7, last = -7;
        g_assert_cmpint(
            http_ranges_parse(c->text, c->text ? strlen(c->text) : 0, c->size, &first, &last), ==,
            c->answer);
        if (c->answer == HTTP_RANGES_PART) {
            g_assert_cmpint(first, ==, c->first);
            g_assert_cmpint(last, ==, c->last);
        }
    }
}

static gboolean
matches(const char *text)
{
    return http_ranges_matches_tag(text, strlen(text), "\"ab\"");
}

static void
test_tags(void)
{
    g_assert_true(matches("\"ab\""));
    g_assert_true(matches("W/\"ab\""));
    g_assert_true(matches("\"x\", \"ab\""));
    g_assert_true(matches("\"x\",W/\"y\" ,\"ab\",\"z\""));
    g_assert_true(matches("*"));
    g_assert_false(matches("\"a\""));
    g_assert_false(matches("ab"));
    g_assert_false(matches("\"ab"));
    g_assert_false(matches(""));
    g_assert_false(matches("\"x,\"ab\""));
    g_assert_true(http_ranges_may_part("\"ab\"", 4, "\"ab\""));
    g_assert_false(http_ranges_may_part("W/\"ab\"", 6, "\"ab\""));
    g_assert_false(http_ranges_may_part("Sat, 21 Nov 2026", 16, "\"ab\""));
}

static void
test_names(void)
{
    static const char *const good[] = {"index.m3u8", "medium.0123abcd.mp4", "lesson.json",
                                       "a.m4s",      "0001.0123abcd.webp",  "th.vtt"};
    static const char *const bad[] = {"",       ".m3u8",       "..",        "a.txt",   "a/b.mp4",
                                      "a.mp4/", ".hidden.mp4", "-x.mp4",    "a b.mp4", "a%2f.mp4",
                                      "ก.mp4",  "mp4",         "index.M3U8"};
    g_autofree char *longest = g_strnfill(200, 'a');
    g_autofree char *too_long = g_strconcat(longest, ".mp4", NULL);

    for (guint i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_nonnull(http_types_find(good[i]));
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_null(http_types_find(bad[i]));
    g_assert_null(http_types_find(too_long));
    g_assert_null(http_types_find(NULL));
    g_assert_true(http_types_is_folder("slides"));
    g_assert_false(http_types_is_folder(".."));
    g_assert_cmpstr(http_types_find("index.m3u8")->type, ==, "application/vnd.apple.mpegurl");
}

static void
test_caching(void)
{
    g_assert_true(!!strstr(http_types_get_caching("voice.0123abcd.mp4"), "immutable"));
    g_assert_true(!!strstr(http_types_get_caching("0001.0123abcd.webp"), "immutable"));
    g_assert_false(!!strstr(http_types_get_caching("poster.webp"), "immutable"));
    g_assert_false(!!strstr(http_types_get_caching("voice.0123abcg.mp4"), "immutable"));
    g_assert_false(!!strstr(http_types_get_caching("0123abcd.mp4"), "immutable"));
    g_assert_cmpstr(http_types_get_caching("index.m3u8"), ==, "public, max-age=2");
    g_assert_cmpstr(http_types_get_caching("index.0123abcd.m3u8"), ==, "public, max-age=2");
    g_assert_cmpstr(http_types_get_caching("lesson.json"), ==, "public, max-age=2");
    g_assert_true(!!strstr(http_types_get_caching("waveform.0123abcd.json"), "immutable"));
    g_assert_true(!!strstr(http_types_get_caching("slides.0123abcd.pdf"), "immutable"));
    g_assert_false(!!strstr(http_types_get_caching("slides.vtt"), "immutable"));
    g_assert_cmpstr(http_types_find("slides.0123abcd.pdf")->type, ==, "application/pdf");
}

typedef struct {
    const char *text;      //
    HttpChunksState state; //
    gsize used;            //
} ChunkCase;

static const ChunkCase chunk_cases[] = {
    {"0\r\n\r\n", HTTP_CHUNKS_END, 5},
    {"5\r\nhello\r\n0\r\n\r\nGET", HTTP_CHUNKS_END, 15},
    {"00A;x=\"y\"\r\n0123456789\r\n0\r\nA: b\r\nC: d\r\n\r\n", HTTP_CHUNKS_END, 40},
    {"5\r\nhel", HTTP_CHUNKS_DATA, 6},
    {"5\r\nhellox", HTTP_CHUNKS_BAD, 8},
    {"zz\r\n", HTTP_CHUNKS_BAD, 0},
    {"\r\n", HTTP_CHUNKS_BAD, 0},
    {" 5\r\n", HTTP_CHUNKS_BAD, 0},
    {"5 \r\n", HTTP_CHUNKS_BAD, 1},
    {"0x5\r\n", HTTP_CHUNKS_BAD, 1},
    {"-5\r\n", HTTP_CHUNKS_BAD, 0},
    {"5\nhello", HTTP_CHUNKS_BAD, 1},
    {"5;a\nb\r\nhello", HTTP_CHUNKS_BAD, 3},
    {"5\r\nhello\n0\r\n\r\n", HTTP_CHUNKS_BAD, 8},
    {"0\r\nA\n\r\n", HTTP_CHUNKS_BAD, 4},
    {"1000000000000000\r\n", HTTP_CHUNKS_BAD, 15},
};

static void
test_chunks(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(chunk_cases); i++) {
        const ChunkCase *c = &chunk_cases[i];
        HttpChunks whole, single;
        gsize used = 0;
        http_chunks_init(&whole);
        http_chunks_init(&single);
        g_assert_cmpuint(http_chunks_scan(&whole, c->text, strlen(c->text)), ==, c->used);
        g_assert_cmpint(whole.state, ==, c->state);
        for (const char *at = c->text; *at; at++)
            used += http_chunks_scan(&single, at, 1);
        g_assert_cmpuint(used, ==, c->used);
        g_assert_cmpint(single.state, ==, c->state);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/http/ranges/ranges", test_ranges);
    g_test_add_func("/http/ranges/tags", test_tags);
    g_test_add_func("/http/chunks/framing", test_chunks);
    g_test_add_func("/http/types/names", test_names);
    g_test_add_func("/http/types/caching", test_caching);
    return g_test_run();
}
