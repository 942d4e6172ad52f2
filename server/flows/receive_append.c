// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// In execution order: lease -> check_request (row, length, quotas) -> file open -> push ... push ->
// settle on disk -> record_offset -> whole? receive_finish.c : lease released.
// One batch of chunks is with the writer thread at a time; while it is there the run belongs to it.
#include "server/flows/receive_append.h"

#include "catalog/uploads.h"
#include "server/flows/receive_context.h"
#include "server/flows/receive_file.h"
#include "server/flows/receive_finish.h"
#include "server/flows/receive_run.h"

#include <string.h>

struct _FlowsReceiveAppend {
    FlowsReceive *receive;                      // (unowned)
    GTask *task;                                // (owned) (nullable): of open, then of close
    FlowsReceiveLease *lease;                   // (owned) (nullable)
    FlowsReceiveAppendRequest request;          // its texts are the next two
    char *upload_id;                            // (owned)
    char *account_id;                           // (owned) (nullable)
    FlowsReceiveStatus *status;                 // (owned) (nullable): the row as read
    FlowsReceiveRun run;                        // (upload-writer thread while writing)
    gboolean writing;                           // a batch is with the writer
    GPtrArray *pending;                         // (owned) (element-type GBytes): the next batch
    gint64 pending_bytes;                       // in it
    gint64 taken_bytes;                         // offset behind the last byte pushed
    gint64 recorded_bytes;                      // offset in the row
    gboolean full;                              // push said FALSE
    gboolean closing;                           // close was called
    gboolean whole;                             // the run came to its end
    gboolean settling;                          // the last work on disk was asked for
    FlowsReceiveOutcome stopped;                // DONE: nothing is wrong
    const FlowsReceiveAppendListener *listener; // (nullable), static
    gpointer listener_data;                     // (unowned)
};

static void
clear_append(FlowsReceiveAppend *append)
{
    g_clear_object(&append->task);
    g_clear_pointer(&append->lease, flows_receive_lease_release);
    g_clear_pointer(&append->status, flows_receive_status_free);
    flows_receive_run_clear(&append->run);
    g_ptr_array_unref(append->pending);
    g_free(append->upload_id);
    g_free(append->account_id);
}

static void
unref_append(gpointer append)
{
    g_atomic_rc_box_release_full(append, (GDestroyNotify)clear_append);
}

/* Gives the task its status and the upload to the next who wants it. */
static void
return_status(FlowsReceiveAppend *append, FlowsReceiveStatus *status)
{
    g_clear_pointer(&append->lease, flows_receive_lease_release);
    g_autoptr(GTask) task = g_steal_pointer(&append->task);
    g_task_return_pointer(task, status, (GDestroyNotify)flows_receive_status_free);
}

/* An append without a lease is a refusal. */
static void
return_open(FlowsReceiveAppend *append)
{
    g_autoptr(GTask) task = g_steal_pointer(&append->task);
    g_task_return_pointer(task, g_atomic_rc_box_acquire(append), unref_append);
}

static void
refuse_open(FlowsReceiveAppend *append, FlowsReceiveOutcome outcome)
{
    g_clear_pointer(&append->lease, flows_receive_lease_release);
    if (append->status == NULL)
        append->status = flows_receive_status_new(outcome);
    append->status->outcome = outcome;
    return_open(append);
}

/* The whole length, as far as it is known with this request; −1: still not. */
static gint64
get_length(const FlowsReceiveAppend *append)
{
    const CatalogUpload *upload = append->status->upload;
    return upload->length_bytes >= 0 ? upload->length_bytes : append->request.length_bytes;
}

static FlowsReceiveOutcome
judge_request(const FlowsReceiveAppend *append)
{
    const FlowsReceiveAppendRequest *request = &append->request;
    const CatalogUpload *upload = append->status->upload;
    gint64 length_bytes = get_length(append);
    if (upload->kind == CATALOG_UPLOAD_KIND_FINAL)
        return FLOWS_RECEIVE_FINAL;
    if (upload->state == CATALOG_UPLOAD_STATE_FINISHED)
        return FLOWS_RECEIVE_FINISHED;
    if (request->offset_bytes != upload->offset_bytes)
        return FLOWS_RECEIVE_OFFSET_CONFLICT;
    if (request->length_bytes >= 0 && request->length_bytes != length_bytes)
        return FLOWS_RECEIVE_LENGTH_CONFLICT;
    if (length_bytes < 0)
        return FLOWS_RECEIVE_DONE;
    gint64 room_bytes = length_bytes - upload->offset_bytes;
    return room_bytes < 0 || request->declared_bytes > room_bytes ? FLOWS_RECEIVE_BEYOND_LENGTH
                                                                  : FLOWS_RECEIVE_DONE;
}

