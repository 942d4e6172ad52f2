// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The job out, report lines in; the process itself is process.c.
#include "pipelines/child/launcher.h"

#include <string.h>

#include "pipelines/child/lock.h"

#define NICENESS 10
#define GENTLE_NICENESS 19 // beside another child it gets a few percent
#define LINES_AT_ONCE 4000
#define LINES_PER_SECOND 100

struct _ChildLauncher {
    ChildLauncherListener listener; // (value)
    ChildProcess *process;          // (owned)
    guint64 duration_ms;            // (value) what `done` said
};

static gboolean
on_line(const char *line, gsize length, gpointer user_data, GError **error)
{
    ChildLauncher *launcher = user_data;
    g_autoptr(ChildReport) report = child_report_parse(line, length, error);
    if (report == NULL)
        return FALSE;
    if (report->kind == CHILD_REPORT_DONE || report->kind == CHILD_REPORT_FAILED) {
        launcher->duration_ms = report->duration_ms;
        child_process_conclude(launcher->process, report->code, report->detail);
    } else {
        launcher->listener.on_report(report, launcher->listener.user_data);
    }
    return TRUE;
}

static void
on_end(const ChildProcessEnd *end, gpointer user_data)
{
    ChildLauncher *launcher = user_data;
    const ChildLauncherEnd told = {end->code, end->detail, end->by_itself, launcher->duration_ms};
    launcher->listener.on_end(&told, launcher->listener.user_data);
}

static char *
build_job_line(const ChildLauncherSetup *setup)
{
    ChildJob job = *setup->job;
    g_autofree char *source =
        child_sandbox_translate(setup->sandbox, setup->places.source, "/source");
    g_autofree char *staging =
        child_sandbox_translate(setup->sandbox, setup->places.staging, "/staging");
    g_autofree char *bundle =
        child_sandbox_translate(setup->sandbox, setup->places.bundle, "/bundle");
    job.source = source;
    job.staging = staging;
    job.bundle = bundle;
    return child_job_to_line(&job);
}

ChildLauncher *
child_launcher_start(const ChildLauncherSetup *setup, const ChildLauncherListener *listener,
                     GError **error)
{
    int lock = child_lock_take(setup->places.staging, error);
    if (lock < 0)
        return NULL;
    g_autofree ChildLauncher *launcher = g_new0(ChildLauncher, 1);
    const ChildProcessSetup process = {
        .sandbox = setup->sandbox,
        .places = setup->places,
        .role = setup->role,
        .lock = lock,
        .niceness = setup->gentle ? GENTLE_NICENESS : NICENESS,
        .silence_s = setup->silence_s,
        .lines_at_once = LINES_AT_ONCE,
        .lines_per_second = LINES_PER_SECOND,
    };
    const ChildProcessListener lines = {on_line, on_end, launcher};
    launcher->listener = *listener;
    launcher->process = child_process_start(&process, &lines, error);
    if (launcher->process == NULL)
        return NULL;
    g_autofree char *line = build_job_line(setup);
    child_process_send(launcher->process, line, -1);
    return g_steal_pointer(&launcher);
}

void
child_launcher_cancel(ChildLauncher *launcher)
{
    child_process_cancel(launcher->process);
}

void
child_launcher_kill(ChildLauncher *launcher)
{
    child_process_kill(launcher->process);
}

void
child_launcher_free(ChildLauncher *launcher)
{
    child_process_free(launcher->process);
    g_free(launcher);
}
