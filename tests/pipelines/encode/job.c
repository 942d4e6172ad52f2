// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The parent's side of the control channel, in the simplest form: one blocking reader.
#include "tests/pipelines/encode/job.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pipelines/child/job.h"

#define SILENCE_SECONDS 120
#define PUBLISHED "voice.mp4,lite.mp4,small.mp4,medium.mp4,large.mp4"

typedef struct {
    GSubprocess *process;       // (owned)
    GSocket *socket;            // (owned)
    GDataInputStream *lines;    // (owned)
    GOutputStream *out;         // (unowned)
    GSocketConnection *channel; // (owned)
} Child;

static void
start_child(Child *child)
{
    int ends[2];
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
    g_autoptr(GError) error = NULL;
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_subprocess_launcher_take_fd(launcher, ends[1], 3);
    // As the sandbox does: the leak check starts a process, which the lockdown refuses.
    g_subprocess_launcher_setenv(launcher, "ASAN_OPTIONS", "detect_leaks=0", TRUE);
    const char *program = g_getenv("DAORIAN_MEDIA");
    g_assert_nonnull(program);
    child->process =
        g_subprocess_launcher_spawn(launcher, &error, program, "--control-fd", "3", NULL);
    g_assert_no_error(error);
    child->socket = g_socket_new_from_fd(ends[0], &error);
    g_assert_no_error(error);
    g_socket_set_timeout(child->socket, SILENCE_SECONDS);
    child->channel = g_socket_connection_factory_create_connection(child->socket);
    GIOStream *stream = G_IO_STREAM(child->channel);
    child->lines = g_data_input_stream_new(g_io_stream_get_input_stream(stream));
    child->out = g_io_stream_get_output_stream(stream);
}

static void
send_line(Child *child, const char *line)
{
    g_autofree char *whole = g_strconcat(line, "\n", NULL);
    // The child may be gone already; reading tells.
    g_output_stream_write_all(child->out, whole, strlen(whole), NULL, NULL, NULL);
}

static void
send_job(Child *child, const char *source, const char *staging, const JobOptions *options)
{
    g_autoptr(ChildJob) job = child_job_new();
    const char *rungs = options->rungs != NULL ? options->rungs : JOB_RUNGS;
    g_strfreev(job->rungs);
    g_strfreev(job->done);
    g_free(job->source);
    g_free(job->staging);
    job->source = g_strdup(source);
    job->staging = g_strdup(staging);
    job->rungs = g_strsplit(rungs, ",", -1);
    if (options->bundle != NULL)
        job->bundle = g_strdup(options->bundle);
    job->published = g_strsplit(PUBLISHED, ",", -1);
    job->done = g_strsplit(options->done != NULL ? options->done : "", ",", -1);
    job->permille = options->permille;
    job->limit_duration_ms = options->limit_ms > 0 ? options->limit_ms : 600000;
    job->limit_pixels = options->limit_pixels > 0 ? options->limit_pixels : 8192 * 8192;
    job->interpreter.x = options->interpreter[0];
    job->interpreter.y = options->interpreter[1];
    job->interpreter.width = options->interpreter[2];
    job->interpreter.height = options->interpreter[3];
    g_autofree char *line = child_job_to_line(job);
    send_line(child, line);
}

/* Returns FALSE when the child is to be killed now. */
static gboolean
answer(Child *child, const ChildReport *report, const JobOptions *options, guint *checkpoints)
{
    if (report->kind == CHILD_REPORT_PROGRESS && options->cancel)
        send_line(child, "{\"type\":\"cancel\"}");
    if (report->kind == CHILD_REPORT_CHECKPOINT && strcmp(report->name, "voice") != 0)
        (*checkpoints)++;
    return options->kill_checkpoints == 0 || *checkpoints < options->kill_checkpoints;
}

static void
read_lines(Child *child, JobResult *result, const JobOptions *options)
{
    guint checkpoints = 0;
    for (;;) {
        gsize length = 0;
        g_autoptr(GError) error = NULL;
        g_autofree char *line = g_data_input_stream_read_line(child->lines, &length, NULL, &error);
        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
            g_error("the child was silent for %d s", SILENCE_SECONDS);
        if (line == NULL)
            return;
        ChildReport *report = child_report_parse(line, length, &error);
        g_assert_no_error(error);
        g_ptr_array_add(result->reports, report);
        if (!answer(child, report, options, &checkpoints)) {
            g_subprocess_force_exit(child->process);
            return;
        }
    }
}

/* What a sanitizer says, and criticals. */
static gboolean
is_fault(const char *line)
{
    return strstr(line, "CRITICAL **") != NULL || strstr(line, "Sanitizer") != NULL ||
           strstr(line, "runtime error:") != NULL;
}

static void
take_end(Child *child, JobResult *result)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    g_subprocess_communicate_utf8(child->process, NULL, NULL, NULL, &text, &error);
    g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++)
        result->sanitizer = result->sanitizer || is_fault(lines[i]);
    if (result->sanitizer)
        g_printerr("%s\n", text);
    if (g_subprocess_get_if_signaled(child->process))
        result->signal = g_subprocess_get_term_sig(child->process);
}

JobResult *
job_run(const char *source, const char *staging, const JobOptions *options)
{
    Child child = {0};
    JobResult *result = g_new0(JobResult, 1);
    result->reports = g_ptr_array_new_with_free_func((GDestroyNotify)child_report_free);
    g_assert_cmpint(g_mkdir_with_parents(staging, 0755), ==, 0);
    start_child(&child);
    send_job(&child, source, staging, options);
    read_lines(&child, result, options);
    take_end(&child, result);
    g_object_unref(child.lines);
    g_object_unref(child.channel);
    g_object_unref(child.socket);
    g_object_unref(child.process);
    return result;
}

void
job_result_free(JobResult *result)
{
    g_ptr_array_unref(result->reports);
    g_free(result);
}

const ChildReport *
job_result_get_last(const JobResult *result)
{
    g_assert_cmpuint(result->reports->len, >, 0);
    return g_ptr_array_index(result->reports, result->reports->len - 1);
}

const ChildReport *
job_result_find(const JobResult *result, ChildReportKind kind, const char *name)
{
    for (guint i = 0; i < result->reports->len; i++) {
        const ChildReport *report = g_ptr_array_index(result->reports, i);
        if (report->kind == kind && (name == NULL || g_strcmp0(report->name, name) == 0))
            return report;
    }
    return NULL;
}

void
job_result_check_order(const JobResult *result)
{
    guint permille = 0, ends = 0;
    for (guint i = 0; i < result->reports->len; i++) {
        const ChildReport *report = g_ptr_array_index(result->reports, i);
        g_assert_true((i == 0) == (report->kind == CHILD_REPORT_HELLO));
        g_assert_cmpuint(ends, ==, 0);
        if (report->kind == CHILD_REPORT_PROGRESS) {
            g_assert_cmpuint(report->permille, >=, permille);
            g_assert_cmpuint(report->permille, <, 1000);
            permille = report->permille;
        }
        if (report->kind == CHILD_REPORT_DONE || report->kind == CHILD_REPORT_FAILED)
            ends++;
    }
    g_assert_cmpuint(ends, ==, 1);
}
