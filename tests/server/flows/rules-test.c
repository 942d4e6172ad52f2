// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rules over a guide that changes under them, and tuners of which there are too few: what is
// booked, once; what is taken back; what waits, and what becomes of that.
#include "tests/server/flows/airtime.h"

#include "catalog/bookings.h"
#include "catalog/error.h"
#include "catalog/rules.h"
#include "catalog/statement.h"
#include "server/flows/tuners.h"

#define HOUR_MS AIRTIME_HOUR_MS
#define AT(hours) AIRTIME_AT(hours)

static const CatalogBooking *
get_booking(const GPtrArray *bookings, guint index)
{
    g_assert_cmpuint(index, <, bookings->len);
    return bookings->pdata[index];
}

static void
test_books_once(Fixture *fixture, gconstpointer unused)
{
    g_auto(Airtime) one = airtime_add(fixture, "udp://239.1.1.1:5004", "one", TRUE);
    airtime_put_event(fixture, &one, &(CatalogGuide){.event_id = 1, .start_ms = AT(2)});
    airtime_put_event(fixture, &one, &(CatalogGuide){.event_id = 2, .start_ms = AT(26)});
    airtime_put_event(fixture, &one,
                      &(CatalogGuide){.event_id = 3, .start_ms = AT(3), .title = (char *)"ข่าว"});
    airtime_put_event(fixture, &one, &(CatalogGuide){.event_id = 4, .start_ms = AT(-3)});
    CatalogRules rule = airtime_describe_rule();
    g_autofree char *id = airtime_add_rule(fixture, &rule);
    g_assert_cmpuint(airtime_tend(fixture), ==, 2);
    g_assert_cmpuint(airtime_tend(fixture), ==, 0);
    g_autoptr(GPtrArray) made = airtime_list_bookings(fixture);
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
    airtime_put_event(fixture, &one, &(CatalogGuide){.event_id = 71, .start_ms = AT(2.25)});
    g_assert_cmpuint(airtime_tend(fixture), ==, 0);
}

static void
test_cancelled_stays(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_auto(Airtime) one = airtime_add(fixture, "udp://239.1.1.1:5004", "one", TRUE);
    airtime_put_event(fixture, &one, &(CatalogGuide){.event_id = 1, .start_ms = AT(2)});
    CatalogRules rule = airtime_describe_rule();
    g_autofree char *id = airtime_add_rule(fixture, &rule);
    g_assert_nonnull(id);
    g_assert_cmpuint(airtime_tend(fixture), ==, 1);
    g_autoptr(GPtrArray) made = airtime_list_bookings(fixture);
    g_assert_true(catalog_bookings_set_state(fixture->database, get_booking(made, 0)->id,
                                             CATALOG_BOOKING_STATE_CANCELLED, NULL, &fixture->by,
                                             &error));
    g_assert_cmpuint(airtime_tend(fixture), ==, 0);
    g_assert_true(catalog_guide_forget(fixture->database, one.service, 1, &error));
    airtime_put_event(fixture, &one, &(CatalogGuide){.event_id = 9, .start_ms = AT(2.5)});
    g_assert_cmpuint(airtime_tend(fixture), ==, 0);
    // Nor does its end, or that of the day, bring the one that follows it under its name.
    airtime_put_event(fixture, &one, &(CatalogGuide){.event_id = 10, .start_ms = AT(4)});
    g_assert_cmpuint(airtime_tend_at(fixture, AT(3.75)), ==, 1);
}

static void
test_repeats(Fixture *fixture, gconstpointer unused)
{
    g_auto(Airtime) one = airtime_add(fixture, "udp://239.1.1.1:5004", "one", TRUE);
    char *text = (char *)"เศษส่วน ตอนที่ ๑", *other = (char *)"เศษส่วน ตอนที่ ๒";
    char *crid = (char *)"crid://x/1";
    airtime_put_event(fixture, &one,
                      &(CatalogGuide){.event_id = 1, .start_ms = AT(2), .description = text});
    airtime_put_event(fixture, &one,
                      &(CatalogGuide){.event_id = 2, .start_ms = AT(9), .description = text});
    airtime_put_event(fixture, &one,
                      &(CatalogGuide){.event_id = 3, .start_ms = AT(20), .description = other});
    airtime_put_event(fixture, &one,
                      &(CatalogGuide){.event_id = 4, .start_ms = AT(30), .programme_crid = crid});
    airtime_put_event(fixture, &one,
                      &(CatalogGuide){.event_id = 5, .start_ms = AT(60), .programme_crid = crid});
    CatalogRules rule = airtime_describe_rule();
    g_autofree char *id = airtime_add_rule(fixture, &rule);
    g_assert_cmpuint(airtime_tend(fixture), ==, 3);
    g_assert_cmpuint(airtime_tend(fixture), ==, 0);
    GError *error = NULL;
    g_autoptr(CatalogRules) seen = catalog_rules_get(fixture->database, id, &error);
    seen->repeats = TRUE;
    g_assert_true(catalog_rules_edit(fixture->database, seen, &fixture->by, &error));
    g_assert_cmpuint(airtime_tend(fixture), ==, 2);
}

