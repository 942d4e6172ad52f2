// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// look: is anything else than before? what is to be done? (reader) → do it, batch by batch
// (writer), and tell → look again after a while, or soon when a booking changes. Only one look is
// under way at a time, so that two never book one episode.
#include "server/flows/rules.h"

#include "catalog/rulebookings.h"
#include "server/flows/rules_tend.h"
#include "server/timer.h"

#define SOON_MS 300
// The guide comes in little by little; other processes may write to the catalogue, too.
#define LOOK_MS 30000

struct _FlowsRules {
    FlowsRulesSetup setup;    // borrowed things
    GMainContext *context;    // (owned)
    GTimeZone *zone;          // (owned) of the site
    ServerEventsQueue *queue; // (owned) (nullable) while started
    GSource *timer;           // (owned) (nullable) the next look
    char *stamp;              // (owned) (nullable) of what was looked at last, and is done
    GPtrArray *asked;         // (owned) (element-type GTask): wait for a look from its beginning
    GPtrArray *served;        // (owned) (element-type GTask): wait for this one's end
    gboolean busy;            // a look is under way
    gboolean again;           // woken while busy
    gboolean stopped;         // no look begins any more
};

typedef struct {
    FlowsRules *rules;      // (owned)
    gint64 now_ms;          // (value) UTC milliseconds
    char *stamp;            // (owned) (nullable) before the look, then of it
    FlowsRulesSteps *steps; // (owned) (nullable) what is to be done; NULL: nothing is other
    GPtrArray *changed;     // (owned) (element-type utf8): ids of bookings, by one batch
} Look;

static void look(FlowsRules *rules);
static void set_timer(FlowsRules *rules, guint ms);
static void write_batch(Look *from);

static void
unref_rules(gpointer data)
{
    FlowsRules *rules = data;
    g_clear_pointer(&rules->timer, g_source_unref);
    g_ptr_array_unref(rules->asked);
    g_ptr_array_unref(rules->served);
    g_main_context_unref(rules->context);
    g_time_zone_unref(rules->zone);
    g_free(rules->stamp);
}

static void
free_look(gpointer data)
{
    Look *wanted = data;
    flows_rules_steps_free(wanted->steps);
    g_ptr_array_unref(wanted->changed);
    g_free(wanted->stamp);
    g_atomic_rc_box_release_full(wanted->rules, unref_rules);
    g_free(wanted);
}

static Look *
make_look(FlowsRules *rules)
{
    Look *wanted = g_new0(Look, 1);
    wanted->rules = g_atomic_rc_box_acquire(rules);
    wanted->now_ms = server_clock_now_ms(rules->setup.clock);
    wanted->changed = g_ptr_array_new_with_free_func(g_free);
    return wanted;
}

static gboolean
on_timer(gpointer user_data)
{
    FlowsRules *rules = user_data;
    server_timer_clear(&rules->timer);
    look(rules);
    return G_SOURCE_REMOVE;
}

static void
set_timer(FlowsRules *rules, guint ms)
{
    server_timer_set(&rules->timer, rules->context, ms, on_timer, rules);
}

static void
answer(GPtrArray *tasks)
{
    for (guint i = 0; i < tasks->len; i++)
        g_task_return_boolean(tasks->pdata[i], TRUE);
    g_ptr_array_set_size(tasks, 0);
}

static void
end_look(FlowsRules *rules)
{
    gboolean again = rules->again;
    rules->busy = FALSE;
    rules->again = FALSE;
    answer(rules->served);
    if (rules->stopped)
        return;
    if (rules->asked->len > 0)
        look(rules);
    else
        set_timer(rules, again ? SOON_MS : LOOK_MS);
}

static gboolean
do_write(CatalogDatabase *database, gpointer data, GError **error)
{
    Look *wanted = data;
    return flows_rules_steps_take(wanted->steps, database, wanted->now_ms, wanted->changed, error);
}

/* All of @wanted is done, or there was nothing to do: only now it need not be looked at again. */
static void
keep_stamp(FlowsRules *rules, Look *wanted)
{
    g_free(rules->stamp);
    rules->stamp = g_steal_pointer(&wanted->stamp);
}

