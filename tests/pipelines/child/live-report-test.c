// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Lines of a live child and its job: each kind goes out and comes back the same, golden lines, and
// everything else is refused.
#include <string.h>

#include "pipelines/child/live_job.h"
#include "pipelines/child/live_report.h"
#include "pipelines/child/report.h"

#define PART(rung, init)                                                                           \
    "{\"rung\":\"" rung "\",\"init\":" init ",\"file\":\"" rung "-12.m4s\",\"bytes\":4711}"
#define SEGMENT_HEAD                                                                               \
    "{\"type\":\"live-segment\",\"number\":12,\"time\":3283200,\"duration\":273600,"               \
    "\"discontinuity\":true,\"wall_ms\":1795276800000,\"parts\":"
#define HEALTH                                                                                     \
    "{\"type\":\"live-health\",\"width\":1024,\"height\":576,\"speed_permille\":1830,"             \
    "\"behind_ms\":40,\"dropped_rungs\":[\"medium\"],\"last_picture_ms\":1795276800000,"           \
    "\"last_sound_ms\":0,\"packets\":99,\"cc_errors\":7,\"damaged\":1,\"scrambled\":false,"        \
    "\"clock\":\"stream\",\"picture_codec\":\"mpeg2video\",\"sound_codec\":\"\","                  \
    "\"language\":\"tha\"}"
#define JOB                                                                                        \
    "{\"type\":\"live\",\"rungs\":[\"voice\",\"small\",\"medium\"],\"staging\":\"/staging\","      \
    "\"first_number\":12,\"first_time\":3283200,\"first_init\":4,\"segment_ms\":3000,"             \
    "\"behind_ms\":5000,\"text_default\":\"tis-620\",\"language\":\"tha\","                        \
    "\"burn_language\":\"tha\",\"burn_rung\":\"small\",\"extras\":[\"voices\"]}"

static const char *const golden[] = {
    "{\"type\":\"hello\",\"version\":1}",
    "{\"type\":\"live-init\",\"rung\":\"small\",\"init\":4,\"file\":\"small-init-4.mp4\","
    "\"bytes\":1180,\"codecs\":\"avc1.42C015,mp4a.40.2\",\"width\":480,\"height\":270,"
    "\"frame_rate\":12.5,\"bandwidth_bps\":125000}",
    SEGMENT_HEAD "[" PART("voice", "3") "," PART("small", "4") "]}",
    HEALTH,
    "{\"type\":\"warning\",\"code\":\"too-slow\",\"detail\":\"medium\",\"wall_ms\":1795276800000}",
    "{\"type\":\"failed\",\"code\":\"no-space\",\"detail\":\"no\"}",
    "{\"type\":\"done\"}",
};

static void
test_each_kind_comes_back(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(golden); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ChildLiveReport) report =
            child_live_report_parse(golden[i], strlen(golden[i]), &error);
        g_assert_no_error(error);
        g_assert_cmpuint(report->kind, ==, i);
        g_autofree char *line = child_live_report_to_line(report);
        g_assert_cmpstr(line, ==, golden[i]);
    }
}

static void
test_wrong_lines(void)
{
    static const char *const wrong[] = {
        "",
        "{}",
        "[]",
        "{\"type\":\"progress\"}",
        "{\"type\":\"hello\",\"version\":2}",
        "{\"type\":\"failed\",\"code\":\"Bad Code\",\"detail\":\"\"}",
        SEGMENT_HEAD "[]}",
        SEGMENT_HEAD "[7]}",
        SEGMENT_HEAD "[" PART("voice", "-1") "]}",
        SEGMENT_HEAD "[" PART("voice", "1") "," PART("voice", "2") "]}",
        SEGMENT_HEAD "[" PART("../voice", "1") "]}",
        SEGMENT_HEAD "[{\"rung\":\"small\",\"init\":1,\"file\":\".hidden\",\"bytes\":1}]}",
        SEGMENT_HEAD "[{\"rung\":\"small\",\"init\":1,\"file\":\"a/b\",\"bytes\":1}]}",
        SEGMENT_HEAD "[{\"rung\":\"small\",\"init\":1,\"file\":\"a\",\"bytes\":0}]}",
        SEGMENT_HEAD "[{\"rung\":\"small\",\"init\":1,\"file\":\"a\",\"bytes\":9999999999}]}",
    };
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(child_live_report_parse(wrong[i], strlen(wrong[i]), &error));
        g_assert_error(error, CHILD_ERROR, CHILD_ERROR_INVALID);
    }
}

/* No golden line survives the loss of one of its members, or one of another kind in its place. */
static void
test_each_member_is_needed(void)
{
    for (guint i = 1; i + 1 < G_N_ELEMENTS(golden); i++) {
        g_autoptr(GRegex) member = g_regex_new("\"[a-z_]+\":", 0, 0, NULL);
        g_auto(GStrv) pieces = g_regex_split(member, golden[i], 0);
        for (guint k = 1; pieces[k] != NULL; k++) {
            g_autoptr(GMatchInfo) match = NULL;
            int start = 0, end = 0;
            g_regex_match(member, golden[i], 0, &match);
            for (guint skip = 1; skip < k; skip++)
                g_match_info_next(match, NULL);
            g_match_info_fetch_pos(match, 0, &start, &end);
            g_autofree char *broken = g_strdup(golden[i]);
            broken[start + 1] = '#';
            g_assert_null(child_live_report_parse(broken, strlen(broken), NULL));
        }
    }
}

static void
test_texts_are_cut(void)
{
    g_autoptr(ChildLiveReport) report = child_live_report_new(CHILD_LIVE_REPORT_WARNING);
    report->code = g_strdup("damaged");
    report->detail = g_strnfill(100000, 'x');
    report->detail[10] = (char)0xFF;
    g_autofree char *line = child_live_report_to_line(report);
    g_assert_cmpuint(strlen(line), <, 1000);
    g_autoptr(ChildLiveReport) back = child_live_report_parse(line, strlen(line), NULL);
    g_assert_nonnull(back);
    g_assert_true(g_utf8_validate(back->detail, -1, NULL));
}

static void
test_job(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ChildLiveJob) job = child_live_job_parse(JOB, strlen(JOB), &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_strv_length(job->rungs), ==, 3);
    g_assert_cmpuint(job->first_number, ==, 12);
    g_autofree char *line = child_live_job_to_line(job);
    g_assert_cmpstr(line, ==, JOB);
    static const char *const wrong[] = {
        "{}",
        "{\"type\":\"cancel\"}",
        "{\"type\":\"live\",\"rungs\":[]}",
        "{\"type\":\"live\",\"rungs\":[\"voice\"],\"staging\":\"/s\",\"first_number\":-1,"
        "\"first_time\":0,\"first_init\":0,\"segment_ms\":3000,\"behind_ms\":0,"
        "\"text_default\":\"\",\"language\":\"\"}",
        "{\"type\":\"live\",\"rungs\":[\"voice\"],\"staging\":\"/s\",\"first_number\":1,"
        "\"first_time\":0,\"first_init\":0,\"segment_ms\":30,\"behind_ms\":0,"
        "\"text_default\":\"\",\"language\":\"\"}",
    };
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_null(child_live_job_parse(wrong[i], strlen(wrong[i]), NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/child/live-report/comes-back", test_each_kind_comes_back);
    g_test_add_func("/child/live-report/wrong", test_wrong_lines);
    g_test_add_func("/child/live-report/needed", test_each_member_is_needed);
    g_test_add_func("/child/live-report/cut", test_texts_are_cut);
    g_test_add_func("/child/live-report/job", test_job);
    return g_test_run();
}
