// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Lines both ways over one child process.
#include "server/flows/class_door.h"

#include <errno.h>
#include <fcntl.h>

#include "pipelines/child/intake_job.h"
#include "pipelines/child/process.h"

#define SILENCE_S 30 // without a line
#define MEMORY_BYTES (G_GINT64_CONSTANT(1024) * 1024 * 1024)
#define LINES_AT_ONCE 1000
#define LINES_PER_SECOND 200

struct _FlowsClassDoor {
    FlowsClassDoorFuncs funcs; // (value)
    gpointer data;             // (unowned) for funcs
    ChildProcess *process;     // (owned) (nullable)
};

static void
send_line(FlowsClassDoor *door, const ChildIntakeJob *job, int descriptor)
{
    g_autofree char *text = child_intake_job_to_line(job);
    child_process_send(door->process, text, descriptor);
}

static gboolean
on_line(const char *line, gsize length, gpointer data, GError **error)
{
    FlowsClassDoor *door = data;
    g_autoptr(ChildIntakeReport) report = child_intake_report_parse(line, length, error);
    if (report == NULL)
        return FALSE;
    if (report->kind == CHILD_INTAKE_REPORT_CALLER)
        door->funcs.on_caller(report, door->data);
    else if (report->kind == CHILD_INTAKE_REPORT_HEALTH)
        door->funcs.on_open(door->data);
    else if (report->kind == CHILD_INTAKE_REPORT_FAILED)
        child_process_conclude(door->process, report->code, report->detail);
    return TRUE;
}

static void
on_end(const ChildProcessEnd *end, gpointer data)
{
    FlowsClassDoor *door = data;
    door->funcs.on_end(end->code, end->detail, door->data);
}

FlowsClassDoor *
flows_class_door_start(const ServerConfig *config, const ChildSandbox *sandbox,
                       const char *media_program, const FlowsClassDoorFuncs *funcs, gpointer data,
                       GError **error)
{
    const ChildProcessSetup setup = {
        .sandbox = sandbox,
        .places = {.program = media_program, .memory_bytes = MEMORY_BYTES, .network = TRUE},
        .role = "door",
        .silence_s = SILENCE_S,
        .lines_at_once = LINES_AT_ONCE,
        .lines_per_second = LINES_PER_SECOND,
    };
    FlowsClassDoor *door = g_new0(FlowsClassDoor, 1);
    const ChildProcessListener listener = {on_line, on_end, door};
    door->funcs = *funcs;
    door->data = data;
    door->process = child_process_start(&setup, &listener, error);
    if (door->process == NULL) {
        flows_class_door_free(door);
        return NULL;
    }
    g_autoptr(ChildIntakeJob) job = child_intake_job_new(CHILD_INTAKE_JOB_LINE_DOOR);
    job->host = g_ascii_strdown(config->class_address, -1);
    job->port = config->class_port;
    send_line(door, job, -1);
    return door;
}

void
flows_class_door_admit(FlowsClassDoor *door, const char *id, const char *key_hash)
{
    g_autoptr(ChildIntakeJob) job = child_intake_job_new(CHILD_INTAKE_JOB_LINE_ADMIT);
    job->caller = g_strdup(id);
    job->key = g_strdup(key_hash);
    send_line(door, job, -1);
}

void
flows_class_door_dismiss(FlowsClassDoor *door, const char *id)
{
    g_autoptr(ChildIntakeJob) job = child_intake_job_new(CHILD_INTAKE_JOB_LINE_DISMISS);
    job->caller = g_strdup(id);
    send_line(door, job, -1);
}

void
flows_class_door_feed(FlowsClassDoor *door, guint number, const char *id, int descriptor)
{
    int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    g_autoptr(ChildIntakeJob) job = child_intake_job_new(CHILD_INTAKE_JOB_LINE_CLASS_FEED);
    job->feed = number;
    job->caller = g_strdup(id);
    if (copy >= 0)
        send_line(door, job, copy);
    else
        g_warning("class %s: %s", id, g_strerror(errno));
}

void
flows_class_door_unfeed(FlowsClassDoor *door, guint number)
{
    g_autoptr(ChildIntakeJob) job = child_intake_job_new(CHILD_INTAKE_JOB_LINE_UNFEED);
    job->feed = number;
    send_line(door, job, -1);
}

void
flows_class_door_cancel(FlowsClassDoor *door)
{
    child_process_cancel(door->process);
}

void
flows_class_door_free(FlowsClassDoor *door)
{
    g_clear_pointer(&door->process, child_process_free);
    g_free(door);
}
