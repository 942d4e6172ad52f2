// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Lines collect in a queue and a round; a write takes a batch of them with it, and the next begins
// when it is done.
#include "server/flows/intake_store.h"

#include "catalog/error.h"
#include "catalog/guide.h"
#include "catalog/multiplexes.h"
#include "catalog/services.h"
#include "server/timer.h"

#define QUEUE_MAX 4096
#define ROOM 1024 // so few wait when reading goes on
#define ROUND_MAX 1024
#define RETRY_MS 2000
#define KEEP_MS (G_GINT64_CONSTANT(8) * 24 * 3600 * 1000) // so that last week's programme is found
#define DROP_EVERY_MS (G_GINT64_CONSTANT(3600) * 1000)

/** One transaction. */
typedef struct {
    FlowsIntakeStore *store;       // (unowned) (nullable) NULL: nobody waits for it
    char *multiplex_id;            // (owned)
    gint64 now_ms;                 // (value)
    GPtrArray *events;             // (owned) (element-type ChildIntakeReport) events and gone ones
    GPtrArray *services;           // (owned) (nullable) (element-type CatalogServices) a round
    CatalogMultiplexes *multiplex; // (owned) (nullable) what the round says about it
    gboolean whole;                // (value) of the round
    gint64 drop_ms;                // (value) forget what ended before, 0: nothing
    gint64 dropped;                // (value) how many were forgotten
} Write;

struct _FlowsIntakeStore {
    CatalogThreads *catalog;     // (unowned)
    ServerClock *clock;          // (unowned)
    char *multiplex_id;          // (owned)
    FlowsIntakeStoreFuncs funcs; // (value)
    GQueue events;               // (value) (element-type ChildIntakeReport)
    GPtrArray *telling;          // (owned) (element-type CatalogServices) round that is being told
    Write *round;                // (owned) (nullable) round that is to be written
    Write *writing;              // (unowned) (nullable) with the catalogue
    GSource *retry;              // (owned) (nullable)
    gint64 stream_ms;            // (value) the multiplex's clock, CHILD_FIELDS_NOTHING
    gint64 dropped_ms;           // (value) when old ones were forgotten last
    gboolean full;               // (value) nobody reads until there is room
};

static void
free_write(gpointer data)
{
    Write *write = data;
    g_clear_pointer(&write->events, g_ptr_array_unref);
    g_clear_pointer(&write->services, g_ptr_array_unref);
    g_clear_pointer(&write->multiplex, catalog_multiplexes_free);
    g_free(write->multiplex_id);
    g_free(write);
}

static Write *
new_write(FlowsIntakeStore *store)
{
    Write *write = g_new0(Write, 1);
    write->store = store;
    write->multiplex_id = g_strdup(store->multiplex_id);
    write->events = g_ptr_array_new_with_free_func((GDestroyNotify)child_intake_report_free);
    return write;
}

FlowsIntakeStore *
flows_intake_store_new(CatalogThreads *catalog, ServerClock *clock, const char *multiplex_id,
                       const FlowsIntakeStoreFuncs *funcs)
{
    FlowsIntakeStore *store = g_new0(FlowsIntakeStore, 1);
    store->catalog = catalog;
    store->clock = clock;
    store->multiplex_id = g_strdup(multiplex_id);
    store->funcs = *funcs;
    store->telling = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_services_free);
    store->stream_ms = CHILD_FIELDS_NOTHING;
    g_queue_init(&store->events);
    return store;
}

void
flows_intake_store_free(FlowsIntakeStore *store)
{
    if (store->writing != NULL)
        store->writing->store = NULL;
    server_timer_clear(&store->retry);
    g_queue_clear_full(&store->events, (GDestroyNotify)child_intake_report_free);
    g_ptr_array_unref(store->telling);
    g_clear_pointer(&store->round, free_write);
    g_free(store->multiplex_id);
    g_free(store);
}

gboolean
flows_intake_store_is_busy(const FlowsIntakeStore *store)
{
    return store->writing != NULL;
}

void
flows_intake_store_reset(FlowsIntakeStore *store)
{
    g_ptr_array_set_size(store->telling, 0);
    store->stream_ms = CHILD_FIELDS_NOTHING;
}

