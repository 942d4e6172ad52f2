// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Report and job lines: each kind goes out and comes back the same, golden lines, and everything
// else is refused.
#include <string.h>

#include "pipelines/child/job.h"
#include "pipelines/child/report.h"

static ChildReport *
parse(const char *line)
{
    return child_report_parse(line, strlen(line), NULL);
}

#define SUM "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define RUNG                                                                                       \
    "{\"type\":\"rung\",\"name\":\"small\",\"file\":\"small.mp4\",\"index\":\"small.index.json\"," \
    "\"sha256\":\"" SUM "\",\"codecs\":\"avc1.42C00C,mp4a.40.2\",\"width\":320,\"height\":180,"    \
    "\"duration_ms\":3000,\"bytes\":12345,\"bandwidth_bps\":40000,"                                \
    "\"average_bandwidth_bps\":30000,\"frame_rate\":12.5,\"ssim\":0.984375}"
#define SPLICE                                                                                     \
    "{\"type\":\"splice\",\"position\":1,\"code\":\"filled\",\"detail\":\"how\","                  \
    "\"start_ms\":1000,\"end_ms\":2500,\"media_ms\":4000}"
#define STILL                                                                                      \
    "{\"type\":\"asset\",\"kind\":\"still\",\"position\":7,\"file\":\"still-0007.webp\","          \
    "\"sha256\":\"" SUM "\",\"language\":\"\",\"grows\":true,\"columns\":0,\"count\":0,"           \
    "\"width\":1280,\"height\":720,\"interval_ms\":0,\"start_ms\":1000,\"end_ms\":2500,\"bytes\":" \
    "99}"

static const char *const golden[] = {
    "{\"type\":\"hello\",\"version\":1}",
    "{\"type\":\"probe\",\"container\":\"mp4\",\"has_picture\":true,\"has_sound\":false,\"width\":"
    "1280,"
    "\"height\":720,\"duration_ms\":3000}",
    "{\"type\":\"plan\",\"rungs\":[\"voice\",\"small\"]}",
    STILL,
    "{\"type\":\"slides\",\"count\":7,\"width\":1280,\"height\":720,\"duration_ms\":2500}",
    "{\"type\":\"progress\",\"stage\":\"pictures\",\"permille\":512,\"speed\":3.5}",
    "{\"type\":\"checkpoint\",\"rung\":\"small\",\"segments\":7,\"media_ms\":28000}",
    RUNG,
    "{\"type\":\"rung-skipped\",\"name\":\"large\",\"code\":\"no-gain\",\"detail\":\"why\"}",
    "{\"type\":\"rung-failed\",\"name\":\"large\",\"code\":\"internal\",\"detail\":\"why\"}",
    SPLICE,
    "{\"type\":\"warning\",\"code\":\"damaged\",\"detail\":\"at\",\"media_ms\":1500}",
    "{\"type\":\"failed\",\"code\":\"not-media\",\"detail\":\"no\"}",
    "{\"type\":\"done\",\"duration_ms\":3000}",
};

static void
test_each_kind_comes_back(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(golden); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ChildReport) report = child_report_parse(golden[i], strlen(golden[i]), &error);
        g_assert_no_error(error);
        g_assert_cmpuint(report->kind, ==, i);
        g_autoptr(ChildReport) copy = child_report_copy(report);
        g_autofree char *line = child_report_to_line(copy);
        g_assert_cmpstr(line, ==, golden[i]);
    }
}

static void
test_refuses_what_is_not_of_the_contract(void)
{
    static const char *const lines[] = {
        "",
        "null",
        "[]",
        "{}",
        "{\"type\":\"hello\"}",
        "{\"type\":\"hello\",\"version\":2}",
        "{\"type\":\"unknown\"}",
        "{\"type\":\"done\",\"duration_ms\":-1}",
        "{\"type\":\"done\",\"duration_ms\":\"3\"}",
        "{\"type\":\"done\",\"duration_ms\":1e3}",
        "{\"type\":\"done\",\"duration_ms\":9223372036854775807}",
        "{\"type\":\"progress\",\"stage\":\"voice\",\"permille\":1000,\"speed\":1}",
        "{\"type\":\"progress\",\"stage\":\"voice\",\"permille\":1,\"speed\":-1}",
        "{\"type\":\"plan\",\"rungs\":[1]}",
        "{\"type\":\"plan\",\"rungs\":[\"../x\"]}",
        "{\"type\":\"plan\",\"rungs\":{}}",
        "{\"type\":\"failed\",\"code\":\"Not Media\",\"detail\":\"\"}",
        "{\"type\":\"failed\",\"code\":null,\"detail\":\"\"}",
        "{\"type\":\"done\",\"duration_ms\":1} trailing",
    };
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_test_message("%s", lines[i]);
        g_assert_null(parse(lines[i]));
    }
}

