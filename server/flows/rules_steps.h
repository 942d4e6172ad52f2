// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a look of the rules decided, to be written later, a bounded batch a transaction: so that
// nobody who writes waits for hundreds of bookings. Each step is held against what is there by
// then: what a person did in between stays.
#pragma once

#include "catalog/booking.h"
#include "catalog/database.h"
#include "catalog/rules.h"

#define FLOWS_RULES_STEPS_BATCH 32

typedef struct _FlowsRulesSteps FlowsRulesSteps;

FlowsRulesSteps *flows_rules_steps_new(void);
void flows_rules_steps_free(FlowsRulesSteps *steps);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsRulesSteps, flows_rules_steps_free)

/** A booking that a rule made is taken back. */
void flows_rules_steps_add_withdrawal(FlowsRulesSteps *steps, const char *booking_id);

/** A waiting booking is marked with what is in its way: @code (nullable): static. */
void flows_rules_steps_add_mark(FlowsRulesSteps *steps, const char *booking_id, const char *code);

/** What @rule wants is booked; in place of the booking @instead_of (nullable), which is taken back
 * with it. @waits: for a tuner. */
void flows_rules_steps_add_booking(FlowsRulesSteps *steps, const char *instead_of,
                                   const CatalogBooking *wanted, const CatalogRules *rule,
                                   gboolean waits);

/** Returns: how many were not taken yet. */
guint flows_rules_steps_count_left(const FlowsRulesSteps *steps);

/** Writes the next FLOWS_RULES_STEPS_BATCH. @changed: (element-type utf8): ids of bookings made,
 * changed or taken back are added. FALSE with an error: none of them is taken. On the writer. */
gboolean flows_rules_steps_take(FlowsRulesSteps *steps, CatalogDatabase *database, gint64 now_ms,
                                GPtrArray *changed, GError **error);
