// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One look of all rules at guide, bookings and tuners: what a rule made and does not mean any more
// is to be taken back; what no tuner is free for by now is to be marked, and what has one again is
// not any more; what is new is to be booked. Decides alone; rules_steps.h writes. On a catalogue
// thread, in a transaction.
#pragma once

#include "catalog/database.h"
#include "server/flows/rules_steps.h"

/** Returns: (transfer full): what is to be done at @now_ms; NULL with an error. @zone: of the site.
 */
FlowsRulesSteps *flows_rules_tend_look(CatalogDatabase *database, gint64 now_ms, GTimeZone *zone,
                                       GError **error);
