// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The start after whatever happened. Which bytes of a .part file are true:
//   killed, same boot   all of them, the kernel kept them; they are synced now and counted
//   other boot          those that the row names: only they were synced before they were named
//   marked unverified   those that the row names: nobody can verify half a checked chunk
// Then, once the main context runs, what is whole is closed.
#include "server/flows/receive_recover.h"

#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/uploads.h"
#include "server/flows/receive_context.h"
#include "server/flows/receive_file.h"
#include "server/flows/receive_finish.h"

#include <string.h>
#include <unistd.h>

#define BOOT_NAME "boot-id"
#define PART_SUFFIX ".part"

typedef struct {
    FlowsReceive *receive; // (unowned)
    char *folder;          // (owned): of the .part files
    gboolean same_boot;    // the kernel has not been started since the last run
} Recovery;

static char *
read_boot_id(void)
{
    char *text = NULL;
    if (!g_file_get_contents("/proc/sys/kernel/random/boot_id", &text, NULL, NULL))
        return g_strdup("unknown");
    return g_strstrip(text);
}

static gboolean
is_same_boot(const char *path, const char *boot_id)
{
    g_autofree char *last = NULL;
    return g_file_get_contents(path, &last, NULL, NULL) && g_str_equal(g_strstrip(last), boot_id) &&
           !g_str_equal(boot_id, "unknown");
}

/* The upload that a name in the folder belongs to: "<id>.part" or "<id>.part.unverified". */
static char *
parse_name(const char *name)
{
    const char *dot = strchr(name, '.');
    if (dot == NULL || !g_str_has_prefix(dot, PART_SUFFIX))
        return NULL;
    g_autofree char *id = g_strndup(name, (gsize)(dot - name));
    return catalog_ids_is_valid(id) ? g_steal_pointer(&id) : NULL;
}

/* Makes the first @bytes durable. The rest is cut off only where it is not to be trusted: an import
 * beside us may be writing at this moment. */
static gboolean
make_durable(const char *path, gint64 bytes, gboolean trusted, GError **error)
{
    if (trusted)
        return flows_receive_file_sync_path(path, error);
    int descriptor = flows_receive_file_open(path, bytes, error);
    if (descriptor < 0)
        return FALSE;
    gboolean synced = flows_receive_file_sync(descriptor, error);
    close(descriptor);
    return synced;
}

static gint64
find_true_bytes(const CatalogUpload *upload, gint64 size_bytes, gboolean trusted)
{
    gint64 true_bytes = trusted ? size_bytes : MIN(size_bytes, upload->offset_bytes);
    return upload->length_bytes >= 0 ? MIN(true_bytes, upload->length_bytes) : true_bytes;
}

static gboolean
recover_upload(Recovery *recovery, CatalogDatabase *database, const CatalogUpload *upload,
               GError **error)
{
    FlowsReceive *receive = recovery->receive;
    g_autofree char *part = flows_receive_context_build_part_path(receive, upload->id);
    g_autofree char *mark = flows_receive_context_build_mark_path(receive, upload->id);
    gint64 size_bytes = flows_receive_file_measure(part);
    if (upload->kind == CATALOG_UPLOAD_KIND_FINAL || size_bytes < 0)
        return flows_receive_file_remove(mark, error);
    gboolean trusted = recovery->same_boot && flows_receive_file_measure(mark) < 0;
    gint64 true_bytes = find_true_bytes(upload, size_bytes, trusted);
    gint64 now_ms = server_clock_now_ms(receive->setup.clock);
    if (!make_durable(part, true_bytes, trusted, error) || !flows_receive_file_remove(mark, error))
        return FALSE;
    return true_bytes == upload->offset_bytes ||
           catalog_uploads_set_offset(database, upload->id, true_bytes, now_ms + receive->life_ms,
                                      now_ms, error);
}

