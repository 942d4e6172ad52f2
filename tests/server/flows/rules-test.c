// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rules over a guide that changes under them, and tuners of which there are too few: what is
// booked, once; what is taken back; what waits, and what becomes of that.
#include "tests/catalog/fixture.h"

#include "catalog/bookings.h"
#include "catalog/channels.h"
#include "catalog/error.h"
#include "catalog/guide.h"
#include "catalog/multiplexes.h"
#include "catalog/rules.h"
#include "catalog/services.h"
#include "catalog/statement.h"
#include "server/flows/record_advance.h"
#include "server/flows/rules_plan.h"
#include "server/flows/rules_tend.h"
#include "server/flows/tuners.h"

#define HOUR_MS G_GINT64_CONSTANT(3600000)
#define AT(hours) (FIXTURE_NOW_MS + (gint64)((hours)*HOUR_MS))

/* A channel of one service of one multiplex. */
typedef struct {
    char *multiplex; // (owned)
    char *service;   // (owned)
    char *channel;   // (owned)
} Source;

static void
clear_source(Source *source)
{
    g_free(source->multiplex);
    g_free(source->service);
    g_free(source->channel);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Source, clear_source)

static Source
add_source(Fixture *fixture, const char *uri, const char *slug, gboolean enabled)
{
    static const char *const ladder[] = {"voice", NULL};
    GError *error = NULL;
    Source source = {0};
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

static void
put_event(Fixture *fixture, const Source *source, const CatalogGuide *event)
{
    GError *error = NULL;
    gint64 changed = 0;
    CatalogGuide row = *event;
    row.service = source->service;
    row.title = row.title != NULL ? row.title : (char *)"คณิตศาสตร์";
    row.summary = (char *)"";
    row.description = row.description != NULL ? row.description : (char *)"";
    row.language = (char *)"tha";
    row.duration_ms = HOUR_MS;
    g_autoptr(GPtrArray) events = g_ptr_array_new();
    g_ptr_array_add(events, &row);
    catalog_guide_put(fixture->database, events, fixture->by.now_ms, &changed, &error);
    g_assert_no_error(error);
}

static CatalogRules
describe_rule(void)
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

static char *
add_rule(Fixture *fixture, const CatalogRules *rule)
{
    GError *error = NULL;
    char *id = catalog_rules_add(fixture->database, rule, &fixture->by, &error);
    g_assert_no_error(error);
    return id;
}

/* Returns: how many bookings were made or changed. What is tried first changes nothing. */
static guint
tend_at(Fixture *fixture, gint64 now_ms)
{
    GError *error = NULL;
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Bangkok");
    FlowsRulesTend tend = {.now_ms = now_ms, .zone = zone, .try_only = TRUE};
    flows_rules_tend_run(fixture->database, &tend, &error);
    g_assert_no_error(error);
    guint due = tend.due;
    tend.try_only = FALSE;
    flows_rules_tend_run(fixture->database, &tend, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(tend.due, ==, due);
    flows_rules_tend_clear(&tend);
    return due;
}

static guint
tend(Fixture *fixture)
{
    return tend_at(fixture, fixture->by.now_ms);
}

static GPtrArray *
list_bookings(Fixture *fixture)
{
    GError *error = NULL;
    GPtrArray *pending = catalog_bookings_list_pending(fixture->database, &error);
    g_assert_no_error(error);
    return pending;
}

static const CatalogBooking *
get_booking(const GPtrArray *bookings, guint index)
{
    g_assert_cmpuint(index, <, bookings->len);
    return bookings->pdata[index];
}

static void
test_books_once(Fixture *fixture, gconstpointer unused)
{
    g_auto(Source) one = add_source(fixture, "udp://239.1.1.1:5004", "one", TRUE);
    put_event(fixture, &one, &(CatalogGuide){.event_id = 1, .start_ms = AT(2)});
    put_event(fixture, &one, &(CatalogGuide){.event_id = 2, .start_ms = AT(26)});
    put_event(fixture, &one,
              &(CatalogGuide){.event_id = 3, .start_ms = AT(3), .title = (char *)"ข่าว"});
    put_event(fixture, &one, &(CatalogGuide){.event_id = 4, .start_ms = AT(-3)});
    CatalogRules rule = describe_rule();
    g_autofree char *id = add_rule(fixture, &rule);
    g_assert_cmpuint(tend(fixture), ==, 2);
    g_assert_cmpuint(tend(fixture), ==, 0);
    g_autoptr(GPtrArray) made = list_bookings(fixture);
    const CatalogBooking *first = get_booking(made, 0);
    g_assert_cmpuint(made->len, ==, 2);
    g_assert_cmpstr(first->rule_id, ==, id);
    g_assert_cmpint(first->start_ms, ==, AT(2));
    g_assert_cmpint(first->padding_after_s, ==, 60);
    g_assert_cmpint(first->keep_until_ms, ==, AT(3) + 30 * 24 * HOUR_MS);
    g_assert_cmpstr(first->rights_holder, ==, "มูลนิธิ");
    g_assert_true(first->follows);
    // The guide gives it another id and moves it: it is the same programme.
    GError *error = NULL;
    g_assert_true(catalog_guide_forget(fixture->database, one.service, 1, &error));
    put_event(fixture, &one, &(CatalogGuide){.event_id = 71, .start_ms = AT(2.25)});
    g_assert_cmpuint(tend(fixture), ==, 0);
}

static void
test_cancelled_stays(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_auto(Source) one = add_source(fixture, "udp://239.1.1.1:5004", "one", TRUE);
    put_event(fixture, &one, &(CatalogGuide){.event_id = 1, .start_ms = AT(2)});
    CatalogRules rule = describe_rule();
    g_autofree char *id = add_rule(fixture, &rule);
    g_assert_nonnull(id);
    g_assert_cmpuint(tend(fixture), ==, 1);
    g_autoptr(GPtrArray) made = list_bookings(fixture);
    g_assert_true(catalog_bookings_set_state(fixture->database, get_booking(made, 0)->id,
                                             CATALOG_BOOKING_STATE_CANCELLED, NULL, &fixture->by,
                                             &error));
    g_assert_cmpuint(tend(fixture), ==, 0);
    g_assert_true(catalog_guide_forget(fixture->database, one.service, 1, &error));
    put_event(fixture, &one, &(CatalogGuide){.event_id = 9, .start_ms = AT(2.5)});
    g_assert_cmpuint(tend(fixture), ==, 0);
    // Nor does its end, or that of the day, bring the one that follows it under its name.
    put_event(fixture, &one, &(CatalogGuide){.event_id = 10, .start_ms = AT(4)});
    g_assert_cmpuint(tend_at(fixture, AT(3.75)), ==, 1);
}

static void
test_repeats(Fixture *fixture, gconstpointer unused)
{
    g_auto(Source) one = add_source(fixture, "udp://239.1.1.1:5004", "one", TRUE);
    char *text = (char *)"เศษส่วน ตอนที่ ๑", *other = (char *)"เศษส่วน ตอนที่ ๒";
    char *crid = (char *)"crid://x/1";
    put_event(fixture, &one,
              &(CatalogGuide){.event_id = 1, .start_ms = AT(2), .description = text});
    put_event(fixture, &one,
              &(CatalogGuide){.event_id = 2, .start_ms = AT(9), .description = text});
    put_event(fixture, &one,
              &(CatalogGuide){.event_id = 3, .start_ms = AT(20), .description = other});
    put_event(fixture, &one,
              &(CatalogGuide){.event_id = 4, .start_ms = AT(30), .programme_crid = crid});
    put_event(fixture, &one,
              &(CatalogGuide){.event_id = 5, .start_ms = AT(60), .programme_crid = crid});
    CatalogRules rule = describe_rule();
    g_autofree char *id = add_rule(fixture, &rule);
    g_assert_cmpuint(tend(fixture), ==, 3);
    g_assert_cmpuint(tend(fixture), ==, 0);
    GError *error = NULL;
    g_autoptr(CatalogRules) seen = catalog_rules_get(fixture->database, id, &error);
    seen->repeats = TRUE;
    g_assert_true(catalog_rules_edit(fixture->database, seen, &fixture->by, &error));
    g_assert_cmpuint(tend(fixture), ==, 2);
}

static void
test_changes_of_rules(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_auto(Source) one = add_source(fixture, "udp://239.1.1.1:5004", "one", TRUE);
    put_event(fixture, &one, &(CatalogGuide){.event_id = 1, .start_ms = AT(2)});
    put_event(fixture, &one, &(CatalogGuide){.event_id = 2, .start_ms = AT(26)});
    CatalogRules rule = describe_rule();
    g_autofree char *id = add_rule(fixture, &rule);
    g_assert_cmpuint(tend(fixture), ==, 2);
    g_autoptr(GPtrArray) made = list_bookings(fixture);
    // What a person touched stays, whatever becomes of the rule.
    g_autoptr(CatalogBooking) touched = catalog_booking_copy(get_booking(made, 1));
    touched->padding_after_s = 600;
    g_assert_true(catalog_bookings_edit(fixture->database, touched, &fixture->by, &error));
    g_autoptr(CatalogRules) seen = catalog_rules_get(fixture->database, id, &error);
    g_free(seen->title);
    seen->title = g_strdup("ภาษาไทย");
    g_assert_true(catalog_rules_edit(fixture->database, seen, &fixture->by, &error));
    g_assert_cmpuint(tend(fixture), ==, 1);
    g_autoptr(GPtrArray) left = list_bookings(fixture);
    g_assert_cmpuint(left->len, ==, 1);
    g_assert_cmpstr(get_booking(left, 0)->id, ==, touched->id);
    // Off, on, gone.
    seen->revision++;
    g_free(seen->title);
    seen->title = g_strdup("คณิต");
    g_assert_true(catalog_rules_edit(fixture->database, seen, &fixture->by, &error));
    g_assert_cmpuint(tend(fixture), ==, 1);
    seen->revision++;
    seen->enabled = FALSE;
    g_assert_true(catalog_rules_edit(fixture->database, seen, &fixture->by, &error));
    g_assert_cmpuint(tend(fixture), ==, 1);
    seen->revision++;
    seen->enabled = TRUE;
    g_assert_true(catalog_rules_edit(fixture->database, seen, &fixture->by, &error));
    g_assert_cmpuint(tend(fixture), ==, 1);
    g_autoptr(GPtrArray) withdrawn = NULL;
    g_assert_true(catalog_rules_delete(fixture->database, id, &withdrawn, &fixture->by, &error));
    g_assert_cmpuint(withdrawn->len, ==, 1);
    g_autoptr(GPtrArray) last = list_bookings(fixture);
    g_assert_cmpuint(last->len, ==, 1);
    g_assert_null(get_booking(last, 0)->rule_id);
}

static CatalogBooking
describe_booking(const Source *source, gint64 start_ms, const char *title)
{
    return (CatalogBooking){
        .channel = source->channel,
        .service = source->service,
        .event_id = CATALOG_BOOKING_NO_EVENT,
        .start_ms = start_ms,
        .end_ms = start_ms + HOUR_MS,
        .title = (char *)title,
        .description = (char *)"",
        .language = (char *)"th",
        .rights_holder = (char *)"",
        .licence = (char *)"",
        .visibility = CATALOG_LESSON_VISIBILITY_PUBLIC,
    };
}

static char *
book(Fixture *fixture, const Source *source, gint64 start_ms)
{
    GError *error = NULL;
    CatalogBooking wanted = describe_booking(source, start_ms, "ของครู");
    char *id = catalog_bookings_add(fixture->database, &wanted, &fixture->by, &error);
    g_assert_no_error(error);
    return id;
}

static guint
count_clashes(Fixture *fixture, const CatalogBooking *wanted)
{
    GError *error = NULL;
    g_autoptr(FlowsTuners) tuners = flows_tuners_new(fixture->database, fixture->by.now_ms, &error);
    g_assert_no_error(error);
    g_autoptr(FlowsTunersClash) clash = flows_tuners_find_clash(tuners, wanted);
    return clash != NULL ? clash->bookings->len + 100 * clash->channels->len : 0;
}

static void
set_tuners(Fixture *fixture, const Source *source, gint64 number)
{
    GError *error = NULL;
    g_autoptr(CatalogMultiplexes) row =
        catalog_multiplexes_get(fixture->database, source->multiplex, &error);
    row->tuners = number;
    catalog_multiplexes_edit(fixture->database, row, &fixture->by, &error);
    g_assert_no_error(error);
}

#define SATIP(freq) "satip://192.0.2.7/?src=1&freq=" freq "&pol=v&msys=dvbs2&sr=27500&pids=0"

static void
test_tuners(Fixture *fixture, gconstpointer unused)
{
    g_auto(Source) one = add_source(fixture, SATIP("11778"), "one", FALSE);
    g_auto(Source) two = add_source(fixture, SATIP("11900"), "two", FALSE);
    g_auto(Source) three = add_source(fixture, SATIP("12100"), "three", FALSE);
    g_auto(Source) free = add_source(fixture, "udp://239.1.1.1:5004", "free", FALSE);
    set_tuners(fixture, &two, 2);
    g_autofree char *first = book(fixture, &one, AT(2));
    g_assert_nonnull(first);
    CatalogBooking wanted = describe_booking(&two, AT(2.5), "x");
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
    g_autofree char *second = book(fixture, &two, AT(2.5));
    g_assert_nonnull(second);
    wanted = describe_booking(&three, AT(2.75), "x");
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 2);
    wanted = describe_booking(&one, AT(2.75), "x"); // of one multiplex they share a tuner
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
    wanted = describe_booking(&free, AT(2.75), "x");
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
    wanted = describe_booking(&three, AT(3), "x"); // the first is over just then
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
    wanted.padding_before_s = 1;
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 2);
    wanted = describe_booking(&three, AT(1.5), "x"); // in the way at its end alone
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
    wanted.padding_after_s = 1;
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 2);
    set_tuners(fixture, &one, 3);
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
}