static void
test_changes_of_rules(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_auto(Airtime) one = airtime_add(fixture, "udp://239.1.1.1:5004", "one", TRUE);
    airtime_put_event(fixture, &one, &(CatalogGuide){.event_id = 1, .start_ms = AT(2)});
    airtime_put_event(fixture, &one, &(CatalogGuide){.event_id = 2, .start_ms = AT(26)});
    CatalogRules rule = airtime_describe_rule();
    g_autofree char *id = airtime_add_rule(fixture, &rule);
    g_assert_cmpuint(airtime_tend(fixture), ==, 2);
    g_autoptr(GPtrArray) made = airtime_list_bookings(fixture);
    // What a person touched stays, whatever becomes of the rule.
    g_autoptr(CatalogBooking) touched = catalog_booking_copy(get_booking(made, 1));
    touched->padding_after_s = 600;
    g_assert_true(catalog_bookings_edit(fixture->database, touched, &fixture->by, &error));
    g_autoptr(CatalogRules) seen = catalog_rules_get(fixture->database, id, &error);
    g_free(seen->title);
    seen->title = g_strdup("ภาษาไทย");
    g_assert_true(catalog_rules_edit(fixture->database, seen, &fixture->by, &error));
    g_assert_cmpuint(airtime_tend(fixture), ==, 1);
    g_autoptr(GPtrArray) left = airtime_list_bookings(fixture);
    g_assert_cmpuint(left->len, ==, 1);
    g_assert_cmpstr(get_booking(left, 0)->id, ==, touched->id);
    // Off, on, gone.
    seen->revision++;
    g_free(seen->title);
    seen->title = g_strdup("คณิต");
    g_assert_true(catalog_rules_edit(fixture->database, seen, &fixture->by, &error));
    g_assert_cmpuint(airtime_tend(fixture), ==, 1);
    seen->revision++;
    seen->enabled = FALSE;
    g_assert_true(catalog_rules_edit(fixture->database, seen, &fixture->by, &error));
    g_assert_cmpuint(airtime_tend(fixture), ==, 1);
    seen->revision++;
    seen->enabled = TRUE;
    g_assert_true(catalog_rules_edit(fixture->database, seen, &fixture->by, &error));
    g_assert_cmpuint(airtime_tend(fixture), ==, 1);
    g_autoptr(GPtrArray) withdrawn = NULL;
    g_assert_true(catalog_rules_delete(fixture->database, id, &withdrawn, &fixture->by, &error));
    g_assert_cmpuint(withdrawn->len, ==, 1);
    g_autoptr(GPtrArray) last = airtime_list_bookings(fixture);
    g_assert_cmpuint(last->len, ==, 1);
    g_assert_null(get_booking(last, 0)->rule_id);
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
test_tuners(Fixture *fixture, gconstpointer unused)
{
    g_auto(Airtime) one = airtime_add(fixture, AIRTIME_SATIP("11778"), "one", FALSE);
    g_auto(Airtime) two = airtime_add(fixture, AIRTIME_SATIP("11900"), "two", FALSE);
    g_auto(Airtime) three = airtime_add(fixture, AIRTIME_SATIP("12100"), "three", FALSE);
    g_auto(Airtime) free = airtime_add(fixture, "udp://239.1.1.1:5004", "free", FALSE);
    airtime_set_tuners(fixture, &two, 2);
    g_autofree char *first = airtime_book(fixture, &one, AT(2));
    g_assert_nonnull(first);
    CatalogBooking wanted = airtime_describe_booking(&two, AT(2.5), "x");
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
    g_autofree char *second = airtime_book(fixture, &two, AT(2.5));
    g_assert_nonnull(second);
    wanted = airtime_describe_booking(&three, AT(2.75), "x");
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 2);
    wanted = airtime_describe_booking(&one, AT(2.75), "x"); // of one multiplex they share a tuner
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
    wanted = airtime_describe_booking(&free, AT(2.75), "x");
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
    wanted = airtime_describe_booking(&three, AT(3), "x"); // the first is over just then
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
    wanted.padding_before_s = 1;
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 2);
    wanted = airtime_describe_booking(&three, AT(1.5), "x"); // in the way at its end alone
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
    wanted.padding_after_s = 1;
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 2);
    airtime_set_tuners(fixture, &one, 3);
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
}

