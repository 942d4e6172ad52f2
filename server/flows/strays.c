// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Nobody waits for it: what stays this time goes the next.
#include "server/flows/strays.h"

#include "catalog/ids.h"
#include "server/flows/window_files.h"

typedef struct {
    char *folder;   // (owned)
    GPtrArray *ids; // (owned) (element-type utf8)
} Sweep;

static void
free_sweep(gpointer data)
{
    Sweep *sweep = data;
    g_free(sweep->folder);
    g_ptr_array_unref(sweep->ids);
    g_free(sweep);
}

static gboolean
remove_strays(gpointer data, GError **error)
{
    Sweep *sweep = data;
    g_autoptr(GDir) dir = g_dir_open(sweep->folder, 0, NULL);
    const char *name = NULL;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(sweep->folder, name, NULL);
        if (catalog_ids_is_valid(name) &&
            !g_ptr_array_find_with_equal_func(sweep->ids, name, g_str_equal, NULL))
            flows_window_files_remove(path);
    }
    return TRUE;
}

void
flows_strays_remove_async(FlowsReceiveWorker *worker, char *folder, GPtrArray *ids)
{
    Sweep *sweep = g_new0(Sweep, 1);
    sweep->folder = folder;
    sweep->ids = ids;
    flows_receive_worker_run_async(worker, remove_strays, sweep, free_sweep, NULL, NULL);
}
