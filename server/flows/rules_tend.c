// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// withdraw → share out the tuners: first to what runs, then to what has one (persons' before
// rules', older before younger), then to what waits for one → book what is new. What a person
// touched, or what runs already, is nobody's to take back.
#include "server/flows/rules_tend.h"

#include <string.h>

#include "catalog/bookings.h"
#include "catalog/guide.h"
#include "server/flows/record_follow.h"
#include "server/flows/rules_match.h"
#include "server/flows/rules_plan.h"

/* What one look has under its hands. */
typedef struct {
    CatalogDatabase *database; // (unowned)
    gint64 now_ms;             // UTC milliseconds
    GTimeZone *zone;           // (unowned) of the site
    FlowsRulesSteps *steps;    // (owned)
    FlowsTuners *tuners;       // (owned) (nullable) as they are shared out
    GPtrArray *rules;          // (owned) (element-type CatalogRules)
    GPtrArray *pending;        // (owned) (element-type CatalogBooking)
    GPtrArray *coming;         // (owned) (element-type CatalogBooking) in place of others
    GHashTable *gone;          // (owned) (element-type utf8) bookings that are taken back
} Look;

static void
clear_look(Look *look)
{
    g_clear_pointer(&look->steps, flows_rules_steps_free);
    g_clear_pointer(&look->tuners, flows_tuners_free);
    g_clear_pointer(&look->rules, g_ptr_array_unref);
    g_clear_pointer(&look->pending, g_ptr_array_unref);
    g_clear_pointer(&look->coming, g_ptr_array_unref);
    g_clear_pointer(&look->gone, g_hash_table_unref);
}

static const CatalogRules *
find_rule(const Look *look, const char *id)
{
    for (guint i = 0; i < look->rules->len; i++) {
        const CatalogRules *rule = look->rules->pdata[i];
        if (strcmp(rule->id, id) == 0)
            return rule;
    }
    return NULL;
}

static gboolean
is_rules_own(const CatalogBooking *booking)
{
    return booking->rule_id != NULL && booking->revision == 1 &&
           booking->state == CATALOG_BOOKING_STATE_WAITING;
}

/* @meant: (out): whether @rule, which was changed since, means what @booking is of. One that the
 * guide does not have any more stays: the guide may be late. */
static gboolean
look_up(Look *look, const CatalogRules *rule, const CatalogBooking *booking, gboolean *meant,
        GError **error)
{
    g_auto(FlowsRulesMatchTexts) texts = {0};
    *meant = rule->channel == NULL || g_strcmp0(rule->channel, booking->channel) == 0;
    if (!*meant || booking->service == NULL)
        return TRUE;
    g_autoptr(GPtrArray) events = catalog_guide_list(
        look->database, booking->service, booking->event_start_ms - FLOWS_RECORD_FOLLOW_AROUND_MS,
        booking->event_start_ms + FLOWS_RECORD_FOLLOW_AROUND_MS, error);
    if (events == NULL)
        return FALSE;
    const CatalogGuide *event = flows_record_follow_find(booking, events);
    if (event == NULL)
        return TRUE;
    texts.event = event;
    g_autoptr(FlowsRulesMatch) match = flows_rules_match_new(rule);
    *meant = flows_rules_match_test(match, &texts, look->zone);
    return TRUE;
}

static gboolean
withdraw(Look *look, GError **error)
{
    for (guint i = 0; i < look->pending->len; i++) {
        const CatalogBooking *booking = look->pending->pdata[i];
        const CatalogRules *rule = is_rules_own(booking) ? find_rule(look, booking->rule_id) : NULL;
        gboolean meant = TRUE;
        if (rule == NULL)
            continue;
        if (!rule->enabled)
            meant = FALSE;
        else if (rule->updated_ms >= booking->created_ms && rule->revision > 1 &&
                 !look_up(look, rule, booking, &meant, error))
            return FALSE;
        if (meant)
            continue;
        g_hash_table_add(look->gone, g_strdup(booking->id));
        flows_rules_steps_add_withdrawal(look->steps, booking->id);
    }
    return TRUE;
}

/* Another showing of what no tuner is free for is booked, and this one taken back. @moved: (out):
 * whether there is one. */
