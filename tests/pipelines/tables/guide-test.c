// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What becomes of EIT sections: joined texts, versions, segments, present/following beside the
// schedule, undefined times, what is over, and the bounds.
#include <string.h>

#include "pipelines/tables/guide.h"
#include "pipelines/tables/time.h"
#include "tests/support/eit.h"
#include "tests/support/lessons.h"

#define SERVICE 101
#define HOUR_MS G_GINT64_CONSTANT(3600000)

static TablesGuide *
make_guide(gsize bytes_max, gint64 keep_ms)
{
    TablesGuideSettings settings = {
        .fallback = {TABLES_TEXT_ISO8859, 11},
        .bytes_max = bytes_max,
        .keep_ms = keep_ms,
    };
    return tables_guide_new(&settings);
}

static void
take(TablesGuide *guide, const GByteArray *bytes)
{
    TablesSection section;
    g_assert_true(tables_section_parse(bytes->data, bytes->len, &section));
    g_assert_true(tables_guide_take(guide, &section));
}

static void
take_own(TablesGuide *guide, GByteArray *bytes)
{
    take(guide, bytes);
    g_byte_array_unref(bytes);
}

static EitService
make_service(guint16 service_id, PsiText way)
{
    return (EitService){.service_id = service_id, .transport = 1, .network = 2, .way = way};
}

static void
assert_lesson(const TablesGuideItem *item, guint index)
{
    g_autoptr(Lesson) lesson = lessons_make(item->service_id, index);
    const TablesEventText *text = tables_event_find_text(item->event, "tha");
    const TablesEvent *event = item->event;
    g_assert_cmpuint(event->event_id, ==, lesson->event_id);
    g_assert_cmpint(event->start_ms, ==, lesson->start_ms);
    g_assert_cmpint(event->duration_ms, ==, lesson->duration_ms);
    g_assert_nonnull(text);
    g_assert_cmpstr(text->language, ==, "tha");
    g_assert_cmpstr(text->title, ==, lesson->title);
    g_assert_cmpstr(text->summary, ==, lesson->summary);
    g_assert_cmpstr(text->description, ==, lesson->description);
    g_assert_cmpstr(event->series_crid, ==, lesson->series);
    g_assert_cmpuint(event->ratings->len, ==, 1);
    g_assert_cmpstr(g_array_index(event->ratings, TablesEventRating, 0).country, ==, "tha");
    g_assert_cmpuint(g_array_index(event->ratings, TablesEventRating, 0).age, ==, 6);
    g_assert_cmpuint(event->components->len, ==, 1);
    g_assert_nonnull(tables_event_get_genre(event));
}

/* A week in every way of writing, long texts cut anywhere; then all again, which changes nothing.
 */
static void
test_week(gconstpointer data)
{
    EitService service = make_service(SERVICE, GPOINTER_TO_UINT(data));
    g_autoptr(TablesGuide) guide = make_guide(1 << 24, G_MAXINT64);
    g_autoptr(GPtrArray) sections = eit_make_schedule(&service);
    gsize bytes = 0;
    for (guint round = 0; round < 2; round++) {
        for (guint i = 0; i < sections->len; i++)
            take(guide, sections->pdata[(i * 17) % sections->len]); // 17 and 56 have no divisor
        g_assert_cmpuint(tables_guide_get_count(guide), ==, LESSONS_A_WEEK);
        g_assert_true(round == 0 || bytes == tables_guide_get_bytes(guide));
        bytes = tables_guide_get_bytes(guide);
    }
    g_autoptr(GArray) items = tables_guide_list(guide);
    for (guint i = 0; i < items->len; i++)
        assert_lesson(&g_array_index(items, TablesGuideItem, i), i);
}

/* A section of events with the given ids, an hour each from @start_ms on. */
static GByteArray *
make_section(const PsiHead *head, gint64 start_ms, const guint16 *ids, const char *title)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    psi_put(body, 4, 0x00010002);
    psi_put(body, 1, head->table_id < 0x50 ? 1 : (guint32)head->number);
    psi_put(body, 1, head->table_id);
    for (guint i = 0; ids[i] != 0; i++) {
        g_autoptr(GByteArray) loop = g_byte_array_new();
        g_autoptr(GByteArray) descriptor = g_byte_array_new();
        g_autoptr(GByteArray) text = psi_encode(title, PSI_TEXT_UTF8);
        g_byte_array_append(descriptor, (const guint8 *)"tha", 3);
        psi_put_text(descriptor, text);
        psi_put_text(descriptor, NULL);
        if (text->len > 0)
            psi_put_descriptor(loop, 0x4D, descriptor);
        psi_put(body, 2, ids[i]);
        psi_put_time(body, start_ms < 0 ? start_ms : start_ms + i * HOUR_MS);
        psi_put_duration(body, start_ms < 0 ? -1 : HOUR_MS);
        psi_put_loop(body, 2, loop);
    }
    return psi_make_section(head, body);
}

