// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// asked → waiting → folder made and locked (worker) → child and feed → its file read (worker) →
// remembered → the next. One at a time: services of one multiplex share a tuner anyway.
#include "server/flows/snapshots.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "pipelines/child/live_job.h"
#include "pipelines/child/live_report.h"
#include "pipelines/child/lock.h"
#include "pipelines/child/process.h"

#define YOUNG_MS (60 * 1000) // no other is made before
#define AGAIN_MS (20 * 1000) // after a try that failed
#define WAITING_MAX 64
#define KNOWN_MAX 512
#define PICTURE_BYTES_MAX (256 * 1024)
#define NICENESS 10
#define SILENCE_S 30
#define LINES_AT_ONCE 20
#define LINES_PER_SECOND 5

typedef struct {
    GBytes *picture;   // (owned) (nullable)
    gint64 taken_ms;   // (value)
    gint64 settled_ms; // (value) when the last try ended, 0: none did
    gboolean making;   // (value)
    char *code;        // (owned) (nullable)
} Known;

/* What the worker does: the folder before, the file after. */
typedef struct {
    char *folder;    // (owned)
    char *file;      // (owned) (nullable) to be read
    GBytes *picture; // (owned) (nullable) what was read
    int lock;        // (owned) -1: none
} Work;

struct _FlowsSnapshots {
    const FlowsLiveChannelShared *shared; // (unowned)
    void (*on_quiet)(gpointer data);      // (unowned)
    gpointer data;                        // (unowned) for on_quiet
    GMainContext *context;                // (owned)
    char *folder;                         // (owned) a child's only writable one
    FlowsSnapshotsWanted *current;        // (owned) (nullable) at work
    ChildProcess *process;                // (owned) (nullable)
    guint subscription;                   // (value) 0: none
    char *file;                           // (owned) (nullable) what the child made
    gboolean stopping;                    // (value)
    GMutex lock;                          // guards what follows
    GHashTable *known;                    // (owned) (guarded by lock) (element-type Known) by id
    GQueue waiting; // (owned) (guarded by lock) (element-type FlowsSnapshotsWanted)
    GSource *wake;  // (owned) (nullable) (guarded by lock)
};

static void begin_next(FlowsSnapshots *snapshots);

static void
free_known(gpointer data)
{
    Known *known = data;
    g_clear_pointer(&known->picture, g_bytes_unref);
    g_free(known->code);
    g_free(known);
}

static void
free_wanted(gpointer data)
{
    FlowsSnapshotsWanted *wanted = data;
    g_free(wanted->id);
    g_free(wanted->multiplex_id);
    g_free(wanted);
}

static void
free_work(gpointer data)
{
    Work *work = data;
    if (work->lock >= 0)
        close(work->lock);
    g_clear_pointer(&work->picture, g_bytes_unref);
    g_free(work->folder);
    g_free(work->file);
    g_free(work);
}

FlowsSnapshots *
flows_snapshots_new(const FlowsLiveChannelShared *shared, void (*on_quiet)(gpointer data),
                    gpointer data)
{
    FlowsSnapshots *snapshots = g_new0(FlowsSnapshots, 1);
    snapshots->shared = shared;
    snapshots->on_quiet = on_quiet;
    snapshots->data = data;
    snapshots->context = g_main_context_ref_thread_default();
    snapshots->folder = server_storage_build_snapshots_path(shared->storage);
    snapshots->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_known);
    g_mutex_init(&snapshots->lock);
    g_queue_init(&snapshots->waiting);
    return snapshots;
}

static void
clear_wake(FlowsSnapshots *snapshots)
{
    if (snapshots->wake != NULL)
        g_source_destroy(snapshots->wake);
    g_clear_pointer(&snapshots->wake, g_source_unref);
}

void
flows_snapshots_free(FlowsSnapshots *snapshots)
{
    clear_wake(snapshots);
    g_queue_clear_full(&snapshots->waiting, free_wanted);
    g_hash_table_unref(snapshots->known);
    g_mutex_clear(&snapshots->lock);
    g_main_context_unref(snapshots->context);
    g_free(snapshots->folder);
    g_free(snapshots->file);
    g_free(snapshots);
}

gboolean
flows_snapshots_is_quiet(const FlowsSnapshots *snapshots)
{
    return snapshots->current == NULL;
}

static gboolean
on_wake(gpointer data)
{
    FlowsSnapshots *snapshots = data;
    g_mutex_lock(&snapshots->lock);
    g_clear_pointer(&snapshots->wake, g_source_unref);
    g_mutex_unlock(&snapshots->lock);
    begin_next(snapshots);
    return G_SOURCE_REMOVE;
}

