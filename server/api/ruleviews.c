// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Whoever may make lessons sees all rules, so that nobody writes one twice.
#include "server/api/ruleviews.h"

#include "server/api/clashes.h"
#include "server/api/members.h"
#include "server/api/revision.h"
#include "server/api/rulebody.h"

gboolean
api_ruleviews_may_edit(const ServerAccessAccount *account, const CatalogRules *rule)
{
    return server_access_may_lesson(account, SERVER_ACCESS_EDIT, rule->owner_id, rule->visibility);
}

static void
set_minute(JsonObject *object, const char *member, gint64 minute)
{
    g_autofree char *text =
        minute != CATALOG_RULES_NO_MINUTE ? api_rulebody_write_minute(minute) : NULL;
    api_members_set_text(object, member, text);
}

static void
set_weekdays(JsonObject *object, gint64 weekdays)
{
    JsonArray *array = json_array_new();
    for (int day = 1; day <= 7; day++)
        if (((weekdays >> (day - 1)) & 1) != 0)
            json_array_add_int_element(array, day);
    json_object_set_array_member(object, "weekdays", array);
}

static void
set_owner(JsonObject *object, const CatalogRules *rule)
{
    if (rule->owner_id == NULL) {
        json_object_set_null_member(object, "owner");
        return;
    }
    JsonObject *member = json_object_new();
    json_object_set_string_member(member, "id", rule->owner_id);
    api_members_set_text(member, "name", rule->owner_name);
    json_object_set_object_member(object, "owner", member);
}

static void
set_plan(JsonObject *object, const CatalogRules *rule)
{
    json_object_set_boolean_member(object, "repeats", rule->repeats);
    json_object_set_int_member(object, "padding_before_s", rule->padding_before_s);
    json_object_set_int_member(object, "padding_after_s", rule->padding_after_s);
    json_object_set_int_member(object, "keep_days", rule->keep_days);
    json_object_set_string_member(object, "rights_holder", rule->rights_holder);
    json_object_set_string_member(object, "licence", rule->licence);
    json_object_set_string_member(object, "visibility",
                                  catalog_lesson_visibility_to_text(rule->visibility));
    json_object_set_boolean_member(object, "enabled", rule->enabled);
}

JsonObject *
api_ruleviews_render(gconstpointer item, const ApiViewsReader *reader)
{
    const CatalogRules *rule = item;
    g_autofree char *etag = api_revision_make_etag(rule->revision, NULL);
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "id", rule->id);
    json_object_set_string_member(object, "name", rule->name);
    api_members_set_text(object, "channel", rule->channel);
    json_object_set_string_member(object, "title", rule->title);
    json_object_set_string_member(object, "keywords", rule->keywords);
    api_members_set_text(object, "series_crid", rule->series_crid);
    set_weekdays(object, rule->weekdays);
    set_minute(object, "from", rule->from_minute);
    set_minute(object, "until", rule->until_minute);
    set_plan(object, rule);
    set_owner(object, rule);
    json_object_set_int_member(object, "created_ms", rule->created_ms);
    json_object_set_boolean_member(object, "may_edit",
                                   api_ruleviews_may_edit(reader->account, rule));
    json_object_set_string_member(object, "etag", etag);
    return object;
}

static void
set_other(JsonObject *object, const FlowsRulesPlanItem *item)
{
    if (item->verdict != FLOWS_RULES_PLAN_OTHER) {
        json_object_set_null_member(object, "other");
        return;
    }
    JsonObject *member = json_object_new();
    json_object_set_string_member(member, "channel", item->wanted->channel);
    json_object_set_int_member(member, "event_id", item->wanted->event_id);
    json_object_set_int_member(member, "start_ms", item->wanted->start_ms);
    json_object_set_object_member(object, "other", member);
}

JsonObject *
api_ruleviews_render_match(const FlowsRulesPlanItem *item)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "channel", item->channel);
    json_object_set_string_member(object, "channel_name", item->channel_name);
    json_object_set_int_member(object, "event_id", item->event->event_id);
    json_object_set_int_member(object, "start_ms", item->event->start_ms);
    json_object_set_int_member(object, "duration_ms", item->event->duration_ms);
    json_object_set_string_member(object, "title", item->event->title);
    json_object_set_string_member(object, "summary", item->event->summary);
    json_object_set_string_member(object, "verdict",
                                  flows_rules_plan_verdict_to_text(item->verdict));
    api_members_set_text(object, "booking_id", item->booking_id);
    set_other(object, item);
    json_object_set_array_member(object, "clashes",
                                 item->clash != NULL ? api_clashes_render_bookings(item->clash)
                                                     : json_array_new());
    return object;
}