/* One file of the folder: of a living upload, or to be swept. */
static gboolean
recover_file(Recovery *recovery, CatalogDatabase *database, const char *name, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autofree char *path = g_build_filename(recovery->folder, name, NULL);
    g_autofree char *id = parse_name(name);
    if (id == NULL)
        return TRUE; // not ours to remove
    g_autoptr(CatalogUpload) upload = catalog_uploads_get(database, id, &problem);
    if (upload == NULL && !g_error_matches(problem, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    if (upload == NULL || upload->state != CATALOG_UPLOAD_STATE_RECEIVING)
        return flows_receive_file_remove(path, error);
    return !g_str_has_suffix(name, PART_SUFFIX) ||
           recover_upload(recovery, database, upload, error);
}

/* One transaction for all of them: a start after a crash is quick. */
static gboolean
recover_files(CatalogDatabase *database, gpointer data, GError **error)
{
    Recovery *recovery = data;
    g_autoptr(GDir) folder = g_dir_open(recovery->folder, 0, error);
    if (folder == NULL)
        return FALSE;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name = NULL;
    while ((name = g_dir_read_name(folder)) != NULL)
        g_ptr_array_add(names, g_strdup(name));
    for (guint i = 0; i < names->len; i++) {
        if (!recover_file(recovery, database, g_ptr_array_index(names, i), error))
            return FALSE;
    }
    return TRUE;
}

gboolean
flows_receive_recover(FlowsReceive *receive, GError **error)
{
    ServerStorage *storage = receive->setup.storage;
    g_autofree char *catalog = server_storage_build_catalog_path(storage);
    g_autofree char *folder = server_storage_build_uploads_path(storage);
    g_autofree char *boot_path = g_build_filename(folder, BOOT_NAME, NULL);
    g_autofree char *boot_id = read_boot_id();
    Recovery recovery = {receive, folder, is_same_boot(boot_path, boot_id)};
    g_autoptr(CatalogDatabase) database = catalog_database_open(catalog, error);
    return database != NULL &&
           catalog_database_run_write(database, recover_files, &recovery, error) &&
           g_file_set_contents_full(boot_path, boot_id, -1,
                                    G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                    0600, error);
}

typedef struct {
    FlowsReceive *receive; // (unowned)
    GPtrArray *open;       // (owned) (nullable) (element-type CatalogUpload)
} Search;

static void
free_search(gpointer data)
{
    Search *search = data;
    g_clear_pointer(&search->open, g_ptr_array_unref);
    g_free(search);
}

/* Catalogue thread. */
static gboolean
find_open(CatalogDatabase *database, gpointer data, GError **error)
{
    Search *search = data;
    search->open = catalog_uploads_list_whole(database, error);
    return search->open != NULL;
}

static void
on_finish_done(GObject *source, GAsyncResult *result, gpointer data)
{
    FlowsReceive *receive = data;
    g_autoptr(FlowsReceiveStatus) status = flows_receive_finish_run_finish(result);
    receive->background--;
    if (status->outcome == FLOWS_RECEIVE_DONE)
        g_debug("upload %s was whole and is closed now", status->upload->id);
}

typedef struct {
    FlowsReceive *receive; // (unowned)
    CatalogUpload *upload; // (owned) (nullable)
} Closing;

static void
on_lease_taken(GObject *source, GAsyncResult *result, gpointer data)
{
    Closing *closing = data;
    FlowsReceiveLease *lease = flows_receive_lease_take_finish(result, NULL);
    if (lease != NULL)
        flows_receive_finish_run_async(closing->receive, lease, g_steal_pointer(&closing->upload),
                                       NULL, on_finish_done, closing->receive);
    else
        closing->receive->background--;
    g_clear_pointer(&closing->upload, catalog_upload_free);
    g_free(closing);
}

static void
on_threads_found(GObject *source, GAsyncResult *result, gpointer data)
{
    Search *search = data;
    g_autoptr(GError) error = NULL;
    search->receive->background--;
    if (!catalog_threads_finish(result, &error)) {
        g_warning("looking for whole uploads: %s", error->message);
        return;
    }
    for (guint i = 0; i < search->open->len; i++) {
        const CatalogUpload *upload = g_ptr_array_index(search->open, i);
        Closing *closing = g_new0(Closing, 1);
        search->receive->background++;
        closing->receive = search->receive;
        closing->upload = catalog_upload_copy(upload);
        flows_receive_lease_take_async(search->receive->leases, upload->id, FALSE, on_lease_taken,
                                       closing);
    }
}

void
flows_receive_recover_close_whole(FlowsReceive *receive)
{
    Search *search = g_new0(Search, 1);
    search->receive = receive;
    receive->background++;
    catalog_threads_read_async(receive->setup.catalog, find_open, search, free_search, NULL,
                               on_threads_found);
}
