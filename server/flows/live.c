// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// start → probe the walls → look: read all rows → begin, update or end channels → look again when
// woken … stop → every channel ends.
//
// What other threads ask is answered from a table of copies, renewed with every change.
#include "server/flows/live.h"

#include <string.h>

#include "catalog/threads.h"
#include "server/flows/strays.h"
#include "server/timer.h"

#define TROUBLE_MS 5000
#define RETRY_MS 1000
#define MINUTE_MS 60000
#define HOLD_MS 12000 // less than a client waits for the first byte of an answer

/* What is known of one channel, for any thread. */
typedef struct {
    char *slug;              // (owned)
    FlowsLiveStatus *status; // (owned)
    FlowsWindow *window;     // (owned) (nullable)
} Known;

struct _FlowsLive {
    FlowsLiveSetup setup;          // (value)
    FlowsLiveChannelShared shared; // (value) what channels get
    GMainContext *context;         // (owned)
    FlowsReceiveWorker *worker;    // (owned)
    FlowsSnapshots *snapshots;     // (owned)
    ChildSandbox *sandbox;         // (owned) (nullable) known after the probe
    GCancellable *cancellable;     // (owned) for the probe
    GHashTable *channels;          // (owned) (element-type FlowsLiveChannel) by id
    GSource *timer;                // (owned) (nullable) after trouble
    GTask *stop;                   // (owned) (nullable) to be completed when all is quiet
    gboolean ready;                // (value) the probe is over
    gboolean busy;                 // (value) a probe or a read is under way
    gboolean again;                // (value) woken while busy
    gboolean swept;                // (value) folders without a row are gone
    gboolean looked;               // (value) rows were read once
    gint waking;                   // (atomic) a wake is on its way to the main context
    gint rousing;                  // (atomic) somebody wants a channel that rests
    FlowsLiveWait *wait;           // (owned) any thread
    GMutex lock;                   // guards what follows
    GHashTable *known;             // (owned) (guarded by lock) (element-type Known) by id
    GHashTable *wanted;            // (owned) (guarded by lock) (element-type gint64) by id
};

typedef struct {
    FlowsLive *live; // (unowned)
    GPtrArray *rows; // (owned) (nullable) (element-type FlowsLiveRow)
} Look;

static void look(FlowsLive *live);

static void
free_known(gpointer data)
{
    Known *known = data;
    g_free(known->slug);
    flows_live_state_free(known->status);
    g_clear_pointer(&known->window, flows_window_unref);
    g_free(known);
}

static void
free_look(gpointer data)
{
    Look *wanted = data;
    g_clear_pointer(&wanted->rows, g_ptr_array_unref);
    g_free(wanted);
}

static void
end_if_quiet(FlowsLive *live)
{
    if (live->stop == NULL || live->busy || g_hash_table_size(live->channels) > 0 ||
        !flows_snapshots_is_quiet(live->snapshots))
        return;
    server_timer_clear(&live->timer);
    live->ready = FALSE;
    g_autoptr(GTask) stop = g_steal_pointer(&live->stop);
    g_task_return_boolean(stop, TRUE);
}

static void
end_step(FlowsLive *live)
{
    gboolean again = live->again;
    live->busy = FALSE;
    live->again = FALSE;
    if (live->stop != NULL)
        end_if_quiet(live);
    else if (again)
        look(live);
}

static void
publish(FlowsLive *live, const char *id)
{
    if (live->setup.events != NULL)
        server_events_publish(live->setup.events, SERVER_EVENTS_CHANNEL, id);
}

/* Copies what others may ask for. */
static void
note_channel(FlowsLiveChannel *channel, gpointer user_data)
{
    FlowsLive *live = user_data;
    const CatalogChannels *row = flows_live_channel_get_row(channel)->channel;
    FlowsWindow *window = flows_live_channel_get_window(channel);
    Known *known = g_new0(Known, 1);
    known->slug = g_strdup(row->slug);
    known->status = flows_live_state_copy(flows_live_channel_get_status(channel));
    known->window = window != NULL ? flows_window_ref(window) : NULL;
    g_mutex_lock(&live->lock);
    g_hash_table_replace(live->known, g_strdup(row->id), known);
    g_mutex_unlock(&live->lock);
}

/* Notes that it is wanted; with the lock held. */
static void
stamp(FlowsLive *live, const char *id)
{
    gint64 now_us = g_get_monotonic_time();
    gint64 *wanted = g_hash_table_lookup(live->wanted, id);
    if (wanted != NULL)
        *wanted = now_us;
    else
        g_hash_table_insert(live->wanted, g_strdup(id), g_memdup2(&now_us, sizeof now_us));
}

