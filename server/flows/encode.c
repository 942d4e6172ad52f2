// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The supervisor's life:
//
//   STOPPED → start → STANDBY (lock taken elsewhere, tried every 5 s)
//           → lock → probe the sandbox → recover → IDLE
//   IDLE/BUSY: wake or timer → room on the disk? (no: FULL) → claim → job (encode_job.c) → claim
//   again … stop → no more claims → children stop at their checkpoints → lock released → STOPPED
#include "server/flows/encode.h"

#include "catalog/error.h"
#include "catalog/jobs.h"
#include "catalog/lessonlist.h"
#include "catalog/lessons.h"
#include "catalog/threads.h"
#include "server/flows/describe.h"
#include "server/flows/encode_job.h"
#include "server/flows/encode_lock.h"
#include "server/flows/encode_recover.h"
#include "server/flows/encode_rows.h"
#include "server/timer.h"

#define STANDBY_MS 5000
#define FULL_MS 30000
#define TROUBLE_MS 5000
#define LONGEST_WAIT_MS 60000
#define LEASE_MS (90 * 1000)

struct _FlowsEncode {
    FlowsEncodeJobShared shared; // (value) what jobs get
    GMainContext *context;       // (owned)
    FlowsEncodeLock *lock;       // (owned)
    ChildSandbox *sandbox;       // (owned) (nullable) known after the probe
    GPtrArray *jobs;             // (owned) (element-type FlowsEncodeJob) running
    GCancellable *cancellable;   // (owned) for the probe
    GSource *timer;              // (owned) (nullable)
    GTask *stop;                 // (owned) (nullable) to be completed when all is quiet
    FlowsEncodeState state;      // (atomic)
    gboolean started;            // (value)
    gboolean ready;              // (value) may claim
    gboolean busy;               // (value) a step of its own is under way
    gint describing;             // (atomic) descriptions asked for and not yet written
    gboolean again;              // (value) woken while busy
    gint waking;                 // (atomic) a wake is on its way to the main context
};

typedef struct {
    FlowsEncode *encode;    // (unowned)
    CatalogJobsQueue queue; // (value)
    char *runner;           // (owned) of this claim alone: a job claimed anew has another
    gint64 now_ms;          // (value)
    CatalogJob *job;        // (owned) (nullable) claimed
    GPtrArray *expired;     // (owned) (nullable) (element-type CatalogJob)
    gint64 wake_ms;         // (value)
} Claim;

static void look(FlowsEncode *encode);

static void
set_state(FlowsEncode *encode, FlowsEncodeState state)
{
    g_atomic_int_set((gint *)&encode->state, (gint)state);
}

FlowsEncodeState
flows_encode_get_state(FlowsEncode *encode)
{
    return (FlowsEncodeState)g_atomic_int_get((gint *)&encode->state);
}

const char *
flows_encode_state_to_string(FlowsEncodeState state)
{
    switch (state) {
    case FLOWS_ENCODE_STOPPED:
        return "stopped";
    case FLOWS_ENCODE_STANDBY:
        return "standby";
    case FLOWS_ENCODE_IDLE:
        return "idle";
    case FLOWS_ENCODE_BUSY:
        return "busy";
    case FLOWS_ENCODE_REFUSING:
        return "refusing";
    case FLOWS_ENCODE_FULL:
        return "full";
    }
    return "stopped";
}

static void
set_timer(FlowsEncode *encode, gint64 wait_ms, GSourceFunc due)
{
    guint ms = (guint)CLAMP(wait_ms, 50, LONGEST_WAIT_MS);
    server_timer_set(&encode->timer, encode->context, ms, due, encode);
}

static gboolean
on_look_due(gpointer user_data)
{
    look(user_data);
    return G_SOURCE_REMOVE;
}

static void
show_state(FlowsEncode *encode)
{
    set_state(encode, encode->jobs->len > 0 ? FLOWS_ENCODE_BUSY : FLOWS_ENCODE_IDLE);
}

/* Completes the stop once nothing is going on. */
static void
end_if_quiet(FlowsEncode *encode)
{
    if (encode->stop == NULL || encode->busy || g_atomic_int_get(&encode->describing) > 0 ||
        encode->jobs->len > 0)
        return;
    server_timer_clear(&encode->timer);
    flows_encode_lock_release(encode->lock);
    encode->started = FALSE;
    encode->ready = FALSE;
    set_state(encode, FLOWS_ENCODE_STOPPED);
    g_autoptr(GTask) stop = g_steal_pointer(&encode->stop);
    g_task_return_boolean(stop, TRUE);
}

/* The end of a step of the supervisor's own. */
static void
end_step(FlowsEncode *encode)
{
    encode->busy = FALSE;
    gboolean again = encode->again;
    encode->again = FALSE;
    if (encode->stop != NULL)
        end_if_quiet(encode);
    else if (again)
        look(encode);
}

