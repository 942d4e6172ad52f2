// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// read the lesson → write its files → has it changed meanwhile? then again.
#include "server/flows/describe.h"

#include "catalog/lessonlist.h"
#include "server/flows/publish.h"
#include "server/flows/steps.h"

#define ROUNDS_MAX 5

typedef struct {
    char *lesson_id;          // (owned)
    char *bundle;             // (owned)
    CatalogLesson *lesson;    // (owned) (nullable) as described
    FlowsDescribeSetup setup; // (value)
    guint rounds;             // (value) begun
    gboolean changed;         // (value) by somebody while it was described
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
    Description *description = data;
    g_clear_pointer(&description->lesson, catalog_lesson_free);
    description->lesson =
        catalog_lessonlist_get_generation(database, description->lesson_id, 0, error);
    return description->lesson != NULL;
}

static gboolean
write_files(gpointer data, GError **error)
{
    const Description *description = data;
    const FlowsPublishPlaces places = {.bundle = description->bundle};
    return flows_publish_describe(&places, description->lesson, error);
}

/* A job may have published meanwhile, and written what we wrote over. */
static gboolean
read_again(CatalogDatabase *database, gpointer data, GError **error)
{
    Description *description = data;
    const CatalogLesson *before = description->lesson;
    g_autoptr(CatalogLesson) now = catalog_lessonlist_get(database, description->lesson_id, error);
    if (now == NULL)
        return FALSE;
    description->changed =
        now->updated_ms != before->updated_ms || now->generation != before->generation ||
        now->revision != before->revision || now->rungs->len != before->rungs->len;
    return TRUE;
}

static void run_round(GTask *task);

static void
on_round_run(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    Description *description = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;
    if (!flows_steps_run_finish(result, &error))
        g_task_return_error(task, g_steal_pointer(&error));
    else if (description->changed && description->rounds < ROUNDS_MAX)
        run_round(g_steal_pointer(&task));
    else
        g_task_return_boolean(task, TRUE);
}

static void
run_round(GTask *task)
{
    static const FlowsStepsOne steps[] = {
        {.read = read_lesson}, {.files = write_files}, {.read = read_again}};
    Description *description = g_task_get_task_data(task);
    const FlowsSteps walk = {description->setup.catalog, description->setup.worker, steps,
                             G_N_ELEMENTS(steps)};
    description->rounds++;
    description->changed = FALSE;
    flows_steps_run_async(&walk, description, NULL, on_round_run, task);
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
    run_round(task);
}

gboolean
flows_describe_lesson_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}
