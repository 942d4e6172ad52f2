// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Any bytes as title and description of a programme, one a line: a rule whose words are the title
// means it; with a word of the description that it must not have, it does not.
#include <string.h>

#include "server/flows/rules_match.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static gboolean
means(const char *title, const char *keywords, const CatalogGuide *event, GTimeZone *zone)
{
    const CatalogRules rule = {
        .title = (char *)title,
        .keywords = (char *)keywords,
        .weekdays = CATALOG_RULES_EVERY_DAY,
        .from_minute = CATALOG_RULES_NO_MINUTE,
        .until_minute = CATALOG_RULES_NO_MINUTE,
    };
    g_auto(FlowsRulesMatchTexts) texts = {.event = event};
    g_autoptr(FlowsRulesMatch) match = flows_rules_match_new(&rule);
    return flows_rules_match_test(match, &texts, zone);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 2);
    gboolean two = lines[0] != NULL && lines[1] != NULL;
    const char *description = two ? lines[1] : "";
    g_autofree char *marked = g_strconcat("มะม่วง ", description, NULL);
    const CatalogGuide event = {
        .start_ms = 1,
        .duration_ms = 1,
        .title = lines[0] != NULL ? lines[0] : (char *)"",
        .summary = (char *)"",
        .description = marked,
    };
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    g_assert_true(means(event.title, "", &event, zone));
    g_assert_true(means("", "มะม่วง", &event, zone));
    g_assert_false(means(event.title, "-มะม่วง", &event, zone));
    means(description, description, &event, zone);
    return 0;
}
