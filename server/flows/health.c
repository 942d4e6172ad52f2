// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// start → load the files → every 5 s: sample, note, tell → at each minute's end: write slots → each
// hour: forget what the catalogue has no more.
#include "server/flows/health.h"

#include <string.h>

#include "catalog/channels.h"
#include "catalog/multiplexes.h"
#include "catalog/threads.h"
#include "server/flows/health_files.h"
#include "server/flows/health_sample.h"
#include "server/flows/intake.h"
#include "server/flows/live.h"
#include "server/flows/receive_worker.h"
#include "server/timer.h"

#define SAMPLE_MS 5000
#define SWEEP_MS (3600 * 1000)
#define SUBJECTS_MAX 1024 // 200 KB each
#define WAITING_MAX 20000 // slots, while the disk stands

typedef struct {
    FlowsHealthHistory *history;  // (owned)
    FlowsHealthSampleState state; // (value)
} Subject;

struct _FlowsHealth {
    FlowsHealthSetup setup;     // (value)
    FlowsReceiveWorker *worker; // (owned)
    FlowsViewers *viewers;      // (owned)
    GCancellable *cancellable;  // (owned) for the sweep
    GSource *timer;             // (owned) (nullable) while sampling
    FlowsHealthFilesSave *next; // (owned) what the next write takes
    gboolean writing;           // (value) a write is under way
    gboolean warned;            // (value) that it cannot be written
    gint64 swept_ms;            // (value) 0: never
    GMutex lock;                // guards subjects
    GHashTable *subjects;       // (owned) (guarded by lock) (element-type utf8 Subject) by id
};

static void
free_subject(gpointer data)
{
    Subject *subject = data;
    flows_health_history_free(subject->history);
    g_free(subject);
}

FlowsHealth *
flows_health_new(const FlowsHealthSetup *setup)
{
    FlowsHealth *health = g_new0(FlowsHealth, 1);
    health->setup = *setup;
    health->worker = flows_receive_worker_new("health-files", 1);
    health->viewers = flows_viewers_new();
    health->cancellable = g_cancellable_new();
    health->next = flows_health_files_new_save(setup->storage);
    health->subjects = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_subject);
    g_mutex_init(&health->lock);
    return health;
}

FlowsViewers *
flows_health_get_viewers(FlowsHealth *health)
{
    return health->viewers;
}

/* --- writing -------------------------------------------------------------------------------- */

static void begin_write(FlowsHealth *health);

static void
on_written(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsHealth *health = user_data;
    g_autoptr(GError) error = NULL;
    gboolean good = flows_receive_worker_run_finish(result, &error);
    if (!good && !health->warned)
        g_warning("health: the history is not written: %s", error->message);
    health->warned = !good;
    health->writing = FALSE;
    begin_write(health);
}

static void
begin_write(FlowsHealth *health)
{
    if (health->writing || (health->next->slots->len == 0 && health->next->gone->len == 0))
        return;
    FlowsHealthFilesSave *save = health->next;
    health->next = flows_health_files_new_save(health->setup.storage);
    health->writing = TRUE;
    flows_receive_worker_run_async(health->worker, flows_health_files_save, save,
                                   flows_health_files_free_save, on_written, health);
}

static void
add_slots(FlowsHealth *health, const char *id, FlowsHealthKind kind, GArray *slots)
{
    for (guint i = 0; i < slots->len && health->next->slots->len < WAITING_MAX; i++) {
        FlowsHealthFilesSlot *slot = g_new0(FlowsHealthFilesSlot, 1);
        slot->id = g_strdup(id);
        slot->kind = kind;
        slot->slot = g_array_index(slots, FlowsHealthHistorySlot, i);
        g_ptr_array_add(health->next->slots, slot);
    }
}

/* --- sampling ------------------------------------------------------------------------------- */

/* Returns: (nullable): its place, made when it is new. */
static Subject *
ensure_subject(FlowsHealth *health, const char *id, FlowsHealthKind kind)
{
    Subject *subject = g_hash_table_lookup(health->subjects, id);
    if (subject != NULL || g_hash_table_size(health->subjects) >= SUBJECTS_MAX)
        return subject;
    subject = g_new0(Subject, 1);
    subject->history = flows_health_history_new(kind);
    g_hash_table_insert(health->subjects, g_strdup(id), subject);
    return subject;
}

