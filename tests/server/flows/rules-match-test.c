// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Which programmes a rule means: words in Thai and Latin letters, series, days and times of day,
// also over midnight and where the clock is set.
#include "server/flows/rules_match.h"

#define HOUR_MS G_GINT64_CONSTANT(3600000)

static CatalogRules
make_rule(const char *title, const char *keywords)
{
    return (CatalogRules){
        .name = (char *)"กฎ",
        .title = (char *)title,
        .keywords = (char *)keywords,
        .weekdays = CATALOG_RULES_EVERY_DAY,
        .from_minute = CATALOG_RULES_NO_MINUTE,
        .until_minute = CATALOG_RULES_NO_MINUTE,
        .enabled = TRUE,
    };
}

static CatalogGuide
make_event(const char *title, const char *description)
{
    return (CatalogGuide){
        .start_ms = 1,
        .duration_ms = HOUR_MS,
        .title = (char *)title,
        .summary = (char *)"ครูมะลิ",
        .description = (char *)description,
    };
}

static gboolean
means(const CatalogRules *rule, const CatalogGuide *event)
{
    g_autoptr(FlowsRulesMatch) match = flows_rules_match_new(rule);
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Bangkok");
    g_auto(FlowsRulesMatchTexts) texts = {.event = event};
    return flows_rules_match_test(match, &texts, zone);
}

