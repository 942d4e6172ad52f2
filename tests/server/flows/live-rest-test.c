// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// When a channel rests and when it wakes: viewers, bookings, recordings, and clocks that are set.
#include "server/flows/live_rest.h"

#define MINUTE_MS (G_GINT64_CONSTANT(60) * 1000)
#define MINUTE_US (MINUTE_MS * 1000)
#define NOW_MS G_GINT64_CONSTANT(1760000000000)
#define NOW_US (G_GINT64_CONSTANT(90) * MINUTE_US)
#define NEVER FLOWS_LIVE_REST_NEVER

static FlowsLiveRestFacts
describe(gint64 minutes, gint64 gone_ms)
{
    return (FlowsLiveRestFacts){
        .rest_ms = minutes * MINUTE_MS,
        .wanted_us = NOW_US - gone_ms * 1000,
        .booked_ms = NEVER,
        .now_us = NOW_US,
        .now_ms = NOW_MS,
    };
}

static void
assert_verdict(const FlowsLiveRestFacts *facts, gboolean rests, gint64 look_ms)
{
    FlowsLiveRestVerdict verdict = flows_live_rest_decide(facts);
    g_assert_true(verdict.rests == rests);
    g_assert_cmpint(verdict.look_ms, ==, look_ms);
}

static void
test_only_if_asked_for(void)
{
    FlowsLiveRestFacts facts = describe(0, 500 * MINUTE_MS);
    assert_verdict(&facts, FALSE, NEVER);
    facts.wanted_us = G_MININT64;
    assert_verdict(&facts, FALSE, NEVER);
}

static void
test_viewers(void)
{
    FlowsLiveRestFacts facts = describe(5, 0);
    assert_verdict(&facts, FALSE, 5 * MINUTE_MS);
    facts = describe(5, 5 * MINUTE_MS - 1);
    assert_verdict(&facts, FALSE, 1);
    facts = describe(5, 5 * MINUTE_MS);
    assert_verdict(&facts, TRUE, NEVER);
    facts.resting = TRUE;
    assert_verdict(&facts, TRUE, NEVER);
    // Somebody asks again.
    facts.wanted_us = NOW_US;
    assert_verdict(&facts, FALSE, 5 * MINUTE_MS);
    // Nobody ever did: it begins at rest.
    facts.wanted_us = G_MININT64;
    assert_verdict(&facts, TRUE, NEVER);
    // One who asked just after the time was read.
    facts.wanted_us = NOW_US + 10;
    assert_verdict(&facts, FALSE, 5 * MINUTE_MS);
    facts = describe(240, 240 * MINUTE_MS - 1000);
    assert_verdict(&facts, FALSE, 1000);
}

static void
test_bookings(void)
{
    FlowsLiveRestFacts facts = describe(5, 60 * MINUTE_MS);
    facts.resting = TRUE;
    facts.booked_ms = NOW_MS + 90 * MINUTE_MS;
    assert_verdict(&facts, TRUE, FLOWS_LIVE_REST_LOOK_MS);
    facts.booked_ms = NOW_MS + FLOWS_LIVE_REST_LEAD_MS + 7000;
    assert_verdict(&facts, TRUE, 7000);
    facts.booked_ms = NOW_MS + FLOWS_LIVE_REST_LEAD_MS + 1;
    assert_verdict(&facts, TRUE, 1);
    facts.booked_ms = NOW_MS + FLOWS_LIVE_REST_LEAD_MS;
    assert_verdict(&facts, FALSE, FLOWS_LIVE_REST_LOOK_MS);
    facts.booked_ms = NOW_MS - 90 * MINUTE_MS; // overdue: the recorder is about to begin
    assert_verdict(&facts, FALSE, FLOWS_LIVE_REST_LOOK_MS);
    // Who is awake does not lie down when it has to rise within a minute.
    facts.booked_ms = NOW_MS + FLOWS_LIVE_REST_LEAD_MS + 7000;
    facts.resting = FALSE;
    assert_verdict(&facts, FALSE, FLOWS_LIVE_REST_LOOK_MS);
}

static void
test_recordings(void)
{
    FlowsLiveRestFacts facts = describe(1, 600 * MINUTE_MS);
    facts.needed = TRUE;
    assert_verdict(&facts, FALSE, NEVER);
    facts.resting = TRUE;
    assert_verdict(&facts, FALSE, NEVER);
    facts.wanted_us = G_MININT64;
    assert_verdict(&facts, FALSE, NEVER);
}

/* Viewers are counted by a clock that nobody sets; a booking by the one that people read, whatever
 * it says now, and never later than half a minute after it was set. */
static void
test_clock_is_set(void)
{
    static const gint64 days[] = {-1, 1};
    for (guint i = 0; i < G_N_ELEMENTS(days); i++) {
        FlowsLiveRestFacts facts = describe(5, 2 * MINUTE_MS);
        facts.now_ms += days[i] * 24 * 60 * MINUTE_MS;
        assert_verdict(&facts, FALSE, 3 * MINUTE_MS);
        facts = describe(5, 6 * MINUTE_MS);
        facts.now_ms += days[i] * 24 * 60 * MINUTE_MS;
        assert_verdict(&facts, TRUE, NEVER);
        facts.booked_ms = NOW_MS + 10 * MINUTE_MS;
        facts.resting = TRUE;
        assert_verdict(&facts, days[i] < 0, FLOWS_LIVE_REST_LOOK_MS);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/flows/live-rest/only-if-asked-for", test_only_if_asked_for);
    g_test_add_func("/flows/live-rest/viewers", test_viewers);
    g_test_add_func("/flows/live-rest/bookings", test_bookings);
    g_test_add_func("/flows/live-rest/recordings", test_recordings);
    g_test_add_func("/flows/live-rest/clock-is-set", test_clock_is_set);
    return g_test_run();
}
