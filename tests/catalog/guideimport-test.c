// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Programmes of files beside those that are broadcast: ids that stay, what a newer file takes back,
// which side is shown, bounds; and the step of the schema that made room for them.
#include "tests/catalog/fixture.h"

#include <sqlite3.h>
#include <string.h>

#include "catalog/bookings.h"
#include "catalog/classes.h"
#include "catalog/error.h"
#include "catalog/guideimport.h"
#include "catalog/multiplexes.h"
#include "catalog/rulebookings.h"
#include "catalog/services.h"

#define HOUR_MS G_GINT64_CONSTANT(3600000)
#define DAY_MS (24 * HOUR_MS)

/* Returns: (transfer full): id of a service. */
static char *
add_service(Fixture *fixture)
{
    GError *error = NULL;
    g_autofree char *multiplex = catalog_multiplexes_add(fixture->database, "udp://239.1.1.1:5004",
                                                         "ไทยคม", "tis-620", &fixture->by, &error);
    CatalogServices found = {.service_id = 101,
                             .name = (char *)"ช่องหนึ่ง",
                             .provider = (char *)"มูลนิธิ",
                             .kind = (char *)"tv",
                             .channel = 1,
                             .streams = (char *)"[]"};
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    g_ptr_array_add(all, &found);
    g_assert_true(
        catalog_services_note_scan(fixture->database, multiplex, all, fixture->by.now_ms, &error));
    char *service = catalog_services_find(fixture->database, multiplex, 101, &error);
    g_assert_no_error(error);
    return service;
}

static CatalogGuide *
add_event(GPtrArray *events, gint64 from_minute, gint64 minutes, const char *title)
{
    CatalogGuide *event = g_new0(CatalogGuide, 1);
    event->start_ms = FIXTURE_NOW_MS + from_minute * 60000;
    event->duration_ms = minutes * 60000;
    event->title = g_strdup(title);
    event->summary = g_strdup("");
    event->description = g_strdup("");
    event->language = g_strdup("tha");
    g_ptr_array_add(events, event);
    return event;
}

static GPtrArray *
make_events(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)catalog_guide_free);
}

/* @text: programmes as `minute+minutes title`, between commas. Returns: (transfer full). */
static GPtrArray *
read_events(const char *text)
{
    GPtrArray *events = make_events();
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    for (guint i = 0; parts[i] != NULL && *parts[i] != '\0'; i++) {
        char *at = parts[i];
        gint64 minute = g_ascii_strtoll(at, &at, 10);
        gint64 minutes = g_ascii_strtoll(at, &at, 10);
        add_event(events, minute, minutes, at + 1);
    }
    return events;
}

static CatalogGuideimport
import(Fixture *fixture, const char *service, const char *text)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) events = read_events(text);
    CatalogGuideimport made = {.service = service, .channel = "one.example", .events = events};
    fixture->by.now_ms += 1000;
    catalog_guideimport_write(fixture->database, &made, &fixture->by, &error);
    g_assert_no_error(error);
    return made;
}

static void
broadcast(Fixture *fixture, const char *service, const char *text)
{
    GError *error = NULL;
    gint64 changed = 0;
    g_autoptr(GPtrArray) events = read_events(text);
    for (guint i = 0; i < events->len; i++) {
        CatalogGuide *event = events->pdata[i];
        event->service = g_strdup(service);
        event->event_id = 100 + i;
    }
    catalog_guide_put(fixture->database, events, fixture->by.now_ms, &changed, &error);
    g_assert_no_error(error);
}

static GPtrArray *
list(Fixture *fixture, const char *service)
{
    GError *error = NULL;
    GPtrArray *events = catalog_guide_list(fixture->database, service, FIXTURE_NOW_MS - 30 * DAY_MS,
                                           FIXTURE_NOW_MS + 300 * DAY_MS, &error);
    g_assert_no_error(error);
    return events;
}

/* Returns: (transfer full): titles as they are shown, between commas. */
static char *
show(Fixture *fixture, const char *service)
{
    g_autoptr(GPtrArray) events = list(fixture, service);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < events->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "," : "",
                               ((const CatalogGuide *)events->pdata[i])->title);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
assert_shown(Fixture *fixture, const char *service, const char *titles)
{
    g_autofree char *shown = show(fixture, service);
    g_assert_cmpstr(shown, ==, titles);
}

static gint64
find_id(Fixture *fixture, const char *service, const char *title)
{
    g_autoptr(GPtrArray) events = list(fixture, service);
    for (guint i = 0; i < events->len; i++) {
        const CatalogGuide *event = events->pdata[i];
        if (strcmp(event->title, title) == 0)
            return event->event_id;
    }
    return -1;
}