static void
on_written(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Look *wanted = user_data;
    FlowsRules *rules = wanted->rules;
    g_autoptr(GError) error = NULL;
    if (!catalog_threads_finish(result, &error)) {
        g_warning("rules: nothing could be booked: %s", error->message);
        end_look(rules);
        return;
    }
    for (guint i = 0; !rules->stopped && i < wanted->changed->len; i++)
        server_events_publish(rules->setup.events, SERVER_EVENTS_BOOKING,
                              wanted->changed->pdata[i]);
    if (flows_rules_steps_count_left(wanted->steps) > 0 && !rules->stopped) {
        write_batch(wanted);
        return;
    }
    keep_stamp(rules, wanted);
    end_look(rules);
}

/* Goes on with what @from found. */
static void
write_batch(Look *from)
{
    Look *wanted = make_look(from->rules);
    wanted->steps = g_steal_pointer(&from->steps);
    wanted->stamp = g_steal_pointer(&from->stamp);
    catalog_threads_write_async(from->rules->setup.catalog, do_write, wanted, free_look, NULL,
                                on_written);
}

static gboolean
do_read(CatalogDatabase *database, gpointer data, GError **error)
{
    Look *wanted = data;
    g_autofree char *now = catalog_rulebookings_read_stamp(database, error);
    if (now == NULL)
        return FALSE;
    gboolean same = g_strcmp0(now, wanted->stamp) == 0;
    g_free(wanted->stamp);
    wanted->stamp = g_steal_pointer(&now);
    if (same)
        return TRUE;
    wanted->steps = flows_rules_tend_look(database, wanted->now_ms, wanted->rules->zone, error);
    return wanted->steps != NULL;
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
    } else if (wanted->steps != NULL && flows_rules_steps_count_left(wanted->steps) > 0 &&
               !rules->stopped) {
        write_batch(wanted);
    } else {
        keep_stamp(rules, wanted);
        end_look(rules);
    }
}

static void
look(FlowsRules *rules)
{
    GPtrArray *none = rules->served;
    server_timer_clear(&rules->timer);
    rules->busy = TRUE;
    rules->served = rules->asked;
    rules->asked = none;
    Look *wanted = make_look(rules);
    wanted->stamp = g_strdup(rules->stamp);
    catalog_threads_read_async(rules->setup.catalog, do_read, wanted, free_look, NULL, on_read);
}

/* On the main context. */
static gboolean
on_asked(gpointer data)
{
    GTask *task = data;
    FlowsRules *rules = g_task_get_task_data(task);
    if (rules->stopped) {
        g_task_return_boolean(task, TRUE);
        return G_SOURCE_REMOVE;
    }
    g_ptr_array_add(rules->asked, g_object_ref(task));
    if (!rules->busy)
        look(rules);
    return G_SOURCE_REMOVE;
}

static void
release_rules(gpointer data)
{
    g_atomic_rc_box_release_full(data, unref_rules);
}

void
flows_rules_look_async(FlowsRules *rules, GAsyncReadyCallback callback, gpointer user_data)
{
    GTask *task = g_task_new(NULL, NULL, callback, user_data);
    g_task_set_task_data(task, g_atomic_rc_box_acquire(rules), release_rules);
    g_main_context_invoke_full(rules->context, G_PRIORITY_DEFAULT, on_asked, task, g_object_unref);
}

void
flows_rules_look_finish(GAsyncResult *result)
{
    g_task_propagate_boolean(G_TASK(result), NULL);
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
    FlowsRules *rules = g_atomic_rc_box_new0(FlowsRules);
    rules->setup = *setup;
    rules->context = g_main_context_ref_thread_default();
    rules->zone = g_time_zone_new_identifier(setup->config->site_zone);
    if (rules->zone == NULL)
        rules->zone = g_time_zone_new_utc();
    rules->asked = g_ptr_array_new_with_free_func(g_object_unref);
    rules->served = g_ptr_array_new_with_free_func(g_object_unref);
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
    server_timer_clear(&rules->timer);
    answer(rules->asked);
    answer(rules->served);
    g_clear_pointer(&rules->queue, server_events_queue_free);
}

void
flows_rules_free(FlowsRules *rules)
{
    flows_rules_stop(rules);
    g_atomic_rc_box_release_full(rules, unref_rules);
}
