// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Channels that rest: nobody watches, somebody comes, a booking begins, the daemon starts anew.
#include "tests/server/flows/live-harness.h"

#include <string.h>

#include "catalog/bookings.h"

#define REST_LONG 240 // for ever, here

static void
set_rest(LiveHarness *fixture, gint64 minutes)
{
    live_harness_change(fixture, (LiveHarnessChange){.enabled = -1, .rest_minutes = minutes});
}

static void
await_rest(LiveHarness *fixture)
{
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_RESTING, "resting");
    g_assert_cmpint(fixture->feed, ==, -1); // the tuner is anybody's
}

static void
await_subscription(LiveHarness *fixture, guint count)
{
    while (fixture->subscriptions < count)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(fixture->subscriptions, ==, count);
}

static char *
read_live(LiveHarness *fixture)
{
    g_autoptr(FlowsWindow) window = flows_live_find_window(fixture->live, "class-1");
    g_autoptr(FlowsWindowPlaylist) playlist = flows_window_get_live(window, "small");
    gsize size = 0;
    const char *data = playlist != NULL ? g_bytes_get_data(playlist->text, &size) : NULL;
    return g_strndup(data, size);
}

static gboolean
note_wake(gpointer user_data)
{
    gboolean *told = user_data;
    *told = TRUE;
    return G_SOURCE_REMOVE;
}

/* Nobody watches: its child and its feed go; who comes is there at the first segment that is new.
 */
static void
test_rests_and_wakes(LiveHarness *fixture, gconstpointer unused)
{
    gboolean told = FALSE;
    live_harness_order(fixture, "SSS");
    live_harness_await_number(fixture, 4);
    set_rest(fixture, 1);
    await_rest(fixture);
    g_autoptr(FlowsLiveStatus) status = flows_live_get_status(fixture->live, fixture->channel_id);
    g_assert_cmpuint(status->restarts, ==, 0);
    g_autofree char *nothing = read_live(fixture);
    g_assert_null(nothing);
    g_autofree char *old = live_harness_read_playlist(fixture);
    g_assert_cmpuint(live_harness_count_words(old, "#EXTINF"), ==, 3);
    flows_live_want(fixture->live, "class-1", FALSE); // somebody rewinds: nobody needs a child
    flows_live_want(fixture->live, "class-2", TRUE);
    flows_live_wake(fixture->live);
    await_rest(fixture);
    g_assert_cmpuint(fixture->subscriptions, ==, 1);
    g_autoptr(FlowsWindow) window = flows_live_find_window(fixture->live, "class-1");
    const FlowsLiveWaitAsked asked = {window, NULL, FALSE};
    g_assert_true(
        flows_live_wait_add(flows_live_get_wait(fixture->live), &asked, note_wake, &told, NULL));
    flows_live_want(fixture->live, "class-1", TRUE);
    await_subscription(fixture, 2);
    set_rest(fixture, REST_LONG);
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_WAITING, "starting");
    live_harness_order(fixture, "S");
    live_harness_await_number(fixture, 5);
    while (!told)
        g_main_context_iteration(NULL, TRUE);
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_ON_AIR, NULL);
    g_autofree char *live = read_live(fixture);
    g_assert_cmpuint(live_harness_count_words(live, "#EXTINF"), ==, 1);
    g_assert_nonnull(strstr(live, "#EXT-X-MEDIA-SEQUENCE:4\n"));
    g_assert_nonnull(strstr(live, "#EXT-X-DISCONTINUITY-SEQUENCE:1\n"));
    g_autofree char *whole = live_harness_read_playlist(fixture);
    g_assert_cmpuint(live_harness_count_words(whole, "#EXTINF"), ==, 4);
    g_assert_cmpuint(live_harness_count_words(whole, "#EXT-X-DISCONTINUITY\n"), ==, 1);
}

