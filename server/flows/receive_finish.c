// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// In execution order:
//   run -> put_on_disk (assemble, measure, hash, sync, rename) -> record_whole (one transaction)
//       -> wake the encoder, tell the viewers, remove the parts, release the lease.
// A crash before the rename leaves a whole .part, after it an original with a RECEIVING row;
// recovery runs this again from the top in both cases.
#include "server/flows/receive_finish.h"

#include "catalog/jobs.h"
#include "catalog/lessons.h"
#include "catalog/uploads.h"
#include "server/flows/receive_context.h"
#include "server/flows/receive_file.h"

#include <fcntl.h>
#include <unistd.h>

typedef struct {
    FlowsReceive *receive;      // (unowned)
    GTask *task;                // (owned)
    FlowsReceiveLease *lease;   // (owned) (nullable)
    CatalogUpload *upload;      // (owned)
    FlowsReceiveDigest *digest; // (owned) (nullable) (closer thread)
    char *part_path;            // (owned)
    char *mark_path;            // (owned)
    char *original_path;        // (owned)
    GPtrArray *sources;         // (owned) (element-type filename): a FINAL's parts, in order
} Finish;

static void
clear_finish(Finish *finish)
{
    g_object_unref(finish->task);
    g_clear_pointer(&finish->lease, flows_receive_lease_release);
    catalog_upload_free(finish->upload);
    g_clear_pointer(&finish->digest, flows_receive_digest_free);
    g_free(finish->part_path);
    g_free(finish->mark_path);
    g_free(finish->original_path);
    g_ptr_array_unref(finish->sources);
}

static void
unref_finish(gpointer finish)
{
    g_atomic_rc_box_release_full(finish, (GDestroyNotify)clear_finish);
}

/* Copies the parts one behind the other; begins anew whatever a crash left. */
static gboolean
assemble_parts(Finish *finish, GError **error)
{
    if (!flows_receive_file_remove(finish->part_path, error))
        return FALSE;
    int descriptor = flows_receive_file_open(finish->part_path, 0, error);
    gboolean copied = descriptor >= 0;
    for (guint i = 0; copied && i < finish->sources->len; i++)
        copied = flows_receive_file_append_copy(descriptor, g_ptr_array_index(finish->sources, i),
                                                error);
    if (descriptor >= 0)
        close(descriptor);
    return copied;
}

/* Returns: (transfer none) (nullable): where the whole bytes are. */
static const char *
find_whole(Finish *finish)
{
    gint64 length_bytes = finish->upload->length_bytes;
    if (flows_receive_file_measure(finish->part_path) == length_bytes)
        return finish->part_path;
    if (flows_receive_file_measure(finish->original_path) == length_bytes)
        return finish->original_path;
    return NULL;
}

static gboolean
complete_digest(Finish *finish, const char *path, GError **error)
{
    if (finish->digest != NULL &&
        flows_receive_digest_get_bytes(finish->digest) == finish->upload->length_bytes)
        return TRUE;
    g_clear_pointer(&finish->digest, flows_receive_digest_free);
    finish->digest = flows_receive_digest_new(FLOWS_RECEIVE_DIGEST_SHA256);
    return flows_receive_file_digest(path, finish->digest, error);
}

/* Closer thread. */
static gboolean
put_on_disk(gpointer data, GError **error)
{
    Finish *finish = data;
    gboolean assembled = find_whole(finish) == finish->original_path;
    if (finish->upload->kind == CATALOG_UPLOAD_KIND_FINAL && !assembled &&
        !assemble_parts(finish, error))
        return FALSE;
    if (finish->upload->length_bytes == 0 && find_whole(finish) == NULL &&
        !flows_receive_file_create(finish->part_path, error))
        return FALSE;
    const char *path = find_whole(finish);
    if (path == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                    "%s does not hold the %" G_GINT64_FORMAT " bytes that were received",
                    finish->part_path, finish->upload->length_bytes);
        return FALSE;
    }
    return complete_digest(finish, path, error) && flows_receive_file_sync_path(path, error) &&
           flows_receive_file_move(finish->part_path, finish->original_path, error) &&
           flows_receive_file_remove(finish->mark_path, error);
}

/* Catalogue thread, one transaction. Somebody else (a server beside an import) may have come first.
 */