/* Ids of all events, in order of time. */
static char *
list_ids(const TablesGuide *guide)
{
    g_autoptr(GString) ids = g_string_new(NULL);
    g_autoptr(GArray) items = tables_guide_list(guide);
    for (guint i = 0; i < items->len; i++)
        g_string_append_printf(ids, "%u ",
                               g_array_index(items, TablesGuideItem, i).event->event_id);
    return g_strdup(ids->str);
}

static void
assert_ids(const TablesGuide *guide, const char *expected)
{
    g_autofree char *ids = list_ids(guide);
    g_assert_cmpstr(ids, ==, expected);
}

static void
take_ids(TablesGuide *guide, PsiHead head, guint hour, const guint16 *ids)
{
    head.extension = SERVICE;
    take_own(guide, make_section(&head, LESSONS_MONDAY_MS + hour * HOUR_MS, ids, "ข่าว"));
}

/* A new version takes the place of the old section by section, however they come. */
static void
test_versions(void)
{
    g_autoptr(TablesGuide) guide = make_guide(1 << 24, G_MAXINT64);
    PsiHead first = {.table_id = 0x50, .version = 1, .number = 0, .last = 8};
    PsiHead second = {.table_id = 0x50, .version = 1, .number = 8, .last = 8};
    take_ids(guide, first, 0, (const guint16[]){1, 2, 3, 0});
    take_ids(guide, second, 3, (const guint16[]){4, 5, 0});
    assert_ids(guide, "1 2 3 4 5 ");
    first.version = second.version = 2;
    take_ids(guide, second, 3, (const guint16[]){3, 5, 0}); // 3 moves here, 4 goes
    assert_ids(guide, "1 2 3 5 ");
    take_ids(guide, first, 0, (const guint16[]){1, 9, 0}); // 2 goes, 3 stays where it went
    assert_ids(guide, "1 9 3 5 ");
    first.version = 3;
    first.last = 0; // the table ends with its first section
    take_ids(guide, first, 0, (const guint16[]){1, 9, 0});
    assert_ids(guide, "1 9 ");
    first.next = TRUE; // not in force
    first.version = 4;
    g_autoptr(GByteArray) later = make_section(&first, 0, (const guint16[]){77, 0}, "x");
    TablesSection section;
    g_assert_true(tables_section_parse(later->data, later->len, &section));
    g_assert_false(tables_guide_take(guide, &section));
    assert_ids(guide, "1 9 ");
}

/* segment_last_section_number and last_table_id say what is no longer there. */
static void
test_segments(void)
{
    g_autoptr(TablesGuide) guide = make_guide(1 << 24, G_MAXINT64);
    PsiHead first = {.table_id = 0x50, .extension = SERVICE, .version = 1, .number = 0, .last = 1};
    PsiHead second = {.table_id = 0x50, .version = 1, .number = 1, .last = 1};
    PsiHead other = {.table_id = 0x51, .version = 1, .number = 0, .last = 0};
    g_autoptr(GByteArray) wide =
        make_section(&first, LESSONS_MONDAY_MS, (const guint16[]){1, 0}, "ข่าว");
    take_ids(guide, second, 1, (const guint16[]){2, 0});
    take_ids(guide, other, 100, (const guint16[]){3, 0});
    assert_ids(guide, "2 3 ");
    take(guide, wide); // ends its segment and its group of tables
    assert_ids(guide, "1 ");
}

/* Present/following knows the time better, the schedule may know more text; what was on stays
 * known. */
