// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// In execution order: lease -> one transaction (upload over, lesson failed with a code) -> bytes
// removed. A crash in between leaves a file without a live row, which recovery sweeps. Typed texts
// stay with the lesson.
#include "server/flows/receive_terminate.h"

#include "catalog/lessons.h"
#include "catalog/uploads.h"
#include "server/flows/receive_abandon.h"
#include "server/flows/receive_context.h"
#include "server/flows/receive_file.h"

typedef struct {
    FlowsReceive *receive;      // (unowned)
    GTask *task;                // (owned) (nullable): NULL for an expiry
    FlowsReceiveLease *lease;   // (owned) (nullable)
    char *upload_id;            // (owned)
    char *account_id;           // (owned) (nullable)
    gboolean sees_all;          // of who asks
    FlowsReceiveStatus *status; // (owned) (nullable)
} Ending;

static void
clear_ending(Ending *ending)
{
    g_clear_object(&ending->task);
    g_clear_pointer(&ending->lease, flows_receive_lease_release);
    g_clear_pointer(&ending->status, flows_receive_status_free);
    g_free(ending->upload_id);
    g_free(ending->account_id);
}

static void
unref_ending(gpointer ending)
{
    g_atomic_rc_box_release_full(ending, (GDestroyNotify)clear_ending);
}

static void
return_ending(Ending *ending)
{
    g_clear_pointer(&ending->lease, flows_receive_lease_release);
    if (ending->task == NULL)
        ending->receive->background--;
    else
        g_task_return_pointer(ending->task, g_steal_pointer(&ending->status),
                              (GDestroyNotify)flows_receive_status_free);
}

static void
return_outcome(Ending *ending, const GError *error)
{
    g_clear_pointer(&ending->status, flows_receive_status_free);
    ending->status =
        flows_receive_status_new(flows_receive_status_from_error(error, ending->upload_id));
    return_ending(ending);
}

/* Whether this upload is to end now: asked for by its owner, or its time is up. */
static FlowsReceiveStatus *
judge_ending(Ending *ending, CatalogUpload *upload, gint64 now_ms)
{
    FlowsReceiveWho who = {ending->account_id, ending->sees_all || ending->task == NULL};
    gboolean over = upload->expires_ms <= now_ms;
    FlowsReceiveStatus *status = flows_receive_status_judge(upload, &who, now_ms);
    if (status->upload != NULL && upload->state == CATALOG_UPLOAD_STATE_FINISHED)
        status->outcome = FLOWS_RECEIVE_FINISHED;
    else if (status->upload != NULL && upload->state == CATALOG_UPLOAD_STATE_RECEIVING)
        status->outcome = ending->task != NULL || over ? FLOWS_RECEIVE_DONE : FLOWS_RECEIVE_LOCKED;
    return status;
}

static const char *
find_code(const Ending *ending, const CatalogUpload *upload)
{
    if (ending->task != NULL)
        return "upload-cancelled";
    return upload->owner_id != NULL ? "upload-expired" : "import-interrupted";
}

/* Catalogue thread, one transaction. */
static gboolean
record_ending(CatalogDatabase *database, gpointer data, GError **error)
{
    Ending *ending = data;
    gint64 now_ms = server_clock_now_ms(ending->receive->setup.clock);
    gboolean asked = ending->task != NULL;
    CatalogUpload *upload = catalog_uploads_get(database, ending->upload_id, error);
    if (upload == NULL)
        return FALSE;
    ending->status = judge_ending(ending, upload, now_ms);
    if (ending->status->outcome != FLOWS_RECEIVE_DONE)
        return TRUE;
    CatalogAuditStamp by = {ending->account_id, now_ms};
    CatalogUploadState state =
        asked ? CATALOG_UPLOAD_STATE_TERMINATED : CATALOG_UPLOAD_STATE_EXPIRED;
    if (!catalog_uploads_close(database, upload->id, state, &by, error))
        return FALSE;
    return upload->lesson_id == NULL ||
           catalog_lessons_fail(database, upload->lesson_id, find_code(ending, upload), &by, error);
}

/* Upload-writer thread. */
static gboolean
remove_bytes(gpointer data, GError **error)
{
    Ending *ending = data;
    g_autofree char *part =
        flows_receive_context_build_part_path(ending->receive, ending->upload_id);
    g_autofree char *mark =
        flows_receive_context_build_mark_path(ending->receive, ending->upload_id);
    if (!flows_receive_file_remove(part, error) || !flows_receive_file_remove(mark, error))
        return FALSE;
    const char *lesson_id = ending->status->upload->lesson_id;
    if (lesson_id == NULL)
        return TRUE;
    // A closing that got as far as the rename and no further.
    g_autofree char *original =
        server_storage_build_original_path(ending->receive->setup.storage, lesson_id);
    return flows_receive_file_remove(original, error);
}

