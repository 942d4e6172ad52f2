// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// read the lesson → write its files.
#include "server/flows/describe.h"

#include "catalog/lessonlist.h"
#include "server/flows/publish.h"

typedef struct {
    FlowsDescribeSetup setup; // (value)
    char *lesson_id;          // (owned)
    char *bundle;             // (owned)
    CatalogLesson *lesson;    // (owned) (nullable)
} Description;

static void
free_description(Description *description)
{
    g_clear_pointer(&description->lesson, catalog_lesson_free);
    g_free(description->lesson_id);
    g_free(description->bundle);
    g_free(description);
}

static gboolean
read_lesson(CatalogDatabase *database, gpointer data, GError **error)
{
    Description *description = g_task_get_task_data(data);
    description->lesson = catalog_lessonlist_get(database, description->lesson_id, error);
    return description->lesson != NULL;
}

static gboolean
write_files(gpointer data, GError **error)
{
    const Description *description = data;
    const FlowsPublishPlaces places = {.bundle = description->bundle};
    return flows_publish_describe(&places, description->lesson, error);
}

static void
on_files_written(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    GError *error = NULL;
    if (flows_receive_worker_run_finish(result, &error))
        g_task_return_boolean(task, TRUE);
    else
        g_task_return_error(task, error);
}

static void
on_lesson_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    Description *description = g_task_get_task_data(task);
    GError *error = NULL;
    if (!catalog_threads_finish(result, &error)) {
        g_task_return_error(task, error);
        return;
    }
    flows_receive_worker_run_async(description->setup.worker, write_files, description, NULL,
                                   on_files_written, g_steal_pointer(&task));
}

void
flows_describe_lesson_async(const FlowsDescribeSetup *setup, const char *lesson_id,
                            GAsyncReadyCallback callback, gpointer user_data)
{
    GTask *task = g_task_new(NULL, NULL, callback, user_data);
    Description *description = g_new0(Description, 1);
    description->setup = *setup;
    description->lesson_id = g_strdup(lesson_id);
    description->bundle = server_storage_build_bundle_path(setup->storage, lesson_id);
    g_task_set_task_data(task, description, (GDestroyNotify)free_description);
    catalog_threads_read_async(setup->catalog, read_lesson, task, NULL, NULL, on_lesson_read);
}

gboolean
flows_describe_lesson_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}
