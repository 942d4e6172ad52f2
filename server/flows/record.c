// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// start → probe the walls → look: all bookings, in one transaction → runs begin, are told, or end →
// one finished recording after another becomes a lesson → look again when something is due, a
// booking or a channel changed, or a run has all it will have … stop → runs and child end.
#include "server/flows/record.h"

#include <string.h>

#include "catalog/threads.h"
#include "server/flows/encode.h"
#include "server/flows/patch.h"
#include "server/flows/record_advance.h"
#include "server/flows/record_make.h"
#include "server/flows/record_run.h"
#include "server/flows/strays.h"
#include "server/timer.h"

#define TROUBLE_MS 5000
// The clock may be set, and the guide moves programmes, while nothing else happens.
#define LOOK_MOST_MS 30000
#define LOOK_LEAST_MS 100

struct _FlowsRecord {
    FlowsRecordSetup setup;      // (value)
    FlowsRecordRunShared shared; // (value) what runs get
    GMainContext *context;       // (owned)
    FlowsReceiveWorker *worker;  // (owned) links: quick, and of one thread
    FlowsReceiveWorker *maker;   // (owned) files of lessons: may take long
    ChildSandbox *sandbox;       // (owned) (nullable) known after the probe
    GCancellable *cancellable;   // (owned) for the probe
    ServerEventsQueue *queue;    // (owned) (nullable) while started
    GHashTable *runs;            // (owned) (element-type FlowsRecordRun, unowned) by id
    GPtrArray *finishing;        // (owned) (element-type CatalogBooking): wait for make
    FlowsRecordMake *make;       // (owned) (nullable)
    FlowsRecordRetry *retry;     // (owned) what make was in vain for
    FlowsPatch *patch;           // (owned) fills gaps
    GSource *timer;              // (owned) (nullable) the next look
    GTask *stop;                 // (owned) (nullable) to be completed when all is quiet
    guint ending;                // runs that end by themselves
    gboolean walls;              // (value) a child may run
    gboolean ready;              // (value) the probe is over
    gboolean first;              // (value) nothing was looked at yet
    gboolean busy;               // (value) a probe or a look is under way
    gboolean again;              // (value) woken while busy
    gboolean dirty;              // (value) there may be folders that nobody wants
    gboolean patching;           // (value) told to stop, and not quiet yet
};

typedef struct {
    FlowsRecord *record;        // (unowned)
    GHashTable *over;           // (owned) (element-type utf8)
    FlowsRecordAdvance advance; // (value)
    gboolean sweep;             // (value) what it finds wanted is newer than what made it dirty
} Look;

static void look(FlowsRecord *record);
static void make_next(FlowsRecord *record);

static void
free_look(gpointer data)
{
    Look *wanted = data;
    flows_record_advance_clear(&wanted->advance);
    g_hash_table_unref(wanted->over);
    g_free(wanted);
}

static gboolean
on_timer(gpointer user_data)
{
    FlowsRecord *record = user_data;
    server_timer_clear(&record->timer);
    look(record);
    return G_SOURCE_REMOVE;
}

static void
set_timer(FlowsRecord *record, guint ms)
{
    server_timer_set(&record->timer, record->context, ms, on_timer, record);
}

static void
end_if_quiet(FlowsRecord *record)
{
    if (record->stop == NULL || record->busy || record->ending > 0 || record->make != NULL ||
        record->patching)
        return;
    server_timer_clear(&record->timer);
    g_autoptr(GTask) stop = g_steal_pointer(&record->stop);
    record->ready = FALSE;
    g_task_return_boolean(stop, TRUE);
}

static void
tell(FlowsRecord *record, const char *id)
{
    server_events_publish(record->setup.events, SERVER_EVENTS_BOOKING, id);
}

static void
on_run_over(gpointer user_data)
{
    look(user_data);
}

static void
on_run_ended(gpointer user_data)
{
    FlowsRecord *record = user_data;
    record->ending--;
    end_if_quiet(record);
    look(record); // its folder may have to go
}

static void
end_run(FlowsRecord *record, FlowsRecordRun *run)
{
    if (!flows_record_run_end(run))
        record->ending++;
}

static const CatalogBooking *
find_booking(const GPtrArray *bookings, const char *id, CatalogBookingState state)
{
    for (guint i = 0; i < bookings->len; i++) {
        const CatalogBooking *booking = bookings->pdata[i];
        if (booking->state == state && strcmp(booking->id, id) == 0)
            return booking;
    }
    return NULL;
}