static void
test_tuners_of_cards(Fixture *fixture, gconstpointer unused)
{
    g_auto(Airtime) one =
        airtime_add(fixture, "dvb://?adapter=0&msys=dvbt2&freq=626&bw=8", "a", TRUE);
    g_auto(Airtime) two =
        airtime_add(fixture, "dvb://?adapter=0&msys=dvbt2&freq=650&bw=8", "b", FALSE);
    g_auto(Airtime) other =
        airtime_add(fixture, "dvb://?adapter=1&msys=dvbt2&freq=650&bw=8", "c", FALSE);
    CatalogBooking wanted = airtime_describe_booking(&two, AT(2), "x");
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 100); // a channel is always on
    wanted = airtime_describe_booking(&other, AT(2), "x");
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
    wanted = airtime_describe_booking(&one, AT(2), "x");
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
    wanted = airtime_describe_booking(&two, AT(-2), "x"); // what is over needs no tuner
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
}

/* A rule whose programme no tuner is free for takes the repeat. */
static void
test_rule_takes_repeat(Fixture *fixture, gconstpointer unused)
{
    g_auto(Airtime) one = airtime_add(fixture, AIRTIME_SATIP("11778"), "one", FALSE);
    g_auto(Airtime) two = airtime_add(fixture, AIRTIME_SATIP("11900"), "two", FALSE);
    char *crid = (char *)"crid://x/1";
    airtime_set_tuners(fixture, &one, 1);
    g_autofree char *first = airtime_book(fixture, &two, AT(2));
    g_assert_nonnull(first);
    airtime_put_event(fixture, &one,
                      &(CatalogGuide){.event_id = 1, .start_ms = AT(2), .programme_crid = crid});
    airtime_put_event(fixture, &one,
                      &(CatalogGuide){.event_id = 2, .start_ms = AT(9), .programme_crid = crid});
    CatalogRules rule = airtime_describe_rule();
    rule.channel = one.channel;
    g_autofree char *id = airtime_add_rule(fixture, &rule);
    g_assert_nonnull(id);
    g_assert_cmpuint(airtime_tend(fixture), ==, 1);
    g_assert_cmpuint(airtime_tend(fixture), ==, 0);
    g_autoptr(GPtrArray) made = airtime_list_bookings(fixture);
    g_assert_cmpuint(made->len, ==, 2);
    g_assert_cmpint(get_booking(made, 1)->start_ms, ==, AT(9));
    g_assert_null(get_booking(made, 1)->error_code);
}

/* Without a repeat it waits, and says so; it gets the repeat that comes up, or the tuner that
 * becomes free. */
static void
test_rule_waits(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_auto(Airtime) one = airtime_add(fixture, AIRTIME_SATIP("11778"), "one", FALSE);
    g_auto(Airtime) two = airtime_add(fixture, AIRTIME_SATIP("11900"), "two", FALSE);
    char *text = (char *)"ตอนที่ ๑";
    airtime_set_tuners(fixture, &one, 1);
    g_autofree char *first = airtime_book(fixture, &two, AT(2));
    airtime_put_event(fixture, &one,
                      &(CatalogGuide){.event_id = 1, .start_ms = AT(2), .description = text});
    CatalogRules rule = airtime_describe_rule();
    rule.channel = one.channel;
    g_autofree char *id = airtime_add_rule(fixture, &rule);
    g_assert_nonnull(id);
    g_assert_cmpuint(airtime_tend(fixture), ==, 1);
    g_assert_cmpuint(airtime_tend(fixture), ==, 0);
    g_autoptr(GPtrArray) made = airtime_list_bookings(fixture);
    g_assert_nonnull(airtime_find_marked(made));
    CatalogBooking wanted =
        airtime_describe_booking(&two, AT(2), "x"); // what waits is in nobody's way
    g_assert_cmpuint(count_clashes(fixture, &wanted), ==, 0);
    airtime_put_event(fixture, &one,
                      &(CatalogGuide){.event_id = 2, .start_ms = AT(9), .description = text});
    g_assert_cmpuint(airtime_tend(fixture), ==, 2); // one taken back, one made
    g_autoptr(GPtrArray) moved = airtime_list_bookings(fixture);
    g_assert_null(airtime_find_marked(moved));
    g_assert_cmpint(get_booking(moved, 1)->start_ms, ==, AT(9));
    g_assert_cmpuint(airtime_tend(fixture), ==, 0);
    // Another waits; then the tuner is free.
    airtime_put_event(fixture, &one, &(CatalogGuide){.event_id = 3, .start_ms = AT(2.5)});
    g_assert_cmpuint(airtime_tend(fixture), ==, 1);
    g_autoptr(GPtrArray) again = airtime_list_bookings(fixture);
    g_assert_nonnull(airtime_find_marked(again));
    g_assert_true(catalog_bookings_set_state(
        fixture->database, first, CATALOG_BOOKING_STATE_CANCELLED, NULL, &fixture->by, &error));
    g_assert_cmpuint(airtime_tend(fixture), ==, 1);
    g_autoptr(GPtrArray) last = airtime_list_bookings(fixture);
    g_assert_null(airtime_find_marked(last));
}

