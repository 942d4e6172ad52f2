// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One round is a chain of steps, each called back by the one before:
// sweep sessions, withdraw lessons whose day has come, remove those whose grace is over, list what
// is due (catalogue) → delete and count (file thread) → forget (catalogue).
#include "server/flows/tidy.h"

#include <errno.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "catalog/joblist.h"
#include "catalog/lessonlist.h"
#include "catalog/lessons.h"
#include "catalog/removals.h"
#include "catalog/rungs.h"
#include "catalog/sessions.h"
#include "catalog/threads.h"
#include "server/flows/publish.h"

#define ROUND_S 60
#define DAY_MS (24 * 3600 * (gint64)1000)
#define ORIGINALS_A_ROUND 100

struct _FlowsTidy {
    FlowsTidySetup setup; // borrowed things
    GThreadPool *files;   // (owned), one thread
    GSource *timer;       // (owned) (nullable)
    gboolean under_way;   // a round runs
    gboolean stopped;     // no round begins any more
    GMutex lock;          // guards sizes
    FlowsTidySizes sizes; // (guarded by lock)
};

// What one round found; handed from step to step.
typedef struct {
    FlowsTidy *tidy;       // (unowned)
    GMainContext *context; // (owned), the main one
    gint64 now_ms;         // UTC milliseconds
    GPtrArray *superseded; // (owned) (element-type CatalogRungsSuperseded) (nullable)
    GPtrArray *expired;    // (owned) (element-type utf8) (nullable), lessons that were withdrawn
    GPtrArray *removed;    // (owned) (element-type utf8) (nullable), lessons that are no more
    GPtrArray *originals; // (owned) (element-type utf8), lessons whose original is past its keeping
} Round;

FlowsTidy *
flows_tidy_new(const FlowsTidySetup *setup)
{
    FlowsTidy *tidy = g_new0(FlowsTidy, 1);
    tidy->setup = *setup;
    g_mutex_init(&tidy->lock);
    return tidy;
}

void
flows_tidy_free(FlowsTidy *tidy)
{
    flows_tidy_stop(tidy);
    if (tidy->files != NULL)
        g_thread_pool_free(tidy->files, FALSE, TRUE);
    g_mutex_clear(&tidy->lock);
    g_free(tidy);
}

void
flows_tidy_get_sizes(FlowsTidy *tidy, FlowsTidySizes *sizes)
{
    g_mutex_lock(&tidy->lock);
    *sizes = tidy->sizes;
    g_mutex_unlock(&tidy->lock);
}

static void
free_round(gpointer data)
{
    Round *round = data;
    g_main_context_unref(round->context);
    g_clear_pointer(&round->superseded, g_ptr_array_unref);
    g_clear_pointer(&round->expired, g_ptr_array_unref);
    g_clear_pointer(&round->removed, g_ptr_array_unref);
    g_ptr_array_unref(round->originals);
    g_free(round);
}

static gboolean
is_past_keeping(const CatalogLesson *lesson, const Round *round)
{
    gint64 keep_ms = round->tidy->setup.config->original_days * DAY_MS;
    return lesson->complete && lesson->original_bytes > 0 && lesson->published_ms > 0 &&
           lesson->published_ms + keep_ms <= round->now_ms;
}

/* What a queued or running job reads stays until it is through. */
static gboolean
spare_awaited(CatalogDatabase *database, Round *round, GError **error)
{
    g_autoptr(GPtrArray) jobs = catalog_joblist_list_active(database, round->originals, error);
    for (guint i = 0; jobs != NULL && i < jobs->len; i++) {
        const CatalogJob *job = jobs->pdata[i];
        guint index;
        if (g_ptr_array_find_with_equal_func(round->originals, job->lesson_id, g_str_equal, &index))
            g_ptr_array_remove_index(round->originals, index);
    }
    return jobs != NULL;
}

