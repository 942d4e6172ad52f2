// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Lines to and from a child that listens to a multiplex: each comes back as the same golden line,
// and everything else is refused.
#include <string.h>

#include "pipelines/child/intake_job.h"
#include "pipelines/child/intake_report.h"

#define SERVICE                                                                                                   \
    "{\"type\":\"service\",\"service_id\":101,\"name\":\"ครูตู้\",\"provider\":\"\",\"kind\":\"tv\"," \
    "\"encrypted\":false,\"scrambled\":false,\"on_air\":true,\"hidden\":false,\"channel\":null,"                  \
    "\"pmt_pid\":256,\"pcr_pid\":257,\"streams\":[{\"pid\":257,\"kind\":\"video\",\"codec\":"                     \
    "\"h264\",\"stream_type\":27,\"language\":\"\",\"page\":0}]}"
#define EVENT                                                                                              \
    "{\"type\":\"event\",\"service_id\":101,\"transport_stream_id\":1,\"original_network_id\":2,"          \
    "\"other_multiplex\":false,\"event_id\":7,\"present_following\":true,\"start_ms\":"                    \
    "1700000000000,\"duration_ms\":null,\"title\":\"ข่าว\",\"summary\":\"\",\"description\":\"\"," \
    "\"language\":\"tha\",\"genre\":\"news\",\"age\":0,\"programme_crid\":\"crid://a.th/1\","              \
    "\"series_crid\":\"\",\"running\":4}"
#define HEALTH                                                                                     \
    "{\"type\":\"health\",\"packets\":10,\"bits_per_second\":20,\"cc_errors\":1,\"tei_packets\":"  \
    "2,\"sync_losses\":3,\"broken_sections\":4,\"dropped_packets\":5,\"feeds\":6,\"locked\":"      \
    "true,\"level\":255,\"quality\":null,\"cn_db\":12.5,\"ber\":null}"
#define PIDS                                                                                       \
    "{\"type\":\"pids\",\"pids\":[{\"pid\":256,\"scrambled\":false,\"bits_per_second\":4000000,"   \
    "\"cc_errors\":1,\"tei_packets\":0,\"jitter_us\":12},{\"pid\":8191,\"scrambled\":true,"        \
    "\"bits_per_second\":0,\"cc_errors\":0,\"tei_packets\":2,\"jitter_us\":null}]}"

static const char *const golden[] = {
    "{\"type\":\"hello\",\"version\":1}",
    SERVICE,
    "{\"type\":\"services-complete\",\"transport_stream_id\":1,\"original_network_id\":null,"
    "\"network\":\"\",\"count\":3,\"whole\":true}",
    EVENT,
    "{\"type\":\"event-gone\",\"service_id\":101,\"transport_stream_id\":1,\"original_network_id\":"
    "2,\"other_multiplex\":true,\"event_id\":65535}",
    "{\"type\":\"clock\",\"stream_ms\":1700000000000}",
    HEALTH,
    PIDS,
    "{\"type\":\"warning\",\"code\":\"silent\",\"detail\":\"why\"}",
    "{\"type\":\"failed\",\"code\":\"unreachable\",\"detail\":\"why\"}",
};

static const char intake[] =
    "{\"type\":\"intake\",\"uri\":\"udp://239.1.1.1:5004\",\"text_default\":\"tis-620\",\"guide\":"
    "true}";

static const char *const golden_jobs[] = {
    intake,
    "{\"type\":\"feed\",\"feed\":1,\"service_id\":101}",
    "{\"type\":\"unfeed\",\"feed\":1}",
    "{\"type\":\"tell\"}",
    "{\"type\":\"cancel\"}",
};

static void
test_each_kind_comes_back(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(golden); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ChildIntakeReport) report =
            child_intake_report_parse(golden[i], strlen(golden[i]), &error);
        g_assert_no_error(error);
        g_assert_cmpuint(report->kind, ==, i);
        g_autofree char *line = child_intake_report_to_line(report);
        g_assert_cmpstr(line, ==, golden[i]);
    }
}

static void
test_each_job_comes_back(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(golden_jobs); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ChildIntakeJob) job =
            child_intake_job_parse(golden_jobs[i], strlen(golden_jobs[i]), &error);
        g_assert_no_error(error);
        g_assert_cmpuint(job->line, ==, i);
        g_autofree char *line = child_intake_job_to_line(job);
        g_assert_cmpstr(line, ==, golden_jobs[i]);
    }
}

static char *
replace_in(const char *line, const char *old, const char *new)
{
    g_auto(GStrv) parts = g_strsplit(line, old, 2);
    g_assert_nonnull(parts[1]);
    return g_strjoin(new, parts[0], parts[1], NULL);
}

