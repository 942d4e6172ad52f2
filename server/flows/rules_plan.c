// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// read bookings, tuners, episodes → per channel: read the guide, see which of its programmes are
// booked, keep those that a rule means → in the order of time: decide, and count what was decided.
#include "server/flows/rules_plan.h"

#include <string.h>

#include "catalog/channels.h"
#include "catalog/repeats.h"
#include "catalog/rulebookings.h"
#include "server/flows/episodes.h"
#include "server/flows/record_follow.h"
#include "server/flows/rules_match.h"

#define DAY_MS (G_GINT64_CONSTANT(24) * 3600 * 1000)
// A booking's own programme must be among those it is looked for in, even when that is over.
#define BACK_MS (G_GINT64_CONSTANT(12) * 3600 * 1000)
#define EVENTS_MOST 4000 // of one channel, so that one cannot hold up all others

static const char *const VERDICT_NAMES[] = {"record", "other-showing", "clash",
                                            "booked", "cancelled",     "repeat"};

/* What one run has under its hands. */
typedef struct {
    CatalogDatabase *database; // (unowned)
    FlowsRulesPlan *plan;      // (unowned)
    GPtrArray *matches;        // (owned) (element-type FlowsRulesMatch) of rules that are on
    GPtrArray *bookings;       // (owned) (element-type CatalogBooking) not long over, or to come
    FlowsTuners *tuners;       // (unowned)
    FlowsTuners *own_tuners;   // (owned) (nullable)
    FlowsEpisodes *episodes;   // (owned)
    GHashTable *taken;         // (owned) booking (unowned) by showing; NULL: decided just now
} Run;

const char *
flows_rules_plan_verdict_to_text(FlowsRulesPlanVerdict verdict)
{
    return VERDICT_NAMES[verdict];
}

static void
free_item(gpointer data)
{
    FlowsRulesPlanItem *item = data;
    g_free(item->channel);
    g_free(item->channel_name);
    g_free(item->service);
    catalog_guide_free(item->event);
    g_free(item->booking_id);
    catalog_booking_free(item->wanted);
    flows_tuners_clash_free(item->clash);
    g_free(item);
}

void
flows_rules_plan_clear(FlowsRulesPlan *plan)
{
    g_clear_pointer(&plan->items, g_ptr_array_unref);
}

static void
clear_run(Run *run)
{
    g_clear_pointer(&run->matches, g_ptr_array_unref);
    g_clear_pointer(&run->bookings, g_ptr_array_unref);
    g_clear_pointer(&run->own_tuners, flows_tuners_free);
    g_clear_pointer(&run->episodes, flows_episodes_free);
    g_clear_pointer(&run->taken, g_hash_table_unref);
}

char *
flows_rules_plan_name_showing(const char *service, gint64 event_id)
{
    return g_strdup_printf("%s %" G_GINT64_FORMAT, service, event_id);
}

CatalogBooking *
flows_rules_plan_make_booking(const CatalogRules *rule, const char *channel,
                              const CatalogGuide *event)
{
    CatalogBooking *booking = g_new0(CatalogBooking, 1);
    booking->owner_id = g_strdup(rule->owner_id);
    booking->channel = g_strdup(channel);
    booking->service = g_strdup(event->service);
    booking->event_id = event->event_id;
    booking->event_start_ms = event->start_ms;
    booking->follows = TRUE;
    booking->programme_crid = g_strdup(event->programme_crid);
    booking->start_ms = event->start_ms;
    booking->end_ms = event->start_ms + event->duration_ms;
    booking->padding_before_s = rule->padding_before_s;
    booking->padding_after_s = rule->padding_after_s;
    booking->title = g_strdup(*event->title != '\0' ? event->title : rule->name);
    booking->description = catalog_repeats_describe(event);
    booking->language = g_strdup("th");
    booking->rights_holder = g_strdup(rule->rights_holder);
    booking->licence = g_strdup(rule->licence);
    booking->keep_until_ms = rule->keep_days > 0 ? booking->end_ms + rule->keep_days * DAY_MS : 0;
    booking->visibility = rule->visibility;
    booking->rule_id = g_strdup(rule->id);
    return booking;
}

/* Which of @events (element-type CatalogGuide) are booked, whatever ids they have by now. */
static void
take_booked(Run *run, const char *service, const GPtrArray *events)
{
    for (guint i = 0; i < run->bookings->len; i++) {
        CatalogBooking *booking = run->bookings->pdata[i];
        if (booking->event_id == CATALOG_BOOKING_NO_EVENT ||
            g_strcmp0(booking->service, service) != 0)
            continue;
        const CatalogGuide *event = flows_record_follow_find(booking, events);
        if (event == NULL)
            continue;
        char *key = flows_rules_plan_name_showing(service, event->event_id);
        const CatalogBooking *other = g_hash_table_lookup(run->taken, key);
        // What was given up and booked again is booked.
        if (other == NULL || other->state == CATALOG_BOOKING_STATE_CANCELLED)
            g_hash_table_insert(run->taken, key, booking);
        else
            g_free(key);
    }
}