static void
on_writer_done(GObject *source, GAsyncResult *result, gpointer data)
{
    Ending *ending = data;
    g_autoptr(GError) error = NULL;
    if (!flows_receive_worker_run_finish(result, &error)) {
        return_outcome(ending, error);
        return;
    }
    flows_receive_context_publish(ending->receive, ending->status->upload, TRUE);
    return_ending(ending);
}

static void
on_threads_recorded(GObject *source, GAsyncResult *result, gpointer data)
{
    Ending *ending = data;
    g_autoptr(GError) error = NULL;
    if (!catalog_threads_finish(result, &error)) {
        return_outcome(ending, error);
        return;
    }
    if (ending->status->outcome != FLOWS_RECEIVE_DONE) {
        return_ending(ending);
        return;
    }
    FlowsReceiveDigest *digest = flows_receive_lease_take_digest(ending->lease);
    flows_receive_digest_free(digest);
    flows_receive_worker_run_async(ending->receive->writer, remove_bytes,
                                   g_atomic_rc_box_acquire(ending), unref_ending, on_writer_done,
                                   ending);
}

static void
on_lease_taken(GObject *source, GAsyncResult *result, gpointer data)
{
    Ending *ending = data;
    g_autoptr(GError) error = NULL;
    ending->lease = flows_receive_lease_take_finish(result, &error);
    if (ending->lease == NULL) {
        return_outcome(ending, error);
        unref_ending(ending);
        return;
    }
    catalog_threads_write_async(ending->receive->setup.catalog, record_ending, ending, unref_ending,
                                NULL, on_threads_recorded);
}

static Ending *
new_ending(FlowsReceive *receive, const char *upload_id)
{
    Ending *ending = g_atomic_rc_box_new0(Ending);
    ending->receive = receive;
    ending->upload_id = g_strdup(upload_id);
    return ending;
}

void
flows_receive_terminate_async(FlowsReceive *receive, const char *upload_id,
                              const FlowsReceiveWho *who, GAsyncReadyCallback callback,
                              gpointer user_data)
{
    Ending *ending = new_ending(receive, upload_id);
    ending->task = g_task_new(NULL, NULL, callback, user_data);
    ending->account_id = g_strdup(who->account_id);
    ending->sees_all = who->sees_all;
    flows_receive_lease_take_async(receive->leases, upload_id, FALSE, on_lease_taken, ending);
}

FlowsReceiveStatus *
flows_receive_terminate_finish(GAsyncResult *result)
{
    return g_task_propagate_pointer(G_TASK(result), NULL);
}

typedef struct {
    FlowsReceive *receive; // (unowned)
    GPtrArray *expired;    // (owned) (nullable) (element-type CatalogUpload)
} Search;

static void
free_search(gpointer data)
{
    Search *search = data;
    g_clear_pointer(&search->expired, g_ptr_array_unref);
    g_free(search);
}

/* Catalogue thread. */
static gboolean
find_expired(CatalogDatabase *database, gpointer data, GError **error)
{
    Search *search = data;
    gint64 now_ms = server_clock_now_ms(search->receive->setup.clock);
    if (!flows_receive_abandon_dead(search->receive, database, error))
        return FALSE;
    search->expired = catalog_uploads_list_expired(database, now_ms, error);
    return search->expired != NULL;
}

static void
on_threads_found(GObject *source, GAsyncResult *result, gpointer data)
{
    Search *search = data;
    g_autoptr(GError) error = NULL;
    search->receive->background--;
    if (!catalog_threads_finish(result, &error)) {
        g_warning("looking for expired uploads: %s", error->message);
        return;
    }
    for (guint i = 0; i < search->expired->len; i++) {
        const CatalogUpload *upload = g_ptr_array_index(search->expired, i);
        search->receive->background++;
        flows_receive_lease_take_async(search->receive->leases, upload->id, FALSE, on_lease_taken,
                                       new_ending(search->receive, upload->id));
    }
}

void
flows_receive_terminate_expired(FlowsReceive *receive)
{
    Search *search = g_new0(Search, 1);
    search->receive = receive;
    receive->background++;
    catalog_threads_write_async(receive->setup.catalog, find_expired, search, free_search, NULL,
                                on_threads_found);
}
