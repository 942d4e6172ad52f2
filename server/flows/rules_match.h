// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Which programmes a rule means. Pure. Words are looked for in folded text (compatibility forms,
// case and Thai digits do not matter): Thai anywhere, since Thai has no blanks between words; Latin
// words and numbers whole. Times are those of the wall in the site's zone.
#pragma once

#include "catalog/guide.h"
#include "catalog/rules.h"

typedef struct _FlowsRulesMatch FlowsRulesMatch;

/** The texts of a programme, folded once for all rules, each when it is asked for. */
typedef struct {
    const CatalogGuide *event; // (unowned)
    char *title;               // (owned) (nullable)
    char *all;                 // (owned) (nullable): title, summary and description
} FlowsRulesMatchTexts;

void flows_rules_match_clear_texts(FlowsRulesMatchTexts *texts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FlowsRulesMatchTexts, flows_rules_match_clear_texts)

/** @rule: (unowned), outlives it. Returns: (transfer full): @rule, its words folded. */
FlowsRulesMatch *flows_rules_match_new(const CatalogRules *rule);
void flows_rules_match_free(FlowsRulesMatch *match);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsRulesMatch, flows_rules_match_free)

/** Returns: (transfer none). */
const CatalogRules *flows_rules_match_get_rule(const FlowsRulesMatch *match);

/** Returns: whether the rule means the event of @texts, of whatever channel; one without times
 * never. */
gboolean flows_rules_match_test(const FlowsRulesMatch *match, FlowsRulesMatchTexts *texts,
                                GTimeZone *zone);

/** Returns: whether a programme that begins at @start_ms begins on a day and at a time of @rule:
 * after midnight it is still the day on which the time began. */
gboolean flows_rules_match_is_in_time(const CatalogRules *rule, gint64 start_ms, GTimeZone *zone);
