// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// run → step on its thread → back → next step … → the task returns
#include "server/flows/steps.h"

/* What a task carries. */
typedef struct {
    FlowsSteps steps;         // (value)
    guint next;               // (value)
    gpointer data;            // (owned) the caller's
    GDestroyNotify free_data; // (nullable)
} Walk;

static void take_step(GTask *task);

static void
free_walk(Walk *walk)
{
    if (walk->free_data != NULL)
        walk->free_data(walk->data);
    g_free(walk);
}

static void
go_on(GTask *task, gboolean good, GError *error)
{
    if (good) {
        take_step(task);
        return;
    }
    g_task_return_error(task, error);
    g_object_unref(task);
}

static void
on_rows_done(GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean good = catalog_threads_finish(result, &error);
    go_on(user_data, good, error);
}

static void
on_files_done(GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean good = flows_receive_worker_run_finish(result, &error);
    go_on(user_data, good, error);
}

static const FlowsStepsOne *
get_present(const Walk *walk)
{
    return &walk->steps.steps[walk->next - 1];
}

static gboolean
work_on_rows(CatalogDatabase *database, gpointer data, GError **error)
{
    const Walk *walk = g_task_get_task_data(data);
    const FlowsStepsOne *step = get_present(walk);
    CatalogThreadsWork work = step->read != NULL ? step->read : step->write;
    return work(database, walk->data, error);
}

/* Owns @task until the last step. */
static void
take_step(GTask *task)
{
    Walk *walk = g_task_get_task_data(task);
    if (walk->next == walk->steps.count) {
        g_task_return_boolean(task, TRUE);
        g_object_unref(task);
        return;
    }
    walk->next++;
    const FlowsStepsOne *step = get_present(walk);
    if (step->read != NULL)
        catalog_threads_read_async(walk->steps.catalog, work_on_rows, task, NULL, NULL,
                                   on_rows_done);
    else if (step->write != NULL)
        catalog_threads_write_async(walk->steps.catalog, work_on_rows, task, NULL, NULL,
                                    on_rows_done);
    else
        flows_receive_worker_run_async(walk->steps.worker, step->files, walk->data, NULL,
                                       on_files_done, task);
}

void
flows_steps_run_async(const FlowsSteps *steps, gpointer data, GDestroyNotify free_data,
                      GAsyncReadyCallback callback, gpointer user_data)
{
    GTask *task = g_task_new(NULL, NULL, callback, user_data);
    Walk *walk = g_new0(Walk, 1);
    walk->steps = *steps;
    walk->data = data;
    walk->free_data = free_data;
    g_task_set_task_data(task, walk, (GDestroyNotify)free_walk);
    take_step(task);
}

gboolean
flows_steps_run_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}
