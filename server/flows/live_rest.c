// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One reason to be awake after another, the strongest first.
#include "server/flows/live_rest.h"

/* Until the booking's lead begins. One that runs does not lie down for a moment. */
static gint64
measure_booked(const FlowsLiveRestFacts *facts)
{
    gint64 lead_ms = facts->resting ? FLOWS_LIVE_REST_LEAD_MS : 2 * FLOWS_LIVE_REST_LEAD_MS;
    if (facts->booked_ms == FLOWS_LIVE_REST_NEVER)
        return FLOWS_LIVE_REST_NEVER;
    return MAX(facts->booked_ms - lead_ms - facts->now_ms, 0);
}

/* Until the last one who wanted it is long gone. */
static gint64
measure_wanted(const FlowsLiveRestFacts *facts)
{
    if (facts->wanted_us == G_MININT64)
        return 0;
    gint64 gone_ms = MAX(facts->now_us - facts->wanted_us, 0) / 1000;
    return MAX(facts->rest_ms - gone_ms, 0);
}

FlowsLiveRestVerdict
flows_live_rest_decide(const FlowsLiveRestFacts *facts)
{
    if (facts->rest_ms == 0 || facts->needed)
        return (FlowsLiveRestVerdict){FALSE, FLOWS_LIVE_REST_NEVER};
    gint64 booked_ms = measure_booked(facts);
    gint64 wanted_ms = measure_wanted(facts);
    if (booked_ms == 0)
        return (FlowsLiveRestVerdict){FALSE, FLOWS_LIVE_REST_LOOK_MS};
    if (wanted_ms > 0)
        return (FlowsLiveRestVerdict){FALSE, wanted_ms};
    gboolean clocked = booked_ms != FLOWS_LIVE_REST_NEVER;
    return (FlowsLiveRestVerdict){TRUE, clocked ? MIN(booked_ms, FLOWS_LIVE_REST_LOOK_MS)
                                                : FLOWS_LIVE_REST_NEVER};
}
