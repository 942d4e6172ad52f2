// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a guide file says, in the words of the guide: languages, genres, ages, series, ends that
// nobody says, bounds.
#include "server/flows/guidefile.h"

#include <string.h>

#include "catalog/guide.h"
#include "server/flows/guidewords.h"

#define NOW_MS G_GINT64_CONSTANT(1760000000000)
#define HOUR_MS G_GINT64_CONSTANT(3600000)

static void
test_words(void)
{
    static const struct {
        const char *said, *meant; // (static)
    } languages[] = {{"th", "tha"},  {"th-TH", "tha"}, {"EN_us", "eng"}, {"tha", "tha"},
                     {"nan", "nan"}, {"xx", ""},       {"", ""},         {"ไทย", ""}},
      genres[] = {{"News / Current affairs", "news"},
                  {"ข่าว", "news"},
                  {"SPORTS", "sports"},
                  {" การศึกษา ", "education"},
                  {"Movie/Drama", "drama"},
                  {"ที่ไม่รู้จัก", NULL},
                  {"|news|", NULL},
                  {"", NULL},
                  {"/,;", NULL}},
      series[] = {{"crid://x.th/1", "crid://x.th/1"}, {"CRID://x", "CRID://x"},
                  {"EP012345670089", "EP01234567"},   {"MV012345670000", NULL},
                  {"EP01234567008x", NULL},           {"", NULL}};
    static const struct {
        const char *said; // (static)
        gint64 age;       // (value)
    } ages[] = {{"13+", 13}, {"น ๑๘+", 18}, {"PG-13", 13}, {"TV-MA", 0},
                {"", 0},     {"99999", 0},  {"0", 0},      {"3/5", 3}};
    for (guint i = 0; i < G_N_ELEMENTS(languages); i++) {
        g_autofree char *three = flows_guidewords_find_language(languages[i].said);
        g_assert_cmpstr(three, ==, languages[i].meant);
    }
    for (guint i = 0; i < G_N_ELEMENTS(genres); i++)
        g_assert_cmpstr(flows_guidewords_find_genre(genres[i].said), ==, genres[i].meant);
    for (guint i = 0; i < G_N_ELEMENTS(series); i++) {
        g_autofree char *found = flows_guidewords_find_series(series[i].said);
        g_assert_cmpstr(found, ==, series[i].meant);
    }
    for (guint i = 0; i < G_N_ELEMENTS(ages); i++)
        g_assert_cmpint(flows_guidewords_read_age(ages[i].said), ==, ages[i].age);
    g_autofree char *whole = flows_guidewords_cut("กข", 6);
    g_autofree char *part = flows_guidewords_cut("กข", 5);
    g_assert_cmpstr(whole, ==, "กข");
    g_assert_cmpstr(part, ==, "ก");
}

/* @hour: from now. Without @minutes it has no end. */
static void
append(GString *text, const char *channel, gint64 hour, guint minutes, const char *title)
{
    g_autoptr(GDateTime) start = g_date_time_new_from_unix_utc((NOW_MS + hour * HOUR_MS) / 1000);
    g_autoptr(GDateTime) stop = g_date_time_add_minutes(start, (gint)minutes);
    g_autofree char *from = g_date_time_format(start, "%Y%m%d%H%M%S");
    g_autofree char *until = g_date_time_format(stop, " stop=\"%Y%m%d%H%M%S\"");
    g_string_append_printf(text,
                           "<programme channel=\"%s\" start=\"%s\"%s><title>%s</title></programme>",
                           channel, from, minutes > 0 ? until : "", title);
}

static FlowsGuidefile *
read_text(GString *text, GError **error)
{
    g_string_append(text, "</tv>");
    g_autoptr(GBytes) bytes = g_string_free_to_bytes(text);
    return flows_guidefile_read(bytes, NOW_MS, error);
}

/* Returns: (transfer full): minute+minutes title, between commas. */
static char *
tell(const FlowsGuidefileChannel *channel)
{
    GString *told = g_string_new(NULL);
    g_autoptr(GPtrArray) events = flows_guidefile_make_events(channel);
    for (guint i = 0; i < events->len; i++) {
        const CatalogGuide *event = events->pdata[i];
        g_string_append_printf(told, "%s%d+%d %s", i > 0 ? "," : "",
                               (int)((event->start_ms - NOW_MS) / 60000),
                               (int)(event->duration_ms / 60000), event->title);
    }
    return g_string_free(told, FALSE);
}

static void
test_ends(void)
{
    g_autoptr(GError) error = NULL;
    GString *text = g_string_new("<tv>");
    append(text, "a", 3, 0, "c"); // in no order
    append(text, "a", 1, 0, "a");
    append(text, "b", 2, 60, "other");
    append(text, "a", 1, 30, "b"); // both begin at once
    append(text, "a", 40, 0, "d"); // a day at most, and the last one has no end
    append(text, "a", -9 * 24, 60, "over");
    append(text, "a", 62 * 24 + 1, 60, "far");
    g_autoptr(FlowsGuidefile) file = read_text(text, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(file->channels->len, ==, 2);
    const FlowsGuidefileChannel *channel = file->channels->pdata[0];
    g_autofree char *told = tell(channel);
    g_assert_cmpstr(told, ==, "60+120 a,60+30 b,180+1440 c,2400+1440 d");
    g_assert_cmpint(channel->from_ms, ==, NOW_MS + HOUR_MS);
    g_assert_cmpint(channel->until_ms, ==, NOW_MS + 64 * HOUR_MS);
    g_assert_cmpuint(file->outside, ==, 2);
    g_assert_cmpuint(file->skipped, ==, 0);
    GString *last = g_string_new("<tv>");
    append(last, "a", 1, 0, "endless");
    g_autoptr(FlowsGuidefile) endless = read_text(last, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(endless->skipped, ==, 1);
    g_assert_cmpint(((const FlowsGuidefileChannel *)endless->channels->pdata[0])->from_ms, ==, 0);
}

/* Those around now stay. */
static void
test_bounds(void)
{
    g_autoptr(GError) error = NULL;
    GString *text = g_string_new("<tv>");
    for (gint64 i = 0; i < CATALOG_GUIDE_SERVICE_MAX + 5; i++)
        append(text, "a", i % 1400 - 100, 60, "x");
    g_autoptr(FlowsGuidefile) file = read_text(text, &error);
    const FlowsGuidefileChannel *channel = file->channels->pdata[0];
    g_assert_cmpuint(channel->programmes->len, ==, CATALOG_GUIDE_SERVICE_MAX);
    g_assert_cmpuint(file->outside, ==, 5);
    g_assert_cmpint(channel->from_ms, ==, NOW_MS - 100 * HOUR_MS);
    g_assert_cmpint(channel->until_ms, <, NOW_MS + 1300 * HOUR_MS);
    g_autoptr(GBytes) none = g_bytes_new_static("", 0);
    g_assert_null(flows_guidefile_read(none, NOW_MS, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/flows/guidefile/words", test_words);
    g_test_add_func("/flows/guidefile/ends", test_ends);
    g_test_add_func("/flows/guidefile/bounds", test_bounds);
    return g_test_run();
}