/* On the writer thread: whose programme it is, or NULL for a service that nobody knows. */
static char *
find_service(CatalogDatabase *database, const Write *write, const ChildIntakeEvent *event,
             GError **error)
{
    return event->elsewhere
               ? catalog_services_find_elsewhere(database, event->transport_stream_id,
                                                 event->original_network_id, event->service_id,
                                                 error)
               : catalog_services_find(database, write->multiplex_id, event->service_id, error);
}

static gint64
or_no_time(gint64 value)
{
    return value != CHILD_FIELDS_NOTHING ? value : CATALOG_GUIDE_NO_TIME;
}

static char *
dup_or_null(const char *text)
{
    return text[0] != '\0' ? g_strdup(text) : NULL;
}

/* @service: (transfer full). */
static CatalogGuide *
make_row(char *service, const ChildIntakeEvent *event)
{
    CatalogGuide *row = g_new0(CatalogGuide, 1);
    row->service = service;
    row->event_id = event->event_id;
    row->start_ms = or_no_time(event->start_ms);
    row->duration_ms = or_no_time(event->duration_ms);
    row->title = g_strdup(event->title);
    row->summary = g_strdup(event->summary);
    row->description = g_strdup(event->description);
    row->language = g_strdup(event->language);
    row->genre = dup_or_null(event->genre);
    row->age = event->age;
    row->programme_crid = dup_or_null(event->programme_crid);
    row->series_crid = dup_or_null(event->series_crid);
    row->running = event->running;
    return row;
}

static gboolean
write_events(CatalogDatabase *database, const Write *write, GError **error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_guide_free);
    gint64 changed = 0;
    for (guint i = 0; i < write->events->len; i++) {
        const ChildIntakeReport *report = write->events->pdata[i];
        g_autoptr(GError) local = NULL;
        g_autofree char *service = find_service(database, write, &report->event, &local);
        if (local != NULL) {
            g_propagate_error(error, g_steal_pointer(&local));
            return FALSE;
        }
        if (service == NULL)
            continue;
        if (report->kind == CHILD_INTAKE_REPORT_EVENT)
            g_ptr_array_add(rows, make_row(g_steal_pointer(&service), &report->event));
        else if (!catalog_guide_forget(database, service, report->event.event_id, error))
            return FALSE;
    }
    return catalog_guide_put(database, rows, write->now_ms, &changed, error);
}

static gboolean
write_all(CatalogDatabase *database, gpointer data, GError **error)
{
    Write *write = data;
    if (write->multiplex != NULL &&
        (!catalog_multiplexes_note_scan(database, write->multiplex, write->now_ms, error) ||
         !catalog_services_note_scan(database, write->multiplex_id, write->services, write->now_ms,
                                     error)))
        return FALSE;
    if (write->drop_ms > 0 &&
        !catalog_guide_drop(database, write->multiplex_id, write->drop_ms, &write->dropped, error))
        return FALSE;
    return write_events(database, write, error);
}

static void begin_write(FlowsIntakeStore *store);

static gboolean
on_retry_due(gpointer data)
{
    FlowsIntakeStore *store = data;
    server_timer_clear(&store->retry);
    begin_write(store);
    return G_SOURCE_REMOVE;
}

/* The catalogue is busy, or the disk is full: what was not written goes back to where it was. */
static void
put_back(FlowsIntakeStore *store, Write *write)
{
    while (write->events->len > 0)
        g_queue_push_head(&store->events,
                          g_ptr_array_steal_index(write->events, write->events->len - 1));
    if (write->multiplex != NULL && store->round == NULL) {
        store->round = new_write(store);
        store->round->multiplex = g_steal_pointer(&write->multiplex);
        store->round->services = g_steal_pointer(&write->services);
        store->round->whole = write->whole;
    }
    GMainContext *context = g_main_context_get_thread_default();
    server_timer_set(&store->retry, context, RETRY_MS, on_retry_due, store);
}

static void
tell_room(FlowsIntakeStore *store)
{
    if (!store->full || store->events.length > ROOM)
        return;
    store->full = FALSE;
    store->funcs.on_room(store->funcs.data);
}