static gboolean
move_on(Look *look, const CatalogBooking *booking, gboolean *moved, GError **error)
{
    g_autoptr(GError) local = NULL;
    const CatalogRules *rule = is_rules_own(booking) ? find_rule(look, booking->rule_id) : NULL;
    g_autoptr(GHashTable) skip = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    *moved = FALSE;
    if (rule == NULL || rule->repeats) // every showing is booked for itself
        return TRUE;
    for (guint i = 0; i < look->coming->len; i++) {
        const CatalogBooking *coming = look->coming->pdata[i];
        g_hash_table_add(skip, flows_rules_plan_name_showing(coming->service, coming->event_id));
    }
    CatalogBooking *other =
        flows_rules_plan_find_other(look->database, look->tuners, rule, booking, skip, &local);
    if (local != NULL) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    *moved = other != NULL;
    if (other == NULL)
        return TRUE;
    flows_tuners_add(look->tuners, other);
    g_hash_table_add(look->gone, g_strdup(booking->id));
    flows_rules_steps_add_booking(look->steps, booking->id, other, rule, FALSE);
    g_ptr_array_add(look->coming, other);
    return TRUE;
}

static gboolean
is_waiting_for_tuner(const CatalogBooking *booking)
{
    return g_strcmp0(booking->error_code, FLOWS_TUNERS_CODE) == 0;
}

/* Gives @booking a tuner if one is free all the while, and notes what that changes. */
static gboolean
give_tuner(Look *look, const CatalogBooking *booking, GError **error)
{
    gboolean waits = is_waiting_for_tuner(booking), moved = FALSE;
    g_autoptr(FlowsTunersClash) clash = flows_tuners_find_clash(look->tuners, booking);
    if (clash == NULL) {
        flows_tuners_add(look->tuners, booking);
        if (waits)
            flows_rules_steps_add_mark(look->steps, booking->id, NULL);
        return TRUE;
    }
    if (!move_on(look, booking, &moved, error))
        return FALSE;
    if (!moved && !waits)
        flows_rules_steps_add_mark(look->steps, booking->id, FLOWS_TUNERS_CODE);
    return TRUE;
}

static int
compare_claims(gconstpointer a, gconstpointer b)
{
    const CatalogBooking *one = *(CatalogBooking *const *)a;
    const CatalogBooking *other = *(CatalogBooking *const *)b;
    if (is_waiting_for_tuner(one) != is_waiting_for_tuner(other))
        return is_waiting_for_tuner(one) ? 1 : -1;
    if (is_rules_own(one) != is_rules_own(other))
        return is_rules_own(one) ? 1 : -1;
    if (one->created_ms != other->created_ms)
        return one->created_ms < other->created_ms ? -1 : 1;
    return strcmp(one->id, other->id);
}

static gboolean
share_tuners(Look *look, GError **error)
{
    g_autoptr(GPtrArray) claims = g_ptr_array_new();
    look->tuners = flows_tuners_new_bare(look->database, look->now_ms, error);
    if (look->tuners == NULL)
        return FALSE;
    for (guint i = 0; i < look->pending->len; i++) {
        CatalogBooking *booking = look->pending->pdata[i];
        if (booking->state == CATALOG_BOOKING_STATE_RUNNING)
            flows_tuners_add(look->tuners, booking);
        else if (booking->state == CATALOG_BOOKING_STATE_WAITING &&
                 !g_hash_table_contains(look->gone, booking->id))
            g_ptr_array_add(claims, booking);
    }
    g_ptr_array_sort(claims, compare_claims);
    for (guint i = 0; i < claims->len; i++)
        if (!give_tuner(look, claims->pdata[i], error))
            return FALSE;
    return TRUE;
}

static gboolean
book_new(Look *look, GError **error)
{
    FlowsRulesPlan plan = {
        .now_ms = look->now_ms,
        .zone = look->zone,
        .rules = look->rules,
        .gone = look->gone,
        .coming = look->coming,
        .tuners = look->tuners,
    };
    gboolean done = flows_rules_plan_run(look->database, &plan, error);
    for (guint i = 0; done && i < plan.items->len; i++) {
        const FlowsRulesPlanItem *item = plan.items->pdata[i];
        if (item->wanted != NULL)
            flows_rules_steps_add_booking(look->steps, NULL, item->wanted, item->rule,
                                          item->verdict == FLOWS_RULES_PLAN_CLASH);
    }
    flows_rules_plan_clear(&plan);
    return done;
}

FlowsRulesSteps *
flows_rules_tend_look(CatalogDatabase *database, gint64 now_ms, GTimeZone *zone, GError **error)
{
    FlowsRulesSteps *steps = NULL;
    Look look = {.database = database, .now_ms = now_ms, .zone = zone};
    look.steps = flows_rules_steps_new();
    look.gone = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    look.coming = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_booking_free);
    look.rules = catalog_rules_list(database, error);
    look.pending = look.rules != NULL ? catalog_bookings_list_pending(database, error) : NULL;
    if (look.pending != NULL && withdraw(&look, error) && share_tuners(&look, error) &&
        book_new(&look, error))
        steps = g_steal_pointer(&look.steps);
    clear_look(&look);
    return steps;
}