static void
test_refuses_what_is_not_of_the_contract(void)
{
    const struct {
        const char *line; // a golden one
        const char *old;  // what stands in it
        const char *new;  // what makes it wrong
    } cases[] = {
        {SERVICE, ":101", ":65536"},
        {SERVICE, "\"tv\"", "\"film\""},
        {SERVICE, "\"h264\"", "\"H 264\""},
        {SERVICE, "\"h264\"", "\"a-codec-of-too-many-letters\""},
        {SERVICE, "\"pid\":257", "\"pid\":8192"},
        {SERVICE, "[{", "[7,{"},
        {SERVICE, "\"on_air\":true", "\"on_air\":1"},
        {SERVICE, "\"channel\":null", "\"channel\":-1"},
        {EVENT, "\"event_id\":7", "\"event_id\":65536"},
        {EVENT, "\"language\":\"tha\"", "\"language\":\"thai\""},
        {EVENT, "crid://a", "crid:// a"},
        {EVENT, "\"running\":4", "\"running\":8"},
        {EVENT, "1700000000000", "-1"},
        {HEALTH, "12.5", "-0.5"},
        {HEALTH, "12.5", "1e999"},
        {HEALTH, "\"packets\":10", "\"packets\":null"},
        {PIDS, "8191", "8192"},
        {PIDS, "\"pid\":256", "\"pid\":\"256\""},
        {PIDS, "\"jitter_us\":null", "\"jitter_us\":-1"},
        {PIDS, "\"tei_packets\":2,", ""},
        {PIDS, "[{", "[1,{"},
        {golden[0], ":1}", ":2}"},
        {golden[9], "unreachable", ""},
        {golden[8], "warning", "waning"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *line = replace_in(cases[i].line, cases[i].old, cases[i].new);
        g_autoptr(GError) error = NULL;
        g_test_message("%s", line);
        g_assert_null(child_intake_report_parse(line, strlen(line), &error));
        g_assert_nonnull(error);
    }
}

static void
test_refuses_wrong_jobs(void)
{
    static const char *const lines[] = {
        "",
        "{}",
        "{\"type\":\"job\"}",
        "{\"type\":\"intake\",\"uri\":\"\",\"text_default\":\"\",\"guide\":true}",
        "{\"type\":\"intake\",\"uri\":\"x\",\"text_default\":\"a b\",\"guide\":true}",
        "{\"type\":\"intake\",\"uri\":\"x\",\"text_default\":\"\"}",
        "{\"type\":\"feed\",\"feed\":-1,\"service_id\":101}",
        "{\"type\":\"feed\",\"feed\":1,\"service_id\":65536}",
        "{\"type\":\"unfeed\"}",
    };
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(GError) error = NULL;
        g_test_message("%s", lines[i]);
        g_assert_null(child_intake_job_parse(lines[i], strlen(lines[i]), &error));
        g_assert_nonnull(error);
    }
}

/* The longest texts that a broadcaster can send still make a line that is taken. */
static void
test_long_texts_are_cut(void)
{
    g_autoptr(ChildIntakeReport) report = child_intake_report_new(CHILD_INTAKE_REPORT_EVENT);
    g_autoptr(GString) text = g_string_new(NULL);
    while (text->len < 200000)
        g_string_append(text, "กขคง\n\"");
    report->event.start_ms = CHILD_FIELDS_NOTHING;
    report->event.duration_ms = CHILD_FIELDS_NOTHING;
    report->event.title = g_strdup(text->str);
    report->event.summary = g_strdup(text->str);
    report->event.description = g_strdup(text->str);
    g_autofree char *line = child_intake_report_to_line(report);
    g_autoptr(GError) error = NULL;
    g_autoptr(ChildIntakeReport) back = child_intake_report_parse(line, strlen(line), &error);
    g_assert_no_error(error);
    g_assert_cmpint(g_utf8_strlen(back->event.description, -1), ==, 5000);
    g_assert_cmpint(back->event.start_ms, ==, CHILD_FIELDS_NOTHING);
}

static void
test_streams_for_the_catalogue(void)
{
    g_autoptr(ChildIntakeReport) report = child_intake_report_parse(SERVICE, strlen(SERVICE), NULL);
    g_autofree char *streams = child_intake_report_render_streams(report->service.streams);
    g_assert_cmpstr(streams, ==,
                    "[{\"pid\":257,\"kind\":\"video\",\"codec\":\"h264\",\"stream_type\":27,"
                    "\"language\":\"\",\"page\":0}]");
    g_autofree char *none = child_intake_report_render_streams(NULL);
    g_assert_cmpstr(none, ==, "[]");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/intake-report/each-kind-comes-back", test_each_kind_comes_back);
    g_test_add_func("/intake-report/each-job-comes-back", test_each_job_comes_back);
    g_test_add_func("/intake-report/refuses", test_refuses_what_is_not_of_the_contract);
    g_test_add_func("/intake-report/refuses-jobs", test_refuses_wrong_jobs);
    g_test_add_func("/intake-report/long-texts", test_long_texts_are_cut);
    g_test_add_func("/intake-report/streams", test_streams_for_the_catalogue);
    return g_test_run();
}