static void
on_job_ended(FlowsEncodeJob *job, gpointer user_data)
{
    FlowsEncode *encode = user_data;
    g_ptr_array_remove_fast(encode->jobs, job);
    show_state(encode);
    if (encode->stop != NULL)
        end_if_quiet(encode);
    else
        look(encode);
}

static void
free_claim(Claim *claim)
{
    g_free(claim->runner);
    g_clear_pointer(&claim->job, catalog_job_free);
    g_clear_pointer(&claim->expired, g_ptr_array_unref);
    g_free(claim);
}

/* A lesson that is published or withdrawn already stays what it is. */
static gboolean
mark_encoding(CatalogDatabase *database, const CatalogJob *job, gint64 now_ms, GError **error)
{
    const CatalogAuditStamp by = {NULL, now_ms};
    g_autoptr(GError) cause = NULL;
    if (catalog_lessons_set_state(database, job->lesson_id, CATALOG_LESSON_STATE_ENCODING, &by,
                                  &cause) ||
        g_error_matches(cause, CATALOG_ERROR, CATALOG_ERROR_CONFLICT))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

static gboolean
fail_expired(CatalogDatabase *database, GPtrArray *expired, gint64 now_ms, GError **error)
{
    const CatalogAuditStamp by = {NULL, now_ms};
    for (guint i = 0; i < expired->len; i++) {
        const CatalogJob *job = expired->pdata[i];
        if (job->state == CATALOG_JOB_STATE_FAILED &&
            !flows_encode_rows_settle_failed(database, job, job->error_code, &by, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
claim_job(CatalogDatabase *database, gpointer data, GError **error)
{
    Claim *claim = data;
    const CatalogJobsClaim terms = {claim->queue, claim->runner, LEASE_MS};
    claim->expired = catalog_jobs_expire_leases(database, claim->now_ms, error);
    if (claim->expired == NULL || !fail_expired(database, claim->expired, claim->now_ms, error) ||
        !catalog_jobs_claim(database, &terms, claim->now_ms, &claim->job, error))
        return FALSE;
    if (claim->job != NULL && claim->job->kind == CATALOG_JOB_KIND_ENCODE &&
        !mark_encoding(database, claim->job, claim->now_ms, error))
        return FALSE;
    return catalog_jobs_get_next_wake(database, claim->queue, &claim->wake_ms, error);
}

static void
tell_expired(FlowsEncode *encode, GPtrArray *expired)
{
    ServerEvents *events = encode->shared.setup.events;
    for (guint i = 0; events != NULL && i < expired->len; i++) {
        const CatalogJob *job = expired->pdata[i];
        server_events_publish(events, SERVER_EVENTS_JOB, job->id);
        server_events_publish(events, SERVER_EVENTS_LESSON, job->lesson_id);
    }
}

static void
take_claim(FlowsEncode *encode, Claim *claim)
{
    tell_expired(encode, claim->expired);
    if (claim->job == NULL) {
        if (claim->wake_ms != G_MAXINT64)
            set_timer(encode, claim->wake_ms - claim->now_ms, on_look_due);
        return;
    }
    encode->again = TRUE; // there may be more, and more room for it
    g_ptr_array_add(encode->jobs,
                    flows_encode_job_start(&encode->shared, g_steal_pointer(&claim->job),
                                           on_job_ended, encode));
}

static void
on_job_claimed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Claim *claim = user_data;
    FlowsEncode *encode = claim->encode;
    g_autoptr(GError) error = NULL;
    if (catalog_threads_finish(result, &error)) {
        take_claim(encode, claim);
        if (encode->stop != NULL)
            g_ptr_array_foreach(encode->jobs, (GFunc)(void (*)(void))flows_encode_job_stop, NULL);
        show_state(encode);
    } else {
        g_warning("encoder: no job can be claimed: %s", error->message);
        set_timer(encode, TROUBLE_MS, on_look_due);
    }
    end_step(encode);
}

/* Uploads stop at the floor; what was accepted may still be encoded down to half of it. */
static gboolean
measure_room(gpointer data, GError **error)
{
    FlowsEncode *encode = data;
    gint64 free_bytes = 0, total_bytes = 0;
    if (!server_storage_measure_disk(encode->shared.setup.storage, &free_bytes, &total_bytes,
                                     error))
        return FALSE;
    if (free_bytes >= encode->shared.setup.config->free_floor_bytes / 2)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "%" G_GINT64_FORMAT " bytes are free",
                free_bytes);
    return FALSE;
}

static void
wait_for_room(FlowsEncode *encode, const GError *error)
{
    gboolean news = flows_encode_get_state(encode) != FLOWS_ENCODE_FULL;
    set_state(encode, FLOWS_ENCODE_FULL);
    set_timer(encode, FULL_MS, on_look_due);
    if (!news)
        return;
    g_warning("encoder: waits for room on the disk: %s", error->message);
    if (encode->shared.setup.events != NULL) // whoever shows the encoder's state reads it again
        server_events_publish(encode->shared.setup.events, SERVER_EVENTS_RESYNC, NULL);
}

static guint
count_gentle(FlowsEncode *encode)
{
    guint count = 0;
    for (guint i = 0; i < encode->jobs->len; i++)
        count += flows_encode_job_is_gentle(encode->jobs->pdata[i]);
    return count;
}

/* A job that may take its time does not keep a new lesson waiting: one more then has a place. */
static gboolean
has_place(FlowsEncode *encode)
{
    guint places = encode->shared.setup.config->encoder_children;
    return encode->jobs->len < places + (count_gentle(encode) > 0 ? 1 : 0);
}

static CatalogJobsQueue
choose_queue(FlowsEncode *encode)
{
    guint places = encode->shared.setup.config->encoder_children;
    return encode->jobs->len < places ? CATALOG_JOBS_MEDIA : CATALOG_JOBS_URGENT;
}

static void
on_room_measured(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsEncode *encode = user_data;
    g_autoptr(GError) error = NULL;
    if (!flows_receive_worker_run_finish(result, &error)) {
        wait_for_room(encode, error);
        end_step(encode);
        return;
    }
    Claim *claim = g_new0(Claim, 1);
    claim->runner = g_uuid_string_random();
    claim->queue = choose_queue(encode);
    claim->encode = encode;
    claim->now_ms = server_clock_now_ms(encode->shared.setup.clock);
    catalog_threads_write_async(encode->shared.setup.catalog, claim_job, claim,
                                (GDestroyNotify)free_claim, NULL, on_job_claimed);
}

/* Claims a job when there is a free place. */
static void
look(FlowsEncode *encode)
{
    if (encode->busy) {
        encode->again = TRUE;
        return;
    }
    if (!encode->ready || encode->stop != NULL || !has_place(encode))
        return;
    encode->busy = TRUE;
    flows_receive_worker_run_async(encode->shared.worker, measure_room, encode, NULL,
                                   on_room_measured, encode);
}

static gboolean start_work(gpointer user_data);

static void
on_recovered(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsEncode *encode = user_data;
    g_autoptr(GError) error = NULL;
    if (!flows_encode_recover_finish(result, &error)) {
        g_warning("encoder: cannot recover: %s", error->message);
        flows_encode_lock_release(encode->lock);
        set_timer(encode, TROUBLE_MS, start_work);
        end_step(encode);
        return;
    }
    encode->ready = TRUE;
    encode->again = TRUE;
    show_state(encode);
    if (encode->shared.setup.events != NULL) // any lesson and job may have changed
        server_events_publish(encode->shared.setup.events, SERVER_EVENTS_RESYNC, NULL);
    end_step(encode);
}

/* Says whether foreign files may be decoded with what was found. */
static gboolean
accept_sandbox(FlowsEncode *encode)
{
    const char *why = encode->sandbox->why != NULL ? encode->sandbox->why : "unknown";
    if (encode->sandbox->bubblewrap != NULL)
        return TRUE;
    if (encode->shared.setup.config->sandbox_required) {
        g_warning("encoder: files are not encoded, because bubblewrap cannot be used (%s); install "
                  "bubblewrap, or set sandbox=off in [encoder] of the configuration",
                  why);
        return FALSE;
    }
    g_warning("encoder: files are decoded without a sandbox, as configured (%s)", why);
    return TRUE;
}

static void
on_sandbox_probed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsEncode *encode = user_data;
    g_clear_pointer(&encode->sandbox, child_sandbox_free);
    encode->sandbox = child_sandbox_probe_finish(result, NULL);
    encode->shared.sandbox = encode->sandbox;
    if (encode->sandbox == NULL || encode->stop != NULL || !accept_sandbox(encode)) {
        set_state(encode, FLOWS_ENCODE_REFUSING);
        end_step(encode);
        return;
    }
    const FlowsEncodeRecoverSetup setup = {encode->shared.setup.catalog, encode->shared.setup.clock,
                                           encode->shared.setup.storage, encode->shared.worker};
    flows_encode_recover_async(&setup, on_recovered, encode);
}

static gboolean
start_work(gpointer user_data)
{
    FlowsEncode *encode = user_data;
    if (!flows_encode_lock_take(encode->lock)) {
        set_state(encode, FLOWS_ENCODE_STANDBY);
        set_timer(encode, STANDBY_MS, start_work);
        return G_SOURCE_REMOVE;
    }
    server_timer_clear(&encode->timer);
    set_state(encode, FLOWS_ENCODE_STOPPED); // until what a crash left is put right
    encode->busy = TRUE;
    child_sandbox_probe_async(encode->cancellable, on_sandbox_probed, encode);
    return G_SOURCE_REMOVE;
}

static void
take_wake(gpointer user_data)
{
    FlowsEncode *encode = user_data;
    for (guint i = 0; i < encode->jobs->len; i++)
        flows_encode_job_check(encode->jobs->pdata[i]);
    look(encode);
}

static gboolean
on_wake(gpointer user_data)
{
    FlowsEncode *encode = user_data;
    g_atomic_int_set(&encode->waking, 0);
    take_wake(encode);
    return G_SOURCE_REMOVE;
}

FlowsEncode *
flows_encode_new(const FlowsEncodeSetup *setup)
{
    FlowsEncode *encode = g_new0(FlowsEncode, 1);
    g_autofree char *lock_path = server_storage_build_encoder_lock_path(setup->storage);
    encode->context = g_main_context_ref_thread_default();
    encode->lock = flows_encode_lock_new(lock_path, take_wake, encode);
    encode->jobs = g_ptr_array_new_with_free_func((GDestroyNotify)flows_encode_job_free);
    encode->cancellable = g_cancellable_new();
    encode->shared.setup = *setup;
    encode->shared.worker = flows_receive_worker_new("encode-files", 1);
    return encode;
}

void
flows_encode_start(FlowsEncode *encode)
{
    g_return_if_fail(!encode->started);
    encode->started = TRUE;
    g_cancellable_reset(encode->cancellable);
    start_work(encode);
}

void
flows_encode_wake(FlowsEncode *encode)
{
    if (!g_atomic_int_compare_and_exchange(&encode->waking, 0, 1))
        return;
    g_autoptr(GSource) source = g_idle_source_new();
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, on_wake, encode, NULL);
    g_source_attach(source, encode->context);
}

typedef struct {
    FlowsEncode *encode; // (unowned)
    char *lesson_id;     // (owned)
} Edit;

static void
free_edit(Edit *edit)
{
    g_free(edit->lesson_id);
    g_free(edit);
}

static void
on_lesson_described(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsEncode *encode = user_data;
    g_autoptr(GError) error = NULL;
    if (!flows_describe_lesson_finish(result, &error))
        g_warning("lesson.json is not written anew: %s", error->message);
    g_atomic_int_dec_and_test(&encode->describing);
    end_if_quiet(encode);
}

static gboolean
on_edit(gpointer user_data)
{
    const Edit *edit = user_data;
    FlowsEncode *encode = edit->encode;
    const FlowsDescribeSetup setup = {encode->shared.setup.catalog, encode->shared.setup.storage,
                                      encode->shared.worker};
    flows_describe_lesson_async(&setup, edit->lesson_id, on_lesson_described, encode);
    return G_SOURCE_REMOVE;
}

void
flows_encode_describe(FlowsEncode *encode, const char *lesson_id)
{
    Edit *edit = g_new0(Edit, 1);
    g_atomic_int_inc(&encode->describing);
    edit->encode = encode;
    edit->lesson_id = g_strdup(lesson_id);
    g_autoptr(GSource) source = g_idle_source_new();
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, on_edit, edit, (GDestroyNotify)free_edit);
    g_source_attach(source, encode->context);
}

void
flows_encode_ring(ServerStorage *storage)
{
    g_autofree char *path = server_storage_build_encoder_lock_path(storage);
    flows_encode_lock_ring(path);
}

void
flows_encode_stop_async(FlowsEncode *encode, GAsyncReadyCallback callback, gpointer user_data)
{
    g_return_if_fail(encode->stop == NULL);
    encode->stop = g_task_new(NULL, NULL, callback, user_data);
    g_cancellable_cancel(encode->cancellable);
    server_timer_clear(&encode->timer);
    for (guint i = 0; i < encode->jobs->len; i++)
        flows_encode_job_stop(encode->jobs->pdata[i]);
    end_if_quiet(encode);
}

gboolean
flows_encode_stop_finish(FlowsEncode *encode, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}

void
flows_encode_free(FlowsEncode *encode)
{
    server_timer_clear(&encode->timer);
    while (g_source_remove_by_user_data(encode))
        ;
    flows_receive_worker_free(encode->shared.worker);
    g_ptr_array_unref(encode->jobs);
    flows_encode_lock_free(encode->lock);
    g_clear_pointer(&encode->sandbox, child_sandbox_free);
    g_object_unref(encode->cancellable);
    g_main_context_unref(encode->context);
    g_free(encode);
}