/* With the lock held. */
static void
order(FlowsSnapshots *snapshots, const FlowsSnapshotsWanted *wanted, Known *known)
{
    FlowsSnapshotsWanted *copy = g_new0(FlowsSnapshotsWanted, 1);
    *copy = (FlowsSnapshotsWanted){g_strdup(wanted->id), g_strdup(wanted->multiplex_id),
                                   wanted->service_number};
    known->making = TRUE;
    g_queue_push_tail(&snapshots->waiting, copy);
    if (snapshots->wake != NULL)
        return;
    snapshots->wake = g_idle_source_new();
    g_source_set_callback(snapshots->wake, on_wake, snapshots, NULL);
    g_source_attach(snapshots->wake, snapshots->context);
}

/* With the lock held. Returns: (transfer none): what is remembered; bounded. */
static Known *
find_known(FlowsSnapshots *snapshots, const char *id)
{
    Known *known = g_hash_table_lookup(snapshots->known, id);
    if (known != NULL)
        return known;
    GHashTableIter iterator;
    gpointer other = NULL;
    g_hash_table_iter_init(&iterator, snapshots->known);
    while (g_hash_table_size(snapshots->known) >= KNOWN_MAX &&
           g_hash_table_iter_next(&iterator, NULL, &other))
        if (!((Known *)other)->making)
            g_hash_table_iter_remove(&iterator);
    known = g_new0(Known, 1);
    g_hash_table_insert(snapshots->known, g_strdup(id), known);
    return known;
}

void
flows_snapshots_ask(FlowsSnapshots *snapshots, const FlowsSnapshotsWanted *wanted,
                    FlowsSnapshotsAnswer *answer)
{
    gint64 now_ms = server_clock_now_ms(snapshots->shared->clock);
    g_mutex_lock(&snapshots->lock);
    Known *known = find_known(snapshots, wanted->id);
    gint64 rest_ms = known->code != NULL ? AGAIN_MS : YOUNG_MS;
    gboolean due = known->settled_ms == 0 || ABS(now_ms - known->settled_ms) > rest_ms;
    if (due && !known->making && snapshots->waiting.length < WAITING_MAX)
        order(snapshots, wanted, known);
    *answer = (FlowsSnapshotsAnswer){
        .picture = known->picture != NULL ? g_bytes_ref(known->picture) : NULL,
        .taken_ms = known->taken_ms,
        .making = known->making,
        .code = g_strdup(known->code),
    };
    g_mutex_unlock(&snapshots->lock);
}

void
flows_snapshots_clear_answer(FlowsSnapshotsAnswer *answer)
{
    g_clear_pointer(&answer->picture, g_bytes_unref);
    g_clear_pointer(&answer->code, g_free);
}

/* The try is over; an older picture stays. @picture: (nullable). @code: (nullable). */
static void
settle(FlowsSnapshots *snapshots, GBytes *picture, const char *code)
{
    gint64 now_ms = server_clock_now_ms(snapshots->shared->clock);
    g_mutex_lock(&snapshots->lock);
    Known *known = find_known(snapshots, snapshots->current->id);
    known->making = FALSE;
    known->settled_ms = now_ms;
    g_free(known->code);
    known->code = g_strdup(code);
    if (picture != NULL) {
        g_clear_pointer(&known->picture, g_bytes_unref);
        known->picture = g_bytes_ref(picture);
        known->taken_ms = now_ms;
    }
    g_mutex_unlock(&snapshots->lock);
    g_clear_pointer(&snapshots->current, free_wanted);
    g_clear_pointer(&snapshots->file, g_free);
    if (snapshots->stopping)
        snapshots->on_quiet(snapshots->data);
    else
        begin_next(snapshots);
}

static gboolean
read_file(gpointer data, GError **error)
{
    Work *work = data;
    struct stat status;
    g_autofree char *path = g_build_filename(work->folder, work->file, NULL);
    int file = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    gboolean good = file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
                    status.st_size >= 16 && status.st_size <= PICTURE_BYTES_MAX;
    gsize size = good ? (gsize)status.st_size : 0;
    g_autofree char *bytes = g_malloc(size + 1);
    good = good && read(file, bytes, size) == (gssize)size && memcmp(bytes, "RIFF", 4) == 0 &&
           memcmp(bytes + 8, "WEBP", 4) == 0;
    if (good)
        work->picture = g_bytes_new_take(g_steal_pointer(&bytes), size);
    else
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "no picture");
    if (file >= 0)
        close(file);
    g_unlink(path);
    return good;
}

static void
on_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    const Work *work = flows_receive_worker_get_data(result);
    gboolean good = flows_receive_worker_run_finish(result, NULL);
    settle(user_data, work->picture, good ? NULL : "internal");
}

static Work *
make_work(const FlowsSnapshots *snapshots)
{
    Work *work = g_new0(Work, 1);
    work->folder = g_strdup(snapshots->folder);
    work->file = g_strdup(snapshots->file);
    work->lock = -1;
    return work;
}