/* Weighs what is new: the length when it is declared now, else the bytes of a run without one. */
static gboolean
judge_space(FlowsReceiveAppend *append, CatalogDatabase *database, GError **error)
{
    const CatalogUpload *upload = append->status->upload;
    gint64 declared_bytes = MAX(append->request.declared_bytes, 0);
    gboolean declaring = append->request.length_bytes >= 0;
    if (upload->length_bytes >= 0)
        return TRUE;
    if (!declaring && declared_bytes > G_MAXINT64 - upload->offset_bytes) {
        append->status->outcome = FLOWS_RECEIVE_TOO_LARGE;
        return TRUE;
    }
    gint64 length_bytes =
        declaring ? append->request.length_bytes : upload->offset_bytes + declared_bytes;
    return flows_receive_context_judge_quota(append->receive, database, upload, length_bytes,
                                             append->status, error);
}

/* Catalogue thread, one transaction. */
static gboolean
check_request(CatalogDatabase *database, gpointer data, GError **error)
{
    FlowsReceiveAppend *append = data;
    gint64 now_ms = server_clock_now_ms(append->receive->setup.clock);
    CatalogUpload *row = catalog_uploads_get(database, append->upload_id, error);
    if (row == NULL)
        return FALSE;
    append->status = flows_receive_status_judge(row, &append->request.who, now_ms);
    if (append->status->outcome != FLOWS_RECEIVE_DONE)
        return TRUE;
    append->status->outcome = judge_request(append);
    if (append->status->outcome != FLOWS_RECEIVE_DONE)
        return TRUE;
    if (!judge_space(append, database, error))
        return FALSE;
    CatalogUpload *upload = append->status->upload;
    if (append->status->outcome != FLOWS_RECEIVE_DONE || upload->length_bytes >= 0 ||
        append->request.length_bytes < 0)
        return TRUE;
    upload->length_bytes = append->request.length_bytes;
    return catalog_uploads_set_length(database, upload->id, upload->length_bytes, now_ms, error);
}

static void
on_lease_evicted(gpointer data)
{
    FlowsReceiveAppend *append = data;
    if (append->closing)
        return;
    append->stopped = FLOWS_RECEIVE_LOCKED;
    if (append->listener != NULL)
        append->listener->on_stop(append->listener_data);
}

static gboolean
open_run(gpointer data, GError **error)
{
    FlowsReceiveAppend *append = data;
    return flows_receive_run_open(&append->run, error);
}

/* Catalogue thread: the file is not what the row says; the row follows the file. */
static gboolean
record_shortfall(CatalogDatabase *database, gpointer data, GError **error)
{
    FlowsReceiveAppend *append = data;
    CatalogUpload *upload = append->status->upload;
    return catalog_uploads_set_offset(database, upload->id, upload->offset_bytes,
                                      upload->expires_ms, upload->updated_ms, error);
}

static void
on_threads_shortfall(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;
    if (!catalog_threads_finish(result, &error))
        flows_receive_status_from_error(error, ((FlowsReceiveAppend *)data)->upload_id);
    refuse_open(data, FLOWS_RECEIVE_OFFSET_CONFLICT);
}

static void
on_writer_opened(GObject *source, GAsyncResult *result, gpointer data)
{
    FlowsReceiveAppend *append = data;
    g_autoptr(GError) error = NULL;
    if (flows_receive_worker_run_finish(result, &error)) {
        flows_receive_lease_set_evict(append->lease, on_lease_evicted, append);
        return_open(append);
        return;
    }
    gint64 size_bytes = MAX(flows_receive_file_measure(append->run.part_path), 0);
    if (size_bytes >= append->run.start_bytes) {
        refuse_open(append, flows_receive_status_from_error(error, append->upload_id));
        return;
    }
    append->status->upload->offset_bytes = size_bytes;
    catalog_threads_write_async(append->receive->setup.catalog, record_shortfall,
                                g_atomic_rc_box_acquire(append), unref_append, NULL,
                                on_threads_shortfall);
}

/* The running sum goes on where the last run left it, when that is where this one starts. */
static FlowsReceiveDigest *
continue_digest(FlowsReceiveAppend *append)
{
    FlowsReceiveDigest *digest = flows_receive_lease_take_digest(append->lease);
    gint64 start_bytes = append->run.start_bytes;
    if (append->status->upload->kind == CATALOG_UPLOAD_KIND_PARTIAL ||
        (digest != NULL && flows_receive_digest_get_bytes(digest) != start_bytes))
        g_clear_pointer(&digest, flows_receive_digest_free);
    if (digest == NULL && start_bytes == 0 &&
        append->status->upload->kind != CATALOG_UPLOAD_KIND_PARTIAL)
        digest = flows_receive_digest_new(FLOWS_RECEIVE_DIGEST_SHA256);
    return digest;
}

