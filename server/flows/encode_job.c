// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reports become actions; actions are carried out one after another; the last one is the end.
//
//   prepare staging → read what is published → start child → (report → action)* → end → last action
//   → ended lease lost (cancelled) → child stopped → nothing more is written → staging removed
#include "server/flows/encode_job.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "catalog/error.h"
#include "catalog/jobs.h"
#include "catalog/lessonlist.h"
#include "catalog/threads.h"
#include "pipelines/child/launcher.h"
#include "pipelines/child/lock.h"
#include "pipelines/encode/rungs.h"
#include "pipelines/package/index.h"
#include "server/flows/encode_action.h"
#include "server/flows/encode_expect.h"
#include "server/flows/encode_source.h"
#include "server/flows/encode_staging.h"
#include "server/timer.h"

#define LEASE_MS (90 * 1000)
#define RENEW_S 20
#define PROGRESS_US G_USEC_PER_SEC
#define BUSY_AGAIN_MS 1000
#define BUSY_MOST                                                                                  \
    20 // then whatever holds the lock does not write: no child outlives its parent so long
#define MAX_WARNINGS 16 // more of them than that at once are left out
#define LIMIT_DURATION_MS (G_GUINT64_CONSTANT(12) * 3600 * 1000)
#define LIMIT_PIXELS (G_GUINT64_CONSTANT(8192) * 4352)

#define MAX_TOGETHER 64 // assets that are published in one transaction
#define MAX_WAITING (64 + FLOWS_ENCODE_EXPECT_ASSETS_MAX / MAX_TOGETHER)

struct _FlowsEncodeJob {
    const FlowsEncodeJobShared *shared; // (unowned)
    CatalogJob *claimed;                // (owned)
    FlowsEncodeJobEnded ended;          // (value)
    gpointer ended_data;                // (unowned)
    char *staging;                      // (owned)
    char *bundle;                       // (owned)
    char *original;                     // (owned) (nullable) what the child reads
    FlowsEncodeExpect *expect;          // (owned) what the child may make
    CatalogLesson *lesson;              // (owned) (nullable) as it was at the start
    guint shown_width;                  // (value) of the source, 0: no picture, or not known
    guint shown_height;                 // (value)
    gboolean has_sound;                 // (value)
    ChildLauncher *child;               // (owned) (nullable)
    GQueue waiting;                     // (owned) (element-type FlowsEncodeAction)
    FlowsEncodeAction *present;         // (owned) (nullable) the one that is carried out
    FlowsEncodeAction *last;            // (owned) (nullable) to be carried out after all others
    GSource *timer;                     // (owned) (nullable) renews the lease, or starts again
    char *stage;                        // (owned) (nullable) of the newest progress
    int permille;                       // (value) of the newest progress
    gint64 saved_us;                    // (value) monotonic, when progress was last written
    guint busy_times;                   // (value) how often the staging lock was found taken
    gboolean saving;                    // (value) a lease write is under way
    gboolean lost;                      // (value) the lease is not ours any more
    gboolean stopping;                  // (value) the supervisor is going
    gboolean child_over;                // (value) no child runs and none will
};

typedef struct {
    FlowsEncodeJob *job;   // (unowned)
    char *stage;           // (owned) (nullable)
    int permille;          // (value)
    gint64 now_ms;         // (value)
    CatalogLesson *lesson; // (owned) (nullable)
} Request;

static void
free_request(Request *request)
{
    g_clear_pointer(&request->lesson, catalog_lesson_free);
    g_free(request->stage);
    g_free(request);
}

static Request *
new_request(FlowsEncodeJob *job)
{
    Request *request = g_new0(Request, 1);
    request->job = job;
    request->stage = g_strdup(job->stage);
    request->permille = job->permille;
    request->now_ms = server_clock_now_ms(job->shared->setup.clock);
    return request;
}

static void
tell(FlowsEncodeJob *job)
{
    ServerEvents *events = job->shared->setup.events;
    if (events == NULL)
        return;
    server_events_publish(events, SERVER_EVENTS_JOB, job->claimed->id);
    server_events_publish(events, SERVER_EVENTS_LESSON, job->claimed->lesson_id);
}