static void
test_tuners_of_cards(Fixture *fixture, gconstpointer unused)
{
    g_auto(Source) one =
        add_source(fixture, "dvb://?adapter=0&msys=dvbt2&freq=626&bw=8", "a", TRUE);
    g_auto(Source) two =
        add_source(fixture, "dvb://?adapter=0&msys=dvbt2&freq=650&bw=8", "b", FALSE);
    g_auto(Source) other =
        add_source(fixture, "dvb://?adapter=1&msys=dvbt2&freq=650&bw=8", "c", FALSE);
    CatalogBooking wanted = describe_booking(&two, AT(2), "x");
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 100); // a channel is always on
    wanted = describe_booking(&other, AT(2), "x");
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
    wanted = describe_booking(&one, AT(2), "x");
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
    wanted = describe_booking(&two, AT(-2), "x"); // what is over needs no tuner
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
}

/* A rule whose programme no tuner is free for takes the repeat. */
static void
test_rule_takes_repeat(Fixture *fixture, gconstpointer unused)
{
    g_auto(Source) one = add_source(fixture, SATIP("11778"), "one", FALSE);
    g_auto(Source) two = add_source(fixture, SATIP("11900"), "two", FALSE);
    char *crid = (char *)"crid://x/1";
    set_tuners(fixture, &one, 1);
    g_autofree char *first = book(fixture, &two, AT(2));
    g_assert_nonnull(first);
    put_event(fixture, &one,
              &(CatalogGuide){.event_id = 1, .start_ms = AT(2), .programme_crid = crid});
    put_event(fixture, &one,
              &(CatalogGuide){.event_id = 2, .start_ms = AT(9), .programme_crid = crid});
    CatalogRules rule = describe_rule();
    rule.channel = one.channel;
    g_autofree char *id = add_rule(fixture, &rule);
    g_assert_nonnull(id);
    g_assert_cmpuint(tend(fixture), ==, 1);
    g_assert_cmpuint(tend(fixture), ==, 0);
    g_autoptr(GPtrArray) made = list_bookings(fixture);
    g_assert_cmpuint(made->len, ==, 2);
    g_assert_cmpint(get_booking(made, 1)->start_ms, ==, AT(9));
    g_assert_null(get_booking(made, 1)->error_code);
}