/* A new daemon lets those rest that rested, and those that nobody watches. */
static void
test_restart_at_rest(LiveHarness *fixture, gconstpointer unused)
{
    live_harness_order(fixture, "SS");
    live_harness_await_number(fixture, 3);
    set_rest(fixture, REST_LONG);
    live_harness_stop(fixture);
    live_harness_start(fixture);
    await_rest(fixture);
    live_harness_stop(fixture); // at rest it ends, too
    live_harness_start(fixture);
    await_rest(fixture);
    g_assert_cmpuint(fixture->subscriptions, ==, 1);
    g_autofree char *old = live_harness_read_playlist(fixture);
    g_assert_cmpuint(live_harness_count_words(old, "#EXTINF"), ==, 2);
    flows_live_want(fixture->live, "class-1", TRUE);
    live_harness_order(fixture, "S");
    live_harness_await_number(fixture, 4);
    // What goes wrong while nobody watches is tried again when somebody does.
    live_harness_order(fixture, "D");
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_WAITING, "restarting");
    set_rest(fixture, 1);
    await_rest(fixture);
    live_harness_change(fixture, (LiveHarnessChange){.enabled = 0});
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_OFF, NULL);
}

typedef struct {
    LiveHarness *fixture;      // (unowned)
    char *id;                  // (owned) (nullable) of the booking
    CatalogBookingState state; // to be set
} Plan;

static gboolean
add_booking(CatalogDatabase *database, gpointer data, GError **error)
{
    Plan *plan = data;
    gint64 now_ms = server_clock_now_ms(plan->fixture->clock);
    const CatalogAuditStamp by = {NULL, now_ms};
    CatalogBooking booking = {
        .channel = plan->fixture->channel_id,
        .channel_name = (char *)"ห้องเรียน",
        .event_id = -1,
        .start_ms = now_ms + 90000,
        .end_ms = now_ms + 150000,
        .padding_before_s = 60,
        .title = (char *)"คณิตศาสตร์",
        .description = (char *)"",
        .language = (char *)"",
        .rights_holder = (char *)"",
        .licence = (char *)"",
        .visibility = CATALOG_LESSON_VISIBILITY_PUBLIC,
    };
    plan->id = catalog_bookings_add(database, &booking, &by, error);
    return plan->id != NULL;
}

static gboolean
move_booking(CatalogDatabase *database, gpointer data, GError **error)
{
    const Plan *plan = data;
    const CatalogAuditStamp by = {NULL, server_clock_now_ms(plan->fixture->clock)};
    return catalog_bookings_set_state(database, plan->id, plan->state, NULL, &by, error);
}

static void
plan(LiveHarness *fixture, Plan *plan, CatalogDatabaseWork work)
{
    GError *error = NULL;
    plan->fixture = fixture;
    g_autoptr(CatalogDatabase) database = live_harness_open_catalog(fixture);
    catalog_database_run_write(database, work, plan, &error);
    g_assert_no_error(error);
    flows_live_wake(fixture->live);
}

/* It wakes a minute before a booking wants it, stays while that runs, and rests again after it. */
static void
test_booking_wakes(LiveHarness *fixture, gconstpointer unused)
{
    Plan booked = {0};
    live_harness_order(fixture, "S");
    live_harness_await_number(fixture, 2);
    set_rest(fixture, 1);
    await_rest(fixture);
    plan(fixture, &booked, add_booking);
    await_subscription(fixture, 2);
    live_harness_order(fixture, "S");
    live_harness_await_number(fixture, 3);
    booked.state = CATALOG_BOOKING_STATE_RUNNING;
    plan(fixture, &booked, move_booking);
    live_harness_order(fixture, "S");
    live_harness_await_number(fixture, 4);
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_ON_AIR, NULL);
    g_assert_cmpuint(fixture->subscriptions, ==, 2);
    booked.state = CATALOG_BOOKING_STATE_FINISHING;
    plan(fixture, &booked, move_booking);
    await_rest(fixture);
    g_free(booked.id);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, ==, 2);
#define ADD(path, test)                                                                            \
    g_test_add(path, LiveHarness, argv[1], live_harness_set_up, test, live_harness_tear_down)
    ADD("/flows/live/rests", test_rests_and_wakes);
    ADD("/flows/live/rest-restart", test_restart_at_rest);
    ADD("/flows/live/rest-booking", test_booking_wakes);
    return g_test_run();
}