static void
set_timer(FlowsEncodeJob *job, guint wait_ms, GSourceFunc due)
{
    server_timer_set(&job->timer, g_main_context_get_thread_default(), wait_ms, due, job);
}

static void carry_on(FlowsEncodeJob *job);

/* The first reason to end counts. */
static void
end_with(FlowsEncodeJob *job, FlowsEncodeAction *action)
{
    if (job->last == NULL)
        job->last = action;
    else
        flows_encode_action_free(action);
}

static void
end_failed(FlowsEncodeJob *job, const char *code, const char *detail, gboolean permanent)
{
    FlowsEncodeAction *action = flows_encode_action_new(FLOWS_ENCODE_ACTION_FAIL);
    action->code = g_strdup(code);
    action->detail = g_strdup(detail);
    action->permanent = permanent;
    end_with(job, action);
}

static void
stop_child(FlowsEncodeJob *job)
{
    if (job->child != NULL && !job->child_over)
        child_launcher_cancel(job->child);
}

static void
lose(FlowsEncodeJob *job)
{
    if (job->lost)
        return;
    job->lost = TRUE;
    g_clear_pointer(&job->last, flows_encode_action_free);
    job->last = flows_encode_action_new(FLOWS_ENCODE_ACTION_ABANDON);
    g_queue_clear_full(&job->waiting, (GDestroyNotify)flows_encode_action_free);
    stop_child(job);
}

static gboolean
is_lost(const GError *error)
{
    return g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT) ||
           g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
}

static gboolean
is_no_space(const GError *error)
{
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ||
           g_error_matches(error, PACKAGE_ERROR, PACKAGE_ERROR_SPACE);
}

static gboolean
write_lease(CatalogDatabase *database, gpointer data, GError **error)
{
    const Request *request = data;
    const CatalogJobsProgress progress = {.lease_until_ms = request->now_ms + LEASE_MS,
                                          .permille = request->permille,
                                          .stage = request->stage};
    return catalog_jobs_report(database, request->job->claimed->id,
                               request->job->claimed->lease_owner, &progress, request->now_ms,
                               error);
}

static void
on_lease_written(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsEncodeJob *job = ((Request *)user_data)->job;
    g_autoptr(GError) error = NULL;
    job->saving = FALSE;
    if (catalog_threads_finish(result, &error))
        tell(job);
    else if (is_lost(error) && job->present == NULL && !job->stopping)
        lose(job);
    carry_on(job);
}

static void
save_progress(FlowsEncodeJob *job)
{
    gboolean ending = job->present != NULL && job->present->kind != FLOWS_ENCODE_ACTION_REPORT;
    if (job->saving || job->lost || ending)
        return;
    job->saving = TRUE;
    job->saved_us = g_get_monotonic_time();
    catalog_threads_write_async(job->shared->setup.catalog, write_lease, new_request(job),
                                (GDestroyNotify)free_request, NULL, on_lease_written);
}

static gboolean
on_renew_due(gpointer user_data)
{
    save_progress(user_data);
    return G_SOURCE_CONTINUE;
}

static void
take_failure(FlowsEncodeJob *job, const GError *error)
{
    if (is_lost(error)) {
        lose(job);
        return;
    }
    g_warning("lesson %s, job %s: %s", job->claimed->lesson_id, job->claimed->id, error->message);
    g_queue_clear_full(&job->waiting, (GDestroyNotify)flows_encode_action_free);
    g_clear_pointer(&job->last, flows_encode_action_free);
    end_failed(job, is_no_space(error) ? "no-space" : "internal", error->message, FALSE);
    stop_child(job);
}

static void
on_action_run(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsEncodeJob *job = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(FlowsEncodeAction) action = g_steal_pointer(&job->present);
    gboolean was_report = action->kind == FLOWS_ENCODE_ACTION_REPORT;
    gboolean was_finish = action->kind == FLOWS_ENCODE_ACTION_FINISH;
    if (flows_encode_action_run_finish(result, &error))
        tell(job);
    else if (was_report || was_finish)
        take_failure(job, error);
    else // nothing else can be done: the lease runs out and the job is taken up again
        g_warning("lesson %s, job %s: %s", job->claimed->lesson_id, job->claimed->id,
                  error->message);
    carry_on(job);
}

