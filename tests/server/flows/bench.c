// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The catalogue is opened directly for setting up and looking; the supervisor gets its own threads.
#include "tests/server/flows/bench.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <gio/gio.h>

#include "catalog/ids.h"
#include "catalog/joblist.h"
#include "catalog/jobs.h"
#include "catalog/lessonlist.h"
#include "catalog/lessons.h"
#include "catalog/threads.h"
#include "pipelines/package/index.h"
#include "server/flows/publish.h"
#include "tests/pipelines/package/coded.h"

#define GRID 50
#define BACK_OFF_MS (2 * 3600 * 1000)

typedef struct {
    FlowsBench *bench;        // (unowned)
    FlowsBenchRun *run;       // (unowned)
    FlowsEncode *encode;      // (owned)
    ServerClock *clock;       // (owned)
    ServerEvents *events;     // (owned)
    ServerEventsQueue *queue; // (owned)
    CatalogThreads *catalog;  // (owned)
    GMainLoop *loop;          // (owned)
    CatalogJob *latest;       // (owned) (nullable)
    GMutex lock;              // steps come from several threads
    gint order;               // (atomic) 1: stop, 2: cancel
    gboolean looking;         // (value)
    gboolean stopping;        // (value)
} Bench;

static CatalogDatabase *
open_catalog(FlowsBench *bench)
{
    g_autofree char *path = server_storage_build_catalog_path(bench->storage);
    g_autoptr(GError) error = NULL;
    CatalogDatabase *database = catalog_database_open(path, &error);
    g_assert_no_error(error);
    return database;
}

static void
write_clip(FlowsBench *bench, const PackageCodedWish *wish, const char *path)
{
    g_autoptr(PackageCoded) coded = package_coded_new(wish);
    g_autoptr(GError) error = NULL;
    PackageWriterPosition position;
    g_autoptr(PackageWriter) writer =
        package_writer_open(bench->folder, "clip", coded->tracks, &position, &error);
    g_assert_no_error(error);
    g_assert_true(package_coded_feed(coded, writer, GRID * 3600, G_MAXUINT, &error));
    g_autoptr(PackageResult) result = package_writer_finish(writer, &error);
    g_assert_no_error(error);
    g_autofree char *clip = g_build_filename(bench->folder, result->file, NULL);
    g_assert_cmpint(g_rename(clip, path), ==, 0);
}

static gboolean
add_lesson(CatalogDatabase *database, gpointer data, GError **error)
{
    FlowsBench *bench = data;
    const CatalogAuditStamp by = {NULL, g_get_real_time() / 1000};
    g_autoptr(CatalogLesson) lesson = catalog_lesson_new(bench->lesson_id);
    lesson->state = CATALOG_LESSON_STATE_QUEUED;
    catalog_lesson_set_text(&lesson->title, "เศษส่วน");
    g_autofree char *path = server_storage_build_original_path(bench->storage, bench->lesson_id);
    GStatBuf original;
    g_assert_cmpint(g_stat(path, &original), ==, 0);
    if (!catalog_lessons_create(database, lesson, &by, error) ||
        !catalog_lessons_set_original(database, lesson->id, original.st_size, NULL, by.now_ms,
                                      error))
        return FALSE;
    g_autofree char *job =
        catalog_jobs_enqueue(database, CATALOG_JOB_KIND_ENCODE, lesson->id, 0, &by, error);
    return job != NULL;
}

FlowsBench *
flows_bench_open(const char *folder, const char *lesson_id)
{
    FlowsBench *bench = g_new0(FlowsBench, 1);
    bench->folder = g_strdup(folder);
    bench->lesson_id = g_strdup(lesson_id);
    bench->earlier = g_ptr_array_new_with_free_func(g_free);
    bench->storage = server_storage_new(folder);
    return bench;
}

static void
write_lesson(FlowsBench *bench, const PackageCodedWish *wish, GBytes *original)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = server_storage_build_original_path(bench->storage, bench->lesson_id);
    if (original == NULL)
        write_clip(bench, wish, path);
    else
        g_assert_true(g_file_set_contents(path, g_bytes_get_data(original, NULL),
                                          (gssize)g_bytes_get_size(original), &error));
    g_autoptr(CatalogDatabase) database = open_catalog(bench);
    g_assert_true(catalog_database_run_write(database, add_lesson, bench, &error));
    g_assert_no_error(error);
}

