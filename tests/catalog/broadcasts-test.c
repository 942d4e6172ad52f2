// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Multiplexes, their services and the guide: scans beside a person's edits, what is gone and comes
// back, what is written when nothing changed, bounds.
#include "tests/catalog/fixture.h"

#include "catalog/error.h"
#include "catalog/guide.h"
#include "catalog/multiplexes.h"
#include "catalog/services.h"

#define HOUR_MS G_GINT64_CONSTANT(3600000)

static char *
add_multiplex(Fixture *fixture, const char *uri)
{
    GError *error = NULL;
    char *id =
        catalog_multiplexes_add(fixture->database, uri, "ไทยคม", "tis-620", &fixture->by, &error);
    g_assert_no_error(error);
    return id;
}

static void
note_found(GPtrArray *found, gint64 number, const char *name)
{
    CatalogServices *service = g_new0(CatalogServices, 1);
    service->service_id = number;
    service->name = g_strdup(name);
    service->provider = g_strdup("มูลนิธิ");
    service->kind = g_strdup("tv");
    service->channel = number - 100;
    service->streams = g_strdup("[]");
    g_ptr_array_add(found, service);
}

/* A scan that finds 101 and, if they have a name, 102 and 103. */
static void
scan(Fixture *fixture, const char *multiplex, const char *second, const char *third)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) found =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_services_free);
    note_found(found, 101, "ช่องหนึ่ง");
    if (second != NULL)
        note_found(found, 102, second);
    if (third != NULL)
        note_found(found, 103, third);
    fixture->by.now_ms += 1000;
    g_assert_true(catalog_services_note_scan(fixture->database, multiplex, found,
                                             fixture->by.now_ms, &error));
    g_assert_no_error(error);
}

static GPtrArray *
list_services(Fixture *fixture, const char *multiplex)
{
    GError *error = NULL;
    GPtrArray *services = catalog_services_list(fixture->database, multiplex, &error);
    g_assert_no_error(error);
    return services;
}

