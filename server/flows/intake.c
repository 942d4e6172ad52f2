// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The multiplexes that are or were needed, by id; each looks after itself (intake_mux.c). What
// other threads ask for is posted to the main context, what they want to know is kept under a lock.
#include "server/flows/intake.h"

#include <unistd.h>

#include "catalog/multiplexes.h"
#include "catalog/threads.h"
#include "server/flows/intake_mux.h"
#include "server/timer.h"

#define REFRESH_LOOK_MS 60000
#define REFRESH_EVERY_MS (G_GINT64_CONSTANT(4) * 3600 * 1000)

struct _FlowsIntake {
    FlowsIntakeMuxShared shared; // (value)
    GMainContext *context;       // (owned)
    ChildSandbox *sandbox;       // (owned) (nullable) known after the probe
    GCancellable *cancellable;   // (owned) for probe and reads
    GHashTable *muxes;           // (owned) (element-type utf8 FlowsIntakeMux)
    GHashTable *refreshed;       // (owned) (element-type utf8 gint64) when a guide was read last
    GSource *timer;              // (owned) (nullable) looks for guides to refresh
    guint next;                  // (value) subscription
    GTask *stop;                 // (owned) (nullable) to be completed when all is quiet
    gboolean stopping;           // (value)
    FlowsReceiveWorker *files;   // (owned)
    GMutex lock;                 // guards statuses
    GHashTable *statuses;        // (owned) (element-type utf8 FlowsIntakeStatus) (guarded by lock)
};

static void
on_mux_changed(FlowsIntakeMux *mux, gpointer data)
{
    FlowsIntake *intake = data;
    const char *id = flows_intake_mux_get_id(mux);
    g_mutex_lock(&intake->lock);
    g_hash_table_insert(intake->statuses, g_strdup(id),
                        flows_intake_status_copy(flows_intake_mux_get_status(mux)));
    g_mutex_unlock(&intake->lock);
    if (intake->shared.setup.events != NULL)
        server_events_publish(intake->shared.setup.events, SERVER_EVENTS_MULTIPLEX, id);
}

static void
end_if_quiet(FlowsIntake *intake)
{
    GHashTableIter iter;
    gpointer mux = NULL;
    if (intake->stop == NULL)
        return;
    g_hash_table_iter_init(&iter, intake->muxes);
    while (g_hash_table_iter_next(&iter, NULL, &mux))
        if (!flows_intake_mux_is_idle(mux))
            return;
    g_autoptr(GTask) stop = g_steal_pointer(&intake->stop);
    g_task_return_boolean(stop, TRUE);
}

static void
on_mux_idle(FlowsIntakeMux *mux, gpointer data)
{
    end_if_quiet(data);
}

FlowsIntake *
flows_intake_new(const FlowsIntakeSetup *setup)
{
    FlowsIntake *intake = g_new0(FlowsIntake, 1);
    intake->shared = (FlowsIntakeMuxShared){
        .setup = *setup, .on_changed = on_mux_changed, .on_idle = on_mux_idle, .data = intake};
    intake->context = g_main_context_ref_thread_default();
    intake->cancellable = g_cancellable_new();
    intake->muxes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify)flows_intake_mux_free);
    intake->refreshed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    intake->statuses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                             (GDestroyNotify)flows_intake_status_free);
    intake->files = flows_receive_worker_new("guide-files", 1);
    g_mutex_init(&intake->lock);
    return intake;
}

static FlowsIntakeMux *
find_or_add(FlowsIntake *intake, const char *id)
{
    FlowsIntakeMux *mux = g_hash_table_lookup(intake->muxes, id);
    if (mux == NULL) {
        mux = flows_intake_mux_new(&intake->shared, id);
        g_hash_table_insert(intake->muxes, g_strdup(id), mux);
    }
    return mux;
}