static FlowsBench *
make_bench(const PackageCodedWish *wish, GBytes *original)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("daorian-encode-XXXXXX", &error);
    g_assert_no_error(error);
    g_autofree char *id = catalog_ids_new(g_get_real_time() / 1000);
    FlowsBench *bench = flows_bench_open(folder, id);
    g_assert_true(server_storage_create(bench->storage, &error));
    write_lesson(bench, wish, original);
    return bench;
}

void
flows_bench_add_lesson(FlowsBench *bench, guint pictures)
{
    const PackageCodedWish wish = {.pictures = pictures, .grid = GRID, .samples = pictures * 1920};
    g_ptr_array_add(bench->earlier, bench->lesson_id);
    bench->lesson_id = catalog_ids_new(g_get_real_time() / 1000);
    write_lesson(bench, &wish, NULL);
}

FlowsBench *
flows_bench_new(guint pictures, GBytes *original)
{
    const PackageCodedWish wish = {.pictures = pictures, .grid = GRID, .samples = pictures * 1920};
    return make_bench(&wish, original);
}

FlowsBench *
flows_bench_new_large(guint pictures)
{
    const PackageCodedWish wish = {.pictures = pictures,
                                   .grid = GRID,
                                   .samples = pictures * 1920,
                                   .width = 1280,
                                   .height = 720};
    return make_bench(&wish, NULL);
}

void
flows_bench_free(FlowsBench *bench)
{
    server_storage_free(bench->storage);
    g_free(bench->folder);
    g_free(bench->lesson_id);
    g_ptr_array_unref(bench->earlier);
    g_free(bench);
}

void
flows_bench_remove(FlowsBench *bench)
{
    g_autofree char *lessons = server_storage_build_lessons_path(bench->storage);
    flows_publish_remove_staging(lessons);
    flows_publish_remove_staging(bench->folder);
    flows_bench_free(bench);
}

/* Our own children only. */
static GStrv
list_children(void)
{
    g_autofree char *path = g_strdup_printf("/proc/self/task/%d/children", (int)getpid());
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return g_strsplit(g_strstrip(text), " ", -1); // of no text: none
}

static void
kill_children(void)
{
    g_auto(GStrv) pids = list_children();
    for (guint i = 0; pids[i] != NULL && *pids[i] != '\0'; i++)
        kill((pid_t)g_ascii_strtoll(pids[i], NULL, 10), SIGKILL);
}

static gboolean on_order(gpointer user_data);

static void
give_order(Bench *bench, int order)
{
    g_atomic_int_set(&bench->order, order);
    g_idle_add(on_order, bench);
}

static void
on_step(const char *name, gpointer user_data)
{
    Bench *bench = user_data;
    g_auto(GStrv) children = list_children();
    g_mutex_lock(&bench->lock);
    bench->run->most_children = MAX(bench->run->most_children, g_strv_length(children));
    guint number = ++bench->run->steps;
    if (number == bench->run->die_at)
        kill(getpid(), SIGKILL);
    if (number == bench->run->kill_child_at)
        kill_children();
    if (number == bench->run->stop_at)
        give_order(bench, 1);
    if (number == bench->run->cancel_at)
        give_order(bench, 2);
    g_mutex_unlock(&bench->lock);
}

static void
on_stopped(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Bench *bench = user_data;
    g_assert_true(flows_encode_stop_finish(bench->encode, result, NULL));
    g_main_loop_quit(bench->loop);
}

static void
stop(Bench *bench)
{
    if (!bench->stopping)
        flows_encode_stop_async(bench->encode, on_stopped, bench);
    bench->stopping = TRUE;
}

