// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// read the lesson → write its files.
#include "server/flows/describe.h"

#include "catalog/lessonlist.h"
#include "server/flows/publish.h"
#include "server/flows/steps.h"

typedef struct {
    char *lesson_id;       // (owned)
    char *bundle;          // (owned)
    CatalogLesson *lesson; // (owned) (nullable)
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

void
flows_describe_lesson_async(const FlowsDescribeSetup *setup, const char *lesson_id,
                            GAsyncReadyCallback callback, gpointer user_data)
{
    static const FlowsStepsOne steps[] = {{.read = read_lesson}, {.files = write_files}};
    const FlowsSteps walk = {setup->catalog, setup->worker, steps, G_N_ELEMENTS(steps)};
    Description *description = g_new0(Description, 1);
    description->lesson_id = g_strdup(lesson_id);
    description->bundle = server_storage_build_bundle_path(setup->storage, lesson_id);
    flows_steps_run_async(&walk, description, (GDestroyNotify)free_description, callback,
                          user_data);
}

gboolean
flows_describe_lesson_finish(GAsyncResult *result, GError **error)
{
    return flows_steps_run_finish(result, error);
}
