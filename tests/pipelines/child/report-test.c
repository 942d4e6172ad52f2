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
    "\"average_bandwidth_bps\":30000,\"frame_rate\":12.5}"

static const char *const golden[] = {
    "{\"type\":\"hello\",\"version\":1}",
    "{\"type\":\"probe\",\"container\":\"mp4\",\"has_picture\":true,\"has_sound\":false,\"width\":"
    "1280,"
    "\"height\":720,\"duration_ms\":3000}",
    "{\"type\":\"plan\",\"rungs\":[\"voice\",\"small\"]}",
    "{\"type\":\"poster\",\"file\":\"poster.webp\",\"sha256\":\"" SUM "\",\"bytes\":99}",
    "{\"type\":\"progress\",\"stage\":\"pictures\",\"permille\":512,\"speed\":3.5}",
    "{\"type\":\"checkpoint\",\"rung\":\"small\",\"segments\":7,\"media_ms\":28000}",
    RUNG,
    "{\"type\":\"rung-failed\",\"name\":\"large\",\"code\":\"internal\",\"detail\":\"why\"}",
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
test_job_comes_back(void)
{
    static const char *const rungs[] = {"voice", "small", NULL};
    const ChildJob job = {.source = (char *)"/source",
                          .staging = (char *)"/staging",
                          .rungs = (char **)rungs,
                          .done = (char **)(rungs + 2),
                          .permille = 120,
                          .limit_duration_ms = 1000,
                          .limit_pixels = 99};
    g_autofree char *line = child_job_to_line(&job);
    ChildJobLine kind = CHILD_JOB_LINE_CANCEL;
    g_autoptr(ChildJob) back = NULL;
    g_assert_true(child_job_parse(line, strlen(line), &kind, &back, NULL));
    g_assert_cmpint(kind, ==, CHILD_JOB_LINE_JOB);
    g_autofree char *again = child_job_to_line(back);
    g_assert_cmpstr(line, ==, again);
    g_autoptr(ChildJob) none = NULL;
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
    g_test_add_func("/child/job/comes-back", test_job_comes_back);
    return g_test_run();
}