static gboolean
cancel_job(CatalogDatabase *database, gpointer data, GError **error)
{
    Bench *bench = data;
    const CatalogAuditStamp by = {NULL, g_get_real_time() / 1000};
    g_autoptr(CatalogJob) job =
        catalog_joblist_get_latest(database, bench->bench->lesson_id, NULL, error);
    return job != NULL && catalog_jobs_cancel(database, job->id, &by, error);
}

static void
on_cancelled(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Bench *bench = user_data;
    g_assert_true(catalog_threads_finish(result, NULL));
    flows_encode_wake(bench->encode);
}

static gboolean
on_order(gpointer user_data)
{
    Bench *bench = user_data;
    if (g_atomic_int_get(&bench->order) == 1)
        stop(bench);
    else
        catalog_threads_write_async(bench->catalog, cancel_job, bench, NULL, NULL, on_cancelled);
    return G_SOURCE_REMOVE;
}

static gboolean
is_to_do(const CatalogJob *job)
{
    return job->state == CATALOG_JOB_STATE_QUEUED || job->state == CATALOG_JOB_STATE_RUNNING;
}

/* The job of the newest lesson, or one that is still to be done. */
static gboolean
read_latest(CatalogDatabase *database, gpointer data, GError **error)
{
    Bench *bench = data;
    GPtrArray *earlier = bench->bench->earlier;
    g_clear_pointer(&bench->latest, catalog_job_free);
    bench->latest = catalog_joblist_get_latest(database, bench->bench->lesson_id, NULL, error);
    for (guint i = 0; bench->latest != NULL && !is_to_do(bench->latest) && i < earlier->len; i++) {
        catalog_job_free(bench->latest);
        bench->latest = catalog_joblist_get_latest(database, earlier->pdata[i], NULL, error);
    }
    return bench->latest != NULL;
}

static void
on_latest_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Bench *bench = user_data;
    bench->looking = FALSE;
    g_assert_true(catalog_threads_finish(result, NULL));
    if (bench->encode == NULL)
        return; // asked for before the end
    if (flows_encode_get_state(bench->encode) == FLOWS_ENCODE_STOPPED)
        return; // it says so when it has put things right
    if (flows_encode_get_state(bench->encode) == FLOWS_ENCODE_FULL) {
        stop(bench);
        return;
    }
    gint64 now_ms = server_clock_now_ms(bench->clock);
    if (bench->latest->state == CATALOG_JOB_STATE_QUEUED && bench->latest->not_before_ms > now_ms) {
        server_clock_set(bench->clock, now_ms + BACK_OFF_MS);
        flows_encode_wake(bench->encode);
    } else if (!is_to_do(bench->latest)) {
        if (bench->run->describe && !bench->stopping)
            flows_encode_describe(bench->encode, bench->bench->lesson_id);
        stop(bench);
    }
}

static gboolean
on_events_wake(gpointer user_data)
{
    Bench *bench = user_data;
    g_autoptr(GPtrArray) items = server_events_queue_take(bench->queue);
    if (!bench->looking)
        catalog_threads_read_async(bench->catalog, read_latest, bench, NULL, NULL, on_latest_read);
    bench->looking = TRUE;
    return G_SOURCE_REMOVE;
}

static void
run_supervisor(Bench *bench, const ServerConfig *config)
{
    const FlowsEncodeSetup setup = {.config = config,
                                    .storage = bench->bench->storage,
                                    .clock = bench->clock,
                                    .events = bench->events,
                                    .catalog = bench->catalog,
                                    .media_program = bench->run->media_program,
                                    .on_step = on_step,
                                    .step_data = bench};
    bench->encode = flows_encode_new(&setup);
    bench->queue = server_events_subscribe(bench->events, NULL, g_main_context_default(),
                                           on_events_wake, bench);
    flows_encode_start(bench->encode);
    on_events_wake(bench); // the work may have been done by an earlier run
    g_main_loop_run(bench->loop);
    server_events_queue_free(bench->queue);
    g_clear_pointer(&bench->encode, flows_encode_free);
}