static void
on_sandbox_probed(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ChildSandbox) sandbox = child_sandbox_probe_finish(result, &error);
    if (sandbox == NULL)
        return; // cancelled: it may be gone
    FlowsIntake *intake = data;
    GHashTableIter iter;
    gpointer mux = NULL;
    intake->sandbox = g_steal_pointer(&sandbox);
    intake->shared.sandbox = intake->sandbox;
    g_hash_table_iter_init(&iter, intake->muxes);
    while (g_hash_table_iter_next(&iter, NULL, &mux))
        flows_intake_mux_look(mux);
}

typedef struct {
    FlowsIntake *intake;       // (unowned) good unless cancelled
    GCancellable *cancellable; // (owned)
    GPtrArray *rows;           // (owned) (nullable) (element-type CatalogMultiplexes)
} Listing;

static void
free_listing(gpointer data)
{
    Listing *listing = data;
    g_clear_pointer(&listing->rows, g_ptr_array_unref);
    g_object_unref(listing->cancellable);
    g_free(listing);
}

static gboolean
read_listing(CatalogDatabase *database, gpointer data, GError **error)
{
    Listing *listing = data;
    listing->rows = catalog_multiplexes_list(database, error);
    return listing->rows != NULL;
}

static gboolean
is_refreshing(FlowsIntake *intake)
{
    GHashTableIter iter;
    gpointer mux = NULL;
    g_hash_table_iter_init(&iter, intake->muxes);
    while (g_hash_table_iter_next(&iter, NULL, &mux))
        if (flows_intake_mux_get_status(mux)->refreshing)
            return TRUE;
    return FALSE;
}

/* One whose guide was not read for hours, that was scanned once, and that nobody watches: what is
 * watched tells its guide all the time. */
static void
refresh_one(FlowsIntake *intake, GPtrArray *rows)
{
    gint64 now_ms = server_clock_now_ms(intake->shared.setup.clock);
    for (guint i = 0; i < rows->len && !is_refreshing(intake); i++) {
        const CatalogMultiplexes *row = rows->pdata[i];
        const gint64 *last = g_hash_table_lookup(intake->refreshed, row->id);
        if (row->scanned_ms == 0 || (last != NULL && now_ms - *last < REFRESH_EVERY_MS))
            continue;
        g_hash_table_insert(intake->refreshed, g_strdup(row->id),
                            g_memdup2(&now_ms, sizeof now_ms));
        FlowsIntakeMux *mux = find_or_add(intake, row->id);
        if (flows_intake_mux_get_status(mux)->subscribers == 0)
            flows_intake_mux_refresh(mux);
    }
}

static void
on_listed(GObject *source, GAsyncResult *result, gpointer data)
{
    Listing *listing = data;
    gboolean listed = catalog_threads_finish(result, NULL);
    if (g_cancellable_is_cancelled(listing->cancellable) || !listed)
        return;
    refresh_one(listing->intake, listing->rows);
}

static gboolean
on_refresh_due(gpointer data)
{
    FlowsIntake *intake = data;
    if (is_refreshing(intake))
        return G_SOURCE_CONTINUE;
    Listing *listing = g_new0(Listing, 1);
    listing->intake = intake;
    listing->cancellable = g_object_ref(intake->cancellable);
    catalog_threads_read_async(intake->shared.setup.catalog, read_listing, listing, free_listing,
                               NULL, on_listed);
    return G_SOURCE_CONTINUE;
}

void
flows_intake_start(FlowsIntake *intake)
{
    child_sandbox_probe_async(intake->cancellable, on_sandbox_probed, intake);
    server_timer_set(&intake->timer, intake->context, REFRESH_LOOK_MS, on_refresh_due, intake);
}

guint
flows_intake_subscribe(FlowsIntake *intake, const char *multiplex_id, guint16 service_number,
                       int write_fd)
{
    guint number = ++intake->next;
    if (intake->stopping)
        close(write_fd);
    else
        flows_intake_mux_add_feed(find_or_add(intake, multiplex_id), number, service_number,
                                  write_fd);
    return number;
}