static gint64
get_wanted(FlowsLiveChannel *channel, gpointer user_data)
{
    FlowsLive *live = user_data;
    g_mutex_lock(&live->lock);
    const gint64 *wanted =
        g_hash_table_lookup(live->wanted, flows_live_channel_get_row(channel)->channel->id);
    gint64 wanted_us = wanted != NULL ? *wanted : G_MININT64;
    g_mutex_unlock(&live->lock);
    return wanted_us;
}

static void
on_channel_change(FlowsLiveChannel *channel, gpointer user_data)
{
    FlowsLive *live = user_data;
    note_channel(channel, user_data);
    FlowsWindow *window = flows_live_channel_get_window(channel);
    if (window != NULL && flows_live_channel_get_status(channel)->state == FLOWS_LIVE_STATE_FAILED)
        flows_live_wait_tell(live->wait, window);
    publish(user_data, flows_live_channel_get_row(channel)->channel->id);
}

static void
on_channel_segment(FlowsLiveChannel *channel, gpointer user_data)
{
    FlowsLive *live = user_data;
    const char *id = flows_live_channel_get_row(channel)->channel->id;
    flows_live_wait_tell(live->wait, flows_live_channel_get_window(channel));
    if (live->setup.on_segment != NULL)
        live->setup.on_segment(id, live->setup.user_data);
}

static void
on_channel_ended(FlowsLiveChannel *channel, gpointer user_data)
{
    FlowsLive *live = user_data;
    g_autofree char *id = g_strdup(flows_live_channel_get_row(channel)->channel->id);
    g_mutex_lock(&live->lock);
    g_hash_table_remove(live->known, id);
    g_hash_table_remove(live->wanted, id);
    g_mutex_unlock(&live->lock);
    g_hash_table_remove(live->channels, id);
    publish(live, id);
    if (live->stop != NULL)
        end_if_quiet(live);
    else
        flows_live_wake(live); // the same id may have come back meanwhile
}

static gboolean
has_row(GPtrArray *rows, const char *id)
{
    for (guint i = 0; i < rows->len; i++) {
        const FlowsLiveRow *row = rows->pdata[i];
        if (strcmp(row->channel->id, id) == 0)
            return TRUE;
    }
    return FALSE;
}

static void
end_missing(FlowsLive *live, GPtrArray *rows)
{
    g_autoptr(GList) channels = g_hash_table_get_values(live->channels);
    for (GList *l = channels; l != NULL; l = l->next) {
        const FlowsLiveRow *row = flows_live_channel_get_row(l->data);
        if (!flows_live_channel_is_ending(l->data) && !has_row(rows, row->channel->id))
            flows_live_channel_end(l->data, TRUE);
    }
}

/* Who makes or changes a channel wants to see it; a new daemon wakes nobody. */
static void
note_person(FlowsLive *live, const FlowsLiveRow *row, const FlowsLiveChannel *channel)
{
    gint64 before = channel != NULL ? flows_live_channel_get_row(channel)->channel->revision : 0;
    if (!live->looked || before == row->channel->revision)
        return;
    g_mutex_lock(&live->lock);
    stamp(live, row->channel->id);
    g_mutex_unlock(&live->lock);
}

static void
take_row(FlowsLive *live, const FlowsLiveRow *row)
{
    FlowsLiveChannel *channel = g_hash_table_lookup(live->channels, row->channel->id);
    FlowsLiveRow *copy = flows_live_rows_copy(row);
    note_person(live, row, channel);
    if (channel == NULL) {
        channel = flows_live_channel_new(&live->shared, copy);
        g_hash_table_insert(live->channels, g_strdup(row->channel->id), channel);
    } else if (flows_live_channel_is_ending(channel)) {
        flows_live_rows_free(copy); // looked at again when it has ended
    } else {
        flows_live_channel_update(channel, copy);
    }
}

/* Folders of channels that a kill left behind in the middle of their removal. */
static void
begin_sweep(FlowsLive *live, GPtrArray *rows)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < rows->len; i++)
        g_ptr_array_add(ids, g_strdup(((FlowsLiveRow *)rows->pdata[i])->channel->id));
    flows_strays_remove_async(live->worker, server_storage_build_channels_path(live->setup.storage),
                              ids);
    live->swept = TRUE;
}

static gboolean
on_trouble_over(gpointer user_data)
{
    FlowsLive *live = user_data;
    server_timer_clear(&live->timer);
    look(live);
    return G_SOURCE_REMOVE;
}

static gboolean
read_rows(CatalogDatabase *database, gpointer data, GError **error)
{
    Look *wanted = data;
    wanted->rows = flows_live_rows_list(database, error);
    return wanted->rows != NULL;
}