static void
on_threads_checked(GObject *source, GAsyncResult *result, gpointer data)
{
    FlowsReceiveAppend *append = data;
    FlowsReceive *receive = append->receive;
    g_autoptr(GError) error = NULL;
    if (!catalog_threads_finish(result, &error)) {
        refuse_open(append, flows_receive_status_from_error(error, append->upload_id));
        return;
    }
    if (append->status->outcome != FLOWS_RECEIVE_DONE) {
        refuse_open(append, append->status->outcome);
        return;
    }
    const CatalogUpload *upload = append->status->upload;
    append->taken_bytes = append->recorded_bytes = append->run.start_bytes = upload->offset_bytes;
    append->run.digest = continue_digest(append);
    append->run.storage = receive->setup.storage;
    append->run.floor_bytes = upload->length_bytes < 0 ? receive->limits.floor_bytes : 0;
    if (append->request.checked)
        append->run.checked = flows_receive_digest_new(append->request.algorithm);
    flows_receive_worker_run_async(receive->writer, open_run, g_atomic_rc_box_acquire(append),
                                   unref_append, on_writer_opened, append);
}

static void
on_lease_taken(GObject *source, GAsyncResult *result, gpointer data)
{
    FlowsReceiveAppend *append = data;
    g_autoptr(GError) error = NULL;
    append->lease = flows_receive_lease_take_finish(result, &error);
    if (append->lease == NULL) {
        refuse_open(append, flows_receive_status_from_error(error, append->upload_id));
        unref_append(append);
        return;
    }
    catalog_threads_write_async(append->receive->setup.catalog, check_request, append, unref_append,
                                NULL, on_threads_checked);
}

void
flows_receive_append_open_async(FlowsReceive *receive, const FlowsReceiveAppendRequest *request,
                                GAsyncReadyCallback callback, gpointer user_data)
{
    FlowsReceiveAppend *append = g_atomic_rc_box_new0(FlowsReceiveAppend);
    append->receive = receive;
    append->task = g_task_new(NULL, NULL, callback, user_data);
    append->upload_id = g_strdup(request->upload_id);
    append->account_id = g_strdup(request->who.account_id);
    append->request = *request;
    append->request.upload_id = append->upload_id;
    append->request.who.account_id = append->account_id;
    append->pending = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    append->stopped = FLOWS_RECEIVE_DONE;
    append->run.descriptor = -1;
    append->run.part_path = flows_receive_context_build_part_path(receive, request->upload_id);
    append->run.mark_path = flows_receive_context_build_mark_path(receive, request->upload_id);
    flows_receive_lease_take_async(receive->leases, request->upload_id, FALSE, on_lease_taken,
                                   append);
}

FlowsReceiveAppend *
flows_receive_append_open_finish(GAsyncResult *result, FlowsReceiveStatus **refusal)
{
    FlowsReceiveAppend *append = g_task_propagate_pointer(G_TASK(result), NULL);
    if (append->lease != NULL)
        return append;
    *refusal = g_steal_pointer(&append->status);
    unref_append(append);
    return NULL;
}

void
flows_receive_append_listen(FlowsReceiveAppend *append, const FlowsReceiveAppendListener *listener,
                            gpointer user_data)
{
    append->listener = listener;
    append->listener_data = user_data;
    if (append->stopped != FLOWS_RECEIVE_DONE)
        listener->on_stop(user_data);
}

/* Something is wrong: nothing more is taken, and who feeds us is told to close. */
static void
stop_run(FlowsReceiveAppend *append, FlowsReceiveOutcome outcome)
{
    if (append->stopped != FLOWS_RECEIVE_DONE)
        return;
    append->stopped = outcome;
    if (!append->closing && append->listener != NULL)
        append->listener->on_stop(append->listener_data);
}

typedef struct {
    FlowsReceiveAppend *append; // (owned)
    GPtrArray *chunks;          // (owned) (element-type GBytes)
} Batch;

static void
free_batch(gpointer data)
{
    Batch *batch = data;
    g_ptr_array_unref(batch->chunks);
    unref_append(batch->append);
    g_free(batch);
}

/* Upload-writer thread. */
static gboolean
write_batch(gpointer data, GError **error)
{
    Batch *batch = data;
    return flows_receive_run_write(&batch->append->run, batch->chunks, error);
}