static gboolean
is_covered(const CatalogRules *rule, const CatalogChannels *channel)
{
    return rule->channel != NULL ? strcmp(rule->channel, channel->id) == 0 : channel->enabled;
}

static gboolean
is_anybody_interested(const Run *run, const CatalogChannels *channel)
{
    for (guint i = 0; i < run->matches->len; i++)
        if (is_covered(flows_rules_match_get_rule(run->matches->pdata[i]), channel))
            return TRUE;
    return FALSE;
}

/* The oldest rule that means it: (nullable). */
static const CatalogRules *
find_rule(const Run *run, const CatalogChannels *channel, const CatalogGuide *event)
{
    g_auto(FlowsRulesMatchTexts) texts = {.event = event};
    for (guint i = 0; i < run->matches->len; i++) {
        const FlowsRulesMatch *match = run->matches->pdata[i];
        const CatalogRules *rule = flows_rules_match_get_rule(match);
        if (is_covered(rule, channel) && flows_rules_match_test(match, &texts, run->plan->zone))
            return rule;
    }
    return NULL;
}

static void
add_item(Run *run, const CatalogChannels *channel, const CatalogRules *rule, CatalogGuide *event)
{
    FlowsRulesPlanItem *item = g_new0(FlowsRulesPlanItem, 1);
    item->rule = rule;
    item->channel = g_strdup(channel->id);
    item->channel_name = g_strdup(channel->name);
    item->service = g_strdup(channel->service);
    item->event = event;
    g_ptr_array_add(run->plan->items, item);
}

static gboolean
read_channel(Run *run, const CatalogChannels *channel, GError **error)
{
    gint64 now_ms = run->plan->now_ms;
    if (channel->service == NULL || !is_anybody_interested(run, channel))
        return TRUE;
    g_autoptr(GPtrArray) events =
        catalog_guide_list_span(run->database, channel->service, now_ms - BACK_MS,
                                now_ms + FLOWS_RULES_PLAN_AHEAD_MS, EVENTS_MOST, error);
    if (events == NULL)
        return FALSE;
    take_booked(run, channel->service, events);
    while (events->len > 0) {
        g_autoptr(CatalogGuide) event = g_ptr_array_steal_index_fast(events, events->len - 1);
        gboolean over = event->start_ms == CATALOG_GUIDE_NO_TIME ||
                        event->duration_ms == CATALOG_GUIDE_NO_TIME ||
                        event->start_ms + event->duration_ms <= now_ms;
        const CatalogRules *rule = over ? NULL : find_rule(run, channel, event);
        if (rule != NULL)
            add_item(run, channel, rule, g_steal_pointer(&event));
    }
    return TRUE;
}

static int
compare_items(gconstpointer a, gconstpointer b)
{
    const FlowsRulesPlanItem *one = *(FlowsRulesPlanItem *const *)a;
    const FlowsRulesPlanItem *other = *(FlowsRulesPlanItem *const *)b;
    if (one->event->start_ms != other->event->start_ms)
        return one->event->start_ms < other->event->start_ms ? -1 : 1;
    int by_rule = g_strcmp0(one->rule->id, other->rule->id);
    return by_rule != 0 ? by_rule : strcmp(one->channel, other->channel);
}

CatalogBooking *
flows_rules_plan_find_other(CatalogDatabase *database, const FlowsTuners *tuners,
                            const CatalogRules *rule, const CatalogBooking *booking,
                            GHashTable *skip, GError **error)
{
    gint64 now_ms = flows_tuners_get_now_ms(tuners);
    g_autoptr(GPtrArray) found =
        catalog_repeats_find(database, booking, now_ms, now_ms + FLOWS_RULES_PLAN_AHEAD_MS, error);
    for (guint i = 0; found != NULL && i < found->len; i++) {
        const CatalogGuidesearch *showing = found->pdata[i];
        if (showing->rank != CATALOG_REPEATS_SURE)
            continue;
        g_autofree char *key =
            flows_rules_plan_name_showing(showing->event->service, showing->event->event_id);
        if (g_hash_table_contains(skip, key))
            continue;
        g_autoptr(CatalogBooking) other =
            flows_rules_plan_make_booking(rule, showing->channel, showing->event);
        g_autoptr(FlowsTunersClash) clash = flows_tuners_find_clash(tuners, other);
        if (clash == NULL)
            return g_steal_pointer(&other);
    }
    return NULL;
}

static void
count_wanted(Run *run, const FlowsRulesPlanItem *item)
{
    char *key = flows_rules_plan_name_showing(item->wanted->service, item->wanted->event_id);
    g_hash_table_insert(run->taken, key, NULL);
    flows_episodes_add(run->episodes, item->wanted);
    if (item->verdict != FLOWS_RULES_PLAN_CLASH)
        flows_tuners_add(run->tuners, item->wanted);
}

