// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Another process may do the encoding, and SQLite tells nobody of another's writes: so one look a
// second, at all lessons in one transaction. A look begins only when the last one is over.
#include "server/flows/import_watch.h"

#include "catalog/error.h"
#include "catalog/joblist.h"

#define LOOK_MS 1000

struct _FlowsImportWatch {
    CatalogThreads *catalog;     // (unowned)
    FlowsImportWatchEnded ended; // set once
    gpointer user_data;          // (unowned)
    GPtrArray *lessons;          // (owned) (element-type utf8): not ended
    GSource *timer;              // (owned)
    gboolean looking;            // a look is under way
};

typedef struct {
    FlowsImportWatch *watch; // (unowned)
    GPtrArray *lessons;      // (owned) (element-type utf8)
    GPtrArray *jobs;         // (owned) (element-type CatalogJob): in their order, NULL where none
} Look;

static void
free_look(gpointer data)
{
    Look *look = data;
    g_ptr_array_unref(look->lessons);
    g_ptr_array_unref(look->jobs);
    g_free(look);
}

static void
free_job(gpointer job)
{
    if (job != NULL)
        catalog_job_free(job);
}

/* Catalogue thread. */
static gboolean
read_jobs(CatalogDatabase *database, gpointer data, GError **error)
{
    Look *look = data;
    for (guint i = 0; i < look->lessons->len; i++) {
        g_autoptr(GError) problem = NULL;
        const char *lesson_id = g_ptr_array_index(look->lessons, i);
        CatalogJob *job = catalog_joblist_get_latest(database, lesson_id, NULL, &problem);
        if (job == NULL && !g_error_matches(problem, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND)) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return FALSE;
        }
        g_ptr_array_add(look->jobs, job);
    }
    return TRUE;
}

static void
settle_lesson(FlowsImportWatch *watch, const char *lesson_id, const CatalogJob *job)
{
    const char *error_code = NULL;
    switch (job->state) {
    case CATALOG_JOB_STATE_QUEUED:
    case CATALOG_JOB_STATE_RUNNING:
        return;
    case CATALOG_JOB_STATE_DONE:
        break;
    case CATALOG_JOB_STATE_FAILED:
        if (job->kind == CATALOG_JOB_KIND_REFINE) // the lesson is complete without it
            break;
        error_code = job->error_code != NULL ? job->error_code : "internal";
        break;
    case CATALOG_JOB_STATE_CANCELLED:
        error_code = "cancelled";
        break;
    }
    guint index = 0;
    if (!g_ptr_array_find_with_equal_func(watch->lessons, lesson_id, g_str_equal, &index))
        return;
    g_ptr_array_remove_index(watch->lessons, index);
    watch->ended(lesson_id, error_code, watch->user_data);
}

static void
on_threads_read(GObject *source, GAsyncResult *result, gpointer data)
{
    Look *look = data;
    g_autoptr(GError) error = NULL;
    look->watch->looking = FALSE;
    if (!catalog_threads_finish(result, &error)) {
        g_warning("looking at jobs: %s", error->message);
        return;
    }
    for (guint i = 0; i < look->jobs->len; i++) {
        const CatalogJob *job = g_ptr_array_index(look->jobs, i);
        if (job != NULL)
            settle_lesson(look->watch, g_ptr_array_index(look->lessons, i), job);
    }
}

static gboolean
on_timer_due(gpointer data)
{
    FlowsImportWatch *watch = data;
    if (watch->looking || watch->lessons->len == 0)
        return G_SOURCE_CONTINUE;
    Look *look = g_new0(Look, 1);
    look->watch = watch;
    look->lessons = g_ptr_array_new_with_free_func(g_free);
    look->jobs = g_ptr_array_new_with_free_func(free_job);
    for (guint i = 0; i < watch->lessons->len; i++)
        g_ptr_array_add(look->lessons, g_strdup(g_ptr_array_index(watch->lessons, i)));
    watch->looking = TRUE;
    catalog_threads_read_async(watch->catalog, read_jobs, look, free_look, NULL, on_threads_read);
    return G_SOURCE_CONTINUE;
}

FlowsImportWatch *
flows_import_watch_new(CatalogThreads *catalog, FlowsImportWatchEnded ended, gpointer user_data)
{
    FlowsImportWatch *watch = g_new0(FlowsImportWatch, 1);
    watch->catalog = catalog;
    watch->ended = ended;
    watch->user_data = user_data;
    watch->lessons = g_ptr_array_new_with_free_func(g_free);
    watch->timer = g_timeout_source_new(LOOK_MS);
    g_source_set_callback(watch->timer, on_timer_due, watch, NULL);
    g_source_attach(watch->timer, NULL);
    return watch;
}

void
flows_import_watch_add(FlowsImportWatch *watch, const char *lesson_id)
{
    g_ptr_array_add(watch->lessons, g_strdup(lesson_id));
}

guint
flows_import_watch_count(FlowsImportWatch *watch)
{
    return watch->lessons->len;
}

void
flows_import_watch_free(FlowsImportWatch *watch)
{
    if (watch == NULL)
        return;
    g_source_destroy(watch->timer);
    g_source_unref(watch->timer);
    g_ptr_array_unref(watch->lessons);
    g_free(watch);
}