static void
on_rows_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Look *wanted = user_data;
    FlowsLive *live = wanted->live;
    g_autoptr(GError) error = NULL;
    if (!catalog_threads_finish(result, &error)) {
        g_warning("channels: the catalogue cannot be read: %s", error->message);
        server_timer_set(&live->timer, live->context, TROUBLE_MS, on_trouble_over, live);
    } else if (live->stop == NULL) {
        if (!live->swept)
            begin_sweep(live, wanted->rows);
        end_missing(live, wanted->rows);
        for (guint i = 0; i < wanted->rows->len; i++)
            take_row(live, wanted->rows->pdata[i]);
        live->looked = TRUE;
    }
    end_step(live);
}

static void
look(FlowsLive *live)
{
    if (live->busy) {
        live->again = TRUE;
        return;
    }
    if (!live->ready || live->stop != NULL)
        return;
    live->busy = TRUE;
    Look *wanted = g_new0(Look, 1);
    wanted->live = live;
    catalog_threads_read_async(live->setup.catalog, read_rows, wanted, free_look, NULL,
                               on_rows_read);
}

static void
on_sandbox_probed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsLive *live = user_data;
    live->sandbox = child_sandbox_probe_finish(result, NULL);
    gboolean walls = live->sandbox != NULL && live->sandbox->bubblewrap != NULL;
    gboolean allowed = walls || !live->setup.config->sandbox_required;
    live->shared.sandbox = allowed ? live->sandbox : NULL;
    live->ready = live->sandbox != NULL;
    live->again = TRUE;
    end_step(live);
}

static void
on_snapshots_quiet(gpointer data)
{
    end_if_quiet(data);
}

FlowsSnapshots *
flows_live_get_snapshots(FlowsLive *live)
{
    return live->snapshots;
}

FlowsLive *
flows_live_new(const FlowsLiveSetup *setup)
{
    FlowsLive *live = g_new0(FlowsLive, 1);
    live->setup = *setup;
    live->context = g_main_context_ref_thread_default();
    live->worker = flows_receive_worker_new("live-files", 1);
    live->cancellable = g_cancellable_new();
    live->channels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                           (GDestroyNotify)flows_live_channel_free);
    live->wait = flows_live_wait_new(HOLD_MS);
    live->wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    live->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_known);
    g_mutex_init(&live->lock);
    live->shared = (FlowsLiveChannelShared){
        .config = setup->config,
        .storage = setup->storage,
        .clock = setup->clock,
        .media_program = setup->media_program,
        .worker = live->worker,
        .feed = setup->feed,
        .retry_ms = setup->retry_ms > 0 ? setup->retry_ms : RETRY_MS,
        .rest_minute_ms = setup->rest_minute_ms > 0 ? setup->rest_minute_ms : MINUTE_MS,
        .get_wanted = get_wanted,
        .on_change = on_channel_change,
        .on_health = note_channel,
        .on_segment = on_channel_segment,
        .on_ended = on_channel_ended,
        .user_data = live,
    };
    live->snapshots = flows_snapshots_new(&live->shared, on_snapshots_quiet, live);
    return live;
}

void
flows_live_start(FlowsLive *live)
{
    live->busy = TRUE;
    child_sandbox_probe_async(live->cancellable, on_sandbox_probed, live);
}

/* Any thread. */
static void
attach_idle(FlowsLive *live, GSourceFunc callback)
{
    g_autoptr(GSource) source = g_idle_source_new();
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, callback, live, NULL);
    g_source_attach(source, live->context);
}

static gboolean
on_wake(gpointer user_data)
{
    FlowsLive *live = user_data;
    g_atomic_int_set(&live->waking, 0);
    look(live);
    return G_SOURCE_REMOVE;
}

void
flows_live_wake(FlowsLive *live)
{
    if (!g_atomic_int_compare_and_exchange(&live->waking, 0, 1))
        return;
    attach_idle(live, on_wake);
}

/* Returns: (nullable): what is known of one that has a window; @id: (out). With the lock held. */
static const Known *
find_known(FlowsLive *live, const char *slug, const char **id)
{
    GHashTableIter iter;
    gpointer key = NULL, value = NULL;
    g_hash_table_iter_init(&iter, live->known);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const Known *known = value;
        *id = key;
        if (known->window != NULL && strcmp(known->slug, slug) == 0)
            return known;
    }
    return NULL;
}

FlowsWindow *
flows_live_find_window(FlowsLive *live, const char *slug)
{
    const char *id = NULL;
    g_mutex_lock(&live->lock);
    const Known *known = find_known(live, slug, &id);
    FlowsWindow *window = known != NULL ? flows_window_ref(known->window) : NULL;
    g_mutex_unlock(&live->lock);
    return window;
}

