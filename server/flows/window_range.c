// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Segments lie in the order of the clock on the air, too.
#include "server/flows/window_range.h"

static FlowsWindowIndex *
copy(const FlowsWindowIndex *index, guint from, guint until)
{
    FlowsWindowIndex *part = flows_window_index_new();
    for (guint i = 0; i < index->rungs->len; i++)
        flows_window_index_find_rung(part, index->rungs->pdata[i], TRUE);
    for (guint i = 0; i < index->inits->len; i++)
        flows_window_index_add_init(part, index->inits->pdata[i]);
    for (guint place = from; place < until; place++) {
        const FlowsWindowIndexEntry *entry = flows_window_index_get(index, place);
        if (place == from) {
            part->next_number = entry->number;
            part->next_time = entry->time;
            part->discontinuities = entry->discontinuities;
        }
        flows_window_index_push(part, entry);
    }
    return part;
}

FlowsWindowIndex *
flows_window_range_copy(const FlowsWindowIndex *index, const FlowsWindowRange *range)
{
    guint from = 0, count = flows_window_index_get_count(index);
    for (; from < count; from++) {
        const FlowsWindowIndexEntry *entry = flows_window_index_get(index, from);
        if (entry->number >= range->number &&
            entry->wall_ms + (gint64)(entry->duration / 90) > range->from_ms)
            break;
    }
    guint until = from;
    while (until < count && flows_window_index_get(index, until)->wall_ms < range->to_ms)
        until++;
    return copy(index, from, until);
}