typedef struct {
    FlowsReceive *receive; // (unowned)
    CatalogUpload *upload; // (owned): with offset and end of session to record
    gint64 now_ms;         // UTC milliseconds
} Mark;

static void
free_mark(gpointer data)
{
    Mark *mark = data;
    catalog_upload_free(mark->upload);
    g_free(mark);
}

static Mark *
new_mark(FlowsReceiveAppend *append, gint64 offset_bytes)
{
    Mark *mark = g_new0(Mark, 1);
    CatalogUpload *upload = append->status->upload;
    mark->receive = append->receive;
    mark->now_ms = server_clock_now_ms(append->receive->setup.clock);
    upload->offset_bytes = append->recorded_bytes = offset_bytes;
    upload->expires_ms = mark->now_ms + append->receive->life_ms;
    mark->upload = catalog_upload_copy(upload);
    return mark;
}

/* Catalogue thread, one transaction. */
static gboolean
record_offset(CatalogDatabase *database, gpointer data, GError **error)
{
    Mark *mark = data;
    return catalog_uploads_set_offset(database, mark->upload->id, mark->upload->offset_bytes,
                                      mark->upload->expires_ms, mark->now_ms, error);
}

/* A mark in mid-run is a convenience to viewers and after a power cut; the one at the end decides.
 */
static void
on_threads_marked(GObject *source, GAsyncResult *result, gpointer data)
{
    Mark *mark = data;
    g_autoptr(GError) error = NULL;
    if (catalog_threads_finish(result, &error))
        flows_receive_context_publish(mark->receive, mark->upload, FALSE);
    else
        g_debug("upload %s: %s", mark->upload->id, error->message);
}

static void settle_run(FlowsReceiveAppend *append);
static void start_batch(FlowsReceiveAppend *append);

static void
on_writer_wrote(GObject *source, GAsyncResult *result, gpointer data)
{
    FlowsReceiveAppend *append = ((Batch *)data)->append;
    g_autoptr(GError) error = NULL;
    append->writing = FALSE;
    if (!flows_receive_worker_run_finish(result, &error)) {
        g_ptr_array_set_size(append->pending, 0);
        stop_run(append, flows_receive_status_from_error(error, append->upload_id));
    }
    // Who was told to close may have done so already; the run is the writer's thread's from then
    // on.
    if (!append->settling && append->run.durable_bytes > append->recorded_bytes)
        catalog_threads_write_async(append->receive->setup.catalog, record_offset,
                                    new_mark(append, append->run.durable_bytes), free_mark, NULL,
                                    on_threads_marked);
    start_batch(append);
    if (append->closing && !append->writing) {
        settle_run(append);
    } else if (append->full && !append->closing && append->stopped == FLOWS_RECEIVE_DONE) {
        append->full = FALSE;
        append->listener->on_room(append->listener_data);
    }
}

static void
start_batch(FlowsReceiveAppend *append)
{
    if (append->writing || append->pending->len == 0)
        return;
    Batch *batch = g_new0(Batch, 1);
    batch->append = g_atomic_rc_box_acquire(append);
    batch->chunks = append->pending;
    append->pending = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    append->pending_bytes = 0;
    append->writing = TRUE;
    flows_receive_worker_run_async(append->receive->writer, write_batch, batch, free_batch,
                                   on_writer_wrote, batch);
}

/* Offset that no byte of this run may pass. */
static gint64
get_ceiling(const FlowsReceiveAppend *append)
{
    gint64 limit_bytes = append->receive->limits.upload_limit_bytes;
    if (append->status->upload->length_bytes >= 0)
        return append->status->upload->length_bytes;
    return limit_bytes > 0 && append->account_id != NULL ? limit_bytes : G_MAXINT64;
}

gboolean
flows_receive_append_push(FlowsReceiveAppend *append, GBytes *chunk)
{
    gint64 room_bytes = get_ceiling(append) - append->taken_bytes;
    gint64 size_bytes = (gint64)g_bytes_get_size(chunk);
    gboolean beyond = size_bytes > room_bytes;
    if (append->stopped != FLOWS_RECEIVE_DONE || append->closing)
        return FALSE;
    size_bytes = MIN(size_bytes, room_bytes);
    append->taken_bytes += size_bytes;
    append->pending_bytes += size_bytes;
    if (size_bytes > 0)
        g_ptr_array_add(append->pending, g_bytes_new_from_bytes(chunk, 0, (gsize)size_bytes));
    start_batch(append);
    append->full = append->pending_bytes >= FLOWS_RECEIVE_APPEND_BUFFER_BYTES;
    if (!beyond)
        return !append->full;
    gboolean declared = append->status->upload->length_bytes >= 0;
    stop_run(append, declared ? FLOWS_RECEIVE_BEYOND_LENGTH : FLOWS_RECEIVE_TOO_LARGE);
    return FALSE;
}

