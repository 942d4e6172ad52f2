// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// start → probe the walls → look: claim → run (captions_run.c) → look again … stop.
#include "server/flows/captions.h"

#include "catalog/jobs.h"
#include "server/timer.h"

#define TROUBLE_MS 5000
#define LONGEST_WAIT_MS 60000

struct _FlowsCaptions {
    FlowsCaptionsSetup setup;      // (value)
    FlowsCaptionsRunShared shared; // (value)
    FlowsReceiveWorker *worker;    // (owned)
    GMainContext *context;         // (owned)
    ChildSandbox *sandbox;         // (owned) (nullable) known after the probe
    GCancellable *cancellable;     // (owned) for the probe
    FlowsCaptionsRun *run;         // (owned) (nullable) at work
    GSource *timer;                // (owned) (nullable)
    GTask *stop;                   // (owned) (nullable) to be completed when all is quiet
    gboolean ready;                // (value) may claim
    gboolean busy;                 // (value) a probe or a claim is under way
    gboolean again;                // (value) woken while busy
};

typedef struct {
    FlowsCaptions *captions; // (unowned)
    char *runner;            // (owned) of this claim alone
    gint64 now_ms;           // (value)
    gint64 wake_ms;          // (value)
    CatalogJob *job;         // (owned) (nullable)
} Claim;

static void look(FlowsCaptions *captions);

static void
free_claim(gpointer data)
{
    Claim *claim = data;
    g_clear_pointer(&claim->job, catalog_job_free);
    g_free(claim->runner);
    g_free(claim);
}

static gboolean
on_look_due(gpointer user_data)
{
    look(user_data);
    return G_SOURCE_REMOVE;
}

static void
set_timer(FlowsCaptions *captions, gint64 wait_ms)
{
    guint ms = (guint)CLAMP(wait_ms, 50, LONGEST_WAIT_MS);
    server_timer_set(&captions->timer, captions->context, ms, on_look_due, captions);
}

static void
end_if_quiet(FlowsCaptions *captions)
{
    if (captions->stop == NULL || captions->busy || captions->run != NULL)
        return;
    server_timer_clear(&captions->timer);
    captions->ready = FALSE;
    g_autoptr(GTask) stop = g_steal_pointer(&captions->stop);
    g_task_return_boolean(stop, TRUE);
}

static void
end_step(FlowsCaptions *captions)
{
    captions->busy = FALSE;
    gboolean again = captions->again;
    captions->again = FALSE;
    if (captions->stop != NULL)
        end_if_quiet(captions);
    else if (again)
        look(captions);
}

static void
tell(FlowsCaptions *captions, const CatalogJob *job)
{
    if (captions->setup.events != NULL)
        server_events_publish(captions->setup.events, SERVER_EVENTS_JOB, job->id);
}

static void
on_run_ended(FlowsCaptionsRun *run, gboolean saved, gpointer user_data)
{
    FlowsCaptions *captions = user_data;
    const CatalogJob *job = flows_captions_run_get_job(run);
    if (saved && captions->setup.changed != NULL)
        captions->setup.changed(job->lesson_id, captions->setup.changed_data);
    tell(captions, job);
    g_clear_pointer(&captions->run, flows_captions_run_free);
    if (captions->stop != NULL)
        end_if_quiet(captions);
    else
        look(captions);
}

static gboolean
claim_job(CatalogDatabase *database, gpointer data, GError **error)
{
    Claim *claim = data;
    const CatalogJobsClaim wanted = {CATALOG_JOBS_CAPTIONS, claim->runner,
                                     FLOWS_CAPTIONS_RUN_LEASE_MS};
    return catalog_jobs_claim(database, &wanted, claim->now_ms, &claim->job, error) &&
           catalog_jobs_get_next_wake(database, CATALOG_JOBS_CAPTIONS, &claim->wake_ms, error);
}

