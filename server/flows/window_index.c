// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// An array whose front is given up at times, so that dropping the oldest costs nothing.
#include "server/flows/window_index.h"

#include <string.h>

#include "pipelines/child/live_track.h"

#define SECOND ((guint64)PACKAGE_LIVE_PLAYLIST_TIMESCALE)
#define HOUR (3600 * SECOND)
#define LEFT_OVER_MAX 1024

FlowsWindowIndex *
flows_window_index_new(void)
{
    FlowsWindowIndex *index = g_new0(FlowsWindowIndex, 1);
    index->rungs = g_ptr_array_new_with_free_func(g_free);
    index->inits = g_ptr_array_new_with_free_func((GDestroyNotify)flows_window_index_free_init);
    index->entries = g_array_new(FALSE, FALSE, sizeof(FlowsWindowIndexEntry));
    index->next_number = 1;
    index->next_init = 1;
    return index;
}

void
flows_window_index_free_init(FlowsWindowIndexInit *init)
{
    g_free(init->codecs);
    g_free(init);
}

void
flows_window_index_free(FlowsWindowIndex *index)
{
    g_ptr_array_unref(index->rungs);
    g_ptr_array_unref(index->inits);
    g_array_unref(index->entries);
    g_free(index);
}

static guint
count_kin(const FlowsWindowIndex *index, gboolean extra)
{
    guint count = 0;
    for (guint i = 0; i < index->rungs->len; i++)
        count += child_live_track_is_extra(index->rungs->pdata[i]) == extra;
    return count;
}

static gboolean
is_in_use(const FlowsWindowIndex *index, guint rung)
{
    for (guint i = 0; i < index->inits->len; i++)
        if (((const FlowsWindowIndexInit *)index->inits->pdata[i])->rung == rung)
            return TRUE;
    return flows_window_index_has_any(index, rung);
}

/* The place of an extra of which nothing is left. Returns: −1: there is none. */
static int
reuse_place(FlowsWindowIndex *index, const char *extra)
{
    for (guint i = 0; i < index->rungs->len; i++) {
        if (!child_live_track_is_extra(index->rungs->pdata[i]) || is_in_use(index, i))
            continue;
        g_free(index->rungs->pdata[i]);
        index->rungs->pdata[i] = g_strdup(extra);
        index->renamed = TRUE;
        return (int)i;
    }
    return -1;
}

gboolean
flows_window_index_has_any(const FlowsWindowIndex *index, guint rung)
{
    for (guint i = flows_window_index_get_count(index); i > 0; i--)
        if (flows_window_index_get(index, i - 1)->parts[rung].bytes > 0)
            return TRUE;
    return FALSE;
}

int
flows_window_index_find_rung(FlowsWindowIndex *index, const char *rung, gboolean add)
{
    gboolean extra = child_live_track_is_extra(rung);
    guint most = FLOWS_WINDOW_INDEX_RUNGS_MAX - FLOWS_WINDOW_INDEX_EXTRAS_MAX;
    for (guint i = 0; i < index->rungs->len; i++) {
        if (strcmp(index->rungs->pdata[i], rung) == 0)
            return (int)i;
    }
    if (add && extra && count_kin(index, TRUE) >= FLOWS_WINDOW_INDEX_EXTRAS_MAX)
        return reuse_place(index, rung);
    if (!add || (!extra && count_kin(index, FALSE) >= most))
        return -1;
    g_ptr_array_add(index->rungs, g_strdup(rung));
    return (int)index->rungs->len - 1;
}

gboolean
flows_window_index_add_init(FlowsWindowIndex *index, const FlowsWindowIndexInit *init)
{
    if (init->init < index->next_init || init->rung >= index->rungs->len)
        return FALSE;
    FlowsWindowIndexInit *copy = g_memdup2(init, sizeof *init);
    copy->codecs = g_strdup(init->codecs);
    g_ptr_array_add(index->inits, copy);
    index->next_init = (guint64)init->init + 1;
    index->bytes += init->bytes;
    return TRUE;
}

const FlowsWindowIndexInit *
flows_window_index_find_init(FlowsWindowIndex *index, guint rung, guint32 init)
{
    for (guint i = 0; i < index->inits->len; i++) {
        const FlowsWindowIndexInit *there = index->inits->pdata[i];
        if (there->init == init && there->rung == rung)
            return there;
    }
    return NULL;
}

static guint64
count_bytes(const FlowsWindowIndexEntry *entry)
{
    guint64 bytes = 0;
    for (guint i = 0; i < FLOWS_WINDOW_INDEX_RUNGS_MAX; i++)
        bytes += entry->parts[i].bytes;
    return bytes;
}