void
flows_bench_supervise(FlowsBench *folder, FlowsBenchRun *run)
{
    Bench bench = {.bench = folder, .run = run};
    g_autoptr(GError) error = NULL;
    g_autofree char *path = server_storage_build_catalog_path(folder->storage);
    g_autoptr(ServerConfig) config = server_config_new_default();
    config->sandbox_required = FALSE; // used where it works; the sandbox has its own test
    config->free_floor_bytes = run->full ? G_MAXINT64 : 0;
    if (run->children > 0)
        config->encoder_children = run->children;
    g_mutex_init(&bench.lock);
    bench.clock = server_clock_new_fixed(g_get_real_time() / 1000);
    bench.events = server_events_new(1);
    bench.catalog = catalog_threads_new(path, 1, &error);
    g_assert_no_error(error);
    bench.loop = g_main_loop_new(NULL, FALSE);
    run->steps = 0;
    run->most_children = 0;
    run_supervisor(&bench, config);
    catalog_threads_free(bench.catalog);
    while (g_main_context_iteration(NULL, FALSE))
        ; // callbacks of the last works
    g_clear_pointer(&bench.latest, catalog_job_free);
    g_main_loop_unref(bench.loop);
    server_events_unref(bench.events);
    server_clock_free(bench.clock);
    g_mutex_clear(&bench.lock);
}

typedef struct {
    const char *id;        // (unowned)
    CatalogLesson *lesson; // (owned) (nullable)
    const char *title;     // (unowned) (nullable)
    int attempts;          // (value)
} Reading;

static gboolean
read_lesson(CatalogDatabase *database, gpointer data, GError **error)
{
    Reading *reading = data;
    reading->lesson = catalog_lessonlist_get_generation(database, reading->id, 0, error);
    return reading->lesson != NULL;
}

CatalogLesson *
flows_bench_read_lesson(FlowsBench *bench)
{
    Reading reading = {.id = bench->lesson_id};
    g_autoptr(CatalogDatabase) database = open_catalog(bench);
    g_autoptr(GError) error = NULL;
    catalog_database_run_read(database, read_lesson, &reading, &error);
    g_assert_no_error(error);
    return reading.lesson;
}

static gboolean
write_title(CatalogDatabase *database, gpointer data, GError **error)
{
    const Reading *reading = data;
    const CatalogAuditStamp by = {NULL, g_get_real_time() / 1000};
    g_autoptr(CatalogLesson) lesson = catalog_lessonlist_get(database, reading->id, error);
    if (lesson == NULL)
        return FALSE;
    catalog_lesson_set_text(&lesson->title, reading->title);
    return catalog_lessons_update(database, lesson, -1, &by, error);
}

void
flows_bench_edit_title(FlowsBench *bench, const char *title)
{
    Reading reading = {.id = bench->lesson_id, .title = title};
    g_autoptr(CatalogDatabase) database = open_catalog(bench);
    g_autoptr(GError) error = NULL;
    catalog_database_run_write(database, write_title, &reading, &error);
    g_assert_no_error(error);
}

static gboolean
read_attempts(CatalogDatabase *database, gpointer data, GError **error)
{
    Reading *reading = data;
    g_autoptr(CatalogJob) job = catalog_joblist_get_latest(database, reading->id, NULL, error);
    reading->attempts = job != NULL ? job->attempts : -1;
    return job != NULL;
}

int
flows_bench_read_attempts(FlowsBench *bench)
{
    Reading reading = {.id = bench->lesson_id};
    g_autoptr(CatalogDatabase) database = open_catalog(bench);
    g_autoptr(GError) error = NULL;
    catalog_database_run_read(database, read_attempts, &reading, &error);
    g_assert_no_error(error);
    return reading.attempts;
}

static char *
try_bundle_file(FlowsBench *bench, const char *name, gsize *bytes)
{
    g_autofree char *path =
        server_storage_build_bundle_file_path(bench->storage, bench->lesson_id, name);
    char *content = NULL;
    g_file_get_contents(path, &content, bytes, NULL);
    return content;
}

static char *
read_bundle_file(FlowsBench *bench, const char *name, gsize *bytes)
{
    char *content = try_bundle_file(bench, name, bytes);
    g_assert_nonnull(content);
    return content;
}

