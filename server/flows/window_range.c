// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Segments lie in the order of the clock, but where it was set back: a moment that there was twice
// is the newer one's, and so is every moment behind it.
#include "server/flows/window_range.h"

static gboolean
is_within(const FlowsWindowIndexEntry *entry, const FlowsWindowRange *range)
{
    return entry->number >= range->number && entry->wall_ms < range->to_ms &&
           entry->wall_ms + (gint64)(entry->duration / 90) > range->from_ms;
}

/* Returns: (element-type guint): places, the newest first. */
static GArray *
choose(const FlowsWindowIndex *index, const FlowsWindowRange *range)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(guint));
    gint64 newer_ms = G_MAXINT64;
    for (guint place = flows_window_index_get_count(index); place-- > 0;) {
        const FlowsWindowIndexEntry *entry = flows_window_index_get(index, place);
        if (entry->wall_ms < newer_ms && is_within(entry, range))
            g_array_append_val(places, place);
        newer_ms = MIN(newer_ms, entry->wall_ms);
    }
    return places;
}

FlowsWindowIndex *
flows_window_range_copy(const FlowsWindowIndex *index, const FlowsWindowRange *range)
{
    g_autoptr(GArray) places = choose(index, range);
    FlowsWindowIndex *part = flows_window_index_new();
    part->loose = TRUE;
    for (guint i = 0; i < index->rungs->len; i++)
        flows_window_index_find_rung(part, index->rungs->pdata[i], TRUE);
    for (guint i = 0; i < index->inits->len; i++)
        flows_window_index_add_init(part, index->inits->pdata[i]);
    for (guint i = places->len; i-- > 0;)
        flows_window_index_push(part,
                                flows_window_index_get(index, g_array_index(places, guint, i)));
    return part;
}
