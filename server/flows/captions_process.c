// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// spawn → read both outputs and wait, all at once → when all three have ended, or its time is up
// and its group is killed, judge.
#include "server/flows/captions_process.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "pipelines/child/sandbox.h"

#define CHUNK_BYTES 65536
#define MOST_ERROR_BYTES 2000
#define NICENESS 19
#define QUIET_S 2 // for outputs that somebody still holds after its end

typedef struct {
    GSubprocess *process;  // (owned)
    GPid group;            // (value) its process group; 0: not known
    GByteArray *said;      // (owned)
    GString *complained;   // (owned) the last of it
    gsize limit_bytes;     // (value)
    GCancellable *reading; // (owned) ends the reading when outputs stay open
    GSource *deadline;     // (owned) (nullable)
    GSource *quiet;        // (owned) (nullable)
    gulong cancel_id;      // (value)
    const char *code;      // (static) (nullable)
    guint waiting;         // (value) of output, errors and end
} Process;

void
flows_captions_process_free_end(FlowsCaptionsProcessEnd *end)
{
    if (end == NULL)
        return;
    g_clear_pointer(&end->said, g_bytes_unref);
    g_free(end->detail);
    g_free(end);
}

static void
clear_source(GSource **source)
{
    if (*source != NULL)
        g_source_destroy(*source);
    g_clear_pointer(source, g_source_unref);
}

static void
free_process(gpointer data)
{
    Process *process = data;
    clear_source(&process->deadline);
    clear_source(&process->quiet);
    g_clear_object(&process->process);
    g_clear_object(&process->reading);
    g_byte_array_unref(process->said);
    g_string_free(process->complained, TRUE);
    g_free(process);
}

/* The whole group, so that nothing it started goes on. */
static void
kill_group(Process *process, const char *code)
{
    if (process->code == NULL)
        process->code = code;
    if (process->group > 1 && g_subprocess_get_identifier(process->process) != NULL)
        kill(-process->group, SIGKILL);
}

static void
finish_if_over(GTask *task)
{
    Process *process = g_task_get_task_data(task);
    if (--process->waiting > 0)
        return;
    clear_source(&process->deadline);
    clear_source(&process->quiet);
    g_cancellable_disconnect(g_task_get_cancellable(task), process->cancel_id);
    if (g_task_return_error_if_cancelled(task))
        return;
    if (process->code == NULL && !g_subprocess_get_successful(process->process))
        process->code = "recogniser-failed";
    FlowsCaptionsProcessEnd *end = g_new0(FlowsCaptionsProcessEnd, 1);
    end->code = process->code;
    end->detail = g_utf8_make_valid(process->complained->str, (gssize)process->complained->len);
    if (end->code == NULL)
        end->said = g_byte_array_free_to_bytes(g_steal_pointer(&process->said));
    process->said = process->said != NULL ? process->said : g_byte_array_new();
    g_task_return_pointer(task, end, (GDestroyNotify)flows_captions_process_free_end);
}

static void on_output_read(GObject *source, GAsyncResult *result, gpointer user_data);
static void on_errors_read(GObject *source, GAsyncResult *result, gpointer user_data);

static void
read_more(GTask *task, GInputStream *stream, GAsyncReadyCallback ready)
{
    const Process *process = g_task_get_task_data(task);
    g_input_stream_read_bytes_async(stream, CHUNK_BYTES, G_PRIORITY_DEFAULT, process->reading,
                                    ready, g_object_ref(task));
}

static void
on_output_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    Process *process = g_task_get_task_data(task);
    g_autoptr(GBytes) bytes =
        g_input_stream_read_bytes_finish(G_INPUT_STREAM(source), result, NULL);
    gsize length = 0;
    const guint8 *data = bytes != NULL ? g_bytes_get_data(bytes, &length) : NULL;
    if (length == 0) {
        finish_if_over(task);
        return;
    }
    if (process->said->len + length <= process->limit_bytes)
        g_byte_array_append(process->said, data, (guint)length);
    else
        kill_group(process, "recogniser-output");
    read_more(task, G_INPUT_STREAM(source), on_output_read);
}