static void
test_following(void)
{
    g_autoptr(TablesGuide) guide = make_guide(1 << 24, G_MAXINT64);
    PsiHead present = {.table_id = 0x4E, .version = 1, .number = 0, .last = 1};
    PsiHead schedule = {.table_id = 0x50, .version = 1, .number = 0, .last = 0};
    take_ids(guide, schedule, 0, (const guint16[]){1, 2, 3, 0});
    present.extension = SERVICE;
    gint64 late = LESSONS_MONDAY_MS + HOUR_MS / 2;
    take_own(guide, make_section(&present, late, (const guint16[]){1, 0}, ""));
    g_autoptr(GArray) items = tables_guide_list(guide);
    const TablesGuideItem *item = &g_array_index(items, TablesGuideItem, 0);
    g_assert_cmpint(item->event->start_ms, ==, late);
    g_assert_true(item->following);
    g_assert_cmpstr(tables_event_find_text(item->event, NULL)->title, ==, "ข่าว");
    schedule.version = 2; // the schedule's time comes later and is older news
    take_ids(guide, schedule, 0, (const guint16[]){1, 2, 3, 0});
    g_autoptr(GArray) again = tables_guide_list(guide);
    g_assert_cmpint(g_array_index(again, TablesGuideItem, 0).event->start_ms, ==, late);
    // It ends, and neither table has it any more.
    schedule.version = 3;
    take_ids(guide, schedule, 1, (const guint16[]){2, 3, 0});
    present.version = 2;
    take_ids(guide, present, 1, (const guint16[]){2, 0});
    assert_ids(guide, "1 2 3 ");
    // What was only planned and never shown goes.
    schedule.version = 4;
    take_ids(guide, schedule, 1, (const guint16[]){2, 0});
    assert_ids(guide, "1 2 ");
}

static void
test_times(void)
{
    g_autoptr(TablesGuide) guide = make_guide(1 << 24, HOUR_MS);
    PsiHead head = {.table_id = 0x50, .extension = SERVICE, .number = 0, .last = 8};
    PsiHead undefined = {.table_id = 0x50, .extension = SERVICE, .number = 8, .last = 8};
    take_ids(guide, head, 0, (const guint16[]){1, 2, 3, 0});
    take_own(guide, make_section(&undefined, -1, (const guint16[]){9, 0}, "เมื่อไรก็ได้"));
    assert_ids(guide, "9 1 2 3 ");
    tables_guide_set_now(guide, LESSONS_MONDAY_MS + 2 * HOUR_MS + 1);
    assert_ids(guide, "9 2 3 "); // the first ended more than an hour ago
    tables_guide_set_now(guide, LESSONS_MONDAY_MS + 24 * HOUR_MS);
    assert_ids(guide, "9 ");
}

static void
test_time_values(void)
{
    // EN 300 468 Annex C: 1993-10-13 12:45:00, 01:45:30; all ones; digits that are none.
    static const guint8 good[] = {0xC0, 0x79, 0x12, 0x45, 0x00};
    static const guint8 ones[] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    static const guint8 wrong[] = {0xC0, 0x79, 0x1A, 0x45, 0x00}, late[] = {0xC0, 0x79, 0x24, 0, 0};
    static const guint8 length[] = {0x01, 0x45, 0x30};
    TablesBytes bytes = tables_bytes_new(good, 5);
    g_assert_cmpint(tables_time_take_utc(&bytes), ==, G_GINT64_CONSTANT(750516300000));
    bytes = tables_bytes_new(ones, 5);
    g_assert_cmpint(tables_time_take_utc(&bytes), ==, TABLES_TIME_UNDEFINED);
    bytes = tables_bytes_new(wrong, 5);
    g_assert_cmpint(tables_time_take_utc(&bytes), ==, TABLES_TIME_UNDEFINED);
    bytes = tables_bytes_new(late, 5);
    g_assert_cmpint(tables_time_take_utc(&bytes), ==, TABLES_TIME_UNDEFINED);
    bytes = tables_bytes_new(good, 4);
    g_assert_cmpint(tables_time_take_utc(&bytes), ==, TABLES_TIME_UNDEFINED);
    bytes = tables_bytes_new(length, 3);
    g_assert_cmpint(tables_time_take_duration(&bytes), ==, (3600 + 45 * 60 + 30) * 1000);
}

/* 200 services with a week each fit in what a small machine can spare; what does not fit is
 * counted. */
