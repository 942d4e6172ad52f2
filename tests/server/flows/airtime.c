// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A small world of channels, programmes and tuners.
#include "tests/server/flows/airtime.h"

#include "catalog/bookings.h"
#include "catalog/channels.h"
#include "catalog/multiplexes.h"
#include "catalog/services.h"
#include "server/flows/record_advance.h"
#include "server/flows/rules_tend.h"
#include "server/flows/tuners.h"

void
airtime_clear(Airtime *source)
{
    g_free(source->multiplex);
    g_free(source->service);
    g_free(source->channel);
}
Airtime
airtime_add(Fixture *fixture, const char *uri, const char *slug, gboolean enabled)
{
    static const char *const ladder[] = {"voice", NULL};
    GError *error = NULL;
    Airtime source = {0};
    source.multiplex =
        catalog_multiplexes_add(fixture->database, uri, uri, "", &fixture->by, &error);
    g_assert_no_error(error);
    CatalogServices found = {.service_id = 101,
                             .name = (char *)"ช่อง",
                             .provider = (char *)"",
                             .kind = (char *)"tv",
                             .channel = -1,
                             .streams = (char *)"[]"};
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_ptr_array_add(list, &found);
    catalog_services_note_scan(fixture->database, source.multiplex, list, 1, &error);
    g_assert_no_error(error);
    source.service = catalog_services_find(fixture->database, source.multiplex, 101, &error);
    const CatalogChannels channel = {.slug = (char *)slug,
                                     .name = (char *)slug,
                                     .service = source.service,
                                     .enabled = enabled,
                                     .rungs = (char **)ladder,
                                     .window_hours = 1,
                                     .window_bytes = 1 << 30};
    source.channel = catalog_channels_add(fixture->database, &channel, &fixture->by, &error);
    g_assert_no_error(error);
    return source;
}

void
airtime_put_event(Fixture *fixture, const Airtime *source, const CatalogGuide *event)
{
    GError *error = NULL;
    gint64 changed = 0;
    CatalogGuide row = *event;
    row.service = source->service;
    row.title = row.title != NULL ? row.title : (char *)"คณิตศาสตร์";
    row.summary = (char *)"";
    row.description = row.description != NULL ? row.description : (char *)"";
    row.language = (char *)"tha";
    row.duration_ms = AIRTIME_HOUR_MS;
    g_autoptr(GPtrArray) events = g_ptr_array_new();
    g_ptr_array_add(events, &row);
    catalog_guide_put(fixture->database, events, fixture->by.now_ms, &changed, &error);
    g_assert_no_error(error);
}

CatalogRules
airtime_describe_rule(void)
{
    return (CatalogRules){
        .name = (char *)"คณิต",
        .title = (char *)"คณิต",
        .keywords = (char *)"",
        .weekdays = CATALOG_RULES_EVERY_DAY,
        .from_minute = CATALOG_RULES_NO_MINUTE,
        .until_minute = CATALOG_RULES_NO_MINUTE,
        .padding_after_s = 60,
        .keep_days = 30,
        .rights_holder = (char *)"มูลนิธิ",
        .licence = (char *)"",
        .visibility = CATALOG_LESSON_VISIBILITY_PUBLIC,
        .enabled = TRUE,
    };
}

char *
airtime_add_rule(Fixture *fixture, const CatalogRules *rule)
{
    GError *error = NULL;
    char *id = catalog_rules_add(fixture->database, rule, &fixture->by, &error);
    g_assert_no_error(error);
    return id;
}

/* A look changes nothing: the next one decides alike. */
guint
airtime_tend_at(Fixture *fixture, gint64 now_ms)
{
    GError *error = NULL;
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Bangkok");
    g_autoptr(GPtrArray) changed = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(FlowsRulesSteps) first =
        flows_rules_tend_look(fixture->database, now_ms, zone, &error);
    g_assert_no_error(error);
    g_autoptr(FlowsRulesSteps) steps =
        flows_rules_tend_look(fixture->database, now_ms, zone, &error);
    g_assert_no_error(error);
    guint left = flows_rules_steps_count_left(steps);
    g_assert_cmpuint(left, ==, flows_rules_steps_count_left(first));
    while (flows_rules_steps_count_left(steps) > 0) {
        flows_rules_steps_take(steps, fixture->database, now_ms, changed, &error);
        g_assert_no_error(error);
    }
    g_assert_cmpuint(changed->len, >=, left);
    return changed->len;
}

guint
airtime_tend(Fixture *fixture)
{
    return airtime_tend_at(fixture, fixture->by.now_ms);
}

GPtrArray *
airtime_list_bookings(Fixture *fixture)
{
    GError *error = NULL;
    GPtrArray *pending = catalog_bookings_list_pending(fixture->database, &error);
    g_assert_no_error(error);
    return pending;
}

CatalogBooking
airtime_describe_booking(const Airtime *source, gint64 start_ms, const char *title)
{
    return (CatalogBooking){
        .channel = source->channel,
        .service = source->service,
        .event_id = CATALOG_BOOKING_NO_EVENT,
        .start_ms = start_ms,
        .end_ms = start_ms + AIRTIME_HOUR_MS,
        .title = (char *)title,
        .description = (char *)"",
        .language = (char *)"th",
        .rights_holder = (char *)"",
        .licence = (char *)"",
        .visibility = CATALOG_LESSON_VISIBILITY_PUBLIC,
    };
}

char *
airtime_book(Fixture *fixture, const Airtime *source, gint64 start_ms)
{
    GError *error = NULL;
    CatalogBooking wanted = airtime_describe_booking(source, start_ms, "ของครู");
    fixture->by.now_ms++; // so that it is younger than those before it
    char *id = catalog_bookings_add(fixture->database, &wanted, &fixture->by, &error);
    g_assert_no_error(error);
    return id;
}

void
airtime_set_tuners(Fixture *fixture, const Airtime *source, gint64 number)
{
    GError *error = NULL;
    g_autoptr(CatalogMultiplexes) row =
        catalog_multiplexes_get(fixture->database, source->multiplex, &error);
    row->tuners = number;
    catalog_multiplexes_edit(fixture->database, row, &fixture->by, &error);
    g_assert_no_error(error);
}

const CatalogBooking *
airtime_find_marked(const GPtrArray *bookings)
{
    for (guint i = 0; i < bookings->len; i++)
        if (g_strcmp0(((const CatalogBooking *)bookings->pdata[i])->error_code,
                      FLOWS_TUNERS_CODE) == 0)
            return bookings->pdata[i];
    return NULL;
}

CatalogBookingState
airtime_advance(Fixture *fixture, gint64 now_ms, const char *over, const char *id)
{
    GError *error = NULL;
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    if (over != NULL)
        g_hash_table_add(ids, (gpointer)over);
    FlowsRecordAdvance advance = {.now_ms = now_ms, .over = ids};
    flows_record_advance_run(fixture->database, &advance, &error);
    g_assert_no_error(error);
    flows_record_advance_clear(&advance);
    g_autoptr(CatalogBooking) booking = catalog_bookings_get(fixture->database, id, &error);
    return booking->state;
}