static void
on_written(GObject *source, GAsyncResult *result, gpointer data)
{
    Write *write = data;
    FlowsIntakeStore *store = write->store;
    g_autoptr(GError) error = NULL;
    gboolean written = catalog_threads_finish(result, &error);
    gboolean gone = g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
    if (store == NULL)
        return;
    store->writing = NULL;
    if (!written && !gone) {
        g_debug("intake %s: %s", store->multiplex_id, error->message);
        put_back(store, write);
        return;
    }
    if (written && write->multiplex != NULL)
        store->funcs.on_round(write->services->len, write->whole, store->funcs.data);
    if (write->dropped >= CATALOG_GUIDE_BATCH_MAX) // there are more: the next write goes on
        store->dropped_ms = 0;
    tell_room(store);
    begin_write(store);
    if (store->writing == NULL)
        store->funcs.on_quiet(store->funcs.data);
}

/* Its own clock, unless it runs ahead of ours: a recording in a loop lives in its own week. */
static gint64
find_drop_ms(FlowsIntakeStore *store, gint64 now_ms)
{
    if (store->stream_ms == CHILD_FIELDS_NOTHING || now_ms - store->dropped_ms < DROP_EVERY_MS)
        return 0;
    store->dropped_ms = now_ms;
    return MAX(MIN(store->stream_ms, now_ms) - KEEP_MS, 1);
}

/* One at a time: what comes meanwhile goes with the next. */
static void
begin_write(FlowsIntakeStore *store)
{
    if (store->writing != NULL || store->retry != NULL ||
        (store->round == NULL && store->events.length == 0))
        return;
    Write *write = store->round != NULL ? g_steal_pointer(&store->round) : new_write(store);
    write->now_ms = server_clock_now_ms(store->clock);
    write->drop_ms = find_drop_ms(store, write->now_ms);
    while (write->events->len < CATALOG_GUIDE_BATCH_MAX && store->events.length > 0)
        g_ptr_array_add(write->events, g_queue_pop_head(&store->events));
    store->writing = write;
    catalog_threads_write_async(store->catalog, write_all, write, free_write, NULL, on_written);
}

static void
take_service(FlowsIntakeStore *store, const ChildIntakeService *service)
{
    if (store->telling->len >= ROUND_MAX)
        return;
    CatalogServices *row = g_new0(CatalogServices, 1);
    row->service_id = service->service_id;
    row->name = g_strdup(service->name);
    row->provider = g_strdup(service->provider);
    row->kind = g_strdup(service->kind);
    row->encrypted = service->encrypted;
    row->channel = service->channel != CHILD_FIELDS_NOTHING ? service->channel : -1;
    row->streams = child_intake_report_render_streams(service->streams);
    g_ptr_array_add(store->telling, row);
}

/* A round counts when it is whole in itself. */
static void
take_round(FlowsIntakeStore *store, const ChildIntakeReport *report)
{
    g_autoptr(GPtrArray) services = g_steal_pointer(&store->telling);
    store->telling = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_services_free);
    if (services->len != (guint)report->count)
        return;
    g_clear_pointer(&store->round, free_write);
    store->round = new_write(store);
    store->round->services = g_steal_pointer(&services);
    store->round->whole = report->whole;
    CatalogMultiplexes *row = g_new0(CatalogMultiplexes, 1);
    gboolean known = report->original_network_id != CHILD_FIELDS_NOTHING;
    row->id = g_strdup(store->multiplex_id);
    row->network = g_strdup(report->network);
    row->transport_stream_id =
        report->transport_stream_id != CHILD_FIELDS_NOTHING ? report->transport_stream_id : -1;
    row->original_network_id = known ? report->original_network_id : -1;
    store->round->multiplex = row;
}

/* Only events are queued; the child does not tell one twice, so the line is kept whole. */
static void
take_event(FlowsIntakeStore *store, const ChildIntakeReport *report)
{
    g_queue_push_tail(&store->events, child_intake_report_copy_event(report));
    store->full = store->events.length >= QUEUE_MAX;
}

gboolean
flows_intake_store_take(FlowsIntakeStore *store, const ChildIntakeReport *report)
{
    if (report->kind == CHILD_INTAKE_REPORT_SERVICE)
        take_service(store, &report->service);
    else if (report->kind == CHILD_INTAKE_REPORT_SERVICES_COMPLETE)
        take_round(store, report);
    else if (report->kind == CHILD_INTAKE_REPORT_CLOCK)
        store->stream_ms = report->stream_ms;
    else if (report->kind == CHILD_INTAKE_REPORT_EVENT ||
             report->kind == CHILD_INTAKE_REPORT_EVENT_GONE)
        take_event(store, report);
    begin_write(store);
    return !store->full;
}