static void
on_job_claimed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Claim *claim = user_data;
    FlowsCaptions *captions = claim->captions;
    g_autoptr(GError) error = NULL;
    if (!catalog_threads_finish(result, &error)) {
        g_warning("captions: no job can be claimed: %s", error->message);
        set_timer(captions, TROUBLE_MS);
    } else if (claim->job != NULL) {
        tell(captions, claim->job);
        captions->run = flows_captions_run_start(&captions->shared, g_steal_pointer(&claim->job),
                                                 on_run_ended, captions);
        if (captions->stop != NULL)
            flows_captions_run_stop(captions->run);
    } else if (claim->wake_ms != G_MAXINT64) {
        set_timer(captions, claim->wake_ms - claim->now_ms);
    }
    end_step(captions);
}

static void
look(FlowsCaptions *captions)
{
    if (captions->busy) {
        captions->again = TRUE;
        return;
    }
    if (!captions->ready || captions->stop != NULL || captions->run != NULL)
        return;
    captions->busy = TRUE;
    Claim *claim = g_new0(Claim, 1);
    claim->captions = captions;
    claim->runner = g_uuid_string_random();
    claim->now_ms = server_clock_now_ms(captions->setup.clock);
    catalog_threads_write_async(captions->setup.catalog, claim_job, claim, free_claim, NULL,
                                on_job_claimed);
}

static void
on_sandbox_probed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsCaptions *captions = user_data;
    captions->sandbox = child_sandbox_probe_finish(result, NULL);
    captions->shared.sandbox = captions->sandbox;
    captions->ready = captions->sandbox != NULL;
    captions->again = TRUE;
    if (captions->sandbox != NULL && captions->sandbox->bubblewrap == NULL)
        g_warning("captions: the recogniser runs without walls (%s)",
                  captions->sandbox->why != NULL ? captions->sandbox->why : "unknown");
    end_step(captions);
}

FlowsCaptions *
flows_captions_new(const FlowsCaptionsSetup *setup)
{
    FlowsCaptions *captions = g_new0(FlowsCaptions, 1);
    captions->setup = *setup;
    captions->worker = flows_receive_worker_new("captions-files", 1);
    captions->context = g_main_context_ref_thread_default();
    captions->cancellable = g_cancellable_new();
    captions->shared.config = setup->config;
    captions->shared.clock = setup->clock;
    captions->shared.events = setup->events;
    captions->shared.places =
        (FlowsCaptionsSaveSetup){setup->catalog, setup->storage, captions->worker};
    return captions;
}

const FlowsCaptionsSaveSetup *
flows_captions_get_places(FlowsCaptions *captions)
{
    return &captions->shared.places;
}

gboolean
flows_captions_has_recogniser(FlowsCaptions *captions)
{
    return captions->setup.config->captions_command != NULL;
}

void
flows_captions_start(FlowsCaptions *captions)
{
    if (!flows_captions_has_recogniser(captions))
        return;
    captions->busy = TRUE;
    child_sandbox_probe_async(captions->cancellable, on_sandbox_probed, captions);
}

static gboolean
on_wake(gpointer user_data)
{
    FlowsCaptions *captions = user_data;
    if (captions->run != NULL)
        flows_captions_run_check(captions->run);
    look(captions);
    return G_SOURCE_REMOVE;
}

void
flows_captions_wake(FlowsCaptions *captions)
{
    g_autoptr(GSource) source = g_idle_source_new();
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, on_wake, captions, NULL);
    g_source_attach(source, captions->context);
}

void
flows_captions_stop_async(FlowsCaptions *captions, GAsyncReadyCallback callback, gpointer user_data)
{
    captions->stop = g_task_new(NULL, NULL, callback, user_data);
    g_cancellable_cancel(captions->cancellable);
    server_timer_clear(&captions->timer);
    if (captions->run != NULL)
        flows_captions_run_stop(captions->run);
    end_if_quiet(captions);
}

gboolean
flows_captions_stop_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}

void
flows_captions_free(FlowsCaptions *captions)
{
    server_timer_clear(&captions->timer);
    while (g_source_remove_by_user_data(captions))
        ;
    flows_receive_worker_free(captions->worker);
    g_clear_pointer(&captions->sandbox, child_sandbox_free);
    g_object_unref(captions->cancellable);
    g_main_context_unref(captions->context);
    g_free(captions);
}
