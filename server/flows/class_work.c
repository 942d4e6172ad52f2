// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One call each.
#include "server/flows/class_work.h"

#include "catalog/classes.h"

#define KEEP_WINDOW_MS (G_GINT64_CONSTANT(6) * 3600 * 1000) // of a class that is over

void
flows_class_work_free(gpointer data)
{
    FlowsClassWork *work = data;
    g_clear_pointer(&work->rows, g_ptr_array_unref);
    g_free(work->id);
    g_free(work->booking);
    g_free(work);
}

gboolean
flows_class_work_read(CatalogDatabase *database, gpointer data, GError **error)
{
    FlowsClassWork *work = data;
    work->rows = catalog_classes_list(database, error);
    return work->rows != NULL;
}

gboolean
flows_class_work_move(CatalogDatabase *database, gpointer data, GError **error)
{
    FlowsClassWork *work = data;
    if (!(work->begin ? catalog_classes_begin(database, work->id, work->now_ms, error)
                      : catalog_classes_end(database, work->id, work->now_ms, error)))
        return FALSE;
    g_autoptr(CatalogClasses) row = catalog_classes_get(database, work->id, error);
    work->booking = row != NULL ? g_strdup(row->booking) : NULL;
    return row != NULL;
}

gboolean
flows_class_work_sweep(CatalogDatabase *database, gpointer data, GError **error)
{
    FlowsClassWork *work = data;
    return catalog_classes_drop_channels(database, work->now_ms - KEEP_WINDOW_MS, work->now_ms,
                                         &work->count, error);
}