static gboolean
on_child_line(const char *line, gsize length, gpointer user_data, GError **error)
{
    FlowsSnapshots *snapshots = user_data;
    g_autoptr(ChildLiveReport) report = child_live_report_parse(line, length, error);
    if (report == NULL)
        return FALSE;
    if (report->kind == CHILD_LIVE_REPORT_FAILED || report->kind == CHILD_LIVE_REPORT_DONE)
        child_process_conclude(snapshots->process, report->code, report->detail);
    if (report->kind != CHILD_LIVE_REPORT_SEGMENT || snapshots->file != NULL)
        return TRUE;
    const ChildLiveReportPart *part = report->parts->pdata[0];
    snapshots->file = g_strdup(part->file);
    return TRUE;
}

static void
on_child_end(const ChildProcessEnd *end, gpointer user_data)
{
    FlowsSnapshots *snapshots = user_data;
    const FlowsLiveFeed *feed = &snapshots->shared->feed;
    g_autofree char *code = g_strdup(end->code);
    if (snapshots->subscription != 0)
        feed->unsubscribe(feed->source, snapshots->subscription);
    snapshots->subscription = 0;
    g_clear_pointer(&snapshots->process, child_process_free); // and @end with it
    if (code == NULL && snapshots->file != NULL)
        flows_receive_worker_run_async(snapshots->shared->worker, read_file, make_work(snapshots),
                                       free_work, on_read, snapshots);
    else
        settle(snapshots, NULL, code != NULL ? code : "internal");
}

static gboolean
start_child(FlowsSnapshots *snapshots, int lock, int input, GError **error)
{
    const FlowsLiveChannelShared *shared = snapshots->shared;
    const ChildProcessSetup setup = {
        .sandbox = shared->sandbox,
        .places = {.program = shared->media_program,
                   .staging = snapshots->folder,
                   .memory_bytes = shared->config->encoder_memory_bytes},
        .role = "live",
        .lock = lock,
        .input = input,
        .niceness = NICENESS,
        .silence_s = SILENCE_S,
        .lines_at_once = LINES_AT_ONCE,
        .lines_per_second = LINES_PER_SECOND,
    };
    const ChildProcessListener listener = {on_child_line, on_child_end, snapshots};
    g_autoptr(ChildLiveJob) job = child_live_job_new();
    static const char *const rungs[] = {"scrub", NULL};
    job->rungs = g_strdupv((char **)rungs);
    job->staging = child_sandbox_translate(shared->sandbox, snapshots->folder, "/staging");
    job->first_number = job->first_init = 1;
    snapshots->process = child_process_start(&setup, &listener, error);
    if (snapshots->process == NULL)
        return FALSE;
    g_autofree char *line = child_live_job_to_line(job);
    child_process_send(snapshots->process, line, -1);
    return TRUE;
}

static gboolean
start(FlowsSnapshots *snapshots, int lock, GError **error)
{
    const FlowsLiveFeed *feed = &snapshots->shared->feed;
    const FlowsSnapshotsWanted *current = snapshots->current;
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) != 0) {
        int code = errno;
        close(lock);
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "pipe: %s", g_strerror(code));
        return FALSE;
    }
    if (!start_child(snapshots, lock, ends[0], error)) {
        close(ends[1]);
        return FALSE;
    }
    snapshots->subscription =
        feed->subscribe(feed->source, current->multiplex_id, current->service_number, ends[1]);
    return TRUE;
}

static gboolean
prepare(gpointer data, GError **error)
{
    Work *work = data;
    if (g_mkdir_with_parents(work->folder, 0700) != 0) {
        int code = errno;
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "%s: %s", work->folder,
                    g_strerror(code));
        return FALSE;
    }
    work->lock = child_lock_take(work->folder, error);
    return work->lock >= 0;
}

static void
on_prepared(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsSnapshots *snapshots = user_data;
    Work *work = flows_receive_worker_get_data(result);
    g_autoptr(GError) error = NULL;
    gboolean good = flows_receive_worker_run_finish(result, &error);
    int lock = work->lock;
    if (!good || snapshots->stopping) {
        settle(snapshots, NULL, "internal");
        return;
    }
    work->lock = -1;
    if (start(snapshots, lock, &error))
        return;
    g_debug("a picture of service %s: %s", snapshots->current->id, error->message);
    settle(snapshots, NULL, "internal");
}

static void
begin_next(FlowsSnapshots *snapshots)
{
    if (snapshots->current != NULL || snapshots->stopping)
        return;
    g_mutex_lock(&snapshots->lock);
    snapshots->current = g_queue_pop_head(&snapshots->waiting);
    g_mutex_unlock(&snapshots->lock);
    if (snapshots->current == NULL)
        return;
    if (snapshots->shared->sandbox == NULL)
        settle(snapshots, NULL, "internal");
    else
        flows_receive_worker_run_async(snapshots->shared->worker, prepare, make_work(snapshots),
                                       free_work, on_prepared, snapshots);
}

void
flows_snapshots_stop(FlowsSnapshots *snapshots)
{
    snapshots->stopping = TRUE;
    if (snapshots->process != NULL)
        child_process_cancel(snapshots->process);
}
