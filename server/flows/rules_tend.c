// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a person touched, or what runs already, is nobody's to take back.
#include "server/flows/rules_tend.h"

#include <string.h>

#include "catalog/bookings.h"
#include "catalog/error.h"
#include "catalog/guide.h"
#include "catalog/rulebookings.h"
#include "server/flows/record_follow.h"
#include "server/flows/rules_match.h"
#include "server/flows/rules_plan.h"

/* What one look has under its hands. */
typedef struct {
    CatalogDatabase *database; // (unowned)
    FlowsRulesTend *tend;      // (unowned)
    CatalogAuditStamp by;      // the system
    GPtrArray *rules;          // (owned) (element-type CatalogRules)
    GPtrArray *pending;        // (owned) (element-type CatalogBooking)
    GHashTable *gone;          // (owned) (element-type utf8) bookings that are taken back
} Look;

void
flows_rules_tend_clear(FlowsRulesTend *tend)
{
    g_clear_pointer(&tend->changed, g_ptr_array_unref);
}

static void
note(Look *look, const char *id)
{
    look->tend->due++;
    g_ptr_array_add(look->tend->changed, g_strdup(id));
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
    *meant = flows_rules_match_test(match, &texts, look->tend->zone);
    return TRUE;
}

static gboolean
take_back(Look *look, const CatalogBooking *booking, GError **error)
{
    note(look, booking->id);
    g_hash_table_add(look->gone, g_strdup(booking->id));
    return look->tend->try_only ||
           catalog_rulebookings_withdraw(look->database, booking->id, &look->by, error);
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
        if (!meant && !take_back(look, booking, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
add_booking(Look *look, const CatalogBooking *wanted, gboolean clash, GError **error)
{
    g_autoptr(GError) local = NULL;
    look->tend->due++;
    if (look->tend->try_only)
        return TRUE;
    g_autofree char *id = catalog_bookings_add(look->database, wanted, &look->by, &local);
    // Somebody was quicker, or there is no room for more: that is no reason to stop.
    if (g_error_matches(local, CATALOG_ERROR, CATALOG_ERROR_EXISTS) ||
        g_error_matches(local, CATALOG_ERROR, CATALOG_ERROR_INVALID)) {
        g_debug("rule %s: %s", wanted->rule_id, local->message);
        return TRUE;
    }
    if (local != NULL) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    g_ptr_array_add(look->tend->changed, g_strdup(id));
    return !clash || catalog_rulebookings_mark(look->database, id, FLOWS_TUNERS_CODE,
                                               look->tend->now_ms, error);
}

/* Another showing of what waits for a tuner: books that, and takes this one back. */
static gboolean
move_on(Look *look, FlowsTuners *tuners, const CatalogBooking *booking, GError **error)
{
    g_autoptr(GError) local = NULL;
    const CatalogRules *rule = is_rules_own(booking) ? find_rule(look, booking->rule_id) : NULL;
    g_autoptr(GHashTable) skip = g_hash_table_new(g_str_hash, g_str_equal);
    if (rule == NULL)
        return TRUE;
    g_autoptr(CatalogBooking) other =
        flows_rules_plan_find_other(look->database, tuners, rule, booking, skip, &local);
    if (local != NULL) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (other == NULL)
        return TRUE;
    flows_tuners_add(tuners, other);
    return take_back(look, booking, error) && add_booking(look, other, FALSE, error);
}

static gboolean
try_again(Look *look, FlowsTuners *tuners, const CatalogBooking *booking, GError **error)
{
    g_autoptr(FlowsTunersClash) clash = flows_tuners_find_clash(tuners, booking);
    if (clash != NULL)
        return move_on(look, tuners, booking, error);
    note(look, booking->id);
    flows_tuners_add(tuners, booking);
    return look->tend->try_only ||
           catalog_rulebookings_mark(look->database, booking->id, NULL, look->tend->now_ms, error);
}

static gboolean
tend_waiting(Look *look, GError **error)
{
    g_autoptr(FlowsTuners) tuners = flows_tuners_new(look->database, look->tend->now_ms, error);
    if (tuners == NULL)
        return FALSE;
    for (guint i = 0; i < look->pending->len; i++) {
        const CatalogBooking *booking = look->pending->pdata[i];
        if (booking->state == CATALOG_BOOKING_STATE_WAITING &&
            g_strcmp0(booking->error_code, FLOWS_TUNERS_CODE) == 0 &&
            !g_hash_table_contains(look->gone, booking->id) &&
            !try_again(look, tuners, booking, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
book_new(Look *look, GError **error)
{
    FlowsRulesPlan plan = {
        .now_ms = look->tend->now_ms,
        .zone = look->tend->zone,
        .rules = look->rules,
        .gone = look->gone,
    };
    gboolean done = flows_rules_plan_run(look->database, &plan, error);
    for (guint i = 0; done && i < plan.items->len; i++) {
        const FlowsRulesPlanItem *item = plan.items->pdata[i];
        if (item->wanted != NULL)
            done = add_booking(look, item->wanted, item->verdict == FLOWS_RULES_PLAN_CLASH, error);
    }
    flows_rules_plan_clear(&plan);
    return done;
}

gboolean
flows_rules_tend_run(CatalogDatabase *database, FlowsRulesTend *tend, GError **error)
{
    Look look = {.database = database, .tend = tend, .by = {NULL, tend->now_ms}};
    flows_rules_tend_clear(tend);
    tend->changed = g_ptr_array_new_with_free_func(g_free);
    tend->due = 0;
    look.gone = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    look.rules = catalog_rules_list(database, error);
    look.pending = look.rules != NULL ? catalog_bookings_list_pending(database, error) : NULL;
    gboolean done = look.pending != NULL && withdraw(&look, error) && tend_waiting(&look, error) &&
                    book_new(&look, error);
    g_clear_pointer(&look.rules, g_ptr_array_unref);
    g_clear_pointer(&look.pending, g_ptr_array_unref);
    g_hash_table_unref(look.gone);
    return done;
}
