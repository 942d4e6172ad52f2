// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Made with the playlists, and as seldom.
#include "server/flows/window_rungs.h"

#include "pipelines/child/live_track.h"
#include "server/flows/window_playlist.h"

static void
free_rung(gpointer data)
{
    FlowsWindowRung *rung = data;
    g_free(rung->name);
    g_free(rung);
}

static int
compare_rungs(gconstpointer a, gconstpointer b)
{
    const FlowsWindowRung *left = *(FlowsWindowRung *const *)a;
    const FlowsWindowRung *right = *(FlowsWindowRung *const *)b;
    return left->average_bps < right->average_bps ? -1 : left->average_bps > right->average_bps;
}

GPtrArray *
flows_window_rungs_list(FlowsWindowIndex *index)
{
    GPtrArray *rungs = g_ptr_array_new_with_free_func(free_rung);
    for (guint i = 0; i < index->rungs->len; i++) {
        PackageMultivariantRung described = {0};
        if (child_live_track_is_extra(index->rungs->pdata[i]) ||
            !flows_window_playlist_describe(index, i, &described))
            continue;
        FlowsWindowRung *rung = g_new0(FlowsWindowRung, 1);
        rung->name = g_strdup(index->rungs->pdata[i]);
        rung->average_bps = described.average_bandwidth_bps;
        rung->peak_bps = described.bandwidth_bps;
        rung->width = described.width;
        rung->height = described.height;
        g_ptr_array_add(rungs, rung);
    }
    g_ptr_array_sort(rungs, compare_rungs);
    return rungs;
}
