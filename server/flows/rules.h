// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rules at work: when guide, rules, bookings or tuners are others than before, programmes are
// booked, and bookings taken back (rules_tend.h). Main context.
#pragma once

#include "catalog/threads.h"
#include "server/clock.h"
#include "server/config.h"
#include "server/events.h"

typedef struct _FlowsRules FlowsRules;

/** All (unowned); they outlive the rules. */
typedef struct {
    const ServerConfig *config; // (unowned)
    ServerClock *clock;         // (unowned)
    ServerEvents *events;       // (unowned)
    CatalogThreads *catalog;    // (unowned)
} FlowsRulesSetup;

FlowsRules *flows_rules_new(const FlowsRulesSetup *setup);
void flows_rules_free(FlowsRules *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsRules, flows_rules_free)

/** Looks now, and whenever there is reason to. */
void flows_rules_start(FlowsRules *rules);

/** Completes when a look that began after this call is through, and what it decided is done, or
 * when the rules are stopped; in the thread-default context of the caller. @callback (nullable):
 * they look anyway. Any thread. */
void flows_rules_look_async(FlowsRules *rules, GAsyncReadyCallback callback, gpointer user_data);
void flows_rules_look_finish(GAsyncResult *result);

/** Looks no more; one look that is under way ends by itself. */
void flows_rules_stop(FlowsRules *rules);