/* File names of a hostile child never leave the staging folder. */
static void
test_refuses_paths(void)
{
    static const char *const names[] = {"../small.mp4", "/etc/passwd", ".hidden", "..", "a/b", "",
                                        "Ä.mp4"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_auto(GStrv) parts = g_strsplit(RUNG, "small.mp4", 2);
        g_autofree char *line = g_strjoin(names[i], parts[0], parts[1], NULL);
        g_assert_null(parse(line));
    }
    g_autoptr(ChildReport) good = parse(RUNG);
    g_assert_nonnull(good);
}

static char *
replace_in(const char *line, const char *old, const char *new)
{
    g_auto(GStrv) parts = g_strsplit(line, old, 2);
    g_assert_nonnull(parts[1]);
    return g_strjoin(new, parts[0], parts[1], NULL);
}

/* Every kind of asset has a word; what belongs to one kind is refused with another. */
static void
test_assets_are_what_they_say(void)
{
    static const char *const wrong[][2] = {
        {"still\",\"position", "poster\",\"position"}, // a poster has no place
        {"\"position\":7", "\"position\":0"},
        {"\"position\":7", "\"position\":10000"},
        {"\"start_ms\":1000", "\"start_ms\":2501"},
        {"\"width\":1280", "\"width\":0"},
        {"\"language\":\"\"", "\"language\":\"th\""},
        {"still\",\"position", "picture\",\"position"},
        {"\"grows\":true", "\"grows\":1"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *line = replace_in(STILL, wrong[i][0], wrong[i][1]);
        g_test_message("%s", line);
        g_assert_null(parse(line));
    }
    for (ChildAssetKind kind = CHILD_ASSET_ANALYSIS; kind <= CHILD_ASSET_CAPTIONS; kind++) {
        g_autofree char *word = g_strdup_printf("\"%s\"", child_asset_get_name(kind));
        g_autofree char *named = replace_in(STILL, "\"still\"", word);
        g_autofree char *placed =
            replace_in(named, "\"position\":7",
                       kind == CHILD_ASSET_STILL ? "\"position\":1" : "\"position\":0");
        g_autofree char *line = replace_in(placed, "\"language\":\"\"",
                                           kind == CHILD_ASSET_CAPTIONS ? "\"language\":\"zh-Hant\""
                                                                        : "\"language\":\"\"");
        g_autoptr(ChildReport) report = parse(line);
        g_assert_nonnull(report);
        g_assert_cmpint(report->asset, ==, kind);
    }
}

static void
test_refuses_depth_and_length(void)
{
    g_autofree char *deep = g_strnfill(60000, '[');
    g_assert_null(parse(deep));
    g_autofree char *filler = g_strnfill(CHILD_REPORT_MAX_LINE, 'x');
    g_autofree char *longer =
        g_strdup_printf("{\"type\":\"failed\",\"code\":\"internal\",\"detail\":\"%s\"}", filler);
    g_assert_null(parse(longer));
    g_assert_null(child_report_parse("{\"type\":\"done\",\0\"duration_ms\":1}", 34, NULL));
    g_assert_null(parse("{\"type\":\"failed\",\"code\":\"internal\",\"detail\":\"\xff\"}"));
}

static void
test_details_are_tidied(void)
{
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_FAILED);
    report->code = g_strdup("internal");
    report->detail = g_strconcat("\xff\n", NULL);
    g_autofree char *line = child_report_to_line(report);
    g_autoptr(ChildReport) back = parse(line);
    g_assert_nonnull(back);
    g_assert_null(strchr(line, '\n'));
    g_free(report->detail);
    report->detail = g_strnfill(100000, 'x');
    g_autofree char *cut = child_report_to_line(report);
    g_assert_cmpuint(strlen(cut), <, 1000);
}