/* Whether a segment may come soon. */
static gboolean
is_hopeful(FlowsLiveState state)
{
    switch (state) {
    case FLOWS_LIVE_STATE_OFF:
    case FLOWS_LIVE_STATE_FAILED:
        return FALSE;
    case FLOWS_LIVE_STATE_WAITING:
    case FLOWS_LIVE_STATE_RESTING:
    case FLOWS_LIVE_STATE_ON_AIR:
    case FLOWS_LIVE_STATE_NO_SIGNAL:
    case FLOWS_LIVE_STATE_SCRAMBLED:
        return TRUE;
    }
    return FALSE;
}

static gboolean
on_rouse(gpointer user_data)
{
    FlowsLive *live = user_data;
    g_atomic_int_set(&live->rousing, 0);
    g_autoptr(GList) channels = g_hash_table_get_values(live->channels);
    for (GList *l = channels; l != NULL; l = l->next)
        flows_live_channel_look(l->data);
    return G_SOURCE_REMOVE;
}

gboolean
flows_live_want(FlowsLive *live, const char *slug, gboolean wakes)
{
    const char *id = NULL;
    g_mutex_lock(&live->lock);
    const Known *known = find_known(live, slug, &id);
    FlowsLiveState state = known != NULL ? known->status->state : FLOWS_LIVE_STATE_OFF;
    gboolean resting = state == FLOWS_LIVE_STATE_RESTING;
    if (known != NULL && (wakes || !resting))
        stamp(live, id);
    g_mutex_unlock(&live->lock);
    if (resting && wakes && g_atomic_int_compare_and_exchange(&live->rousing, 0, 1))
        attach_idle(live, on_rouse);
    return is_hopeful(state);
}

FlowsLiveWait *
flows_live_get_wait(FlowsLive *live)
{
    return live->wait;
}

static void
free_name(gpointer data)
{
    FlowsLiveName *name = data;
    g_free(name->id);
    g_free(name->slug);
    g_free(name);
}

GPtrArray *
flows_live_list_names(FlowsLive *live)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(free_name);
    GHashTableIter iter;
    gpointer id = NULL, known = NULL;
    g_mutex_lock(&live->lock);
    g_hash_table_iter_init(&iter, live->known);
    while (g_hash_table_iter_next(&iter, &id, &known)) {
        FlowsLiveName *name = g_new0(FlowsLiveName, 1);
        name->id = g_strdup(id);
        name->slug = g_strdup(((const Known *)known)->slug);
        g_ptr_array_add(names, name);
    }
    g_mutex_unlock(&live->lock);
    return names;
}

FlowsWindow *
flows_live_get_window(FlowsLive *live, const char *channel_id)
{
    g_mutex_lock(&live->lock);
    const Known *known = g_hash_table_lookup(live->known, channel_id);
    FlowsWindow *window =
        known != NULL && known->window != NULL ? flows_window_ref(known->window) : NULL;
    g_mutex_unlock(&live->lock);
    return window;
}

FlowsLiveStatus *
flows_live_get_status(FlowsLive *live, const char *channel_id)
{
    g_mutex_lock(&live->lock);
    const Known *known = g_hash_table_lookup(live->known, channel_id);
    FlowsLiveStatus *status =
        known != NULL ? flows_live_state_copy(known->status) : flows_live_state_new();
    FlowsWindow *window =
        known != NULL && known->window != NULL ? flows_window_ref(known->window) : NULL;
    g_mutex_unlock(&live->lock);
    if (window != NULL)
        flows_window_get_figures(window, &status->figures);
    g_clear_pointer(&window, flows_window_unref);
    return status;
}

void
flows_live_stop_async(FlowsLive *live, GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr(GList) channels = g_hash_table_get_values(live->channels);
    live->stop = g_task_new(NULL, NULL, callback, user_data);
    g_cancellable_cancel(live->cancellable);
    server_timer_clear(&live->timer);
    for (GList *l = channels; l != NULL; l = l->next)
        flows_live_channel_end(l->data, FALSE);
    flows_snapshots_stop(live->snapshots);
    flows_live_wait_tell(live->wait, NULL);
    end_if_quiet(live);
}

gboolean
flows_live_stop_finish(FlowsLive *live, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}

void
flows_live_free(FlowsLive *live)
{
    server_timer_clear(&live->timer);
    while (g_source_remove_by_user_data(live))
        ;
    flows_receive_worker_free(live->worker);
    flows_snapshots_free(live->snapshots);
    g_hash_table_unref(live->channels);
    g_hash_table_unref(live->known);
    g_hash_table_unref(live->wanted);
    flows_live_wait_free(live->wait);
    g_clear_pointer(&live->sandbox, child_sandbox_free);
    g_object_unref(live->cancellable);
    g_main_context_unref(live->context);
    g_mutex_clear(&live->lock);
    g_free(live);
}