/* When its time comes it still waits; when the other one ends early it begins, and when it does
 * not, it was missed. */
static void
test_waiting_at_its_time(Fixture *fixture, gconstpointer unused)
{
    g_auto(Airtime) one = airtime_add(fixture, AIRTIME_SATIP("11778"), "one", FALSE);
    g_auto(Airtime) two = airtime_add(fixture, AIRTIME_SATIP("11900"), "two", FALSE);
    airtime_set_tuners(fixture, &one, 1);
    g_autofree char *first = airtime_book(fixture, &two, AT(2));
    airtime_put_event(fixture, &one, &(CatalogGuide){.event_id = 1, .start_ms = AT(2.5)});
    airtime_put_event(fixture, &one, &(CatalogGuide){.event_id = 2, .start_ms = AT(12)});
    CatalogRules rule = airtime_describe_rule();
    rule.channel = one.channel;
    g_autofree char *id = airtime_add_rule(fixture, &rule);
    g_assert_nonnull(id);
    g_assert_cmpuint(airtime_tend(fixture), ==, 2);
    g_autoptr(GPtrArray) made = airtime_list_bookings(fixture);
    const char *waits = airtime_find_marked(made)->id;
    g_assert_cmpint(airtime_advance(fixture, AT(2), NULL, first), ==,
                    CATALOG_BOOKING_STATE_RUNNING);
    g_assert_cmpint(airtime_advance(fixture, AT(2.6), NULL, waits), ==,
                    CATALOG_BOOKING_STATE_WAITING);
    g_assert_cmpint(airtime_advance(fixture, AT(2.9), first, first), ==,
                    CATALOG_BOOKING_STATE_FINISHING);
    g_assert_cmpint(airtime_advance(fixture, AT(2.9), NULL, waits), ==,
                    CATALOG_BOOKING_STATE_RUNNING);
    g_autofree char *third = airtime_book(fixture, &two, AT(12));
    GError *error = NULL;
    g_autoptr(CatalogBooking) last =
        catalog_bookings_find_event(fixture->database, one.service, 2, AT(12), &error);
    static const char MARK_SQL[] = "UPDATE bookings SET error_code = 'tuners' WHERE id = :id";
    g_autoptr(CatalogStatement) mark = catalog_statement_new(fixture->database, MARK_SQL);
    catalog_statement_bind_text(mark, ":id", last->id);
    g_assert_true(catalog_statement_run(mark, &error));
    g_assert_cmpint(airtime_advance(fixture, AT(12), waits, third), ==,
                    CATALOG_BOOKING_STATE_RUNNING);
    g_assert_cmpint(airtime_advance(fixture, AT(12.5), NULL, last->id), ==,
                    CATALOG_BOOKING_STATE_WAITING);
    g_assert_cmpint(airtime_advance(fixture, AT(13.1), NULL, last->id), ==,
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
    CatalogRules rule = airtime_describe_rule();
    rule.title = (char *)"";
    assert_refused(fixture, &rule, CATALOG_ERROR_INVALID);
    rule = airtime_describe_rule();
    rule.weekdays = 0;
    assert_refused(fixture, &rule, CATALOG_ERROR_INVALID);
    rule = airtime_describe_rule();
    rule.from_minute = 60;
    assert_refused(fixture, &rule, CATALOG_ERROR_INVALID);
    rule.until_minute = 60;
    assert_refused(fixture, &rule, CATALOG_ERROR_INVALID);
    rule = airtime_describe_rule();
    rule.keep_days = -1;
    assert_refused(fixture, &rule, CATALOG_ERROR_INVALID);
    rule = airtime_describe_rule();
    rule.padding_before_s = 3601;
    assert_refused(fixture, &rule, CATALOG_ERROR_INVALID);
    rule = airtime_describe_rule();
    rule.channel = (char *)"0199c82c-c000-7000-8000-0000000000a2";
    assert_refused(fixture, &rule, CATALOG_ERROR_NOT_FOUND);
    // All lessons of a channel in the morning: no words are needed.
    g_auto(Airtime) one = airtime_add(fixture, "udp://239.1.1.1:5004", "one", FALSE);
    rule = airtime_describe_rule();
    rule.title = (char *)"";
    rule.channel = one.channel;
    rule.from_minute = 8 * 60;
    rule.until_minute = 12 * 60;
    g_autofree char *id = airtime_add_rule(fixture, &rule);
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