static void
note(FlowsHealth *health, const char *id, Subject *subject, const FlowsHealthPoint *point)
{
    FlowsHealthKind kind = flows_health_history_get_kind(subject->history);
    g_autoptr(GArray) slots = g_array_new(FALSE, FALSE, sizeof(FlowsHealthHistorySlot));
    flows_health_history_note(subject->history, point, server_clock_now_ms(health->setup.clock),
                              slots);
    add_slots(health, id, kind, slots);
}

static void
sample_multiplex(FlowsHealth *health, const char *id)
{
    FlowsHealthPoint point = {0};
    g_autoptr(FlowsIntakeStatus) status = flows_intake_get_status(health->setup.intake, id);
    g_mutex_lock(&health->lock);
    Subject *subject = ensure_subject(health, id, FLOWS_HEALTH_MULTIPLEX);
    if (subject != NULL && flows_health_sample_multiplex(status, &subject->state, &point))
        note(health, id, subject, &point);
    g_mutex_unlock(&health->lock);
}

static void
sample_channel(FlowsHealth *health, const FlowsLiveName *name)
{
    FlowsHealthPoint point = {0};
    gint64 now_ms = server_clock_now_ms(health->setup.clock);
    g_autoptr(FlowsLiveStatus) status = flows_live_get_status(health->setup.live, name->id);
    guint viewers = flows_viewers_count(health->viewers, name->slug, g_get_monotonic_time());
    g_mutex_lock(&health->lock);
    Subject *subject = ensure_subject(health, name->id, FLOWS_HEALTH_CHANNEL);
    if (subject != NULL &&
        flows_health_sample_channel(status, viewers, now_ms, &subject->state, &point))
        note(health, name->id, subject, &point);
    g_mutex_unlock(&health->lock);
}

/* --- forgetting ----------------------------------------------------------------------------- */

typedef struct {
    FlowsHealth *health;       // (unowned) good unless cancelled
    GCancellable *cancellable; // (owned)
    GHashTable *ids;           // (owned) (element-type utf8) that have a row
} Sweep;

static void
free_sweep(gpointer data)
{
    Sweep *sweep = data;
    g_hash_table_unref(sweep->ids);
    g_object_unref(sweep->cancellable);
    g_free(sweep);
}

static gboolean
read_ids(CatalogDatabase *database, gpointer data, GError **error)
{
    Sweep *sweep = data;
    g_autoptr(GPtrArray) multiplexes = catalog_multiplexes_list(database, error);
    g_autoptr(GPtrArray) channels =
        multiplexes != NULL ? catalog_channels_list(database, error) : NULL;
    if (channels == NULL)
        return FALSE;
    for (guint i = 0; i < multiplexes->len; i++)
        g_hash_table_add(sweep->ids, g_strdup(((CatalogMultiplexes *)multiplexes->pdata[i])->id));
    for (guint i = 0; i < channels->len; i++)
        g_hash_table_add(sweep->ids, g_strdup(((CatalogChannels *)channels->pdata[i])->id));
    return TRUE;
}

static void
on_ids_read(GObject *source, GAsyncResult *result, gpointer data)
{
    Sweep *sweep = data;
    FlowsHealth *health = sweep->health;
    gboolean read = catalog_threads_finish(result, NULL);
    GHashTableIter iter;
    gpointer id = NULL;
    if (g_cancellable_is_cancelled(sweep->cancellable) || !read)
        return;
    g_mutex_lock(&health->lock);
    g_hash_table_iter_init(&iter, health->subjects);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        if (g_hash_table_contains(sweep->ids, id))
            continue;
        g_ptr_array_add(health->next->gone, g_strdup(id));
        g_hash_table_iter_remove(&iter);
    }
    g_mutex_unlock(&health->lock);
    begin_write(health);
}

