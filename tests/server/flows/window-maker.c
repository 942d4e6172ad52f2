// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Files are written as a child writes them: into staging, under any name.
#include "tests/server/flows/window-maker.h"

#include "server/storage.h"

void
window_maker_open(WindowMaker *maker, const char *folder, const FlowsWindowLimits *limits)
{
    GError *error = NULL;
    maker->folder = g_strdup(folder);
    maker->window = flows_window_open(folder, limits, &error);
    g_assert_no_error(error);
    maker->bytes = maker->bytes == 0 ? 100 : maker->bytes;
    maker->wall_ms = maker->wall_ms == 0 ? WINDOW_MAKER_WALL_MS : maker->wall_ms;
}

void
window_maker_close(WindowMaker *maker)
{
    g_clear_pointer(&maker->window, flows_window_unref);
    g_clear_pointer(&maker->folder, g_free);
}

static void
write_file(WindowMaker *maker, const char *name, gsize bytes)
{
    GError *error = NULL;
    g_autofree char *staging = server_storage_build_channel_staging_path(maker->folder);
    g_autofree char *path = g_build_filename(staging, name, NULL);
    g_autofree char *noise = g_malloc0(bytes);
    g_file_set_contents(path, noise, (gssize)bytes, &error);
    g_assert_no_error(error);
}

static void
add_init(WindowMaker *maker, const char *rung, guint64 number, guint width)
{
    GError *error = NULL;
    g_autoptr(ChildLiveReport) report = child_live_report_new(CHILD_LIVE_REPORT_INIT);
    report->rung = g_strdup(rung);
    report->file = g_strdup("new-init");
    report->codecs = g_strdup(width > 0 ? "avc1.42c01e,mp4a.40.2" : "mp4a.40.2");
    report->init = number;
    report->bytes = 50;
    report->width = width;
    report->height = width * 9 / 16;
    report->frame_rate = width > 0 ? 12.5 : 0;
    write_file(maker, report->file, report->bytes);
    flows_window_take(maker->window, report, FALSE, &error);
    g_assert_no_error(error);
}

void
window_maker_add_inits(WindowMaker *maker)
{
    FlowsWindowFigures figures = {0};
    flows_window_get_figures(maker->window, &figures);
    maker->init = figures.next_init;
    add_init(maker, "voice", maker->init, 0);
    add_init(maker, "small", maker->init + 1, 480);
}

ChildLiveReport *
window_maker_prepare(WindowMaker *maker, gboolean discontinuity)
{
    FlowsWindowFigures figures = {0};
    flows_window_get_figures(maker->window, &figures);
    ChildLiveReport *report = child_live_report_new(CHILD_LIVE_REPORT_SEGMENT);
    report->number = figures.next_number;
    report->time = figures.next_time;
    guint seconds = maker->seconds > 0 ? maker->seconds : 3;
    report->duration = seconds * 90000;
    report->wall_ms = (guint64)maker->wall_ms;
    report->discontinuity = discontinuity;
    maker->wall_ms += seconds * 1000;
    write_file(maker, "a", maker->bytes);
    child_live_report_add_part(report, "voice", maker->init, "a", maker->bytes);
    if (maker->skip_small > 0) {
        maker->skip_small--;
        return report;
    }
    write_file(maker, "b", 2 * maker->bytes);
    child_live_report_add_part(report, "small", maker->init + 1, "b", 2 * maker->bytes);
    return report;
}

gboolean
window_maker_take(WindowMaker *maker, gboolean discontinuity, GError **error)
{
    g_autoptr(ChildLiveReport) report = window_maker_prepare(maker, discontinuity);
    return flows_window_take(maker->window, report, FALSE, error);
}
