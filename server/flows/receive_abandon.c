// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// flock on <data>/import.lock; the kernel lets go of it when a process dies.
#include "server/flows/receive_abandon.h"

#include "catalog/uploads.h"
#include "server/flows/receive_context.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <glib/gstdio.h>

static int
open_lock(FlowsReceive *receive, GError **error)
{
    g_autofree char *path = server_storage_build_import_lock_path(receive->setup.storage);
    int descriptor = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s: %s", path,
                    g_strerror(errno));
    return descriptor;
}

gboolean
flows_receive_abandon_dead(FlowsReceive *receive, CatalogDatabase *database, GError **error)
{
    int descriptor = open_lock(receive, error);
    if (descriptor < 0)
        return FALSE;
    // Held while the rows are looked at: an import that begins later makes its rows after us.
    gboolean alone = flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    gint64 now_ms = server_clock_now_ms(receive->setup.clock);
    gboolean done = !alone || catalog_uploads_abandon_imports(database, now_ms, error);
    close(descriptor);
    return done;
}

static gboolean
abandon(CatalogDatabase *database, gpointer data, GError **error)
{
    return flows_receive_abandon_dead(data, database, error);
}

int
flows_receive_abandon_hold(FlowsReceive *receive, GError **error)
{
    g_autofree char *catalog = server_storage_build_catalog_path(receive->setup.storage);
    g_autoptr(CatalogDatabase) database = catalog_database_open(catalog, error);
    if (database == NULL || !catalog_database_run_write(database, abandon, receive, error))
        return -1;
    int descriptor = open_lock(receive, error);
    if (descriptor >= 0 && flock(descriptor, LOCK_SH) != 0) {
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "import lock: %s",
                    g_strerror(errno));
        close(descriptor);
        return -1;
    }
    return descriptor;
}