static void
assert_job_comes_back(const ChildJobArea *interpreter)
{
    static const char *const rungs[] = {"voice", "small", NULL};
    const ChildJob job = {.source = (char *)"/source",
                          .staging = (char *)"/staging",
                          .rungs = (char **)rungs,
                          .done = (char **)(rungs + 2),
                          .bundle = interpreter->width > 0 ? (char *)"/bundle" : NULL,
                          .published = (char **)rungs,
                          .permille = 120,
                          .limit_duration_ms = 1000,
                          .limit_pixels = 99,
                          .interpreter = *interpreter,
                          .clean_sound = interpreter->width > 0};
    g_autofree char *line = child_job_to_line(&job);
    ChildJobLine kind = CHILD_JOB_LINE_CANCEL;
    g_autoptr(ChildJob) back = NULL;
    g_assert_true(child_job_parse(line, strlen(line), &kind, &back, NULL));
    g_assert_cmpint(kind, ==, CHILD_JOB_LINE_JOB);
    g_assert_cmpmem(&back->interpreter, sizeof(ChildJobArea), interpreter, sizeof(ChildJobArea));
    g_assert_cmpint(back->clean_sound, ==, job.clean_sound);
    g_autofree char *again = child_job_to_line(back);
    g_assert_cmpstr(line, ==, again);
}

static void
test_job_comes_back(void)
{
    assert_job_comes_back(&(ChildJobArea){0});
    assert_job_comes_back(&(ChildJobArea){700, 600, 300, 400});
}

#define JOB                                                                                        \
    "{\"type\":\"job\",\"source\":\"/source\",\"staging\":\"/staging\",\"rungs\":[],\"done\":[],"  \
    "\"bundle\":null,\"published\":[],"                                                            \
    "\"permille\":1,\"limits\":{\"duration_ms\":1,\"pixels\":2},\"interpreter\":%s,"               \
    "\"clean_sound\":%s}"

static void
test_job_is_read_strictly(void)
{
    static const char *const wrong[][2] = {
        {"[0,0,0,0]", "true"},       {"[0,0,1001,1]", "true"}, {"[900,0,200,10]", "true"},
        {"[0,900,10,200]", "true"},  {"[0,0,10]", "true"},     {"[0,0,10,10,10]", "true"},
        {"[0,0,\"10\",10]", "true"}, {"{}", "true"},           {"null", "1"},
        {"[-1,0,10,10]", "true"},
    };
    ChildJobLine kind = CHILD_JOB_LINE_CANCEL;
    g_autoptr(ChildJob) none = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *line = g_strdup_printf(JOB, wrong[i][0], wrong[i][1]);
        g_assert_false(child_job_parse(line, strlen(line), &kind, &none, NULL));
    }
    g_autofree char *right = g_strdup_printf(JOB, "null", "true");
    g_autoptr(ChildJob) taken = NULL;
    g_assert_true(child_job_parse(right, strlen(right), &kind, &taken, NULL));
    g_assert_true(child_job_parse("{\"type\":\"cancel\"}", 17, &kind, &none, NULL));
    g_assert_cmpint(kind, ==, CHILD_JOB_LINE_CANCEL);
    g_assert_null(none);
    g_assert_false(child_job_parse("{\"type\":\"job\"}", 14, &kind, &none, NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/child/report/each-kind-comes-back", test_each_kind_comes_back);
    g_test_add_func("/child/report/refuses-what-is-not-of-the-contract",
                    test_refuses_what_is_not_of_the_contract);
    g_test_add_func("/child/report/refuses-paths", test_refuses_paths);
    g_test_add_func("/child/report/refuses-depth-and-length", test_refuses_depth_and_length);
    g_test_add_func("/child/report/details-are-tidied", test_details_are_tidied);
    g_test_add_func("/child/report/assets-are-what-they-say", test_assets_are_what_they_say);
    g_test_add_func("/child/job/comes-back", test_job_comes_back);
    g_test_add_func("/child/job/is-read-strictly", test_job_is_read_strictly);
    return g_test_run();
}