static void
on_errors_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    Process *process = g_task_get_task_data(task);
    g_autoptr(GBytes) bytes =
        g_input_stream_read_bytes_finish(G_INPUT_STREAM(source), result, NULL);
    gsize length = 0;
    const char *data = bytes != NULL ? g_bytes_get_data(bytes, &length) : NULL;
    if (length == 0) {
        finish_if_over(task);
        return;
    }
    g_string_append_len(process->complained, data, (gssize)length);
    if (process->complained->len > MOST_ERROR_BYTES)
        g_string_erase(process->complained, 0,
                       (gssize)(process->complained->len - MOST_ERROR_BYTES));
    read_more(task, G_INPUT_STREAM(source), on_errors_read);
}

static gboolean
on_quiet_due(gpointer user_data)
{
    Process *process = user_data;
    g_cancellable_cancel(process->reading);
    return G_SOURCE_REMOVE;
}

static GSource *
set_timer(guint seconds, GSourceFunc due, gpointer data)
{
    GSource *source = g_timeout_source_new_seconds(seconds);
    g_source_set_callback(source, due, data, NULL);
    g_source_attach(source, g_main_context_get_thread_default());
    return source;
}

static void
on_process_ended(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    Process *process = g_task_get_task_data(task);
    g_subprocess_wait_finish(process->process, result, NULL);
    if (process->waiting > 1) { // what it left running holds an output, or it is not read yet
        if (process->group > 1)
            kill(-process->group, SIGKILL);
        process->quiet = set_timer(QUIET_S, on_quiet_due, process);
    }
    finish_if_over(task);
}

static gboolean
on_deadline(gpointer user_data)
{
    kill_group(user_data, "recogniser-timeout");
    return G_SOURCE_REMOVE;
}

static void
on_cancelled(GCancellable *cancellable, gpointer user_data)
{
    kill_group(user_data, "cancelled");
}

/* In the new process, between fork and exec: a group of its own, the lowest priority. */
static void
set_up_child(gpointer data)
{
    setpgid(0, 0);
    setpriority(PRIO_PROCESS, 0, NICENESS);
}

static GSubprocess *
spawn(GStrv command, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_auto(GStrv) environment = child_sandbox_build_environment();
    environment = g_environ_setenv(environment, "PATH", "/usr/local/bin:/usr/bin:/bin", TRUE);
    g_subprocess_launcher_set_environ(launcher, environment);
    g_subprocess_launcher_set_cwd(launcher, "/");
    g_subprocess_launcher_set_child_setup(launcher, set_up_child, NULL, NULL);
    return g_subprocess_launcher_spawnv(launcher, (const char *const *)command, error);
}

static void
return_not_started(GTask *task, const GError *failure)
{
    FlowsCaptionsProcessEnd *end = g_new0(FlowsCaptionsProcessEnd, 1);
    end->code = "recogniser-failed";
    end->detail = g_strdup(failure->message);
    g_task_return_pointer(task, end, (GDestroyNotify)flows_captions_process_free_end);
}

void
flows_captions_process_run_async(const FlowsCaptionsProcessOrder *order, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);
    g_autoptr(GError) failure = NULL;
    g_task_set_check_cancellable(task, FALSE);
    GSubprocess *started = spawn(order->command, &failure);
    if (started == NULL) {
        return_not_started(task, failure);
        return;
    }
    Process *process = g_new0(Process, 1);
    g_task_set_task_data(task, process, free_process);
    process->process = started;
    const char *identifier = g_subprocess_get_identifier(started); // none when it has ended already
    process->group = identifier != NULL ? (GPid)g_ascii_strtoll(identifier, NULL, 10) : 0;
    process->said = g_byte_array_new();
    process->complained = g_string_new(NULL);
    process->limit_bytes = order->limit_bytes;
    process->reading = g_cancellable_new();
    process->deadline = set_timer(order->limit_s, on_deadline, process);
    process->waiting = 3;
    read_more(task, g_subprocess_get_stdout_pipe(started), on_output_read);
    read_more(task, g_subprocess_get_stderr_pipe(started), on_errors_read);
    g_subprocess_wait_async(started, NULL, on_process_ended, g_object_ref(task));
    process->cancel_id =
        g_cancellable_connect(cancellable, G_CALLBACK(on_cancelled), process, NULL);
}

FlowsCaptionsProcessEnd *
flows_captions_process_run_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}