gboolean
flows_window_index_push(FlowsWindowIndex *index, const FlowsWindowIndexEntry *entry)
{
    gboolean follows = entry->number == index->next_number && entry->time == index->next_time;
    gboolean later = entry->number >= index->next_number && entry->time >= index->next_time;
    if (!(index->loose ? later : follows) || entry->duration == 0 ||
        entry->discontinuities < index->discontinuities)
        return FALSE;
    guint count = flows_window_index_get_count(index);
    if (count > 0 && entry->wall_ms < flows_window_index_get(index, count - 1)->wall_ms)
        index->even = entry->number;
    g_array_append_val(index->entries, *entry);
    index->next_number = entry->number + 1;
    index->next_time = entry->time + entry->duration;
    index->discontinuities = entry->discontinuities;
    index->bytes += count_bytes(entry);
    return TRUE;
}

guint
flows_window_index_get_count(const FlowsWindowIndex *index)
{
    return index->entries->len - index->first;
}

const FlowsWindowIndexEntry *
flows_window_index_get(const FlowsWindowIndex *index, guint place)
{
    return &g_array_index(index->entries, FlowsWindowIndexEntry, index->first + place);
}

const FlowsWindowIndexEntry *
flows_window_index_find(const FlowsWindowIndex *index, guint64 number)
{
    guint count = flows_window_index_get_count(index);
    guint64 oldest = count > 0 ? flows_window_index_get(index, 0)->number : 0;
    if (count == 0 || number < oldest || number - oldest >= count)
        return NULL;
    return flows_window_index_get(index, (guint)(number - oldest));
}

void
flows_window_index_drop(FlowsWindowIndex *index)
{
    index->bytes -= count_bytes(flows_window_index_get(index, 0));
    index->first++;
    if (index->first > LEFT_OVER_MAX && index->first > index->entries->len / 2) {
        g_array_remove_range(index->entries, 0, index->first);
        index->first = 0;
    }
}

/* Whether a newer init file of the same rung came before the oldest entry: then nothing will ever
 * need @init again. */
static gboolean
is_needed(const FlowsWindowIndex *index, const FlowsWindowIndexInit *init)
{
    guint count = flows_window_index_get_count(index);
    gboolean newest = TRUE;
    for (guint i = 0; i < index->inits->len; i++) {
        const FlowsWindowIndexInit *other = index->inits->pdata[i];
        newest = newest && (other->rung != init->rung || other->init <= init->init);
    }
    for (guint i = 0; i < count && !newest; i++) {
        const FlowsWindowIndexPart *part = &flows_window_index_get(index, i)->parts[init->rung];
        if (part->bytes > 0 && part->init >= init->init)
            return part->init == init->init;
    }
    return newest;
}

FlowsWindowIndexInit *
flows_window_index_take_idle_init(FlowsWindowIndex *index)
{
    for (guint i = 0; i < index->inits->len; i++) {
        FlowsWindowIndexInit *init = index->inits->pdata[i];
        if (is_needed(index, init))
            continue;
        index->bytes -= init->bytes;
        return g_ptr_array_steal_index(index->inits, i);
    }
    return NULL;
}

guint
flows_window_index_count_excess(const FlowsWindowIndex *index, gint64 hours, gint64 bytes)
{
    guint count = flows_window_index_get_count(index);
    guint64 most = (guint64)hours * HOUR + FLOWS_WINDOW_INDEX_GRACE_S * SECOND;
    guint64 left = index->bytes;
    guint excess = 0;
    while (excess + 1 < count) {
        const FlowsWindowIndexEntry *entry = flows_window_index_get(index, excess);
        if (left <= (guint64)bytes && index->next_time - (entry->time + entry->duration) <= most)
            break;
        left -= count_bytes(entry);
        excess++;
    }
    return excess;
}

guint
flows_window_index_find_shown(const FlowsWindowIndex *index)
{
    guint count = flows_window_index_get_count(index);
    guint place = 0;
    if (count == 0 || flows_window_index_get(index, 0)->number <= 1)
        return 0;
    // What a player was told a minute ago is still there; but a small window is shown whole.
    guint64 from = flows_window_index_get(index, 0)->time + FLOWS_WINDOW_INDEX_GRACE_S * SECOND;
    if (index->next_time < from + FLOWS_WINDOW_INDEX_GRACE_S * SECOND)
        return 0;
    while (place + 1 < count && flows_window_index_get(index, place)->time < from)
        place++;
    return place;
}

GArray *
flows_window_index_copy_rung(const FlowsWindowIndex *index, guint rung, guint from)
{
    guint count = flows_window_index_get_count(index);
    GArray *segments = g_array_sized_new(FALSE, FALSE, sizeof(PackageLivePlaylistSegment),
                                         count > from ? count - from : 0);
    for (guint i = from; i < count; i++) {
        const FlowsWindowIndexEntry *entry = flows_window_index_get(index, i);
        const FlowsWindowIndexPart *part = &entry->parts[rung];
        PackageLivePlaylistSegment segment = {
            entry->number,          entry->time, entry->duration, entry->wall_ms,
            entry->discontinuities, part->bytes, part->init,
        };
        g_array_append_val(segments, segment);
    }
    return segments;
}
