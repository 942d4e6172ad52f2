// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// find the sound → run the command (lease renewed meanwhile) → store what it said → end the job.
//
//   start → on_sound_found → on_process_ended → on_captions_saved → on_job_closed
//             \ no sound, command failed, bad text: close with a code  ↗
#include "server/flows/captions_run.h"

#include <string.h>

#include "catalog/error.h"
#include "catalog/jobs.h"
#include "catalog/lessonlist.h"
#include "pipelines/captions/cues.h"
#include "server/flows/captions_command.h"
#include "server/flows/captions_process.h"

#define RENEW_S 30
#define SECONDS_PER_MINUTE 60

struct _FlowsCaptionsRun {
    const FlowsCaptionsRunShared *shared; // (unowned)
    CatalogJob *job;                      // (owned)
    FlowsCaptionsRunEnded ended;          // (value)
    gpointer user_data;                   // (unowned)
    char *sound;                          // (owned) (nullable) path
    GCancellable *cancellable;            // (owned) kills the process
    GSource *renewal;                     // (owned) (nullable)
    gboolean renewing;                    // (value) a renewal is on its way
    gboolean lost;                        // (value) the lease is somebody else's
    gboolean stopping;                    // (value) to be given back
    gboolean closed;                      // (value) the job's end is written, or cannot be
    FlowsCaptionsSave *save;              // (owned) (nullable)
    const char *code;                     // (static) (nullable) why it failed
    char *detail;                         // (owned) (nullable) for the administrator
    gint64 now_ms;                        // (value) of the write under way
};

const CatalogJob *
flows_captions_run_get_job(FlowsCaptionsRun *run)
{
    return run->job;
}

void
flows_captions_run_free(FlowsCaptionsRun *run)
{
    if (run->renewal != NULL)
        g_source_destroy(run->renewal);
    g_clear_pointer(&run->renewal, g_source_unref);
    g_clear_pointer(&run->save, flows_captions_save_free);
    catalog_job_free(run->job);
    g_object_unref(run->cancellable);
    g_free(run->sound);
    g_free(run->detail);
    g_free(run);
}

static void
end_if_over(FlowsCaptionsRun *run)
{
    if (!run->closed || run->renewing)
        return;
    gboolean saved = run->save != NULL && run->save->saved != NULL;
    run->ended(run, saved, run->user_data);
}

static gboolean
close_job(CatalogDatabase *database, gpointer data, GError **error)
{
    FlowsCaptionsRun *run = data;
    const CatalogJob *job = run->job;
    CatalogJobState state = job->state;
    // Running a program twice on the same sound gives the same: only our own troubles are retried.
    const CatalogJobsFailure failure = {run->code, run->detail,
                                        strcmp(run->code ? run->code : "", "internal") != 0};
    if (run->stopping)
        return catalog_jobs_release(database, job->id, job->lease_owner, run->now_ms, error);
    if (run->code != NULL)
        return catalog_jobs_fail(database, job, &failure, run->now_ms, &state, error);
    return catalog_jobs_finish(database, job->id, job->lease_owner, run->now_ms, error);
}

static void
on_job_closed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsCaptionsRun *run = user_data;
    g_autoptr(GError) error = NULL;
    if (!catalog_threads_finish(result, &error) &&
        !g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT))
        g_warning("captions job %s: its end is not written: %s", run->job->id, error->message);
    run->closed = TRUE;
    end_if_over(run);
}

static void
close_run(FlowsCaptionsRun *run, const char *code, const char *detail)
{
    run->code = code;
    run->detail = g_strdup(detail);
    run->now_ms = server_clock_now_ms(run->shared->clock);
    if (code != NULL && !run->stopping && !run->lost)
        g_warning("captions job %s of lesson %s failed: %s: %s", run->job->id, run->job->lesson_id,
                  code, detail != NULL ? detail : "");
    if (run->lost) {
        run->closed = TRUE;
        end_if_over(run);
        return;
    }
    catalog_threads_write_async(run->shared->places.catalog, close_job, run, NULL, NULL,
                                on_job_closed);
}

/* The first fault, for the administrator. */
static char *
describe_faults(const CaptionsFaults *faults)
{
    if (faults->errors->len == 0)
        return g_strdup("unknown");
    const CaptionsFaultsOne *first = &g_array_index(faults->errors, CaptionsFaultsOne, 0);
    return g_strdup_printf("line %u of what it wrote: %s", first->line,
                           captions_faults_get_sentence(first->kind, FALSE));
}

static void
on_captions_saved(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsCaptionsRun *run = user_data;
    g_autoptr(GError) error = NULL;
    if (flows_captions_save_run_finish(result, &error)) {
        close_run(run, NULL, NULL);
    } else if (run->save->faults->errors->len > 0) {
        g_autofree char *detail = describe_faults(run->save->faults);
        close_run(run, "recogniser-output", detail);
    } else if (g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_EXISTS)) {
        close_run(run, "captions-exist", error->message);
    } else {
        close_run(run, "internal", error->message);
    }
}