static void
return_recorded(FlowsReceiveAppend *append)
{
    CatalogUpload *upload = append->status->upload;
    gboolean whole = upload->offset_bytes == upload->length_bytes;
    FlowsReceiveDigest *digest = g_steal_pointer(&append->run.digest);
    if (whole && upload->kind == CATALOG_UPLOAD_KIND_WHOLE) {
        flows_receive_finish_run_async(append->receive, g_steal_pointer(&append->lease),
                                       g_steal_pointer(&append->status->upload), digest,
                                       flows_receive_finish_return, g_steal_pointer(&append->task));
        return;
    }
    flows_receive_lease_keep_digest(append->lease, digest);
    append->status->outcome = append->stopped;
    return_status(append, g_steal_pointer(&append->status));
}

typedef struct {
    FlowsReceiveAppend *append; // (owned)
    Mark *mark;                 // (owned)
} Ending;

static void
free_ending(gpointer data)
{
    Ending *ending = data;
    unref_append(ending->append);
    free_mark(ending->mark);
    g_free(ending);
}

static gboolean
record_ending(CatalogDatabase *database, gpointer data, GError **error)
{
    return record_offset(database, ((Ending *)data)->mark, error);
}

static void
on_threads_recorded(GObject *source, GAsyncResult *result, gpointer data)
{
    FlowsReceiveAppend *append = ((Ending *)data)->append;
    g_autoptr(GError) error = NULL;
    if (!catalog_threads_finish(result, &error)) {
        append->status->outcome = flows_receive_status_from_error(error, append->upload_id);
        return_status(append, g_steal_pointer(&append->status));
        return;
    }
    flows_receive_context_publish(append->receive, append->status->upload, FALSE);
    return_recorded(append);
}

static void
on_writer_settled(GObject *source, GAsyncResult *result, gpointer data)
{
    FlowsReceiveAppend *append = data;
    g_autoptr(GError) error = NULL;
    if (!flows_receive_worker_run_finish(result, &error))
        stop_run(append, flows_receive_status_from_error(error, append->upload_id));
    Ending *ending = g_new0(Ending, 1);
    ending->append = g_atomic_rc_box_acquire(append);
    ending->mark = new_mark(append, append->run.written_bytes);
    catalog_threads_write_async(append->receive->setup.catalog, record_ending, ending, free_ending,
                                NULL, on_threads_recorded);
}

/* Upload-writer thread. */
static gboolean
settle_on_disk(gpointer data, GError **error)
{
    FlowsReceiveAppend *append = data;
    gboolean beyond = append->stopped == FLOWS_RECEIVE_BEYOND_LENGTH; // not what was declared
    gboolean keep = append->run.checked == NULL || append->stopped == FLOWS_RECEIVE_DONE;
    if (beyond)
        keep = FALSE;
    return flows_receive_run_settle(&append->run, keep && (append->whole || !append->run.checked),
                                    error);
}

static void
settle_run(FlowsReceiveAppend *append)
{
    if (append->settling)
        return;
    append->settling = TRUE;
    if (append->run.checked != NULL && append->whole) {
        guint8 sum[FLOWS_RECEIVE_DIGEST_MAX_BYTES];
        gsize bytes = flows_receive_digest_measure(append->request.algorithm);
        flows_receive_digest_read(append->run.checked, sum);
        if (memcmp(sum, append->request.checksum, bytes) != 0)
            stop_run(append, FLOWS_RECEIVE_CHECKSUM);
    }
    flows_receive_worker_run_async(append->receive->writer, settle_on_disk,
                                   g_atomic_rc_box_acquire(append), unref_append, on_writer_settled,
                                   append);
}

void
flows_receive_append_close_async(FlowsReceiveAppend *append, gboolean whole,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
    append->task = g_task_new(NULL, NULL, callback, user_data);
    append->closing = TRUE;
    append->whole = whole;
    append->listener = NULL;
    flows_receive_lease_set_evict(append->lease, NULL, NULL);
    start_batch(append);
    if (!append->writing)
        settle_run(append);
    unref_append(append);
}

FlowsReceiveStatus *
flows_receive_append_close_finish(GAsyncResult *result)
{
    return g_task_propagate_pointer(G_TASK(result), NULL);
}