static void
update_runs(FlowsRecord *record, const GPtrArray *pending, gboolean first)
{
    GHashTableIter iter;
    gpointer key = NULL, run = NULL;
    g_hash_table_iter_init(&iter, record->runs);
    while (g_hash_table_iter_next(&iter, &key, &run)) {
        const CatalogBooking *booking = find_booking(pending, key, CATALOG_BOOKING_STATE_RUNNING);
        if (booking != NULL) {
            flows_record_run_update(run, booking);
            flows_record_run_take(run);
            continue;
        }
        end_run(record, run);
        g_hash_table_iter_remove(&iter);
    }
    for (guint i = 0; i < pending->len; i++) {
        const CatalogBooking *booking = pending->pdata[i];
        if (booking->state == CATALOG_BOOKING_STATE_RUNNING &&
            !g_hash_table_contains(record->runs, booking->id))
            g_hash_table_insert(record->runs, g_strdup(booking->id),
                                flows_record_run_new(&record->shared, booking, first));
    }
}

static void
update_finishing(FlowsRecord *record, const GPtrArray *pending)
{
    const char *at_work = record->make != NULL ? flows_record_make_get_id(record->make) : NULL;
    g_ptr_array_set_size(record->finishing, 0);
    for (guint i = 0; i < pending->len; i++) {
        const CatalogBooking *booking = pending->pdata[i];
        if (booking->state == CATALOG_BOOKING_STATE_FINISHING &&
            g_strcmp0(booking->id, at_work) != 0)
            g_ptr_array_add(record->finishing, catalog_booking_copy(booking));
    }
    if (at_work != NULL && find_booking(pending, at_work, CATALOG_BOOKING_STATE_FINISHING) == NULL)
        flows_record_make_cancel(record->make);
    make_next(record);
}

/* Folders of recordings that nobody wants. */
static void
begin_sweep(FlowsRecord *record, GPtrArray *kept)
{
    if (record->ending > 0) {
        record->dirty = TRUE; // when they are quiet
        return;
    }
    if (record->make != NULL)
        g_ptr_array_add(kept, g_strdup(flows_record_make_get_id(record->make)));
    if (flows_patch_get_recording(record->patch) != NULL)
        g_ptr_array_add(kept, g_strdup(flows_patch_get_recording(record->patch)));
    flows_strays_remove_async(record->worker,
                              server_storage_build_recordings_path(record->setup.storage),
                              g_ptr_array_ref(kept));
}

static void
set_next(FlowsRecord *record, const FlowsRecordAdvance *advance)
{
    gint64 wait_ms = LOOK_MOST_MS;
    if (advance->next_ms != G_MAXINT64)
        wait_ms = CLAMP(advance->next_ms - advance->now_ms, LOOK_LEAST_MS, LOOK_MOST_MS);
    for (guint i = 0; i < record->finishing->len && record->make == NULL; i++) {
        const CatalogBooking *booking = record->finishing->pdata[i];
        gint64 rest_ms =
            flows_record_retry_measure_wait(record->retry, booking->id, advance->now_ms);
        wait_ms = CLAMP(rest_ms, LOOK_LEAST_MS, wait_ms);
    }
    set_timer(record, (guint)wait_ms);
}

static gboolean
do_look(CatalogDatabase *database, gpointer data, GError **error)
{
    Look *wanted = data;
    wanted->advance.over = wanted->over;
    return flows_record_advance_run(database, &wanted->advance, error);
}

static void
take_look(FlowsRecord *record, Look *wanted)
{
    FlowsRecordAdvance *advance = &wanted->advance;
    gboolean first = record->first;
    record->first = FALSE;
    for (guint i = 0; i < advance->changed->len; i++)
        tell(record, advance->changed->pdata[i]);
    if (advance->changed->len > 0)
        flows_live_wake(record->setup.live); // a channel may be wanted, or not any more
    update_runs(record, advance->pending, first);
    update_finishing(record, advance->pending);
    if (first || wanted->sweep)
        begin_sweep(record, advance->kept);
    flows_patch_look(record->patch, record->walls ? record->sandbox : NULL);
    set_next(record, advance);
}

static void
on_looked(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Look *wanted = user_data;
    FlowsRecord *record = wanted->record;
    g_autoptr(GError) error = NULL;
    gboolean again = record->again;
    record->busy = FALSE;
    record->again = FALSE;
    if (!catalog_threads_finish(result, &error)) {
        g_warning("recordings: the catalogue cannot be asked: %s", error->message);
        record->dirty = record->dirty || wanted->sweep;
        set_timer(record, TROUBLE_MS);
    } else if (record->stop == NULL) {
        take_look(record, wanted);
    }
    if (record->stop != NULL)
        end_if_quiet(record);
    else if (again)
        look(record);
}

