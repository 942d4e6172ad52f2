// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Guides written and read back, guides as other programs write them, times, and documents made to
// hurt.
#include <gio/gio.h>
#include <string.h>

#include "pipelines/tables/time.h"
#include "pipelines/tables/xmltv.h"

#define START_MS G_GINT64_CONSTANT(1779062400000) // 2026-05-18 00:00 UTC

static TablesXmltv *
parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    TablesXmltv *guide = tables_xmltv_parse(text, strlen(text), &error);
    g_assert_no_error(error);
    return guide;
}

static void
test_round_trip(void)
{
    g_autoptr(TablesXmltv) guide = tables_xmltv_new();
    TablesXmltvChannel channel = {.id = (char *)"101.daorian",
                                  .name = (char *)"ดาวเรียน <๑> & \"เพื่อน\""};
    TablesXmltvProgramme programme = {
        .channel = (char *)"101.daorian",
        .start_ms = START_MS,
        .stop_ms = START_MS + 3540000,
        .language = (char *)"th",
        .title = (char *)"คณิตศาสตร์ ป.๑ <บวก> & ลบ",
        .summary = (char *)"ตอนที่ ๑",
        .description = (char *)"สองบรรทัด\nกับ\x01เครื่องหมาย",
        .genre = (char *)"education",
        .series = (char *)"crid://daorian.example/1",
        .rating = (char *)"6",
    };
    tables_xmltv_add_channel(guide, &channel);
    tables_xmltv_add_programme(guide, &programme);
    programme.stop_ms = TABLES_TIME_UNDEFINED;
    tables_xmltv_add_programme(guide, &programme);
    g_autofree char *text = tables_xmltv_write(guide, 7 * 60);
    g_assert_nonnull(strstr(text, "start=\"20260518070000 +0700\" stop=\"20260518075900 +0700\""));
    g_autoptr(TablesXmltv) back = parse(text);
    g_autofree char *again = tables_xmltv_write(back, 7 * 60);
    g_assert_cmpstr(again, ==, text);
    const TablesXmltvProgramme *first = back->programmes->pdata[0],
                               *second = back->programmes->pdata[1];
    g_assert_cmpint(first->start_ms, ==, START_MS);
    g_assert_cmpstr(first->title, ==, programme.title);
    g_assert_cmpstr(first->description, ==, "สองบรรทัด\nกับเครื่องหมาย");
    g_assert_cmpint(second->stop_ms, ==, TABLES_TIME_UNDEFINED);
    g_assert_cmpstr(((const TablesXmltvChannel *)back->channels->pdata[0])->name, ==, channel.name);
    // The same moments in a zone with half hours, west of Greenwich.
    g_autofree char *west = tables_xmltv_write(guide, -(3 * 60 + 30));
    g_assert_nonnull(strstr(west, "start=\"20260517203000 -0330\""));
    g_autoptr(TablesXmltv) other = parse(west);
    g_assert_cmpint(((const TablesXmltvProgramme *)other->programmes->pdata[0])->start_ms, ==,
                    START_MS);
}

/* Elements that are not known, several of one kind, programmes that lack something. */
static void
test_foreign(void)
{
    g_autoptr(TablesXmltv) guide = parse(
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><!DOCTYPE tv SYSTEM \"xmltv.dtd\">"
        "<tv source-info-name=\"x\"><channel id=\"a\"><display-name>Caf\xE9</display-name>"
        "<display-name>2</display-name><icon src=\"http://x/y.png\"/></channel>"
        "<programme start=\"202605180000\" channel=\"a\"><title lang=\"en\">One</title>"
        "<title lang=\"th\">Two</title><credits><actor>X</actor></credits>"
        "<desc><![CDATA[a < b]]> &amp; c</desc><category>News</category><rating system=\"TH\">"
        "<value>13</value></rating><episode-num system=\"onscreen\">S1</episode-num></programme>"
        "<programme start=\"never\" channel=\"a\"><title>no time</title></programme>"
        "<programme start=\"20260518\" channel=\"\"><title>no channel</title></programme>"
        "<programme start=\"20260518\" channel=\"a\"/></tv>");
    g_assert_cmpuint(guide->channels->len, ==, 1);
    g_assert_cmpuint(guide->programmes->len, ==, 1);
    g_assert_cmpuint(guide->skipped, ==, 3);
    const TablesXmltvProgramme *one = guide->programmes->pdata[0];
    g_assert_cmpstr(((const TablesXmltvChannel *)guide->channels->pdata[0])->name, ==, "Café");
    g_assert_cmpstr(one->title, ==, "One");
    g_assert_cmpstr(one->language, ==, "en");
    g_assert_cmpstr(one->description, ==, "a < b & c");
    g_assert_cmpstr(one->genre, ==, "News");
    g_assert_cmpstr(one->rating, ==, "13");
    g_assert_cmpstr(one->series, ==, "");
    g_assert_cmpint(one->start_ms, ==, START_MS);
}

