// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Weekdays are 1 (Monday) to 7 (Sunday), as ISO 8601 counts; times of day are those of the site.
#include "server/api/rulebody.h"

#include <string.h>

#include "catalog/lessons.h"
#include "server/api/bookingbody.h"
#include "server/api/problem.h"

#define NAME_BYTES_MAX 256
#define RIGHTS_BYTES_MAX 1000
#define PADDING_BEFORE_S 60
#define PADDING_AFTER_S 180

const char *const *
api_rulebody_get_names(void)
{
    static const char *const names[] = {
        "name",          "channel", "title",   "keywords",         "series_crid",
        "weekdays",      "from",    "until",   "repeats",          "keep_days",
        "rights_holder", "licence", "enabled", "padding_before_s", "padding_after_s",
        "visibility",    NULL};
    return names;
}

CatalogRules *
api_rulebody_make_empty(ApiCall *call)
{
    CatalogRules *rule = g_new0(CatalogRules, 1);
    rule->owner_id = g_strdup(call->account->id);
    rule->name = g_strdup("");
    rule->title = g_strdup("");
    rule->keywords = g_strdup("");
    rule->weekdays = CATALOG_RULES_EVERY_DAY;
    rule->from_minute = CATALOG_RULES_NO_MINUTE;
    rule->until_minute = CATALOG_RULES_NO_MINUTE;
    rule->padding_before_s = PADDING_BEFORE_S;
    rule->padding_after_s = PADDING_AFTER_S;
    rule->rights_holder = g_strdup("");
    rule->licence = g_strdup("");
    rule->visibility = CATALOG_LESSON_VISIBILITY_SIGNED_IN;
    rule->enabled = TRUE;
    return rule;
}

static gboolean
refuse(GError **error, const char *why)
{
    g_set_error_literal(error, API_PROBLEM_ERROR, API_PROBLEM_ERROR_INVALID, why);
    return FALSE;
}

static gboolean
is_null(ApiCall *call, const char *name)
{
    return json_object_has_member(call->body, name) &&
           json_object_get_null_member(call->body, name);
}

/* A text that may be null: then @field is NULL. */
static gboolean
take_nullable(ApiCall *call, const char *name, gsize most, char **field, GError **error)
{
    if (is_null(call, name)) {
        g_clear_pointer(field, g_free);
        return TRUE;
    }
    if (!api_bookingbody_take_text(call, name, most, field, error))
        return FALSE;
    if (*field != NULL && **field == '\0')
        g_clear_pointer(field, g_free);
    return TRUE;
}

char *
api_rulebody_write_minute(gint64 minute)
{
    return g_strdup_printf("%02d:%02d", (int)(minute / 60), (int)(minute % 60));
}

static gboolean
is_time(const char *text)
{
    return strlen(text) == 5 && g_ascii_isdigit(text[0]) && g_ascii_isdigit(text[1]) &&
           text[2] == ':' && g_ascii_isdigit(text[3]) && g_ascii_isdigit(text[4]) &&
           (text[0] < '2' || (text[0] == '2' && text[1] <= '3')) && text[3] <= '5';
}

static gboolean
take_minute(ApiCall *call, const char *name, gint64 *minute, GError **error)
{
    const char *text = NULL;
    if (is_null(call, name)) {
        *minute = CATALOG_RULES_NO_MINUTE;
        return TRUE;
    }
    if (!api_call_take_text(call, name, 16, &text, error))
        return FALSE;
    if (text == NULL)
        return TRUE;
    if (!is_time(text))
        return refuse(error, "from and until are times of day such as 18:30, or null");
    *minute = (text[0] - '0') * 600 + (text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] - '0';
    return TRUE;
}

static gboolean
take_weekdays(ApiCall *call, gint64 *weekdays, GError **error)
{
    static const char why[] = "weekdays are numbers from 1 (Monday) to 7 (Sunday), at least one";
    gint64 mask = 0;
    JsonNode *node = json_object_get_member(call->body, "weekdays");
    if (node == NULL)
        return TRUE;
    if (!JSON_NODE_HOLDS_ARRAY(node) || json_array_get_length(json_node_get_array(node)) > 7)
        return refuse(error, why);
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonNode *item = json_array_get_element(array, i);
        gint64 day = JSON_NODE_HOLDS_VALUE(item) && json_node_get_value_type(item) == G_TYPE_INT64
                         ? json_node_get_int(item)
                         : 0;
        if (day < 1 || day > 7)
            return refuse(error, why);
        mask |= G_GINT64_CONSTANT(1) << (day - 1);
    }
    *weekdays = mask;
    return mask != 0 || refuse(error, why);
}

static gboolean
take_words(ApiCall *call, CatalogRules *rule, GError **error)
{
    gsize most = CATALOG_RULES_TEXT_BYTES_MAX;
    return api_bookingbody_take_text(call, "name", NAME_BYTES_MAX, &rule->name, error) &&
           take_nullable(call, "channel", 64, &rule->channel, error) &&
           api_bookingbody_take_text(call, "title", most, &rule->title, error) &&
           api_bookingbody_take_text(call, "keywords", most, &rule->keywords, error) &&
           take_nullable(call, "series_crid", most, &rule->series_crid, error);
}

static gboolean
take_times(ApiCall *call, CatalogRules *rule, GError **error)
{
    return take_weekdays(call, &rule->weekdays, error) &&
           take_minute(call, "from", &rule->from_minute, error) &&
           take_minute(call, "until", &rule->until_minute, error);
}

static gboolean
take_plan(ApiCall *call, CatalogRules *rule, GError **error)
{
    return api_call_take_boolean(call, "repeats", &rule->repeats, error) &&
           api_call_take_boolean(call, "enabled", &rule->enabled, error) &&
           api_call_take_number(call, "padding_before_s", &rule->padding_before_s, error) &&
           api_call_take_number(call, "padding_after_s", &rule->padding_after_s, error) &&
           api_call_take_number(call, "keep_days", &rule->keep_days, error) &&
           api_bookingbody_take_text(call, "rights_holder", RIGHTS_BYTES_MAX, &rule->rights_holder,
                                     error) &&
           api_bookingbody_take_text(call, "licence", RIGHTS_BYTES_MAX, &rule->licence, error) &&
           api_bookingbody_take_visibility(call, &rule->visibility, error);
}

gboolean
api_rulebody_take(ApiCall *call, CatalogRules *rule, GError **error)
{
    if (!take_words(call, rule, error) || !take_times(call, rule, error) ||
        !take_plan(call, rule, error))
        return FALSE;
    if (*rule->name == '\0') {
        g_free(rule->name);
        rule->name = g_strdup(*rule->title != '\0' ? rule->title : rule->keywords);
    }
    return TRUE;
}
