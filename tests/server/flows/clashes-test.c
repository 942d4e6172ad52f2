// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Tuners that become too few after a booking was made: whose booking is marked, who keeps the
// tuner, and that a mark goes with its reason. Then what is done with a decision that came too
// late.
#include "tests/server/flows/airtime.h"

#include "catalog/bookings.h"
#include "catalog/channels.h"
#include "server/flows/rules_tend.h"
#include "server/flows/tuners.h"

/* Two channels of one server with so many tuners. */
typedef struct {
    Airtime one; // (owned)
    Airtime two; // (owned)
} Pair;

static void
clear_pair(Pair *pair)
{
    airtime_clear(&pair->one);
    airtime_clear(&pair->two);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pair, clear_pair)

static Pair
add_pair(Fixture *fixture, gint64 tuners)
{
    Pair pair = {0};
    pair.one = airtime_add(fixture, AIRTIME_SATIP("11778"), "one", FALSE);
    pair.two = airtime_add(fixture, AIRTIME_SATIP("11900"), "two", FALSE);
    airtime_set_tuners(fixture, &pair.one, tuners);
    return pair;
}

/* Asserts that @id (nullable: none) alone waits for a tuner. */
static void
assert_marked(Fixture *fixture, const char *id)
{
    guint marked = 0;
    g_autoptr(GPtrArray) bookings = airtime_list_bookings(fixture);
    for (guint i = 0; i < bookings->len; i++) {
        const CatalogBooking *booking = bookings->pdata[i];
        if (g_strcmp0(booking->error_code, FLOWS_TUNERS_CODE) != 0)
            continue;
        g_assert_cmpstr(booking->id, ==, id);
        marked++;
    }
    g_assert_cmpuint(marked, ==, id != NULL ? 1 : 0);
}

/* Returns: (transfer full): a person's booking of a programme, which follows the guide. */
static char *
book_event(Fixture *fixture, const Airtime *source, gint64 event_id, gint64 start_ms)
{
    GError *error = NULL;
    airtime_put_event(fixture, source, &(CatalogGuide){.event_id = event_id, .start_ms = start_ms});
    CatalogBooking wanted = airtime_describe_booking(source, start_ms, "คณิตศาสตร์");
    wanted.event_id = event_id;
    wanted.event_start_ms = start_ms;
    wanted.follows = TRUE;
    fixture->by.now_ms++;
    char *id = catalog_bookings_add(fixture->database, &wanted, &fixture->by, &error);
    g_assert_no_error(error);
    return id;
}

static void
test_guide_moves(Fixture *fixture, gconstpointer unused)
{
    g_auto(Pair) pair = add_pair(fixture, 1);
    g_autofree char *first = airtime_book(fixture, &pair.one, AIRTIME_AT(2));
    g_autofree char *second = book_event(fixture, &pair.two, 7, AIRTIME_AT(4));
    g_assert_nonnull(first);
    g_assert_cmpuint(airtime_tend(fixture), ==, 0);
    airtime_put_event(fixture, &pair.two,
                      &(CatalogGuide){.event_id = 7, .start_ms = AIRTIME_AT(2.5)});
    airtime_advance(fixture, FIXTURE_NOW_MS, NULL, second);
    g_assert_cmpuint(airtime_tend(fixture), ==, 1);
    assert_marked(fixture, second);
    g_assert_cmpuint(airtime_tend(fixture), ==, 0);
    airtime_put_event(fixture, &pair.two,
                      &(CatalogGuide){.event_id = 7, .start_ms = AIRTIME_AT(3.5)});
    airtime_advance(fixture, FIXTURE_NOW_MS, NULL, second);
    g_assert_cmpuint(airtime_tend(fixture), ==, 1);
    assert_marked(fixture, NULL);
}

