// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One short process with a deadline.
#include "pipelines/child/registry.h"

#include <string.h>

#include "pipelines/child/report.h"

#define DEADLINE_S 60

typedef struct {
    GSubprocess *process; // (owned)
    GSource *deadline;    // (owned)
} Preparation;

static void
free_preparation(Preparation *preparation)
{
    g_clear_object(&preparation->process);
    if (preparation->deadline != NULL)
        g_source_destroy(preparation->deadline);
    g_clear_pointer(&preparation->deadline, g_source_unref);
    g_free(preparation);
}

static gboolean
on_deadline(gpointer user_data)
{
    Preparation *preparation = user_data;
    g_subprocess_force_exit(preparation->process);
    return G_SOURCE_REMOVE;
}

static void
on_process_communicate(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    g_autoptr(GError) error = NULL;
    g_autofree char *said = NULL;
    GSubprocess *process = G_SUBPROCESS(source);
    if (!g_subprocess_communicate_utf8_finish(process, result, NULL, &said, &error)) {
        g_subprocess_force_exit(process);
        g_task_return_error(task, g_steal_pointer(&error));
    } else if (!g_subprocess_get_successful(process)) {
        g_task_return_new_error(task, CHILD_ERROR, CHILD_ERROR_CLOSED,
                                "daorian-media --prepare: %s", said);
    } else {
        g_task_return_boolean(task, TRUE);
    }
}

void
child_registry_prepare_async(const ChildSandbox *sandbox, const ChildSandboxPlaces *places,
                             GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);
    const ChildSandboxPlaces inside = {
        .program = places->program, .registry = places->registry, .prepare = TRUE};
    g_auto(GStrv) front = child_sandbox_build_command(sandbox, &inside);
    g_auto(GStrv) environment = child_sandbox_build_environment(sandbox, &inside);
    g_autoptr(GStrvBuilder) command = g_strv_builder_new();
    g_strv_builder_addv(command, (const char **)front);
    g_strv_builder_add(command, "--prepare");
    g_auto(GStrv) arguments = g_strv_builder_end(command);

    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_subprocess_launcher_set_environ(launcher, environment);
    GError *error = NULL;
    Preparation *preparation = g_new0(Preparation, 1);
    g_task_set_task_data(task, preparation, (GDestroyNotify)free_preparation);
    preparation->process =
        g_subprocess_launcher_spawnv(launcher, (const char *const *)arguments, &error);
    if (preparation->process == NULL) {
        g_task_return_error(task, error);
        return;
    }
    preparation->deadline = g_timeout_source_new_seconds(DEADLINE_S);
    g_source_set_callback(preparation->deadline, on_deadline, preparation, NULL);
    g_source_attach(preparation->deadline, g_main_context_get_thread_default());
    g_subprocess_communicate_utf8_async(preparation->process, NULL, cancellable,
                                        on_process_communicate, g_steal_pointer(&task));
}

gboolean
child_registry_prepare_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}
