// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Disk work of one channel; nothing here knows the main context.
#include "server/flows/live_take.h"

#include <unistd.h>

#include "pipelines/child/lock.h"
#include "server/flows/window_files.h"
#include "server/storage.h"

FlowsLiveTake *
flows_live_take_new(FlowsWindow *window, ChildLiveReport *report)
{
    FlowsLiveTake *take = g_new0(FlowsLiveTake, 1);
    take->window = flows_window_ref(window);
    take->report = report;
    return take;
}

gboolean
flows_live_take_run(gpointer data, GError **error)
{
    FlowsLiveTake *take = data;
    return flows_window_take(take->window, take->report, take->restarted, error);
}

void
flows_live_take_free(gpointer data)
{
    FlowsLiveTake *take = data;
    flows_window_unref(take->window);
    child_live_report_free(take->report);
    g_free(take);
}

gboolean
flows_live_take_open(gpointer data, GError **error)
{
    FlowsLiveOpen *open = data;
    g_autofree char *staging = server_storage_build_channel_staging_path(open->folder);
    if (!flows_window_files_make(open->folder, error))
        return FALSE;
    open->lock = child_lock_take(staging, error);
    if (open->lock < 0)
        return FALSE;
    flows_window_files_clean_staging(open->folder);
    if (open->window == NULL)
        open->window = flows_window_open(open->folder, &open->limits, error);
    return open->window != NULL;
}

int
flows_live_take_steal_lock(FlowsLiveOpen *open)
{
    int lock = open->lock;
    open->lock = -1;
    return lock;
}

void
flows_live_take_free_open(gpointer data)
{
    FlowsLiveOpen *open = data;
    if (open->lock >= 0)
        close(open->lock);
    g_clear_pointer(&open->window, flows_window_unref);
    g_free(open->folder);
    g_free(open);
}

gboolean
flows_live_take_erase(gpointer data, GError **error)
{
    const char *folder = data;
    if (*folder != '\0')
        flows_window_files_remove(folder);
    return TRUE;
}