static const CatalogBooking *
find_marked(const GPtrArray *bookings)
{
    for (guint i = 0; i < bookings->len; i++)
        if (g_strcmp0(get_booking(bookings, i)->error_code, FLOWS_TUNERS_CODE) == 0)
            return bookings->pdata[i];
    return NULL;
}

/* Without a repeat it waits, and says so; it gets the repeat that comes up, or the tuner that
 * becomes free. */
static void
test_rule_waits(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_auto(Source) one = add_source(fixture, SATIP("11778"), "one", FALSE);
    g_auto(Source) two = add_source(fixture, SATIP("11900"), "two", FALSE);
    char *text = (char *)"ตอนที่ ๑";
    set_tuners(fixture, &one, 1);
    g_autofree char *first = book(fixture, &two, AT(2));
    put_event(fixture, &one,
              &(CatalogGuide){.event_id = 1, .start_ms = AT(2), .description = text});
    CatalogRules rule = describe_rule();
    rule.channel = one.channel;
    g_autofree char *id = add_rule(fixture, &rule);
    g_assert_nonnull(id);
    g_assert_cmpuint(tend(fixture), ==, 1);
    g_assert_cmpuint(tend(fixture), ==, 0);
    g_autoptr(GPtrArray) made = list_bookings(fixture);
    g_assert_nonnull(find_marked(made));
    CatalogBooking wanted = describe_booking(&two, AT(2), "x"); // what waits is in nobody's way
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
    put_event(fixture, &one,
              &(CatalogGuide){.event_id = 2, .start_ms = AT(9), .description = text});
    g_assert_cmpuint(tend(fixture), ==, 2); // one taken back, one made
    g_autoptr(GPtrArray) moved = list_bookings(fixture);
    g_assert_null(find_marked(moved));
    g_assert_cmpint(get_booking(moved, 1)->start_ms, ==, AT(9));
    g_assert_cmpuint(tend(fixture), ==, 0);
    // Another waits; then the tuner is free.
    put_event(fixture, &one, &(CatalogGuide){.event_id = 3, .start_ms = AT(2.5)});
    g_assert_cmpuint(tend(fixture), ==, 1);
    g_autoptr(GPtrArray) again = list_bookings(fixture);
    g_assert_nonnull(find_marked(again));
    g_assert_true(catalog_bookings_set_state(
        fixture->database, first, CATALOG_BOOKING_STATE_CANCELLED, NULL, &fixture->by, &error));
    g_assert_cmpuint(tend(fixture), ==, 1);
    g_autoptr(GPtrArray) last = list_bookings(fixture);
    g_assert_null(find_marked(last));
}