static void
test_no_secret_in_the_log(Fixture *fixture, gconstpointer unused)
{
    static const struct {
        const char *uri, *logged; // (static)
    } lines[] = {
        {"srt://192.0.2.7:9000?passphrase=0123456789", "srt://192.0.2.7:9000"},
        {"http://me:secret@192.0.2.7/a@b.ts?token=secret", "http://192.0.2.7/a@b.ts"},
        {"udp://@239.1.1.2:5004", "udp://239.1.1.2:5004"},
        {"file:/srv/stream.ts", "file:/srv/stream.ts"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *id =
            catalog_multiplexes_add(fixture->database, lines[i].uri, "x", "", &fixture->by, &error);
        g_assert_no_error(error);
        g_autoptr(CatalogMultiplexes) row = catalog_multiplexes_get(fixture->database, id, &error);
        g_assert_true(catalog_multiplexes_edit(fixture->database, row, &fixture->by, &error));
        g_assert_true(catalog_multiplexes_delete(fixture->database, id, &fixture->by, &error));
        g_autoptr(CatalogPage) page = catalog_audit_list(fixture->database, id, NULL, 9, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(page->items->len, ==, 3);
        g_autofree char *quoted = g_strdup_printf("\"%s\"", lines[i].logged);
        for (guint j = 0; j < page->items->len; j++) {
            const CatalogAuditEntry *entry = page->items->pdata[j];
            g_assert_nonnull(strstr(entry->detail, quoted));
            g_assert_null(strstr(entry->detail, "secret"));
            g_assert_null(strstr(entry->detail, "passphrase"));
        }
    }
}

static void
test_multiplexes(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *id = add_multiplex(fixture, "udp://239.1.1.1:5004");
    g_assert_null(catalog_multiplexes_add(fixture->database, "udp://239.1.1.1:5004", "x", "",
                                          &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_EXISTS);
    g_clear_error(&error);
    g_assert_null(catalog_multiplexes_add(fixture->database, "", "x", "", &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID);
    g_clear_error(&error);
    g_autoptr(CatalogMultiplexes) seen = catalog_multiplexes_get(fixture->database, id, &error);
    CatalogMultiplexes scanned = {.id = id,
                                  .network = (char *)"Thaicom",
                                  .transport_stream_id = 7,
                                  .original_network_id = 8956};
    g_assert_true(
        catalog_multiplexes_note_scan(fixture->database, &scanned, fixture->by.now_ms, &error));
    g_free(seen->name);
    seen->name = g_strdup("จานหลังบ้าน");
    g_assert_true(catalog_multiplexes_edit(fixture->database, seen, &fixture->by, &error));
    g_assert_false(catalog_multiplexes_edit(fixture->database, seen, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
    g_clear_error(&error);
    g_autoptr(GPtrArray) all = catalog_multiplexes_list(fixture->database, &error);
    g_assert_cmpuint(all->len, ==, 1);
    const CatalogMultiplexes *now = all->pdata[0];
    g_assert_cmpstr(now->name, ==, "จานหลังบ้าน");
    g_assert_cmpstr(now->network, ==, "Thaicom");
    g_assert_cmpint(now->transport_stream_id, ==, 7);
    g_assert_cmpint(now->revision, ==, 2);
    g_assert_cmpint(now->scanned_ms, ==, fixture->by.now_ms);
    g_assert_true(catalog_multiplexes_delete(fixture->database, id, &fixture->by, &error));
    g_assert_false(catalog_multiplexes_delete(fixture->database, id, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
    g_clear_error(&error);
}

/* The heart of it: what a person decided survives every scan, and so does the row. */
static void
test_scans_keep_edits(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *multiplex = add_multiplex(fixture, "udp://239.1.1.1:5004");
    scan(fixture, multiplex, "ช่องสอง", NULL);
    g_autoptr(GPtrArray) first = list_services(fixture, multiplex);
    g_assert_cmpuint(first->len, ==, 2);
    CatalogServices *edited = first->pdata[1];
    g_assert_cmpint(edited->own_channel, ==, CATALOG_SERVICES_NOTHING);
    g_assert_cmpint(edited->shown, ==, CATALOG_SERVICES_NOTHING);
    edited->own_name = g_strdup("ห้องเรียน ป.๒");
    edited->own_channel = 0;
    edited->shown = 0;
    g_assert_true(catalog_services_edit(fixture->database, edited, &fixture->by, &error));
    g_assert_false(catalog_services_edit(fixture->database, edited, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
    g_clear_error(&error);
    scan(fixture, multiplex, NULL, "ช่องสาม");  // 102 is gone
    scan(fixture, multiplex, "", "ช่องสามใหม่"); // and back, before its name
    g_autoptr(GPtrArray) last = list_services(fixture, multiplex);
    g_assert_cmpuint(last->len, ==, 3);
    const CatalogServices *now = last->pdata[0]; // its own channel comes first
    g_assert_cmpstr(now->id, ==, edited->id);
    g_assert_cmpstr(now->own_name, ==, "ห้องเรียน ป.๒");
    g_assert_cmpint(now->own_channel, ==, 0);
    g_assert_cmpint(now->shown, ==, 0);
    g_assert_cmpstr(now->name, ==, "ช่องสอง");
    g_assert_true(now->present);
    g_assert_cmpint(now->revision, ==, 2);
    g_assert_cmpstr(((const CatalogServices *)last->pdata[2])->name, ==, "ช่องสามใหม่");
    scan(fixture, multiplex, NULL, NULL);
    g_autoptr(CatalogServices) gone = catalog_services_get(fixture->database, edited->id, &error);
    g_assert_false(gone->present);
    g_assert_cmpint(gone->seen_ms, <, fixture->by.now_ms);
    g_assert_cmpstr(gone->own_name, ==, "ห้องเรียน ป.๒");
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_assert_false(catalog_services_note_scan(fixture->database, gone->id, none, 1, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
    g_clear_error(&error);
}

static void
note_event(GPtrArray *events, const char *service, gint64 id, const char *title)
{
    CatalogGuide *event = g_new0(CatalogGuide, 1);
    event->service = g_strdup(service);
    event->event_id = id;
    event->start_ms = id == 9999 ? CATALOG_GUIDE_NO_TIME : FIXTURE_NOW_MS + id * HOUR_MS;
    event->duration_ms = id == 9999 ? CATALOG_GUIDE_NO_TIME : HOUR_MS;
    event->title = g_strdup(title);
    event->summary = g_strdup("");
    event->description = g_strdup("");
    event->language = g_strdup("tha");
    g_ptr_array_add(events, event);
}

static gint64
put(Fixture *fixture, GPtrArray *events)
{
    GError *error = NULL;
    gint64 changed = -1;
    g_assert_true(
        catalog_guide_put(fixture->database, events, fixture->by.now_ms, &changed, &error));
    g_assert_no_error(error);
    return changed;
}

static guint
count_events(Fixture *fixture, const char *service, gint64 from_hour, gint64 until_hour)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) events =
        catalog_guide_list(fixture->database, service, FIXTURE_NOW_MS + from_hour * HOUR_MS,
                           FIXTURE_NOW_MS + until_hour * HOUR_MS, &error);
    g_assert_no_error(error);
    return events->len;
}

static void
test_guide(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    gint64 count = 0;
    g_autofree char *multiplex = add_multiplex(fixture, "udp://239.1.1.1:5004");
    scan(fixture, multiplex, NULL, NULL);
    g_autoptr(GPtrArray) services = list_services(fixture, multiplex);
    const char *service = ((const CatalogServices *)services->pdata[0])->id;
    g_autoptr(GPtrArray) events =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_guide_free);
    for (gint64 i = 0; i < CATALOG_GUIDE_BATCH_MAX - 1; i++)
        note_event(events, service, i, "คณิตศาสตร์");
    note_event(events, service, 9999, "เมื่อไรก็ได้");
    g_assert_cmpint(put(fixture, events), ==, CATALOG_GUIDE_BATCH_MAX);
    g_assert_cmpint(put(fixture, events), ==, 0); // the carousel comes round: nothing is written
    CatalogGuide *moved = events->pdata[5];
    moved->start_ms += HOUR_MS / 2;
    g_assert_cmpint(put(fixture, events), ==, 1);
    g_assert_cmpuint(count_events(fixture, service, 0, 3), ==, 3);
    g_assert_cmpuint(count_events(fixture, service, 5, 6), ==, 1); // it begins half an hour later
    g_assert_cmpuint(count_events(fixture, service, 6, 7), ==, 2); // and is still on then
    g_assert_true(catalog_guide_drop(fixture->database, service, FIXTURE_NOW_MS + 3 * HOUR_MS,
                                     &count, &error));
    g_assert_cmpint(count, ==, 0); // that is no multiplex
    g_assert_true(catalog_guide_drop(fixture->database, multiplex, FIXTURE_NOW_MS + 3 * HOUR_MS,
                                     &count, &error));
    g_assert_cmpint(count, ==, 2); // the third ends at that very moment
    g_assert_true(catalog_guide_forget(fixture->database, service, 10, &error));
    g_assert_cmpuint(count_events(fixture, service, 10, 11), ==, 0);
    g_assert_true(catalog_guide_forget(fixture->database, service, 10, &error));
    g_assert_cmpuint(count_events(fixture, service, 0, 3), ==, 1);
    note_event(events, service, 1000, "เกิน");
    g_assert_false(catalog_guide_put(fixture->database, events, 1, &count, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID);
    g_clear_error(&error);
    g_autoptr(GPtrArray) orphan =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_guide_free);
    note_event(orphan, multiplex, 1, "กำพร้า");
    g_assert_false(catalog_guide_put(fixture->database, orphan, 1, &count, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_true(catalog_multiplexes_delete(fixture->database, multiplex, &fixture->by, &error));
    g_assert_cmpuint(count_events(fixture, service, 0, 10000), ==, 0);
}

/* A stream that sends ever new programmes: those around now stay, and there are never more of them
 * than a month's. */
static void
test_guide_is_bounded(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *multiplex = add_multiplex(fixture, "udp://239.1.1.1:5004");
    scan(fixture, multiplex, NULL, NULL);
    g_autoptr(GPtrArray) services = list_services(fixture, multiplex);
    const char *service = ((const CatalogServices *)services->pdata[0])->id;
    guint batches = CATALOG_GUIDE_SERVICE_MAX / CATALOG_GUIDE_BATCH_MAX + 2;
    for (gint64 batch = batches; batch-- > 0;) {
        g_autoptr(GPtrArray) events =
            g_ptr_array_new_with_free_func((GDestroyNotify)catalog_guide_free);
        for (gint64 i = 0; i < CATALOG_GUIDE_BATCH_MAX; i++)
            note_event(events, service, 10000 + batch * CATALOG_GUIDE_BATCH_MAX + i, "ระเบิด");
        for (guint i = 0; i < events->len; i++)
            ((CatalogGuide *)events->pdata[i])->start_ms -= 10000 * HOUR_MS;
        g_assert_cmpint(put(fixture, events), ==, CATALOG_GUIDE_BATCH_MAX);
    }
    g_assert_cmpuint(count_events(fixture, service, 0, 200), ==, 200);
    g_assert_cmpuint(count_events(fixture, service, CATALOG_GUIDE_SERVICE_MAX - 10,
                                  CATALOG_GUIDE_SERVICE_MAX + 10),
                     ==, 10);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_ADD("/catalog/broadcasts/multiplexes", test_multiplexes);
    FIXTURE_ADD("/catalog/broadcasts/no-secret-in-the-log", test_no_secret_in_the_log);
    FIXTURE_ADD("/catalog/broadcasts/scans-keep-edits", test_scans_keep_edits);
    FIXTURE_ADD("/catalog/broadcasts/guide", test_guide);
    FIXTURE_ADD("/catalog/broadcasts/guide-is-bounded", test_guide_is_bounded);
    return g_test_run();
}