static void
set_first(Fixture *fixture, const char *service, gboolean file_first)
{
    GError *error = NULL;
    g_autoptr(CatalogServices) edited = catalog_services_get(fixture->database, service, &error);
    edited->file_first = file_first;
    g_free(edited->guide_channel);
    edited->guide_channel = g_strdup("one.example");
    fixture->by.now_ms += 1000;
    g_assert_true(catalog_services_edit(fixture->database, edited, &fixture->by, &error));
    g_assert_no_error(error);
}

static void
test_newer_file_replaces(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *service = add_service(fixture);
    CatalogGuideimport made = import(fixture, service, "-60+60 เก่า,0+60 คณิต,60+30 ข่าว,90+60 วิทย์");
    g_assert_cmpint(made.written, ==, 4);
    g_assert_cmpint(made.removed, ==, 0);
    gint64 maths = find_id(fixture, service, "คณิต");
    g_assert_cmpint(maths, >, CATALOG_GUIDE_BROADCAST_MAX);
    made = import(fixture, service, "0+60 คณิต,60+30 ข่าว");
    g_assert_cmpint(made.written + made.removed, ==, 0); // the same, and the rest is beyond it
    made = import(fixture, service, "0+65 คณิต,65+25 ละคร,65+25 ละคร");
    g_assert_cmpint(made.written, ==, 2);
    g_assert_cmpint(made.removed, ==, 1);
    assert_shown(fixture, service, "เก่า,คณิต,ละคร,วิทย์");
    g_assert_cmpint(find_id(fixture, service, "คณิต"), ==, maths);
    g_autoptr(CatalogServices) row = catalog_services_get(fixture->database, service, &error);
    g_assert_cmpint(row->imported, ==, 4);
    g_assert_cmpint(row->imported_from_ms, ==, FIXTURE_NOW_MS - HOUR_MS);
    g_assert_cmpint(row->imported_until_ms, ==, FIXTURE_NOW_MS + 150 * 60000);
    made = import(fixture, service, "");
    g_assert_cmpint(made.written + made.removed, ==, 0);
}