static void
test_bounds(void)
{
    const gsize megabytes = 1 << 20;
    g_autoptr(TablesGuide) guide = make_guide(128 * megabytes, G_MAXINT64);
    for (guint16 id = 1; id <= 200; id++) {
        EitService service = make_service(id, PSI_TEXT_ISO8859_11);
        service.other = id > 10;
        g_autoptr(GPtrArray) sections = eit_make_schedule(&service);
        for (guint i = 0; i < sections->len; i++)
            take(guide, sections->pdata[i]);
    }
    g_assert_cmpuint(tables_guide_get_count(guide), ==, 200 * LESSONS_A_WEEK);
    g_assert_cmpuint(tables_guide_get_refused(guide), ==, 0);
    g_assert_cmpuint(tables_guide_get_bytes(guide), <, 64 * megabytes);
    g_autoptr(TablesGuide) small = make_guide(megabytes, G_MAXINT64);
    for (guint16 id = 1; id <= 50; id++) {
        EitService service = make_service(id, PSI_TEXT_ISO8859_11);
        g_autoptr(GPtrArray) sections = eit_make_schedule(&service);
        for (guint i = 0; i < sections->len; i++)
            take(small, sections->pdata[i]);
        g_assert_cmpuint(tables_guide_get_bytes(small), <=, megabytes);
    }
    g_assert_cmpuint(tables_guide_get_refused(small), >, 0);
    g_assert_cmpuint(tables_guide_get_count(small), >, 100);
    // When they are over there is room again.
    guint64 refused = tables_guide_get_refused(small);
    tables_guide_set_now(small, LESSONS_MONDAY_MS + LESSONS_DAYS * 24 * HOUR_MS);
    PsiHead head = {.table_id = 0x50, .version = 9, .number = 0, .last = 0};
    take_ids(small, head, 1000, (const guint16[]){60000, 0});
    g_assert_cmpuint(tables_guide_get_refused(small), ==, refused);
}

/* 600 sections a second for a minute, each another version with other programmes, of more services
 * than there can be: what is held stays within its bound at every moment, what finds no room is
 * counted, and when the flood is over the guide is as good as before. */
static void
test_flood(void)
{
    const gsize bound = 2 << 20;
    g_autoptr(GRand) rand = g_rand_new_with_seed(600);
    g_autoptr(TablesGuide) guide = make_guide(bound, HOUR_MS);
    guint most = 0;
    for (guint i = 0; i < 600 * 60; i++) {
        PsiHead head = {
            .table_id = (guint8)g_rand_int_range(rand, 0x50, 0x60),
            .extension = (guint16)g_rand_int_range(rand, 1, 300),
            .version = i & 31,
            .number = (guint8)(g_rand_int_range(rand, 0, 32) * 8),
            .last = 0xF8,
        };
        guint16 id = (guint16)(1 + i % 60000);
        gint64 start_ms = LESSONS_MONDAY_MS + g_rand_int_range(rand, 0, 24 * 30) * HOUR_MS;
        take_own(guide, make_section(&head, start_ms, (const guint16[]){id, id + 1, id + 2, 0},
                                     "ข่าวที่เปลี่ยนทุกครั้ง"));
        g_assert_cmpuint(tables_guide_get_bytes(guide), <=, bound);
        most = MAX(most, tables_guide_get_count(guide));
    }
    g_assert_cmpuint(most, >, 1000);
    g_assert_cmpuint(tables_guide_get_refused(guide), >, 0);
    tables_guide_set_now(guide, LESSONS_MONDAY_MS + 24 * 365 * HOUR_MS);
    g_assert_cmpuint(tables_guide_get_count(guide), ==, 0);
    guint64 refused = tables_guide_get_refused(guide);
    PsiHead head = {.table_id = 0x4E, .version = 1};
    take_ids(guide, head, 24 * 366, (const guint16[]){7, 0});
    g_assert_cmpuint(tables_guide_get_count(guide), ==, 1);
    g_assert_cmpuint(tables_guide_get_refused(guide), ==, refused);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/tables/guide/week/utf8", GUINT_TO_POINTER(PSI_TEXT_UTF8), test_week);
    g_test_add_data_func("/tables/guide/week/iso", GUINT_TO_POINTER(PSI_TEXT_ISO8859_11),
                         test_week);
    g_test_add_data_func("/tables/guide/week/tis", GUINT_TO_POINTER(PSI_TEXT_TIS620), test_week);
    g_test_add_data_func("/tables/guide/week/ucs2", GUINT_TO_POINTER(PSI_TEXT_UCS2), test_week);
    g_test_add_func("/tables/guide/versions", test_versions);
    g_test_add_func("/tables/guide/segments", test_segments);
    g_test_add_func("/tables/guide/following", test_following);
    g_test_add_func("/tables/guide/times", test_times);
    g_test_add_func("/tables/time/values", test_time_values);
    g_test_add_func("/tables/guide/bounds", test_bounds);
    g_test_add_func("/tables/guide/flood", test_flood);
    return g_test_run();
}
