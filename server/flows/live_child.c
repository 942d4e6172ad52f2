// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The child may be owned by a hostile stream: rungs that the job does not name are refused here,
// files and numbers in window.c.
#include "server/flows/live_child.h"

#include "pipelines/child/live_job.h"
#include "pipelines/child/live_track.h"
#include "server/storage.h"

#define NICENESS 5 // before jobs: nobody waits for a lesson as for a live picture
#define SILENCE_S 30
#define LINES_AT_ONCE 400
#define LINES_PER_SECOND 40

struct _FlowsLiveChild {
    FlowsLiveChildListener listener; // (value)
    ChildProcess *process;           // (owned)
    char **rungs;                    // (owned) of the job
    char *code;                      // (owned) (nullable) why it was broken off
    char *detail;                    // (owned) (nullable)
};

/* All extras are asked for. */
static gboolean
is_wanted(const FlowsLiveChild *child, const char *rung)
{
    return g_strv_contains((const char *const *)child->rungs, rung) ||
           child_live_track_is_extra(rung);
}

static gboolean
is_asked_for(const FlowsLiveChild *child, const ChildLiveReport *report)
{
    if (report->kind == CHILD_LIVE_REPORT_INIT && !is_wanted(child, report->rung))
        return FALSE;
    for (guint i = 0; report->kind == CHILD_LIVE_REPORT_SEGMENT && i < report->parts->len; i++) {
        const ChildLiveReportPart *part = report->parts->pdata[i];
        if (!is_wanted(child, part->rung))
            return FALSE;
    }
    return TRUE;
}

static gboolean
on_line(const char *line, gsize length, gpointer user_data, GError **error)
{
    FlowsLiveChild *child = user_data;
    g_autoptr(ChildLiveReport) report = child_live_report_parse(line, length, error);
    if (report == NULL)
        return FALSE;
    if (!is_asked_for(child, report)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "a rung that nobody asked for");
        return FALSE;
    }
    if (report->kind == CHILD_LIVE_REPORT_FAILED || report->kind == CHILD_LIVE_REPORT_DONE)
        child_process_conclude(child->process, report->code, report->detail);
    else
        child->listener.on_report(g_steal_pointer(&report), child->listener.user_data);
    return TRUE;
}

static void
on_end(const ChildProcessEnd *end, gpointer user_data)
{
    FlowsLiveChild *child = user_data;
    const ChildProcessEnd broken = {child->code, child->detail, FALSE};
    child->listener.on_end(child->code != NULL ? &broken : end, child->listener.user_data);
}

static char *
build_job_line(const FlowsLiveChildSetup *setup, const char *staging)
{
    static const char *const extras[] = {"voices", "captions", "scrub", NULL};
    g_autoptr(ChildLiveJob) job = child_live_job_new();
    FlowsWindowFigures figures = {0};
    flows_window_get_figures(setup->window, &figures);
    const CatalogChannels *channel = setup->row->channel;
    const char *burn_rung = catalog_channels_get_burn_rung(channel);
    g_free(job->text_default);
    g_free(job->burn_language);
    g_free(job->burn_rung);
    job->burn_language = g_strdup(burn_rung != NULL ? channel->burn_subtitles : "");
    job->burn_rung = g_strdup(burn_rung != NULL ? burn_rung : "");
    job->rungs = g_strdupv(channel->rungs);
    job->staging = child_sandbox_translate(setup->sandbox, staging, "/staging");
    job->first_number = figures.next_number;
    job->first_time = figures.next_time;
    job->first_init = figures.next_init;
    job->text_default = g_strdup(setup->row->text_default);
    g_strfreev(job->extras);
    job->extras = g_strdupv((char **)extras);
    return child_live_job_to_line(job);
}

FlowsLiveChild *
flows_live_child_start(const FlowsLiveChildSetup *setup, const FlowsLiveChildListener *listener,
                       GError **error)
{
    FlowsLiveChild *child = g_new0(FlowsLiveChild, 1);
    g_autofree char *staging = server_storage_build_channel_staging_path(setup->folder);
    const ChildProcessSetup process = {
        .sandbox = setup->sandbox,
        .places = {.program = setup->media_program,
                   .staging = staging,
                   .memory_bytes = setup->config->encoder_memory_bytes},
        .role = "live",
        .lock = setup->lock,
        .input = setup->input,
        .niceness = NICENESS,
        .silence_s = MIN(setup->config->encoder_silence_s, SILENCE_S),
        .lines_at_once = LINES_AT_ONCE,
        .lines_per_second = LINES_PER_SECOND,
    };
    const ChildProcessListener lines = {on_line, on_end, child};
    child->listener = *listener;
    child->rungs = g_strdupv(setup->row->channel->rungs);
    child->process = child_process_start(&process, &lines, error);
    if (child->process == NULL) {
        flows_live_child_free(child);
        return NULL;
    }
    g_autofree char *line = build_job_line(setup, staging);
    child_process_send(child->process, line, -1);
    return child;
}

void
flows_live_child_cancel(FlowsLiveChild *child)
{
    child_process_cancel(child->process);
}

void
flows_live_child_break(FlowsLiveChild *child, const char *code, const char *detail)
{
    if (child->code != NULL)
        return;
    child->code = g_strdup(code);
    child->detail = g_strdup(detail);
    child_process_kill(child->process);
}

void
flows_live_child_free(FlowsLiveChild *child)
{
    g_clear_pointer(&child->process, child_process_free);
    g_strfreev(child->rungs);
    g_free(child->code);
    g_free(child->detail);
    g_free(child);
}