static void
run_action(FlowsEncodeJob *job, FlowsEncodeAction *action)
{
    const FlowsEncodeSetup *setup = &job->shared->setup;
    const FlowsEncodeActionContext context = {
        .catalog = setup->catalog,
        .clock = setup->clock,
        .worker = job->shared->worker,
        .job = job->claimed,
        .runner = job->claimed->lease_owner,
        .places = {job->staging, job->bundle, setup->on_step, setup->step_data},
        .lease_ms = LEASE_MS,
    };
    job->present = action;
    flows_encode_action_run_async(action, &context, on_action_run, job);
}

/* The one place that decides what comes next. */
static void
carry_on(FlowsEncodeJob *job)
{
    if (job->present != NULL)
        return;
    if (!g_queue_is_empty(&job->waiting)) {
        run_action(job, g_queue_pop_head(&job->waiting));
        return;
    }
    if (!job->child_over || job->saving)
        return;
    if (job->last != NULL) {
        run_action(job, g_steal_pointer(&job->last));
        return;
    }
    server_timer_clear(&job->timer);
    job->ended(job, job->ended_data);
}

static void
take_progress(FlowsEncodeJob *job, const ChildReport *report)
{
    job->permille = MAX(job->permille, (int)report->permille);
    g_free(job->stage);
    job->stage = g_strdup(report->stage);
    if (g_get_monotonic_time() - job->saved_us >= PROGRESS_US)
        save_progress(job);
}

static void
take_probe(FlowsEncodeJob *job, const ChildReport *report)
{
    job->shown_width = report->has_picture ? report->width : 0;
    job->shown_height = report->has_picture ? report->height : 0;
    job->has_sound = report->has_sound;
}

/* Assets are bounded by their number, not by how fast they come. */
static gboolean
is_full(FlowsEncodeJob *job, const ChildReport *report)
{
    return report->kind != CHILD_REPORT_ASSET && g_queue_get_length(&job->waiting) >= MAX_WAITING;
}

/* Whether one more asset may go with those that wait: hundreds of stills are not hundreds of
 * transactions. */
static gboolean
takes_assets(const FlowsEncodeAction *action)
{
    const ChildReport *first = action->reports->pdata[0];
    return first->kind == CHILD_REPORT_ASSET && action->reports->len < MAX_TOGETHER;
}

static void
enqueue(FlowsEncodeJob *job, const ChildReport *report)
{
    if (job->lost || job->stopping || job->last != NULL)
        return;
    if (report->kind == CHILD_REPORT_WARNING && g_queue_get_length(&job->waiting) >= MAX_WARNINGS)
        return;
    if (!flows_encode_expect_take(job->expect, report) || is_full(job, report)) {
        end_failed(job, "internal", "the child reports what it should not", FALSE);
        child_launcher_kill(job->child);
        return;
    }
    FlowsEncodeAction *last = g_queue_peek_tail(&job->waiting);
    if (last == NULL || report->kind != CHILD_REPORT_ASSET || !takes_assets(last)) {
        last = flows_encode_action_new(FLOWS_ENCODE_ACTION_REPORT);
        g_queue_push_tail(&job->waiting, last);
    }
    g_ptr_array_add(last->reports, child_report_copy(report));
    carry_on(job);
}

static void
on_child_report(const ChildReport *report, gpointer user_data)
{
    FlowsEncodeJob *job = user_data;
    switch (report->kind) {
    case CHILD_REPORT_PROGRESS:
        take_progress(job, report);
        return;
    case CHILD_REPORT_PLAN:
        flows_encode_expect_plan(job->expect, report);
        return;
    case CHILD_REPORT_PROBE:
        take_probe(job, report);
        return;
    case CHILD_REPORT_ASSET:
    case CHILD_REPORT_SLIDES:
    case CHILD_REPORT_RUNG:
    case CHILD_REPORT_RUNG_SKIPPED:
    case CHILD_REPORT_RUNG_FAILED:
    case CHILD_REPORT_WARNING:
        enqueue(job, report);
        return;
    case CHILD_REPORT_HELLO:
    case CHILD_REPORT_CHECKPOINT:
    case CHILD_REPORT_SPLICE:
    case CHILD_REPORT_FAILED:
    case CHILD_REPORT_DONE:
        return;
    }
}