static gboolean
list_originals(CatalogDatabase *database, Round *round, GError **error)
{
    if (round->tidy->setup.config->original_days == 0)
        return TRUE;
    g_autoptr(GPtrArray) ids =
        catalog_lessonlist_list_ids(database, CATALOG_LESSON_STATE_PUBLISHED, error);
    if (ids == NULL)
        return FALSE;
    for (guint i = 0; i < ids->len && round->originals->len < ORIGINALS_A_ROUND; i++) {
        g_autoptr(CatalogLesson) lesson = catalog_lessonlist_get(database, ids->pdata[i], NULL);
        if (lesson != NULL && is_past_keeping(lesson, round))
            g_ptr_array_add(round->originals, g_strdup(lesson->id));
    }
    return spare_awaited(database, round, error);
}

/* What was removed by a round that was killed is listed, too. */
static gboolean
remove_expired(CatalogDatabase *database, Round *round, GError **error)
{
    gint64 grace_ms = round->tidy->setup.config->expired_days * DAY_MS;
    if (grace_ms > 0 &&
        !catalog_removals_run(database, round->now_ms - grace_ms, round->now_ms, error))
        return FALSE;
    round->removed = catalog_removals_list(database, error);
    return round->removed != NULL;
}

static gboolean
sweep_and_list(CatalogDatabase *database, gpointer data, GError **error)
{
    Round *round = data;
    round->expired = catalog_removals_list_expired(database, round->now_ms, error);
    if (round->expired == NULL || !catalog_sessions_sweep(database, round->now_ms, error) ||
        !catalog_lessons_withdraw_expired(database, round->now_ms, error) ||
        !remove_expired(database, round, error))
        return FALSE;
    round->superseded = catalog_rungs_list_superseded(database, round->now_ms, error);
    return round->superseded != NULL && list_originals(database, round, error);
}

static gboolean
forget_deleted(CatalogDatabase *database, gpointer data, GError **error)
{
    Round *round = data;
    for (guint i = 0; i < round->superseded->len; i++) {
        const CatalogRungsSuperseded *file = round->superseded->pdata[i];
        if (!catalog_rungs_keep(database, file->lesson_id, file->file, error))
            return FALSE;
    }
    for (guint i = 0; i < round->removed->len; i++) {
        if (!catalog_removals_forget(database, round->removed->pdata[i], error))
            return FALSE;
    }
    for (guint i = 0; i < round->originals->len; i++) {
        if (!catalog_lessons_set_original(database, round->originals->pdata[i], 0, NULL,
                                          round->now_ms, error))
            return FALSE;
    }
    return TRUE;
}

static void
on_round_forgotten(GObject *source, GAsyncResult *result, gpointer data)
{
    Round *round = data;
    g_autoptr(GError) error = NULL;
    round->tidy->under_way = FALSE;
    if (!catalog_threads_finish(result, &error))
        g_warning("tidy: %s", error->message);
}

// On the main context, after the files are gone.
static gboolean
on_files_done(gpointer data)
{
    Round *round = data;
    catalog_threads_write_async(round->tidy->setup.catalog, forget_deleted, round, free_round, NULL,
                                on_round_forgotten);
    return G_SOURCE_REMOVE;
}

// Keeps in @paths only what is off the disk now.
static gboolean
delete_file(const char *path)
{
    if (path == NULL || g_unlink(path) == 0 || errno == ENOENT)
        return TRUE;
    g_warning("tidy: cannot delete %s: %s", path, g_strerror(errno));
    return FALSE;
}

// All that there is of a lesson.
static gboolean
delete_lesson(ServerStorage *storage, const char *id)
{
    g_autofree char *bundle = server_storage_build_bundle_path(storage, id);
    g_autofree char *staging = server_storage_build_staging_path(storage, id);
    g_autofree char *original = server_storage_build_original_path(storage, id);
    flows_publish_remove_staging(staging);
    flows_publish_remove_staging(bundle);
    if (!g_file_test(bundle, G_FILE_TEST_EXISTS) && delete_file(original))
        return TRUE;
    g_warning("tidy: not all files of the removed lesson %s could be deleted", id);
    return FALSE;
}

