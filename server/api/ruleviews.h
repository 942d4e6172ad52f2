// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rules and what they mean of the guide, as JSON of the API.
#pragma once

#include "catalog/rules.h"
#include "server/api/views.h"
#include "server/flows/rules_plan.h"

/** Returns: (transfer full): the rule. Any thread. */
JsonObject *api_ruleviews_render(gconstpointer rule, const ApiViewsReader *reader);

/** Returns: (transfer full): a programme that a rule means, and what becomes of it. Any thread. */
JsonObject *api_ruleviews_render_match(const FlowsRulesPlanItem *item);

/** Whether @account may change @rule: as a lesson of the same owner and visibility. */
gboolean api_ruleviews_may_edit(const ServerAccessAccount *account, const CatalogRules *rule);