void
flows_intake_unsubscribe(FlowsIntake *intake, guint subscription)
{
    GHashTableIter iter;
    gpointer mux = NULL;
    g_hash_table_iter_init(&iter, intake->muxes);
    while (g_hash_table_iter_next(&iter, NULL, &mux))
        if (flows_intake_mux_remove_feed(mux, subscription))
            return;
}

/** What another thread asks for. */
typedef struct {
    FlowsIntake *intake;              // (unowned)
    char *id;                         // (owned) of a multiplex
    void (*act)(FlowsIntakeMux *mux); // (unowned)
    gboolean only_known;              // (value) nothing to do where there is no such one yet
} Wish;

static void
free_wish(gpointer data)
{
    Wish *wish = data;
    g_free(wish->id);
    g_free(wish);
}

static gboolean
on_wish(gpointer data)
{
    const Wish *wish = data;
    FlowsIntake *intake = wish->intake;
    FlowsIntakeMux *mux = wish->only_known ? g_hash_table_lookup(intake->muxes, wish->id)
                                           : find_or_add(intake, wish->id);
    if (mux != NULL && !intake->stopping)
        wish->act(mux);
    return G_SOURCE_REMOVE;
}

static void
post(FlowsIntake *intake, const char *id, void (*act)(FlowsIntakeMux *), gboolean only_known)
{
    Wish *wish = g_new0(Wish, 1);
    g_autoptr(GSource) source = g_idle_source_new();
    *wish = (Wish){intake, g_strdup(id), act, only_known};
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, on_wish, wish, free_wish);
    g_source_attach(source, intake->context);
}

void
flows_intake_scan(FlowsIntake *intake, const char *multiplex_id)
{
    post(intake, multiplex_id, flows_intake_mux_scan, FALSE);
}

void
flows_intake_reload(FlowsIntake *intake, const char *multiplex_id)
{
    post(intake, multiplex_id, flows_intake_mux_reload, TRUE);
}

FlowsIntakeStatus *
flows_intake_get_status(FlowsIntake *intake, const char *multiplex_id)
{
    g_mutex_lock(&intake->lock);
    const FlowsIntakeStatus *known = g_hash_table_lookup(intake->statuses, multiplex_id);
    FlowsIntakeStatus *status =
        known != NULL ? flows_intake_status_copy(known) : flows_intake_status_new();
    g_mutex_unlock(&intake->lock);
    return status;
}

GPtrArray *
flows_intake_list_ids(FlowsIntake *intake)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer id = NULL;
    g_mutex_lock(&intake->lock);
    g_hash_table_iter_init(&iter, intake->statuses);
    while (g_hash_table_iter_next(&iter, &id, NULL))
        g_ptr_array_add(ids, g_strdup(id));
    g_mutex_unlock(&intake->lock);
    return ids;
}

void
flows_intake_stop_async(FlowsIntake *intake, GAsyncReadyCallback callback, gpointer user_data)
{
    GHashTableIter iter;
    gpointer mux = NULL;
    intake->stopping = TRUE;
    intake->stop = g_task_new(NULL, NULL, callback, user_data);
    g_cancellable_cancel(intake->cancellable);
    server_timer_clear(&intake->timer);
    g_hash_table_iter_init(&iter, intake->muxes);
    while (g_hash_table_iter_next(&iter, NULL, &mux))
        flows_intake_mux_stop(mux);
    end_if_quiet(intake);
}

gboolean
flows_intake_stop_finish(FlowsIntake *intake, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}

FlowsReceiveWorker *
flows_intake_get_files(FlowsIntake *intake)
{
    return intake->files;
}

void
flows_intake_free(FlowsIntake *intake)
{
    server_timer_clear(&intake->timer);
    g_cancellable_cancel(intake->cancellable);
    g_hash_table_unref(intake->muxes);
    g_hash_table_unref(intake->refreshed);
    g_hash_table_unref(intake->statuses);
    g_clear_pointer(&intake->sandbox, child_sandbox_free);
    g_object_unref(intake->cancellable);
    g_main_context_unref(intake->context);
    flows_receive_worker_free(intake->files);
    g_mutex_clear(&intake->lock);
    g_free(intake);
}