static void
test_times(void)
{
    static const struct {
        const char *text;   // as it stands
        gint64 after_start; // ms, or TABLES_TIME_UNDEFINED
    } rows[] = {
        {"20260518000000 +0000", 0},
        {"20260518070000 +0700", 0},
        {"20260518", 0},
        {"2026051801", 3600000},
        {"20260518010203", 3723000},
        {"20260518000000 Z", 0},
        {"20260517233000 -0030", 0},
        // The hour that a clock abroad shows twice.
        {"20261025023000 +0200", G_GINT64_CONSTANT(13825800000)},
        {"20261025023000 +0100", G_GINT64_CONSTANT(13829400000)},
        {"", TABLES_TIME_UNDEFINED},
        {"2026", TABLES_TIME_UNDEFINED + 1}, // the first of January is fine
        {"20261301000000", TABLES_TIME_UNDEFINED},
        {"20260230", TABLES_TIME_UNDEFINED},
        {"20260518000000 +07:00", TABLES_TIME_UNDEFINED},
        {"20260518000000 Moon", TABLES_TIME_UNDEFINED},
        {"2026051", TABLES_TIME_UNDEFINED},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        gint64 found = tables_xmltv_parse_time(rows[i].text);
        g_test_message("%s", rows[i].text);
        if (rows[i].after_start == TABLES_TIME_UNDEFINED + 1)
            g_assert_cmpint(found, ==, G_GINT64_CONSTANT(1767225600000));
        else if (rows[i].after_start == TABLES_TIME_UNDEFINED)
            g_assert_cmpint(found, ==, TABLES_TIME_UNDEFINED);
        else
            g_assert_cmpint(found - START_MS, ==, rows[i].after_start);
    }
}

static void
test_hostile(void)
{
    static const char *const bad[] = {
        "",
        "no xml",
        "<tv>",
        "<tv></vt>",
        "<html/>",
        "<!DOCTYPE tv [<!ENTITY a \"b\"><!ENTITY c \"&c;\">]><tv><channel id=\"&c;\"/></tv>",
        "<!DOCTYPE tv [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><tv>&f;</tv>",
        "<!DOCTYPE tv [<!ENTITY a \"aaaaaaaa\">]><tv><channel id=\"&a;\"/></tv>",
    };
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(tables_xmltv_parse(bad[i], strlen(bad[i]), &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    }
    g_autoptr(GString) text =
        g_string_new("<tv><programme start=\"20260518\" channel=\"a\"><title>");
    for (guint i = 0; i < TABLES_XMLTV_TEXT_BYTES_MAX; i++)
        g_string_append(text, "ก");
    g_string_append(text, "</title></programme></tv>");
    g_autoptr(TablesXmltv) large = parse(text->str);
    const char *title = ((const TablesXmltvProgramme *)large->programmes->pdata[0])->title;
    g_assert_cmpuint(strlen(title), <=, TABLES_XMLTV_TEXT_BYTES_MAX);
    g_assert_true(g_utf8_validate(title, -1, NULL));
    g_assert_null(strstr(title, "\xEF\xBF\xBD"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tables/xmltv/round-trip", test_round_trip);
    g_test_add_func("/tables/xmltv/foreign", test_foreign);
    g_test_add_func("/tables/xmltv/times", test_times);
    g_test_add_func("/tables/xmltv/hostile", test_hostile);
    return g_test_run();
}