static GHashTable *
list_over(FlowsRecord *record)
{
    GHashTable *over = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer key = NULL, run = NULL;
    g_hash_table_iter_init(&iter, record->runs);
    while (g_hash_table_iter_next(&iter, &key, &run)) {
        if (flows_record_run_is_over(run))
            g_hash_table_add(over, g_strdup(key));
    }
    return over;
}

static void
look(FlowsRecord *record)
{
    if (record->busy) {
        record->again = TRUE;
        return;
    }
    if (!record->ready || record->stop != NULL)
        return;
    record->busy = TRUE;
    Look *wanted = g_new0(Look, 1);
    wanted->record = record;
    wanted->over = list_over(record);
    wanted->sweep = record->dirty;
    record->dirty = FALSE;
    wanted->advance.now_ms = server_clock_now_ms(record->setup.clock);
    wanted->advance.first = record->first;
    catalog_threads_write_async(record->setup.catalog, do_look, wanted, free_look, NULL, on_looked);
}

/* It is there, or was patched, and more of it is ordered. */
static void
note_lesson(const char *lesson_id, gpointer user_data)
{
    FlowsRecord *record = user_data;
    server_events_publish(record->setup.events, SERVER_EVENTS_LESSON, lesson_id);
    if (record->setup.encode != NULL)
        flows_encode_wake(record->setup.encode);
}

static void
on_make_done(const char *booking_id, FlowsRecordMakeEnd end, FlowsRecordRetryCause why,
             gpointer user_data)
{
    FlowsRecord *record = user_data;
    gint64 now_ms = server_clock_now_ms(record->setup.clock);
    gboolean news = TRUE;
    if (end == FLOWS_RECORD_MAKE_AGAIN)
        news = flows_record_retry_note(record->retry, booking_id, why, now_ms);
    else
        flows_record_retry_forget(record->retry, booking_id);
    if (news)
        tell(record, booking_id);
    if (end == FLOWS_RECORD_MAKE_PUBLISHED)
        note_lesson(booking_id, record);
    g_clear_pointer(&record->make, flows_record_make_free);
    record->dirty = TRUE; // if it was given up, its folder stayed until now
    if (record->stop != NULL)
        end_if_quiet(record);
    else
        make_next(record);
    look(record);
}

/* Returns: (transfer full) (nullable): the first that need not wait. */
static CatalogBooking *
steal_due(FlowsRecord *record)
{
    gint64 now_ms = server_clock_now_ms(record->setup.clock);
    for (guint i = 0; i < record->finishing->len; i++) {
        const CatalogBooking *booking = record->finishing->pdata[i];
        if (flows_record_retry_measure_wait(record->retry, booking->id, now_ms) == 0)
            return g_ptr_array_steal_index(record->finishing, i);
    }
    return NULL;
}

static void
make_next(FlowsRecord *record)
{
    if (record->make != NULL || record->stop != NULL)
        return;
    g_autoptr(CatalogBooking) booking = steal_due(record);
    if (booking == NULL)
        return;
    const FlowsRecordMakeSetup setup = {
        .config = record->setup.config,
        .storage = record->setup.storage,
        .clock = record->setup.clock,
        .catalog = record->setup.catalog,
        .worker = record->maker,
        .media_program = record->setup.media_program,
        .sandbox = record->walls ? record->sandbox : NULL,
        .quiet = flows_record_retry_is_known(record->retry, booking->id),
        .on_done = on_make_done,
        .user_data = record,
    };
    guint crashes = flows_record_retry_count_crashes(record->retry, booking->id);
    record->make = flows_record_make_start(&setup, booking, crashes);
}

static void
on_patch_quiet(gpointer user_data)
{
    FlowsRecord *record = user_data;
    record->patching = FALSE;
    end_if_quiet(record);
}

static FlowsPatch *
make_patcher(FlowsRecord *record)
{
    const FlowsPatchSetup setup = {
        .shared = {.config = record->setup.config,
                   .storage = record->setup.storage,
                   .clock = record->setup.clock,
                   .catalog = record->setup.catalog,
                   .worker = record->maker,
                   .media_program = record->setup.media_program},
        .links = record->worker,
        .events = record->setup.events,
        .on_lesson = note_lesson,
        .on_quiet = on_patch_quiet,
        .user_data = record,
    };
    return flows_patch_new(&setup);
}