static void
test_sides(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *service = add_service(fixture);
    broadcast(fixture, service, "0+60 อากาศหนึ่ง,60+60 อากาศสอง");
    import(fixture, service, "-60+60 ก่อน,0+50 แฟ้มหนึ่ง,50+40 แฟ้มสอง,110+30 คาบ,150+30 หลัง");
    // 110+30 has its middle behind the second broadcast's end
    assert_shown(fixture, service, "ก่อน,อากาศหนึ่ง,อากาศสอง,คาบ,หลัง");
    g_autofree char *before = catalog_rulebookings_read_stamp(fixture->database, &error);
    set_first(fixture, service, TRUE);
    g_autofree char *after = catalog_rulebookings_read_stamp(fixture->database, &error);
    g_assert_cmpstr(before, !=, after); // rules look again
    assert_shown(fixture, service, "ก่อน,แฟ้มหนึ่ง,แฟ้มสอง,อากาศสอง,คาบ,หลัง");
    set_first(fixture, service, FALSE);
    assert_shown(fixture, service, "ก่อน,อากาศหนึ่ง,อากาศสอง,คาบ,หลัง");
    g_assert_true(catalog_guide_forget(fixture->database, service, 100, &error));
    assert_shown(fixture, service, "ก่อน,แฟ้มหนึ่ง,อากาศสอง,คาบ,หลัง");
    gint64 id = find_id(fixture, service, "แฟ้มหนึ่ง");
    broadcast(fixture, service, "0+60 อากาศหนึ่ง");
    g_autoptr(CatalogGuide) hidden =
        catalog_guide_get(fixture->database, service, id, &error); // by its id it is there
    g_assert_cmpstr(hidden->title, ==, "แฟ้มหนึ่ง");
    g_assert_true(catalog_guideimport_clear(fixture->database, service, &fixture->by, &error));
    assert_shown(fixture, service, "อากาศหนึ่ง,อากาศสอง");
    g_assert_false(catalog_guideimport_clear(fixture->database, "nobody", &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
    g_clear_error(&error);
}

/* A file without end: what is broadcast stays, and there is never more than a month's. */
static void
test_bounds(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *service = add_service(fixture);
    g_autoptr(GPtrArray) events = make_events();
    CatalogGuideimport made = {.service = service, .channel = "x", .events = events};
    broadcast(fixture, service, "600000+60 ไกล");
    for (gint64 i = 0; i < CATALOG_GUIDE_SERVICE_MAX; i++)
        add_event(events, i * 60, 60, "ระเบิด");
    g_assert_true(catalog_guideimport_write(fixture->database, &made, &fixture->by, &error));
    g_assert_cmpint(find_id(fixture, service, "ระเบิด"), >, 0);
    g_autoptr(CatalogServices) row = catalog_services_get(fixture->database, service, &error);
    g_assert_cmpint(row->imported, ==, CATALOG_GUIDE_SERVICE_MAX - 1);
    g_autoptr(CatalogGuide) far = catalog_guide_get(fixture->database, service, 100, &error);
    g_assert_no_error(error);
    add_event(events, -60, 60, "เกิน");
    g_assert_false(catalog_guideimport_write(fixture->database, &made, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID);
    g_clear_error(&error);
    g_ptr_array_set_size(events, 1);
    ((CatalogGuide *)events->pdata[0])->start_ms = CATALOG_GUIDE_NO_TIME;
    g_assert_false(catalog_guideimport_write(fixture->database, &made, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID);
    g_clear_error(&error);
    ((CatalogGuide *)events->pdata[0])->start_ms = FIXTURE_NOW_MS;
    made.service = "nobody";
    g_assert_false(catalog_guideimport_write(fixture->database, &made, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
}

static void
run_raw(const char *path, const char *script)
{
    sqlite3 *handle = NULL;
    char *message = NULL;
    g_assert_cmpint(sqlite3_open(path, &handle), ==, SQLITE_OK);
    sqlite3_exec(handle, script, NULL, NULL, &message);
    g_assert_cmpstr(message, ==, NULL);
    sqlite3_close(handle);
}

/* The step makes two tables anew that others name: class, rule, programme and plan are as before.
 */
static void
test_step_loses_nothing(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *dump = g_test_build_filename(G_TEST_DIST, "schema-9.sql", NULL);
    g_autofree char *path = g_build_filename(fixture->folder, "nine", NULL);
    g_autofree char *script = NULL;
    g_file_get_contents(dump, &script, NULL, &error);
    g_assert_no_error(error);
    run_raw(path, script);
    run_raw(path, "UPDATE classes SET booking = '0199c82c-c000-7000-8000-0000000000a5'");
    g_autoptr(CatalogDatabase) database = catalog_database_open(path, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) classes = catalog_classes_list(database, &error);
    const CatalogClasses *class = classes->pdata[0];
    g_assert_cmpstr(class->booking, ==, "0199c82c-c000-7000-8000-0000000000a5");
    g_autoptr(CatalogBooking) booking = catalog_bookings_get(database, class->booking, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(booking->rule_id, ==, "0199c82c-c000-7000-8000-0000000000a4");
    g_assert_cmpstr(booking->channel, ==, "0199c82c-c000-7000-8000-0000000000a3");
    g_assert_cmpint(booking->event_id, ==, 7);
    g_assert_cmpint(booking->padding_after_s, ==, 180);
    g_assert_cmpint(booking->revision, ==, 2);
    g_autoptr(CatalogGuide) event = catalog_guide_get(database, booking->service, 7, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(event->series_crid, ==, "crid://x/1");
    g_autoptr(CatalogServices) row = catalog_services_get(database, booking->service, &error);
    g_assert_null(row->guide_channel);
    g_assert_false(row->file_first);
    // The foreign keys of the new tables are theirs: what goes, goes along.
    g_assert_true(catalog_multiplexes_delete(database, row->multiplex_id, &fixture->by, &error));
    g_autoptr(CatalogGuide) gone = catalog_guide_get(database, booking->service, 7, &error);
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_clear_pointer(&database, catalog_database_free);
    run_raw(path, "PRAGMA foreign_keys = ON; DELETE FROM bookings");
    database = catalog_database_open(path, &error);
    g_autoptr(GPtrArray) free_classes = catalog_classes_list(database, &error);
    g_assert_null(((const CatalogClasses *)free_classes->pdata[0])->booking);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_ADD("/catalog/guideimport/newer-file-replaces", test_newer_file_replaces);
    FIXTURE_ADD("/catalog/guideimport/sides", test_sides);
    FIXTURE_ADD("/catalog/guideimport/bounds", test_bounds);
    FIXTURE_ADD("/catalog/guideimport/step-loses-nothing", test_step_loses_nothing);
    return g_test_run();
}