static void
on_process_ended(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsCaptionsRun *run = user_data;
    g_autoptr(FlowsCaptionsProcessEnd) end = flows_captions_process_run_finish(result, NULL);
    if (end == NULL || end->code != NULL || run->lost) {
        close_run(run, end != NULL ? end->code : "cancelled", end != NULL ? end->detail : NULL);
        return;
    }
    run->save = flows_captions_save_new(run->job->lesson_id, run->job->argument, end->said);
    run->save->revision = -1;
    run->save->recognised = TRUE;
    run->save->now_ms = server_clock_now_ms(run->shared->clock);
    flows_captions_save_run_async(run->save, &run->shared->places, on_captions_saved, run);
}

static void
start_process(FlowsCaptionsRun *run)
{
    const ServerConfig *config = run->shared->config;
    const FlowsCaptionsCommandPlaces places = {
        .command = config->captions_command,
        .sound = run->sound,
        .language = run->job->argument,
        .data_folder = server_storage_get_folder(run->shared->places.storage),
        .network = config->captions_network,
    };
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) command = flows_captions_command_build(run->shared->sandbox, &places, &error);
    if (command == NULL) {
        close_run(run, "recogniser-failed", error->message);
        return;
    }
    const FlowsCaptionsProcessOrder order = {command, config->captions_minutes * SECONDS_PER_MINUTE,
                                             CAPTIONS_CUES_MAX_FILE_BYTES};
    flows_captions_process_run_async(&order, run->cancellable, on_process_ended, run);
}

/* The AAC file before the Opus one: more programs read it. */
static gboolean
find_sound(CatalogDatabase *database, gpointer data, GError **error)
{
    static const char *const names[] = {"voice", "voice-opus", "small"};
    FlowsCaptionsRun *run = data;
    g_autoptr(CatalogLesson) lesson = catalog_lessonlist_get(database, run->job->lesson_id, error);
    for (guint i = 0; lesson != NULL && i < G_N_ELEMENTS(names) && run->sound == NULL; i++) {
        for (guint j = 0; j < lesson->rungs->len; j++) {
            const CatalogRung *rung = lesson->rungs->pdata[j];
            if (rung->file != NULL && strcmp(rung->name, names[i]) == 0)
                run->sound = server_storage_build_bundle_file_path(run->shared->places.storage,
                                                                   lesson->id, rung->file);
        }
    }
    return lesson != NULL;
}

static void
on_sound_found(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsCaptionsRun *run = user_data;
    g_autoptr(GError) error = NULL;
    if (!catalog_threads_finish(result, &error))
        close_run(run, "internal", error->message);
    else if (run->sound == NULL)
        close_run(run, "no-sound", "the lesson has no sound file");
    else
        start_process(run);
}

static gboolean
renew_lease(CatalogDatabase *database, gpointer data, GError **error)
{
    FlowsCaptionsRun *run = data;
    gint64 now_ms = server_clock_now_ms(run->shared->clock);
    const CatalogJobsProgress progress = {.lease_until_ms = now_ms + FLOWS_CAPTIONS_RUN_LEASE_MS};
    return catalog_jobs_report(database, run->job->id, run->job->lease_owner, &progress, now_ms,
                               error);
}

static void
on_lease_renewed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsCaptionsRun *run = user_data;
    g_autoptr(GError) error = NULL;
    run->renewing = FALSE;
    if (!catalog_threads_finish(result, &error) &&
        g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT) && !run->closed) {
        run->lost = TRUE;
        g_cancellable_cancel(run->cancellable);
    }
    end_if_over(run);
}

void
flows_captions_run_check(FlowsCaptionsRun *run)
{
    if (run->renewing || run->closed || run->lost)
        return;
    run->renewing = TRUE;
    catalog_threads_write_async(run->shared->places.catalog, renew_lease, run, NULL, NULL,
                                on_lease_renewed);
}

static gboolean
on_renewal_due(gpointer user_data)
{
    flows_captions_run_check(user_data);
    return G_SOURCE_CONTINUE;
}

FlowsCaptionsRun *
flows_captions_run_start(const FlowsCaptionsRunShared *shared, CatalogJob *job,
                         FlowsCaptionsRunEnded ended, gpointer user_data)
{
    FlowsCaptionsRun *run = g_new0(FlowsCaptionsRun, 1);
    run->shared = shared;
    run->job = job;
    run->ended = ended;
    run->user_data = user_data;
    run->cancellable = g_cancellable_new();
    run->renewal = g_timeout_source_new_seconds(RENEW_S);
    g_source_set_callback(run->renewal, on_renewal_due, run, NULL);
    g_source_attach(run->renewal, g_main_context_get_thread_default());
    catalog_threads_read_async(shared->places.catalog, find_sound, run, NULL, NULL, on_sound_found);
    return run;
}

void
flows_captions_run_stop(FlowsCaptionsRun *run)
{
    run->stopping = TRUE;
    g_cancellable_cancel(run->cancellable);
}
