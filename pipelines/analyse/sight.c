// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Lists of sights, the same ones only once.
#include "pipelines/analyse/sight.h"

#include "pipelines/analyse/change.h"

#define SAME_STEP 1

AnalyseSight *
analyse_sight_new(gint64 time_us, gint64 length_us, gboolean key, AnalyseCells *cells)
{
    AnalyseSight *sight = g_new0(AnalyseSight, 1);
    sight->time_us = time_us;
    sight->length_us = length_us;
    sight->end_us = time_us + length_us;
    sight->key = key;
    sight->cells = cells;
    return sight;
}

void
analyse_sight_free(AnalyseSight *sight)
{
    if (sight == NULL)
        return;
    analyse_cells_free(sight->cells);
    g_free(sight);
}

static void
free_sight(gpointer data)
{
    analyse_sight_free(data);
}

GPtrArray *
analyse_sight_new_list(void)
{
    return g_ptr_array_new_with_free_func(free_sight);
}

void
analyse_sight_add(GPtrArray *list, AnalyseSight *sight)
{
    AnalyseSight *last = list->len > 0 ? list->pdata[list->len - 1] : NULL;
    if (last == NULL || analyse_change_mark(last->cells, sight->cells, SAME_STEP, NULL, NULL) > 0) {
        g_ptr_array_add(list, sight);
        return;
    }
    last->end_us = MAX(last->end_us, sight->end_us);
    analyse_sight_free(sight);
}
