// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A segment is half a second long at the least, and each may have begun with new init files.
#include "server/flows/window_leap.h"

#include <string.h>

#include "server/flows/window_files.h"
#include "server/flows/window_journal.h"

#define SEGMENT_LEAST_MS 500
#define MARGIN 10000 // for a clock that was set
#define UNKNOWN_MS (G_GINT64_CONSTANT(366) * 24 * 3600 * 1000)
#define INIT_MOST (G_MAXUINT32 / 2)

/* How long ago the newest segment was on the air. */
static gint64
measure_age(const FlowsWindowIndex *index, gint64 now_ms)
{
    guint count = flows_window_index_get_count(index);
    if (count == 0)
        return UNKNOWN_MS;
    return MAX(now_ms - flows_window_index_get(index, count - 1)->wall_ms, 0);
}

gboolean
flows_window_leap(const char *folder, gint64 now_ms, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    guint damaged = 0;
    if (!flows_window_files_read(folder, &text, &length, error))
        return FALSE;
    if (length == 0)
        return TRUE;
    g_autoptr(FlowsWindowIndex) index = flows_window_journal_parse(text, length, &damaged);
    gint64 age_ms = measure_age(index, now_ms);
    guint64 numbers = (guint64)(age_ms / SEGMENT_LEAST_MS) + MARGIN;
    while (flows_window_index_get_count(index) > 0)
        flows_window_index_drop(index);
    g_ptr_array_set_size(index->inits, 0);
    index->next_number += numbers;
    index->next_time += (guint64)age_ms * 90 + numbers * 90;
    index->next_init = MIN(index->next_init + numbers, INIT_MOST);
    index->discontinuities++;
    g_autofree char *line = flows_window_journal_format_next(index);
    return flows_window_files_replace(folder, line, strlen(line), error);
}