static CatalogBookingState
advance_to(Fixture *fixture, gint64 now_ms, const char *over, const char *id)
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

/* When its time comes it still waits; when the other one ends early it begins, and when it does
 * not, it was missed. */
static void
test_waiting_at_its_time(Fixture *fixture, gconstpointer unused)
{
    g_auto(Source) one = add_source(fixture, SATIP("11778"), "one", FALSE);
    g_auto(Source) two = add_source(fixture, SATIP("11900"), "two", FALSE);
    set_tuners(fixture, &one, 1);
    g_autofree char *first = book(fixture, &two, AT(2));
    put_event(fixture, &one, &(CatalogGuide){.event_id = 1, .start_ms = AT(2.5)});
    put_event(fixture, &one, &(CatalogGuide){.event_id = 2, .start_ms = AT(12)});
    CatalogRules rule = describe_rule();
    rule.channel = one.channel;
    g_autofree char *id = add_rule(fixture, &rule);
    g_assert_nonnull(id);
    g_assert_cmpuint(tend(fixture), ==, 2);
    g_autoptr(GPtrArray) made = list_bookings(fixture);
    const char *waits = find_marked(made)->id;
    g_assert_cmpint(advance_to(fixture, AT(2), NULL, first), ==, CATALOG_BOOKING_STATE_RUNNING);
    g_assert_cmpint(advance_to(fixture, AT(2.6), NULL, waits), ==, CATALOG_BOOKING_STATE_WAITING);
    g_assert_cmpint(advance_to(fixture, AT(2.9), first, first), ==,
                    CATALOG_BOOKING_STATE_FINISHING);
    g_assert_cmpint(advance_to(fixture, AT(2.9), NULL, waits), ==, CATALOG_BOOKING_STATE_RUNNING);
    g_autofree char *third = book(fixture, &two, AT(12));
    GError *error = NULL;
    g_autoptr(CatalogBooking) last =
        catalog_bookings_find_event(fixture->database, one.service, 2, AT(12), &error);
    static const char MARK_SQL[] = "UPDATE bookings SET error_code = 'tuners' WHERE id = :id";
    g_autoptr(CatalogStatement) mark = catalog_statement_new(fixture->database, MARK_SQL);
    catalog_statement_bind_text(mark, ":id", last->id);
    g_assert_true(catalog_statement_run(mark, &error));
    g_assert_cmpint(advance_to(fixture, AT(12), waits, third), ==, CATALOG_BOOKING_STATE_RUNNING);
    g_assert_cmpint(advance_to(fixture, AT(12.5), NULL, last->id), ==,
                    CATALOG_BOOKING_STATE_WAITING);
    g_assert_cmpint(advance_to(fixture, AT(13.1), NULL, last->id), ==,
                    CATALOG_BOOKING_STATE_MISSED);
}