static void
test_title(void)
{
    static const struct {
        const char *rule;  // static
        const char *title; // static
        gboolean meant;    // (value)
    } rows[] = {
        {"คณิตศาสตร์ ป.1", "วิชาคณิตศาสตร์ ป.๑ เรื่องเศษส่วน", TRUE},
        {"คณิตศาสตร์ ป.๑", "คณิตศาสตร์ ป.1", TRUE},
        {"ป.1 คณิต", "คณิตศาสตร์ ป.1", TRUE},
        {"คณิตศาสตร์ ป.1", "คณิตศาสตร์ ป.2", FALSE},
        {"คณิตศาสตร์ ป.1", "คณิตศาสตร์ ป.12", FALSE},
        {"ตอนที่ 2", "ตอนที่ 12", FALSE},
        {"น้ำ", "เรื่องน้ำและอากาศ", TRUE},
        {"น\u0e49\u0e4d\u0e32", "เรื่องน้ำ", TRUE},
        {"ART", "Modern art for all", TRUE},
        {"art", "A party for all", FALSE},
        {"art", "ศิลปะArtไทย", TRUE},
        {"ＡＲＴ", "art", TRUE},
        {"straße", "STRASSE", TRUE},
        {"กขค\xff", "กขค", FALSE},
        {"ครูมะลิ", "คณิตศาสตร์", FALSE},
        {"-x", "a -x b", TRUE},
        {"-x", "a b", FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        CatalogRules rule = make_rule(rows[i].rule, "");
        CatalogGuide event = make_event(rows[i].title, "");
        g_test_message("row %u", i); // one of them is not UTF-8, and TAP must be
        g_assert_cmpint(means(&rule, &event), ==, rows[i].meant);
    }
}

static void
test_keywords(void)
{
    CatalogGuide event = make_event("วิทยาศาสตร์", "การทดลองเรื่องแสง (ฉายซ้ำ)");
    CatalogRules rule = make_rule("", "แสง มะลิ");
    g_assert_true(means(&rule, &event));
    rule = make_rule("", "แสง เสียง");
    g_assert_false(means(&rule, &event));
    rule = make_rule("วิทยาศาสตร์", "แสง -ซ้ำ");
    g_assert_false(means(&rule, &event));
    rule = make_rule("วิทยาศาสตร์", "-เสียง");
    g_assert_true(means(&rule, &event));
    event.start_ms = CATALOG_GUIDE_NO_TIME;
    g_assert_false(means(&rule, &event));
}

static void
test_series(void)
{
    CatalogRules rule = make_rule("ภาษาไทย", "");
    CatalogGuide event = make_event("ชื่ออื่น", "");
    rule.series_crid = (char *)"crid://x/s1";
    g_assert_false(means(&rule, &event));
    event.series_crid = (char *)"crid://x/s1";
    g_assert_true(means(&rule, &event));
    event = make_event("ภาษาไทย", "");
    g_assert_true(means(&rule, &event));
    event.series_crid = (char *)"crid://x/s2";
    g_assert_false(means(&rule, &event));
    rule.title = (char *)"";
    event.series_crid = NULL;
    g_assert_false(means(&rule, &event));
}

static gint64
find_moment(GTimeZone *zone, int day, int hour, int minute)
{
    g_autoptr(GDateTime) moment = g_date_time_new(zone, 2026, 3, day, hour, minute, 0);
    return g_date_time_to_unix(moment) * 1000;
}

/* 2026-03-02 is a Monday. */
static void
test_times(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Bangkok");
    CatalogRules rule = make_rule("x", "");
    rule.weekdays = 1 << 4; // Friday
    rule.from_minute = 23 * 60;
    rule.until_minute = 2 * 60;
    static const struct {
        int day;     // of March 2026
        int hour;    // on the wall
        int minute;  // on the wall
        gboolean in; // (value)
    } rows[] = {
        {6, 22, 59, FALSE}, {6, 23, 0, TRUE},  {7, 0, 30, TRUE}, {7, 1, 59, TRUE},
        {7, 2, 0, FALSE},   {7, 23, 0, FALSE}, {6, 1, 0, FALSE}, {6, 12, 0, FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        gint64 ms = find_moment(zone, rows[i].day, rows[i].hour, rows[i].minute);
        g_assert_cmpint(flows_rules_match_is_in_time(&rule, ms, zone), ==, rows[i].in);
    }
    rule.from_minute = 18 * 60;
    rule.until_minute = 19 * 60;
    g_assert_true(flows_rules_match_is_in_time(&rule, find_moment(zone, 6, 18, 0), zone));
    g_assert_false(flows_rules_match_is_in_time(&rule, find_moment(zone, 6, 19, 0), zone));
    g_assert_false(flows_rules_match_is_in_time(&rule, find_moment(zone, 5, 18, 30), zone));
}

/* In Berlin 02:00 becomes 03:00 on 2026-03-29, and 18:00 on the wall is another moment from then
 * on; on 2026-10-25 02:30 comes twice. */
static void
test_clock_changes(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/Berlin");
    CatalogRules rule = make_rule("x", "");
    rule.from_minute = 18 * 60;
    rule.until_minute = 18 * 60 + 30;
    gint64 before = find_moment(zone, 28, 18, 0), after = find_moment(zone, 29, 18, 0);
    g_assert_cmpint(after - before, ==, 23 * HOUR_MS);
    g_assert_true(flows_rules_match_is_in_time(&rule, before, zone));
    g_assert_true(flows_rules_match_is_in_time(&rule, after, zone));
    g_assert_false(flows_rules_match_is_in_time(&rule, before + 24 * HOUR_MS, zone));
    rule.from_minute = 2 * 60;
    rule.until_minute = 3 * 60;
    g_autoptr(GDateTime) autumn = g_date_time_new_utc(2026, 10, 25, 0, 30, 0);
    gint64 first = g_date_time_to_unix(autumn) * 1000;
    g_assert_true(flows_rules_match_is_in_time(&rule, first, zone));
    g_assert_true(flows_rules_match_is_in_time(&rule, first + HOUR_MS, zone));
    g_assert_false(flows_rules_match_is_in_time(&rule, first + 2 * HOUR_MS, zone));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/flows/rules-match/title", test_title);
    g_test_add_func("/flows/rules-match/keywords", test_keywords);
    g_test_add_func("/flows/rules-match/series", test_series);
    g_test_add_func("/flows/rules-match/times", test_times);
    g_test_add_func("/flows/rules-match/clock-changes", test_clock_changes);
    return g_test_run();
}