static void
assert_asset(FlowsBench *bench, const CatalogAsset *asset, const char *json)
{
    gsize bytes = 0;
    g_autofree char *file = read_bundle_file(bench, asset->file, &bytes);
    g_autofree char *sum =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)file, bytes);
    g_assert_cmpstr(sum, ==, asset->sha256);
    g_assert_cmpint((gint64)bytes, ==, asset->bytes);
    g_assert_nonnull(strstr(json, asset->sha256));
}

/* Every still is there and named, and nothing else is in the folder. */
static void
assert_slides(FlowsBench *bench, const CatalogLesson *whole, const CatalogRung *rung)
{
    guint stills = 0;
    gint64 bytes = 0;
    g_autofree char *text = read_bundle_file(bench, rung->file, NULL);
    for (guint i = 0; i < whole->assets->len; i++) {
        const CatalogAsset *asset = whole->assets->pdata[i];
        if (asset->kind != CATALOG_ASSET_KIND_STILL)
            continue;
        g_assert_nonnull(strstr(text, asset->file));
        bytes += asset->bytes;
        stills++;
    }
    g_assert_cmpuint(stills, ==, rung->stills);
    g_assert_cmpint(rung->bytes, >, bytes);
}

static void
assert_rung(FlowsBench *bench, const CatalogRung *rung, const char *multivariant, const char *json)
{
    gsize bytes = 0, index_bytes = 0;
    g_autofree char *file = read_bundle_file(bench, rung->file, &bytes);
    g_autofree char *sum =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)file, bytes);
    g_assert_cmpstr(sum, ==, rung->sha256);
    g_assert_cmpint((gint64)bytes, ==, rung->bytes);
    g_autofree char *text = read_bundle_file(bench, rung->index_file, &index_bytes);
    g_autoptr(PackageIndex) index = package_index_parse(text, index_bytes, bytes, NULL);
    g_assert_nonnull(index);
    g_autofree char *name = g_strconcat(rung->name, ".m3u8", NULL);
    g_autofree char *playlist = read_bundle_file(bench, name, NULL);
    g_assert_nonnull(strstr(playlist, rung->file));
    g_assert_nonnull(strstr(multivariant, name));
    g_assert_nonnull(strstr(json, rung->sha256));
    g_assert_null(rung->error_code);
}

void
flows_bench_assert_staging_empty(FlowsBench *bench)
{
    g_autofree char *path = server_storage_build_staging_root_path(bench->storage);
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    g_assert_nonnull(folder);
    g_assert_cmpstr(g_dir_read_name(folder), ==, NULL);
}

static void
assert_no_temporary(FlowsBench *bench)
{
    g_autofree char *path = server_storage_build_bundle_path(bench->storage, bench->lesson_id);
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name = NULL;
    while ((name = g_dir_read_name(folder)) != NULL)
        g_assert_false(g_str_has_suffix(name, ".tmp"));
}

guint
flows_bench_assert_published(FlowsBench *bench)
{
    g_autoptr(CatalogLesson) lesson = flows_bench_read_lesson(bench);
    g_assert_false(lesson->refining);
    g_assert_cmpint(lesson->state, ==, CATALOG_LESSON_STATE_PUBLISHED);
    g_assert_true(lesson->complete);
    g_assert_null(lesson->job);
    g_autofree char *avc = read_bundle_file(bench, "index.m3u8", NULL);
    g_autofree char *av1 = try_bundle_file(bench, "index-av1.m3u8", NULL);
    g_autofree char *multivariant = g_strconcat(avc, av1, NULL);
    g_autofree char *json = read_bundle_file(bench, "lesson.json", NULL);
    g_assert_nonnull(strstr(json, "\"complete\" : true"));
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        if (g_strcmp0(rung->name, "slides") == 0)
            assert_slides(bench, lesson, rung);
        else
            assert_rung(bench, rung, multivariant, json);
    }
    for (guint i = 0; i < lesson->assets->len; i++)
        assert_asset(bench, lesson->assets->pdata[i], json);
    flows_bench_assert_staging_empty(bench);
    assert_no_temporary(bench);
    return lesson->rungs->len;
}