static void
delete_due(Round *round)
{
    ServerStorage *storage = round->tidy->setup.storage;
    for (guint i = round->removed->len; i > 0; i--) {
        if (!delete_lesson(storage, round->removed->pdata[i - 1]))
            g_ptr_array_remove_index(round->removed, i - 1);
    }
    for (guint i = round->superseded->len; i > 0; i--) {
        const CatalogRungsSuperseded *file = round->superseded->pdata[i - 1];
        g_autofree char *path =
            server_storage_build_bundle_file_path(storage, file->lesson_id, file->file);
        if (!delete_file(path))
            g_ptr_array_remove_index(round->superseded, i - 1);
    }
    for (guint i = round->originals->len; i > 0; i--) {
        g_autofree char *path =
            server_storage_build_original_path(storage, round->originals->pdata[i - 1]);
        if (!delete_file(path))
            g_ptr_array_remove_index(round->originals, i - 1);
    }
}

static void
count_sizes(FlowsTidy *tidy)
{
    g_autofree char *originals = server_storage_build_originals_path(tidy->setup.storage);
    g_autofree char *lessons = server_storage_build_lessons_path(tidy->setup.storage);
    g_autofree char *uploads = server_storage_build_uploads_path(tidy->setup.storage);
    FlowsTidySizes sizes = {
        .originals_bytes = server_storage_measure_tree(originals),
        .lessons_bytes = server_storage_measure_tree(lessons),
        .uploads_bytes = server_storage_measure_tree(uploads),
    };
    g_mutex_lock(&tidy->lock);
    tidy->sizes = sizes;
    g_mutex_unlock(&tidy->lock);
}

// On the file thread.
static void
run_files(gpointer item, gpointer user_data)
{
    Round *round = item;
    delete_due(round);
    count_sizes(round->tidy);
    g_main_context_invoke(round->context, on_files_done, round);
}

// Who watches them hears it, and what the delivery remembers of them is void: else they would be
// served on, and files that are open take room on the disk.
static void
tell(FlowsTidy *tidy, const GPtrArray *lessons)
{
    for (guint i = 0; i < lessons->len; i++)
        server_events_publish(tidy->setup.events, SERVER_EVENTS_LESSON, lessons->pdata[i]);
}

static void
on_round_listed(GObject *source, GAsyncResult *result, gpointer data)
{
    Round *listed = data;
    FlowsTidy *tidy = listed->tidy;
    g_autoptr(GError) error = NULL;
    if (!catalog_threads_finish(result, &error) || tidy->stopped) {
        tidy->under_way = FALSE;
        if (error != NULL)
            g_warning("tidy: %s", error->message);
        return;
    }
    tell(tidy, listed->expired);
    tell(tidy, listed->removed);
    // The catalogue frees what it was given; what it found goes on in a copy.
    Round *round = g_memdup2(listed, sizeof *listed);
    round->context = g_main_context_ref(listed->context);
    listed->superseded = NULL;
    listed->removed = NULL;
    listed->expired = NULL;
    listed->originals = g_ptr_array_new();
    g_thread_pool_push(tidy->files, round, NULL);
}

static void
begin_round(FlowsTidy *tidy)
{
    if (tidy->under_way || tidy->stopped)
        return;
    Round *round = g_new0(Round, 1);
    round->tidy = tidy;
    round->context = g_main_context_ref_thread_default();
    round->now_ms = server_clock_now_ms(tidy->setup.clock);
    round->originals = g_ptr_array_new_with_free_func(g_free);
    tidy->under_way = TRUE;
    catalog_threads_write_async(tidy->setup.catalog, sweep_and_list, round, free_round, NULL,
                                on_round_listed);
}

static gboolean
on_timer_due(gpointer user_data)
{
    begin_round(user_data);
    return G_SOURCE_CONTINUE;
}

void
flows_tidy_start(FlowsTidy *tidy)
{
    g_autoptr(GMainContext) context = g_main_context_ref_thread_default();
    tidy->files = g_thread_pool_new(run_files, NULL, 1, TRUE, NULL);
    tidy->timer = g_timeout_source_new_seconds(ROUND_S);
    g_source_set_callback(tidy->timer, on_timer_due, tidy, NULL);
    g_source_attach(tidy->timer, context);
    begin_round(tidy);
}

void
flows_tidy_stop(FlowsTidy *tidy)
{
    tidy->stopped = TRUE;
    if (tidy->timer == NULL)
        return;
    g_source_destroy(tidy->timer);
    g_clear_pointer(&tidy->timer, g_source_unref);
}