/* Only what the child itself says about the file can be permanent; a crash is always tried again.
 */
static gboolean
is_permanent(const ChildLauncherEnd *end)
{
    static const char *const codes[] = {"not-media", "no-streams", "unsupported-codec",
                                        "encrypted", "damaged",    "too-short",
                                        "too-large", "too-long",   NULL};
    return end->by_itself && g_strv_contains(codes, end->code);
}

static void
on_child_end(const ChildLauncherEnd *end, gpointer user_data)
{
    FlowsEncodeJob *job = user_data;
    job->child_over = TRUE;
    if (end->code == NULL) {
        FlowsEncodeAction *action = flows_encode_action_new(FLOWS_ENCODE_ACTION_FINISH);
        action->duration_ms = end->duration_ms;
        action->shown_width = job->shown_width;
        action->shown_height = job->shown_height;
        action->refine = job->claimed->kind == CATALOG_JOB_KIND_ENCODE &&
                         encode_rungs_suits(ENCODE_RUNGS_CLEAR, job->has_sound, job->shown_width,
                                            job->shown_height);
        end_with(job, action);
    } else if (job->stopping) {
        end_with(job, flows_encode_action_new(FLOWS_ENCODE_ACTION_RELEASE));
    } else {
        end_failed(job, end->code, end->detail, is_permanent(end));
    }
    carry_on(job);
}

static void start_child(FlowsEncodeJob *job);

static gboolean
on_start_again(gpointer user_data)
{
    FlowsEncodeJob *job = user_data;
    server_timer_clear(&job->timer);
    start_child(job);
    return G_SOURCE_REMOVE;
}

static void
take_start_failure(FlowsEncodeJob *job, const GError *error)
{
    if (g_error_matches(error, CHILD_ERROR, CHILD_ERROR_BUSY)) {
        if (++job->busy_times >= BUSY_MOST)
            child_lock_break(job->staging);
        set_timer(job, BUSY_AGAIN_MS, on_start_again);
        return;
    }
    job->child_over = TRUE;
    end_failed(job, "internal", error->message, FALSE);
    carry_on(job);
}

static void
start_child(FlowsEncodeJob *job)
{
    const ServerConfig *config = job->shared->setup.config;
    // Whatever the first attempt died of, the next one counts as begun: libavformat reads.
    gboolean again = job->claimed->attempts > 1;
    const CatalogArea *area = &job->lesson->interpreter;
    const ChildJob order = {
        .rungs = flows_encode_expect_get_wanted(job->expect),
        .done = flows_encode_expect_get_done(job->expect),
        .published = flows_encode_expect_get_published(job->expect),
        .permille = (guint)MAX(job->permille, again ? 1 : 0),
        .limit_duration_ms = LIMIT_DURATION_MS,
        .limit_pixels = LIMIT_PIXELS,
        .interpreter = {(guint)area->x, (guint)area->y, (guint)area->width, (guint)area->height},
        .clean_sound = config->clean_sound};
    const ChildLauncherSetup setup = {
        .sandbox = job->shared->sandbox,
        .places = {.program = job->shared->setup.media_program,
                   .source = job->original,
                   .staging = job->staging,
                   .bundle = job->bundle,
                   .memory_bytes = config->encoder_memory_bytes},
        .job = &order,
        .silence_s = config->encoder_silence_s,
        .gentle = flows_encode_job_is_gentle(job),
    };
    const ChildLauncherListener listener = {on_child_report, on_child_end, job};
    g_autoptr(GError) error = NULL;
    if (job->stopping || job->lost) {
        job->child_over = TRUE;
        carry_on(job);
        return;
    }
    job->child = child_launcher_start(&setup, &listener, &error);
    if (job->child == NULL)
        take_start_failure(job, error);
    else
        set_timer(job, RENEW_S * 1000, on_renew_due);
}