static void
test_tuners_lowered(Fixture *fixture, gconstpointer unused)
{
    g_auto(Pair) pair = add_pair(fixture, 2);
    g_autofree char *first = airtime_book(fixture, &pair.one, AIRTIME_AT(2));
    g_autofree char *second = airtime_book(fixture, &pair.two, AIRTIME_AT(2.5));
    g_autofree char *third = airtime_book(fixture, &pair.two, AIRTIME_AT(9));
    g_assert_cmpuint(airtime_tend(fixture), ==, 0);
    airtime_set_tuners(fixture, &pair.one, 1);
    g_assert_cmpuint(airtime_tend(fixture), ==, 1);
    assert_marked(fixture, second);
    // What runs keeps its tuner; the other one's time comes, goes, and it was missed.
    g_assert_cmpint(airtime_advance(fixture, AIRTIME_AT(2), NULL, first), ==,
                    CATALOG_BOOKING_STATE_RUNNING);
    g_assert_cmpint(airtime_advance(fixture, AIRTIME_AT(2.6), NULL, second), ==,
                    CATALOG_BOOKING_STATE_WAITING);
    g_assert_cmpuint(airtime_tend_at(fixture, AIRTIME_AT(2.6)), ==, 0);
    airtime_set_tuners(fixture, &pair.one, 2);
    g_assert_cmpuint(airtime_tend_at(fixture, AIRTIME_AT(2.7)), ==, 1);
    assert_marked(fixture, NULL);
    g_assert_cmpint(airtime_advance(fixture, AIRTIME_AT(2.7), NULL, second), ==,
                    CATALOG_BOOKING_STATE_RUNNING);
    g_assert_nonnull(third);
}