static void
sweep_if_due(FlowsHealth *health)
{
    gint64 now_ms = g_get_monotonic_time() / 1000;
    if (health->swept_ms > 0 && now_ms - health->swept_ms < SWEEP_MS)
        return;
    Sweep *sweep = g_new0(Sweep, 1);
    sweep->health = health;
    sweep->cancellable = g_object_ref(health->cancellable);
    sweep->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    health->swept_ms = MAX(now_ms, 1);
    catalog_threads_read_async(health->setup.catalog, read_ids, sweep, free_sweep, NULL,
                               on_ids_read);
}

static gboolean
on_sample_due(gpointer user_data)
{
    FlowsHealth *health = user_data;
    g_autoptr(GPtrArray) multiplexes = flows_intake_list_ids(health->setup.intake);
    g_autoptr(GPtrArray) channels = flows_live_list_names(health->setup.live);
    for (guint i = 0; i < multiplexes->len; i++)
        sample_multiplex(health, multiplexes->pdata[i]);
    for (guint i = 0; i < channels->len; i++)
        sample_channel(health, channels->pdata[i]);
    begin_write(health);
    sweep_if_due(health);
    if (health->setup.events != NULL && multiplexes->len + channels->len > 0)
        server_events_publish(health->setup.events, SERVER_EVENTS_HEALTH, "now");
    return G_SOURCE_CONTINUE;
}

/* --- the beginning and the end -------------------------------------------------------------- */

static void
adopt(FlowsHealth *health, GHashTable *found)
{
    GHashTableIter iter;
    gpointer id = NULL, history = NULL;
    g_mutex_lock(&health->lock);
    g_hash_table_iter_init(&iter, found);
    while (g_hash_table_iter_next(&iter, &id, &history)) {
        Subject *subject = g_new0(Subject, 1);
        subject->history = history;
        g_hash_table_iter_steal(&iter);
        g_hash_table_replace(health->subjects, id, subject);
    }
    g_mutex_unlock(&health->lock);
}

static void
on_loaded(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsHealth *health = user_data;
    FlowsHealthFilesLoad *load = flows_receive_worker_get_data(result);
    g_autoptr(GMainContext) context = g_main_context_ref_thread_default();
    g_autoptr(GError) error = NULL;
    if (!flows_receive_worker_run_finish(result, &error))
        g_warning("health: the history cannot be read: %s", error->message);
    if (g_cancellable_is_cancelled(health->cancellable))
        return;
    adopt(health, load->found);
    server_timer_set(&health->timer, context, SAMPLE_MS, on_sample_due, health);
}

void
flows_health_start(FlowsHealth *health)
{
    flows_receive_worker_run_async(health->worker, flows_health_files_load,
                                   flows_health_files_new_load(health->setup.storage),
                                   flows_health_files_free_load, on_loaded, health);
}

void
flows_health_stop(FlowsHealth *health)
{
    g_cancellable_cancel(health->cancellable);
    server_timer_clear(&health->timer);
}

gboolean
flows_health_get_recent(FlowsHealth *health, const char *id, FlowsHealthPoint *point)
{
    gint64 now_ms = server_clock_now_ms(health->setup.clock);
    g_mutex_lock(&health->lock);
    const Subject *subject = g_hash_table_lookup(health->subjects, id);
    gboolean found =
        subject != NULL && flows_health_history_get_recent(subject->history, now_ms, point);
    g_mutex_unlock(&health->lock);
    return found;
}

GArray *
flows_health_list_history(FlowsHealth *health, const char *id, gboolean hours)
{
    gint64 now_ms = server_clock_now_ms(health->setup.clock);
    g_mutex_lock(&health->lock);
    const Subject *subject = g_hash_table_lookup(health->subjects, id);
    GArray *points = subject != NULL ? flows_health_history_list(subject->history, hours, now_ms)
                                     : g_array_new(FALSE, FALSE, sizeof(FlowsHealthPoint));
    g_mutex_unlock(&health->lock);
    return points;
}

void
flows_health_free(FlowsHealth *health)
{
    flows_health_stop(health);
    flows_receive_worker_free(health->worker);
    flows_health_files_free_save(health->next);
    flows_viewers_free(health->viewers);
    g_hash_table_unref(health->subjects);
    g_object_unref(health->cancellable);
    g_mutex_clear(&health->lock);
    g_free(health);
}