static gboolean
decide_new(Run *run, FlowsRulesPlanItem *item, GError **error)
{
    g_autoptr(GError) local = NULL;
    item->wanted = flows_rules_plan_make_booking(item->rule, item->channel, item->event);
    item->clash = flows_tuners_find_clash(run->tuners, item->wanted);
    item->verdict = item->clash == NULL ? FLOWS_RULES_PLAN_RECORD : FLOWS_RULES_PLAN_CLASH;
    if (item->clash != NULL) {
        CatalogBooking *other = flows_rules_plan_find_other(run->database, run->tuners, item->rule,
                                                            item->wanted, run->taken, &local);
        if (local != NULL) {
            g_propagate_error(error, g_steal_pointer(&local));
            return FALSE;
        }
        if (other != NULL) {
            catalog_booking_free(item->wanted);
            item->wanted = other;
            item->verdict = FLOWS_RULES_PLAN_OTHER;
        }
    }
    count_wanted(run, item);
    return TRUE;
}

static gboolean
decide(Run *run, FlowsRulesPlanItem *item, GError **error)
{
    gpointer there = NULL;
    g_autofree char *key = flows_rules_plan_name_showing(item->service, item->event->event_id);
    if (g_hash_table_lookup_extended(run->taken, key, NULL, &there)) {
        const CatalogBooking *booking = there;
        gboolean given_up = booking != NULL && booking->state == CATALOG_BOOKING_STATE_CANCELLED;
        item->verdict = given_up ? FLOWS_RULES_PLAN_CANCELLED : FLOWS_RULES_PLAN_BOOKED;
        item->booking_id = g_strdup(booking != NULL ? booking->id : NULL);
        return TRUE;
    }
    if (!item->rule->repeats && flows_episodes_has(run->episodes, item->event)) {
        item->verdict = FLOWS_RULES_PLAN_REPEAT;
        return TRUE;
    }
    return decide_new(run, item, error);
}

static void
forget_gone(Run *run)
{
    for (guint i = run->bookings->len; run->plan->gone != NULL && i > 0; i--) {
        const CatalogBooking *booking = run->bookings->pdata[i - 1];
        if (!g_hash_table_contains(run->plan->gone, booking->id))
            continue;
        g_ptr_array_remove_index(run->bookings, i - 1);
    }
}

static void
count_coming(Run *run)
{
    const GPtrArray *coming = run->plan->coming;
    for (guint i = 0; coming != NULL && i < coming->len; i++) {
        const CatalogBooking *booking = coming->pdata[i];
        char *key = flows_rules_plan_name_showing(booking->service, booking->event_id);
        g_hash_table_insert(run->taken, key, NULL);
        flows_episodes_add(run->episodes, booking);
    }
}

static gboolean
find_tuners(Run *run, GError **error)
{
    if (run->plan->tuners == NULL)
        run->own_tuners = flows_tuners_new(run->database, run->plan->now_ms, error);
    run->tuners = run->plan->tuners != NULL ? run->plan->tuners : run->own_tuners;
    return run->tuners != NULL;
}

static gboolean
prepare(Run *run, GError **error)
{
    const GPtrArray *rules = run->plan->rules;
    run->plan->items = g_ptr_array_new_with_free_func(free_item);
    run->matches = g_ptr_array_new_with_free_func((GDestroyNotify)flows_rules_match_free);
    run->taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < rules->len; i++) {
        const CatalogRules *rule = rules->pdata[i];
        if (rule->enabled)
            g_ptr_array_add(run->matches, flows_rules_match_new(rule));
    }
    run->bookings =
        catalog_rulebookings_list_since(run->database, run->plan->now_ms - BACK_MS, error);
    if (run->bookings == NULL || !find_tuners(run, error))
        return FALSE;
    run->episodes = flows_episodes_new(run->database, run->plan->gone, error);
    if (run->episodes == NULL)
        return FALSE;
    forget_gone(run);
    count_coming(run);
    return TRUE;
}

static gboolean
do_run(Run *run, GError **error)
{
    GPtrArray *items = run->plan->items;
    if (run->matches->len == 0)
        return TRUE;
    g_autoptr(GPtrArray) channels = catalog_channels_list(run->database, error);
    for (guint i = 0; channels != NULL && i < channels->len; i++)
        if (!read_channel(run, channels->pdata[i], error))
            return FALSE;
    g_ptr_array_sort(items, compare_items);
    for (guint i = 0; i < items->len; i++)
        if (!decide(run, items->pdata[i], error))
            return FALSE;
    return channels != NULL;
}

gboolean
flows_rules_plan_run(CatalogDatabase *database, FlowsRulesPlan *plan, GError **error)
{
    Run run = {.database = database, .plan = plan};
    flows_rules_plan_clear(plan);
    gboolean done = prepare(&run, error) && do_run(&run, error);
    clear_run(&run);
    return done;
}
