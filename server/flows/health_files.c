// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A slot is written in its place; one that a crash tore has a wrong checksum and counts as empty,
// so nothing is synced.
#include "server/flows/health_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "catalog/ids.h"

#define FILES_MAX 4096
#define FILE_BYTES                                                                                 \
    ((gsize)FLOWS_HEALTH_HISTORY_SLOT_BYTES *                                                      \
     (FLOWS_HEALTH_HISTORY_MINUTES + FLOWS_HEALTH_HISTORY_HOURS + 1))

void
flows_health_files_free_slot(gpointer data)
{
    FlowsHealthFilesSlot *slot = data;
    g_free(slot->id);
    g_free(slot);
}

FlowsHealthFilesLoad *
flows_health_files_new_load(ServerStorage *storage)
{
    FlowsHealthFilesLoad *load = g_new0(FlowsHealthFilesLoad, 1);
    load->storage = storage;
    load->found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify)flows_health_history_free);
    return load;
}

void
flows_health_files_free_load(gpointer data)
{
    FlowsHealthFilesLoad *load = data;
    g_hash_table_unref(load->found);
    g_free(load);
}

static FlowsHealthHistory *
read_file(const char *path)
{
    g_autofree guint8 *bytes = g_malloc(FILE_BYTES);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    gsize length = 0;
    gssize got = 1;
    while (descriptor >= 0 && length < FILE_BYTES && got > 0) {
        got = read(descriptor, bytes + length, FILE_BYTES - length);
        length += got > 0 ? (gsize)got : 0;
    }
    if (descriptor >= 0)
        close(descriptor);
    return flows_health_history_parse(bytes, length);
}

gboolean
flows_health_files_load(gpointer data, GError **error)
{
    FlowsHealthFilesLoad *load = data;
    g_autofree char *folder = server_storage_build_health_folder_path(load->storage);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
    const char *name = NULL;
    if (dir == NULL)
        return FALSE;
    while ((name = g_dir_read_name(dir)) != NULL && g_hash_table_size(load->found) < FILES_MAX) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        FlowsHealthHistory *history = catalog_ids_is_valid(name) ? read_file(path) : NULL;
        if (history != NULL)
            g_hash_table_insert(load->found, g_strdup(name), history);
    }
    return TRUE;
}

FlowsHealthFilesSave *
flows_health_files_new_save(ServerStorage *storage)
{
    FlowsHealthFilesSave *save = g_new0(FlowsHealthFilesSave, 1);
    save->storage = storage;
    save->slots = g_ptr_array_new_with_free_func(flows_health_files_free_slot);
    save->gone = g_ptr_array_new_with_free_func(g_free);
    return save;
}

void
flows_health_files_free_save(gpointer data)
{
    FlowsHealthFilesSave *save = data;
    g_ptr_array_unref(save->slots);
    g_ptr_array_unref(save->gone);
    g_free(save);
}

static gboolean
write_slot(int descriptor, const FlowsHealthHistorySlot *slot)
{
    return pwrite(descriptor, slot->bytes, sizeof slot->bytes, slot->offset) ==
           (gssize)sizeof slot->bytes;
}

/* A file of nothing, or of something else, begins anew. */
static gboolean
write_head(int descriptor, FlowsHealthKind kind)
{
    const FlowsHealthHistorySlot head = flows_health_history_make_head(kind);
    guint8 bytes[FLOWS_HEALTH_HISTORY_SLOT_BYTES] = {0};
    if (pread(descriptor, bytes, sizeof bytes, 0) == (gssize)sizeof bytes &&
        memcmp(bytes, head.bytes, sizeof bytes) == 0)
        return TRUE;
    return ftruncate(descriptor, 0) == 0 && write_slot(descriptor, &head);
}

static gboolean
save_slot(ServerStorage *storage, const FlowsHealthFilesSlot *slot, GError **error)
{
    g_autofree char *path = server_storage_build_health_path(storage, slot->id);
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    gboolean good = descriptor >= 0 && write_head(descriptor, slot->kind) &&
                    write_slot(descriptor, &slot->slot);
    int code = errno;
    if (descriptor >= 0)
        close(descriptor);
    if (!good)
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "%s: %s", path,
                    g_strerror(code));
    return good;
}

gboolean
flows_health_files_save(gpointer data, GError **error)
{
    FlowsHealthFilesSave *save = data;
    for (guint i = 0; i < save->gone->len; i++) {
        g_autofree char *path =
            server_storage_build_health_path(save->storage, save->gone->pdata[i]);
        g_unlink(path);
    }
    for (guint i = 0; i < save->slots->len; i++)
        if (!save_slot(save->storage, save->slots->pdata[i], error))
            return FALSE;
    return TRUE;
}
