// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One look of all rules at guide and bookings, in one transaction: takes back what a rule made and
// does not mean any more, gives those that wait for a tuner another chance, books what is new. On a
// catalogue thread.
#pragma once

#include "catalog/database.h"

#include <glib.h>

typedef struct {
    gint64 now_ms;      // UTC milliseconds
    GTimeZone *zone;    // (unowned) of the site
    gboolean try_only;  // changes nothing: says in due whether there is anything to do
    guint due;          // (out) how many bookings are to be made or changed
    GPtrArray *changed; // (owned) (out) (element-type utf8): ids of bookings made or changed
} FlowsRulesTend;

gboolean flows_rules_tend_run(CatalogDatabase *database, FlowsRulesTend *tend, GError **error);
void flows_rules_tend_clear(FlowsRulesTend *tend);