static gboolean
record_whole(CatalogDatabase *database, gpointer data, GError **error)
{
    Finish *finish = data;
    CatalogUpload *upload = finish->upload;
    gint64 now_ms = server_clock_now_ms(finish->receive->setup.clock);
    CatalogAuditStamp by = {upload->owner_id, now_ms};
    g_autofree char *sha256 = flows_receive_digest_to_hex(finish->digest);
    g_autoptr(CatalogUpload) row = catalog_uploads_get(database, upload->id, error);
    if (row == NULL)
        return FALSE;
    if (row->state == CATALOG_UPLOAD_STATE_FINISHED)
        return TRUE;
    if (!catalog_uploads_set_offset(database, upload->id, upload->length_bytes, row->expires_ms,
                                    now_ms, error) ||
        !catalog_uploads_finish(database, upload->id, sha256, now_ms, error))
        return FALSE;
    for (guint i = 0; upload->parts[i] != NULL; i++) {
        if (!catalog_uploads_close(database, upload->parts[i], CATALOG_UPLOAD_STATE_TERMINATED, &by,
                                   error))
            return FALSE;
    }
    g_autofree char *job = NULL;
    if (catalog_lessons_set_original(database, upload->lesson_id, upload->length_bytes, sha256,
                                     now_ms, error) &&
        catalog_lessons_set_state(database, upload->lesson_id, CATALOG_LESSON_STATE_QUEUED, &by,
                                  error))
        job = catalog_jobs_enqueue(database, CATALOG_JOB_KIND_ENCODE, upload->lesson_id, 0, &by,
                                   error);
    return job != NULL;
}

/* Writer thread of receiving; what cannot be removed now is swept at the next start. */
static gboolean
remove_parts(gpointer data, GError **error)
{
    GPtrArray *paths = data;
    for (guint i = 0; i < paths->len; i++)
        flows_receive_file_remove(g_ptr_array_index(paths, i), NULL);
    return TRUE;
}

static void
return_status(Finish *finish, FlowsReceiveOutcome outcome)
{
    FlowsReceiveStatus *status = flows_receive_status_new(outcome);
    status->upload = catalog_upload_copy(finish->upload);
    g_clear_pointer(&finish->lease, flows_receive_lease_release);
    g_task_return_pointer(finish->task, status, (GDestroyNotify)flows_receive_status_free);
}

static void
on_threads_recorded(GObject *source, GAsyncResult *result, gpointer data)
{
    Finish *finish = data;
    FlowsReceive *receive = finish->receive;
    g_autoptr(GError) error = NULL;
    if (!catalog_threads_finish(result, &error)) {
        return_status(finish, flows_receive_status_from_error(error, finish->upload->id));
        return;
    }
    finish->upload->state = CATALOG_UPLOAD_STATE_FINISHED;
    finish->upload->offset_bytes = finish->upload->length_bytes;
    if (receive->setup.wake != NULL)
        receive->setup.wake(receive->setup.wake_data);
    flows_receive_context_publish(receive, finish->upload, TRUE);
    if (finish->sources->len > 0)
        flows_receive_worker_run_async(receive->writer, remove_parts,
                                       g_ptr_array_ref(finish->sources),
                                       (GDestroyNotify)g_ptr_array_unref, NULL, NULL);
    return_status(finish, FLOWS_RECEIVE_DONE);
}

static void
on_closer_done(GObject *source, GAsyncResult *result, gpointer data)
{
    Finish *finish = data;
    g_autoptr(GError) error = NULL;
    if (!flows_receive_worker_run_finish(result, &error)) {
        return_status(finish, flows_receive_status_from_error(error, finish->upload->id));
        return;
    }
    catalog_threads_write_async(finish->receive->setup.catalog, record_whole,
                                g_atomic_rc_box_acquire(finish), unref_finish, NULL,
                                on_threads_recorded);
}

void
flows_receive_finish_run_async(FlowsReceive *receive, FlowsReceiveLease *lease,
                               CatalogUpload *upload, FlowsReceiveDigest *digest,
                               GAsyncReadyCallback callback, gpointer user_data)
{
    flows_receive_lease_close(lease);
    Finish *finish = g_atomic_rc_box_new0(Finish);
    finish->receive = receive;
    finish->task = g_task_new(NULL, NULL, callback, user_data);
    finish->lease = lease;
    finish->upload = upload;
    finish->digest = digest;
    finish->part_path = flows_receive_context_build_part_path(receive, upload->id);
    finish->mark_path = flows_receive_context_build_mark_path(receive, upload->id);
    finish->original_path =
        server_storage_build_original_path(receive->setup.storage, upload->lesson_id);
    finish->sources = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; upload->parts[i] != NULL; i++)
        g_ptr_array_add(finish->sources,
                        flows_receive_context_build_part_path(receive, upload->parts[i]));
    flows_receive_worker_run_async(receive->closer, put_on_disk, finish, unref_finish,
                                   on_closer_done, finish);
}

FlowsReceiveStatus *
flows_receive_finish_run_finish(GAsyncResult *result)
{
    return g_task_propagate_pointer(G_TASK(result), NULL);
}

void
flows_receive_finish_return(GObject *source, GAsyncResult *result, gpointer task)
{
    g_task_return_pointer(task, flows_receive_finish_run_finish(result),
                          (GDestroyNotify)flows_receive_status_free);
    g_object_unref(task);
}
