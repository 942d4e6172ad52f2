// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Fills a channel's window with true media, as if its child had been on the air: window-fill FOLDER
// SECONDS. DAORIAN_MEDIA names the child. For tests that watch without a tuner.
#include <stdlib.h>

#include <glib/gstdio.h>

#include "server/flows/window.h"
#include "server/storage.h"
#include "tests/pipelines/live/broadcast.h"
#include "tests/pipelines/live/viewer.h"

static const BroadcastMore more = {.second_pid = 0x230, .language = "eng", .text_pid = 0x240};
static const BroadcastPlan plan = {0x100, 0x200, 0x210, FALSE, 720, 576, FALSE, 12, NULL, &more};

static void
move(const Viewing *viewing, const char *staging, const char *file)
{
    g_autofree char *from = g_build_filename(viewing->folder, file, NULL);
    g_autofree char *to = g_build_filename(staging, file, NULL);
    g_assert_cmpint(g_rename(from, to), ==, 0);
}

static void
take(FlowsWindow *window, const Viewing *viewing, const char *staging)
{
    for (guint i = 0; i < viewing->reports->len; i++) {
        const ChildLiveReport *report = viewing->reports->pdata[i];
        GError *error = NULL;
        if (report->kind == CHILD_LIVE_REPORT_INIT)
            move(viewing, staging, report->file);
        else if (report->kind != CHILD_LIVE_REPORT_SEGMENT)
            continue;
        for (guint k = 0; k < report->parts->len; k++)
            move(viewing, staging, ((ChildLiveReportPart *)report->parts->pdata[k])->file);
        flows_window_take(window, report, FALSE, &error);
        g_assert_no_error(error);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, ==, 3);
    guint ms = (guint)atoi(argv[2]) * 1000;
    const FlowsWindowLimits wide = {24, G_MAXINT64, 0};
    FlowsWindowFigures figures = {0};
    GError *error = NULL;
    g_autofree char *staging = server_storage_build_channel_staging_path(argv[1]);
    g_autoptr(FlowsWindow) window = flows_window_open(argv[1], &wide, &error);
    g_assert_no_error(error);
    flows_window_get_figures(window, &figures);
    g_autoptr(ChildLiveJob) job = child_live_job_new();
    job->rungs = g_strsplit("voice,small", ",", 0);
    g_strfreev(job->extras);
    job->extras = g_strsplit("voices,captions,scrub", ",", 0);
    job->first_number = figures.next_number;
    job->first_time = figures.next_time;
    job->first_init = figures.next_init;
    job->behind_ms = 24 * 3600 * 1000;
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(Broadcast) broadcast =
        broadcast_new(&plan, 900000, g_get_real_time() / 1000 - (gint64)ms);
    broadcast_run(broadcast, ms, stream);
    g_autoptr(Viewing) viewing = viewer_run(g_getenv("DAORIAN_MEDIA"), job, stream, 0);
    take(window, viewing, staging);
    flows_window_get_figures(window, &figures);
    g_print("%" G_GUINT64_FORMAT "\n", figures.duration_ms);
    return 0;
}
