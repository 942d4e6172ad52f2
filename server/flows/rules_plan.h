// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What rules make of the guide: each programme they mean, in the order of time, and what is to be
// done about it. Changes nothing, so it serves the preview, too. On a catalogue thread, in a
// transaction.
#pragma once

#include "catalog/guide.h"
#include "catalog/rules.h"
#include "server/flows/tuners.h"

#define FLOWS_RULES_PLAN_AHEAD_MS (G_GINT64_CONSTANT(14) * 24 * 3600 * 1000)

typedef enum {
    FLOWS_RULES_PLAN_RECORD,    // to be booked
    FLOWS_RULES_PLAN_OTHER,     // no tuner is free: another showing is to be booked
    FLOWS_RULES_PLAN_CLASH,     // no tuner is free, no other showing: to be booked, and to wait
    FLOWS_RULES_PLAN_BOOKED,    // there is a booking
    FLOWS_RULES_PLAN_CANCELLED, // there was one: a person gave it up
    FLOWS_RULES_PLAN_REPEAT,    // of an episode that is kept, or will be
} FlowsRulesPlanVerdict;

#define FLOWS_RULES_PLAN_VERDICTS (FLOWS_RULES_PLAN_REPEAT + 1)

typedef struct {
    const CatalogRules *rule;      // (unowned) that means it
    char *channel;                 // (owned) id
    char *channel_name;            // (owned)
    char *service;                 // (owned) id of what the channel shows
    CatalogGuide *event;           // (owned)
    FlowsRulesPlanVerdict verdict; // (value)
    char *booking_id;              // (owned) (nullable) of BOOKED and CANCELLED
    CatalogBooking *wanted;        // (owned) (nullable) to be made: of RECORD, OTHER and CLASH
    FlowsTunersClash *clash;       // (owned) (nullable) of OTHER and CLASH
} FlowsRulesPlanItem;

typedef struct {
    gint64 now_ms;          // UTC milliseconds
    GTimeZone *zone;        // (unowned) of the site
    const GPtrArray *rules; // (unowned) (element-type CatalogRules): those that are off, too
    GHashTable *gone;       // (unowned) (nullable) ids of bookings that count for nothing
    GPtrArray *coming;      // (unowned) (nullable) (element-type CatalogBooking): count as booked
    FlowsTuners *tuners;    // (unowned) (nullable) as they are taken; NULL: as the catalogue says
    GPtrArray *items;       // (owned) (out) (element-type FlowsRulesPlanItem): by start
} FlowsRulesPlan;

/** Fills @plan->items. */
gboolean flows_rules_plan_run(CatalogDatabase *database, FlowsRulesPlan *plan, GError **error);
void flows_rules_plan_clear(FlowsRulesPlan *plan);

/** Returns: (transfer full): the booking that @rule makes of a programme; without state. */
CatalogBooking *flows_rules_plan_make_booking(const CatalogRules *rule, const char *channel,
                                              const CatalogGuide *event);

/** Returns: (transfer full) (nullable): a booking of another showing of the same episode, for which
 * a tuner is free; NULL without an error: there is none. @skip (element-type utf8): keys of
 * showings, see flows_rules_plan_name_showing(), that will not do. */
CatalogBooking *flows_rules_plan_find_other(CatalogDatabase *database, const FlowsTuners *tuners,
                                            const CatalogRules *rule, const CatalogBooking *booking,
                                            GHashTable *skip, GError **error);

/** Returns: (transfer full): a key. */
char *flows_rules_plan_name_showing(const char *service, gint64 event_id);

const char *flows_rules_plan_verdict_to_text(FlowsRulesPlanVerdict verdict);