static void
test_channel_moves(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_auto(Pair) pair = add_pair(fixture, 1);
    g_autofree char *first = airtime_book(fixture, &pair.one, AIRTIME_AT(2));
    g_autofree char *other = airtime_book(fixture, &pair.two, AIRTIME_AT(2));
    g_autoptr(CatalogChannels) channel =
        catalog_channels_get(fixture->database, pair.two.channel, &error);
    g_autofree char *before = g_strdup(channel->service);
    // Of one multiplex they share the tuner.
    g_free(channel->service);
    channel->service = g_strdup(pair.one.service);
    catalog_channels_edit(fixture->database, channel, &fixture->by, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(airtime_tend(fixture), ==, 0);
    g_clear_pointer(&channel, catalog_channels_free);
    channel = catalog_channels_get(fixture->database, pair.two.channel, &error);
    g_free(channel->service);
    channel->service = g_steal_pointer(&before);
    catalog_channels_edit(fixture->database, channel, &fixture->by, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(airtime_tend(fixture), ==, 1);
    assert_marked(fixture, other);
    catalog_bookings_set_state(fixture->database, first, CATALOG_BOOKING_STATE_CANCELLED, NULL,
                               &fixture->by, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(airtime_tend(fixture), ==, 1);
    assert_marked(fixture, NULL);
}

static void
test_channel_is_always_on(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_auto(Pair) pair = add_pair(fixture, 1);
    g_autofree char *first = airtime_book(fixture, &pair.one, AIRTIME_AT(2));
    g_assert_cmpuint(airtime_tend(fixture), ==, 0);
    g_autoptr(CatalogChannels) channel =
        catalog_channels_get(fixture->database, pair.two.channel, &error);
    channel->enabled = TRUE;
    catalog_channels_edit(fixture->database, channel, &fixture->by, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(airtime_tend(fixture), ==, 1);
    assert_marked(fixture, first);
}

/* A rule's booking gives way to a person's, though it is older; where there is another showing it
 * goes there. */
static void
test_rules_give_way(Fixture *fixture, gconstpointer unused)
{
    g_auto(Pair) pair = add_pair(fixture, 2);
    char *crid = (char *)"crid://x/1";
    airtime_put_event(
        fixture, &pair.one,
        &(CatalogGuide){.event_id = 1, .start_ms = AIRTIME_AT(2), .programme_crid = crid});
    CatalogRules rule = airtime_describe_rule();
    rule.channel = pair.one.channel;
    g_autofree char *id = airtime_add_rule(fixture, &rule);
    g_assert_nonnull(id);
    g_assert_cmpuint(airtime_tend(fixture), ==, 1);
    g_autofree char *second = airtime_book(fixture, &pair.two, AIRTIME_AT(2));
    g_assert_nonnull(second);
    airtime_set_tuners(fixture, &pair.one, 1);
    g_assert_cmpuint(airtime_tend(fixture), ==, 1);
    g_autoptr(GPtrArray) bookings = airtime_list_bookings(fixture);
    const CatalogBooking *marked = airtime_find_marked(bookings);
    g_assert_nonnull(marked);
    g_assert_cmpstr(marked->rule_id, ==, id);
    airtime_put_event(
        fixture, &pair.one,
        &(CatalogGuide){.event_id = 2, .start_ms = AIRTIME_AT(8), .programme_crid = crid});
    g_assert_cmpuint(airtime_tend(fixture), ==, 2);
    assert_marked(fixture, NULL);
    g_assert_cmpuint(airtime_tend(fixture), ==, 0);
}

/* Returns: (transfer full): what the rules decide now. */
static FlowsRulesSteps *
look(Fixture *fixture)
{
    GError *error = NULL;
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Bangkok");
    FlowsRulesSteps *steps =
        flows_rules_tend_look(fixture->database, fixture->by.now_ms, zone, &error);
    g_assert_no_error(error);
    return steps;
}

/* Returns: how many bookings one batch changed. */
static guint
take(Fixture *fixture, FlowsRulesSteps *steps)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) changed = g_ptr_array_new_with_free_func(g_free);
    flows_rules_steps_take(steps, fixture->database, fixture->by.now_ms, changed, &error);
    g_assert_no_error(error);
    return changed->len;
}

/* However much a rule means, a transaction is short; and a rule that is off by then books no more.
 */
static void
test_batches(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_auto(Airtime) free = airtime_add(fixture, "udp://239.1.1.1:5004", "free", TRUE);
    for (gint64 i = 0; i < 3 * FLOWS_RULES_STEPS_BATCH; i++)
        airtime_put_event(fixture, &free,
                          &(CatalogGuide){.event_id = i, .start_ms = AIRTIME_AT(2 + (double)i)});
    CatalogRules rule = airtime_describe_rule();
    g_autofree char *id = airtime_add_rule(fixture, &rule);
    g_autoptr(FlowsRulesSteps) steps = look(fixture);
    g_assert_cmpuint(flows_rules_steps_count_left(steps), ==, 3 * FLOWS_RULES_STEPS_BATCH);
    g_assert_cmpuint(take(fixture, steps), ==, FLOWS_RULES_STEPS_BATCH);
    g_assert_cmpuint(flows_rules_steps_count_left(steps), ==, 2 * FLOWS_RULES_STEPS_BATCH);
    // Another one, who looked at the same time, books nothing twice.
    g_autoptr(FlowsRulesSteps) other = look(fixture);
    g_assert_cmpuint(take(fixture, steps), ==, FLOWS_RULES_STEPS_BATCH);
    g_assert_cmpuint(take(fixture, other), ==, 0);
    g_autoptr(CatalogRules) seen = catalog_rules_get(fixture->database, id, &error);
    seen->enabled = FALSE;
    g_assert_true(catalog_rules_edit(fixture->database, seen, &fixture->by, &error));
    g_assert_cmpuint(take(fixture, steps), ==, 0);
    g_assert_cmpuint(flows_rules_steps_count_left(steps), ==, 0);
}

/* What a person touched between decision and deed stays as it is. */
static void
test_touched_in_between(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_auto(Pair) pair = add_pair(fixture, 1);
    char *crid = (char *)"crid://x/1";
    airtime_put_event(
        fixture, &pair.one,
        &(CatalogGuide){.event_id = 1, .start_ms = AIRTIME_AT(2), .programme_crid = crid});
    CatalogRules rule = airtime_describe_rule();
    rule.channel = pair.one.channel;
    g_autofree char *id = airtime_add_rule(fixture, &rule);
    g_assert_nonnull(id);
    g_assert_cmpuint(airtime_tend(fixture), ==, 1);
    g_autofree char *rival = airtime_book(fixture, &pair.two, AIRTIME_AT(2));
    g_assert_nonnull(rival);
    airtime_put_event(
        fixture, &pair.one,
        &(CatalogGuide){.event_id = 2, .start_ms = AIRTIME_AT(8), .programme_crid = crid});
    g_autoptr(FlowsRulesSteps) steps = look(fixture);
    g_assert_cmpuint(flows_rules_steps_count_left(steps), ==, 1);
    g_autoptr(CatalogBooking) touched =
        catalog_bookings_find_event(fixture->database, pair.one.service, 1, AIRTIME_AT(2), &error);
    touched->padding_after_s = 600;
    g_assert_true(catalog_bookings_edit(fixture->database, touched, &fixture->by, &error));
    g_assert_cmpuint(take(fixture, steps), ==, 0);
    g_autoptr(GPtrArray) bookings = airtime_list_bookings(fixture);
    g_assert_cmpuint(bookings->len, ==, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_ADD("/flows/clashes/guide-moves", test_guide_moves);
    FIXTURE_ADD("/flows/clashes/tuners-lowered", test_tuners_lowered);
    FIXTURE_ADD("/flows/clashes/channel-moves", test_channel_moves);
    FIXTURE_ADD("/flows/clashes/channel-is-always-on", test_channel_is_always_on);
    FIXTURE_ADD("/flows/clashes/rules-give-way", test_rules_give_way);
    FIXTURE_ADD("/flows/clashes/batches", test_batches);
    FIXTURE_ADD("/flows/clashes/touched-in-between", test_touched_in_between);
    return g_test_run();
}
