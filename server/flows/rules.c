// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// look: is anything else than before? what would be done? (reader) → if there is anything, do it
// (writer) → tell → look again after a while, or soon when a booking changes.
#include "server/flows/rules.h"

#include "catalog/rulebookings.h"
#include "server/flows/rules_tend.h"

#define SOON_MS 300
// The guide comes in little by little; other processes may write to the catalogue, too.
#define LOOK_MS 30000

struct _FlowsRules {
    FlowsRulesSetup setup;    // borrowed things
    GMainContext *context;    // (owned)
    GTimeZone *zone;          // (owned) of the site
    ServerEventsQueue *queue; // (owned) (nullable) while started
    GSource *timer;           // (owned) (nullable) the next look
    char *stamp;              // (owned) (nullable) of what was looked at last
    gboolean busy;            // a look is under way
    gboolean again;           // woken while busy
    gboolean stopped;         // no look begins any more
};

typedef struct {
    FlowsRules *rules;   // (owned)
    FlowsRulesTend tend; // (value)
    char *stamp;         // (owned) (nullable) before the look, then of it
    gboolean same;       // (value) nothing is other than before
} Look;

static void look(FlowsRules *rules);
static void set_timer(FlowsRules *rules, guint ms);

static void
unref_rules(gpointer data)
{
    FlowsRules *rules = data;
    g_clear_pointer(&rules->timer, g_source_unref);
    g_main_context_unref(rules->context);
    g_time_zone_unref(rules->zone);
    g_free(rules->stamp);
}

static void
free_look(gpointer data)
{
    Look *wanted = data;
    flows_rules_tend_clear(&wanted->tend);
    g_free(wanted->stamp);
    g_rc_box_release_full(wanted->rules, unref_rules);
    g_free(wanted);
}

static void
clear_timer(FlowsRules *rules)
{
    if (rules->timer != NULL)
        g_source_destroy(rules->timer);
    g_clear_pointer(&rules->timer, g_source_unref);
}

static gboolean
on_timer(gpointer user_data)
{
    FlowsRules *rules = user_data;
    clear_timer(rules);
    look(rules);
    return G_SOURCE_REMOVE;
}

static void
set_timer(FlowsRules *rules, guint ms)
{
    clear_timer(rules);
    rules->timer = g_timeout_source_new(ms);
    g_source_set_callback(rules->timer, on_timer, rules, NULL);
    g_source_attach(rules->timer, rules->context);
}

static void
end_look(FlowsRules *rules)
{
    gboolean again = rules->again;
    rules->busy = FALSE;
    rules->again = FALSE;
    if (!rules->stopped)
        set_timer(rules, again ? SOON_MS : LOOK_MS);
}

static gboolean
do_write(CatalogDatabase *database, gpointer data, GError **error)
{
    Look *wanted = data;
    return flows_rules_tend_run(database, &wanted->tend, error);
}

static void
on_written(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Look *wanted = user_data;
    FlowsRules *rules = wanted->rules;
    g_autoptr(GError) error = NULL;
    if (!catalog_threads_finish(result, &error))
        g_warning("rules: nothing could be booked: %s", error->message);
    else
        for (guint i = 0; !rules->stopped && i < wanted->tend.changed->len; i++)
            server_events_publish(rules->setup.events, SERVER_EVENTS_BOOKING,
                                  wanted->tend.changed->pdata[i]);
    end_look(rules);
}

static gboolean
do_read(CatalogDatabase *database, gpointer data, GError **error)
{
    Look *wanted = data;
    g_autofree char *now = catalog_rulebookings_read_stamp(database, error);
    if (now == NULL)
        return FALSE;
    wanted->same = g_strcmp0(now, wanted->stamp) == 0;
    g_free(wanted->stamp);
    wanted->stamp = g_steal_pointer(&now);
    wanted->tend.try_only = TRUE;
    return wanted->same || flows_rules_tend_run(database, &wanted->tend, error);
}

static void
begin_writing(FlowsRules *rules)
{
    Look *wanted = g_new0(Look, 1);
    wanted->rules = g_rc_box_acquire(rules);
    wanted->tend.now_ms = server_clock_now_ms(rules->setup.clock);
    wanted->tend.zone = rules->zone;
    catalog_threads_write_async(rules->setup.catalog, do_write, wanted, free_look, NULL,
                                on_written);
}

static void
on_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Look *wanted = user_data;
    FlowsRules *rules = wanted->rules;
    g_autoptr(GError) error = NULL;
    if (!catalog_threads_finish(result, &error)) {
        g_warning("rules: the catalogue cannot be asked: %s", error->message);
        end_look(rules);
        return;
    }
    g_free(rules->stamp);
    rules->stamp = g_steal_pointer(&wanted->stamp);
    if (!wanted->same && wanted->tend.due > 0 && !rules->stopped)
        begin_writing(rules);
    else
        end_look(rules);
}

static void
look(FlowsRules *rules)
{
    rules->busy = TRUE;
    Look *wanted = g_new0(Look, 1);
    wanted->rules = g_rc_box_acquire(rules);
    wanted->stamp = g_strdup(rules->stamp);
    wanted->tend.now_ms = server_clock_now_ms(rules->setup.clock);
    wanted->tend.zone = rules->zone;
    catalog_threads_read_async(rules->setup.catalog, do_read, wanted, free_look, NULL, on_read);
}

static gboolean
on_queue_wake(gpointer user_data)
{
    FlowsRules *rules = user_data;
    gboolean wake = FALSE;
    g_autoptr(GPtrArray) items = server_events_queue_take(rules->queue);
    for (guint i = 0; i < items->len; i++) {
        const ServerEventsItem *item = items->pdata[i];
        wake = wake || item->kind == SERVER_EVENTS_BOOKING || item->kind == SERVER_EVENTS_RESYNC;
    }
    if (wake && rules->busy)
        rules->again = TRUE;
    else if (wake)
        set_timer(rules, SOON_MS);
    return G_SOURCE_REMOVE;
}

FlowsRules *
flows_rules_new(const FlowsRulesSetup *setup)
{
    FlowsRules *rules = g_rc_box_new0(FlowsRules);
    rules->setup = *setup;
    rules->context = g_main_context_ref_thread_default();
    rules->zone = g_time_zone_new_identifier(setup->config->site_zone);
    if (rules->zone == NULL)
        rules->zone = g_time_zone_new_utc();
    return rules;
}

void
flows_rules_start(FlowsRules *rules)
{
    rules->queue =
        server_events_subscribe(rules->setup.events, NULL, rules->context, on_queue_wake, rules);
    look(rules);
}

void
flows_rules_stop(FlowsRules *rules)
{
    rules->stopped = TRUE;
    clear_timer(rules);
    g_clear_pointer(&rules->queue, server_events_queue_free);
}

void
flows_rules_free(FlowsRules *rules)
{
    flows_rules_stop(rules);
    g_rc_box_release_full(rules, unref_rules);
}