static void
assert_refused(Fixture *fixture, const CatalogRules *rule, CatalogError code)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(catalog_rules_add(fixture->database, rule, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, (int)code);
}

static void
test_refusals(Fixture *fixture, gconstpointer unused)
{
    CatalogRules rule = describe_rule();
    rule.title = (char *)"";
    assert_refused(fixture, &rule, CATALOG_ERROR_INVALID);
    rule = describe_rule();
    rule.weekdays = 0;
    assert_refused(fixture, &rule, CATALOG_ERROR_INVALID);
    rule = describe_rule();
    rule.from_minute = 60;
    assert_refused(fixture, &rule, CATALOG_ERROR_INVALID);
    rule.until_minute = 60;
    assert_refused(fixture, &rule, CATALOG_ERROR_INVALID);
    rule = describe_rule();
    rule.keep_days = -1;
    assert_refused(fixture, &rule, CATALOG_ERROR_INVALID);
    rule = describe_rule();
    rule.padding_before_s = 3601;
    assert_refused(fixture, &rule, CATALOG_ERROR_INVALID);
    rule = describe_rule();
    rule.channel = (char *)"0199c82c-c000-7000-8000-0000000000a2";
    assert_refused(fixture, &rule, CATALOG_ERROR_NOT_FOUND);
    // All lessons of a channel in the morning: no words are needed.
    g_auto(Source) one = add_source(fixture, "udp://239.1.1.1:5004", "one", FALSE);
    rule = describe_rule();
    rule.title = (char *)"";
    rule.channel = one.channel;
    rule.from_minute = 8 * 60;
    rule.until_minute = 12 * 60;
    g_autofree char *id = add_rule(fixture, &rule);
    g_assert_nonnull(id);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_ADD("/flows/rules/books-once", test_books_once);
    FIXTURE_ADD("/flows/rules/cancelled-stays", test_cancelled_stays);
    FIXTURE_ADD("/flows/rules/repeats", test_repeats);
    FIXTURE_ADD("/flows/rules/changes", test_changes_of_rules);
    FIXTURE_ADD("/flows/rules/takes-repeat", test_rule_takes_repeat);
    FIXTURE_ADD("/flows/rules/waits", test_rule_waits);
    FIXTURE_ADD("/flows/rules/waits-at-its-time", test_waiting_at_its_time);
    FIXTURE_ADD("/flows/rules/refusals", test_refusals);
    FIXTURE_ADD("/flows/tuners/satip", test_tuners);
    FIXTURE_ADD("/flows/tuners/cards", test_tuners_of_cards);
    return g_test_run();
}