static void
on_sandbox_probed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsRecord *record = user_data;
    record->sandbox = child_sandbox_probe_finish(result, NULL);
    record->busy = FALSE;
    record->ready = record->sandbox != NULL;
    record->walls = record->ready && (record->sandbox->bubblewrap != NULL ||
                                      !record->setup.config->sandbox_required);
    if (record->stop != NULL)
        end_if_quiet(record);
    else
        look(record);
}

static void
note_channel(FlowsRecord *record, const char *channel_id)
{
    GHashTableIter iter;
    gpointer run = NULL;
    g_hash_table_iter_init(&iter, record->runs);
    while (g_hash_table_iter_next(&iter, NULL, &run)) {
        if (g_strcmp0(flows_record_run_get_booking(run)->channel, channel_id) == 0)
            flows_record_run_note_channel(run);
    }
}

/* Other processes may write bookings, too; what we tell ourselves is one look more. */
static gboolean
on_queue_wake(gpointer user_data)
{
    FlowsRecord *record = user_data;
    g_autoptr(GPtrArray) items = server_events_queue_take(record->queue);
    for (guint i = 0; i < items->len; i++) {
        const ServerEventsItem *item = items->pdata[i];
        if (item->kind == SERVER_EVENTS_CHANNEL)
            note_channel(record, item->id);
        if (item->kind == SERVER_EVENTS_BOOKING || item->kind == SERVER_EVENTS_RESYNC) {
            record->dirty = TRUE;
            look(record);
        }
    }
    return G_SOURCE_REMOVE;
}

FlowsRecord *
flows_record_new(const FlowsRecordSetup *setup)
{
    FlowsRecord *record = g_new0(FlowsRecord, 1);
    record->setup = *setup;
    record->context = g_main_context_ref_thread_default();
    record->worker = flows_receive_worker_new("record-links", 1);
    record->maker = flows_receive_worker_new("record-files", 1);
    record->cancellable = g_cancellable_new();
    record->runs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    record->retry = flows_record_retry_new();
    record->finishing = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_booking_free);
    record->patch = make_patcher(record);
    record->first = TRUE;
    record->shared = (FlowsRecordRunShared){
        .storage = setup->storage,
        .clock = setup->clock,
        .events = setup->events,
        .catalog = setup->catalog,
        .worker = record->worker,
        .live = setup->live,
        .on_over = on_run_over,
        .on_ended = on_run_ended,
        .user_data = record,
    };
    return record;
}

void
flows_record_start(FlowsRecord *record)
{
    record->queue =
        server_events_subscribe(record->setup.events, NULL, record->context, on_queue_wake, record);
    record->busy = TRUE;
    child_sandbox_probe_async(record->cancellable, on_sandbox_probed, record);
}

void
flows_record_note_segment(FlowsRecord *record, const char *channel_id)
{
    GHashTableIter iter;
    gpointer run = NULL;
    g_hash_table_iter_init(&iter, record->runs);
    while (g_hash_table_iter_next(&iter, NULL, &run)) {
        if (g_strcmp0(flows_record_run_get_booking(run)->channel, channel_id) == 0)
            flows_record_run_take(run);
    }
}

void
flows_record_wake(FlowsRecord *record)
{
    look(record);
}

void
flows_record_stop_async(FlowsRecord *record, GAsyncReadyCallback callback, gpointer user_data)
{
    GHashTableIter iter;
    gpointer run = NULL;
    record->stop = g_task_new(NULL, NULL, callback, user_data);
    g_cancellable_cancel(record->cancellable);
    g_clear_pointer(&record->queue, server_events_queue_free);
    server_timer_clear(&record->timer);
    g_hash_table_iter_init(&iter, record->runs);
    while (g_hash_table_iter_next(&iter, NULL, &run)) {
        end_run(record, run);
        g_hash_table_iter_remove(&iter);
    }
    if (record->make != NULL)
        flows_record_make_cancel(record->make);
    record->patching = !flows_patch_stop(record->patch);
    end_if_quiet(record);
}

gboolean
flows_record_stop_finish(FlowsRecord *record, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}

void
flows_record_free(FlowsRecord *record)
{
    server_timer_clear(&record->timer);
    flows_patch_free(record->patch);
    g_clear_pointer(&record->queue, server_events_queue_free);
    flows_receive_worker_free(record->worker);
    flows_receive_worker_free(record->maker);
    g_hash_table_unref(record->runs);
    g_ptr_array_unref(record->finishing);
    flows_record_retry_free(record->retry);
    g_clear_pointer(&record->sandbox, child_sandbox_free);
    g_object_unref(record->cancellable);
    g_main_context_unref(record->context);
    g_free(record);
}