static gboolean
make_staging(gpointer data, GError **error)
{
    FlowsEncodeJob *job = data;
    GStatBuf original;
    const FlowsPublishPlaces places = {.staging = job->staging, .bundle = job->bundle};
    if (!flows_encode_staging_prepare(&places, job->claimed->id, job->lesson, error))
        return FALSE;
    if (g_stat(job->original, &original) != 0) {
        g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(errno), "%s: %s", job->original,
                    g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

static void
on_staging_made(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsEncodeJob *job = user_data;
    g_autoptr(GError) error = NULL;
    if (flows_receive_worker_run_finish(result, &error)) {
        start_child(job);
        return;
    }
    job->child_over = TRUE;
    take_failure(job, error);
    carry_on(job);
}

static gboolean
read_lesson(CatalogDatabase *database, gpointer data, GError **error)
{
    Request *request = data;
    const CatalogJob *claimed = request->job->claimed;
    request->lesson =
        catalog_lessonlist_get_generation(database, claimed->lesson_id, claimed->generation, error);
    return request->lesson != NULL;
}

static void
on_lesson_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Request *request = user_data;
    FlowsEncodeJob *job = request->job;
    g_autoptr(GError) error = NULL;
    if (!catalog_threads_finish(result, &error)) {
        job->child_over = TRUE;
        take_failure(job, error);
        carry_on(job);
        return;
    }
    job->lesson = g_steal_pointer(&request->lesson);
    flows_encode_expect_skip_done(job->expect, job->lesson);
    job->original =
        flows_encode_source_build_path(job->shared->setup.storage, job->lesson, job->claimed->kind);
    tell(job);
    flows_receive_worker_run_async(job->shared->worker, make_staging, job, NULL, on_staging_made,
                                   job);
}

FlowsEncodeJob *
flows_encode_job_start(const FlowsEncodeJobShared *shared, CatalogJob *claimed,
                       FlowsEncodeJobEnded ended, gpointer user_data)
{
    ServerStorage *storage = shared->setup.storage;
    FlowsEncodeJob *job = g_new0(FlowsEncodeJob, 1);
    job->shared = shared;
    job->claimed = claimed;
    job->ended = ended;
    job->ended_data = user_data;
    job->staging = server_storage_build_staging_path(storage, claimed->lesson_id);
    job->bundle = server_storage_build_bundle_path(storage, claimed->lesson_id);
    job->permille = MIN(claimed->permille, 999);
    job->expect = flows_encode_expect_new(claimed->kind);
    g_queue_init(&job->waiting);
    catalog_threads_read_async(shared->setup.catalog, read_lesson, new_request(job),
                               (GDestroyNotify)free_request, NULL, on_lesson_read);
    return job;
}

const CatalogJob *
flows_encode_job_get_claimed(FlowsEncodeJob *job)
{
    return job->claimed;
}

gboolean
flows_encode_job_is_gentle(FlowsEncodeJob *job)
{
    return job->claimed->kind != CATALOG_JOB_KIND_ENCODE;
}

void
flows_encode_job_check(FlowsEncodeJob *job)
{
    save_progress(job);
}

void
flows_encode_job_stop(FlowsEncodeJob *job)
{
    if (job->stopping)
        return;
    job->stopping = TRUE;
    g_queue_clear_full(&job->waiting, (GDestroyNotify)flows_encode_action_free);
    if (job->last == NULL && !job->lost && job->child == NULL)
        job->last = flows_encode_action_new(FLOWS_ENCODE_ACTION_RELEASE);
    stop_child(job);
}

void
flows_encode_job_free(FlowsEncodeJob *job)
{
    server_timer_clear(&job->timer);
    g_clear_pointer(&job->child, child_launcher_free);
    flows_encode_expect_free(job->expect);
    g_clear_pointer(&job->lesson, catalog_lesson_free);
    g_clear_pointer(&job->present, flows_encode_action_free);
    g_clear_pointer(&job->last, flows_encode_action_free);
    g_queue_clear_full(&job->waiting, (GDestroyNotify)flows_encode_action_free);
    catalog_job_free(job->claimed);
    g_free(job->stage);
    g_free(job->staging);
    g_free(job->bundle);
    g_free(job->original);
    g_free(job);
}
