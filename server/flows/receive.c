// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The receive flow's life and what its stages share. The stages, in execution order:
//   receive_create.c     quotas, upload row, lesson row
//   receive_append.c     bytes to the .part file, offset to the row; once for each PATCH
//   receive_finish.c     whole: verify, sync, rename, queue the encode job
//   receive_terminate.c  or the end: terminated by the client, expired by the clock
//   receive_recover.c    the start after a crash
#include "server/flows/receive.h"

#include "catalog/uploads.h"
#include "server/flows/receive_context.h"
#include "server/flows/receive_finish.h"

#define DAY_MS (24 * 60 * 60 * G_GINT64_CONSTANT(1000))

FlowsReceive *
flows_receive_new(const FlowsReceiveSetup *setup)
{
    FlowsReceive *receive = g_new0(FlowsReceive, 1);
    receive->setup = *setup;
    receive->limits.upload_limit_bytes = setup->config->upload_limit_bytes;
    receive->limits.user_limit_bytes = setup->config->user_limit_bytes;
    receive->limits.floor_bytes = setup->config->free_floor_bytes;
    receive->life_ms = setup->config->upload_days * DAY_MS;
    receive->leases = flows_receive_leases_new();
    receive->writer = flows_receive_worker_new("upload-writer", 2);
    receive->closer = flows_receive_worker_new("upload-closer", 1);
    return receive;
}

void
flows_receive_free(FlowsReceive *receive)
{
    if (receive == NULL)
        return;
    if (receive->sweep != NULL) {
        g_source_destroy(receive->sweep);
        g_source_unref(receive->sweep);
    }
    flows_receive_worker_free(receive->closer);
    flows_receive_worker_free(receive->writer);
    flows_receive_leases_free(receive->leases);
    g_free(receive);
}

void
flows_receive_publish(FlowsReceive *receive, const CatalogUpload *upload, gboolean with_lesson)
{
    ServerEvents *events = receive->setup.events;
    if (events == NULL)
        return;
    server_events_publish(events, SERVER_EVENTS_UPLOAD, upload->id);
    if (with_lesson && upload->lesson_id != NULL)
        server_events_publish(events, SERVER_EVENTS_LESSON, upload->lesson_id);
}

char *
flows_receive_build_part_path(FlowsReceive *receive, const char *upload_id)
{
    return server_storage_build_upload_path(receive->setup.storage, upload_id);
}

char *
flows_receive_build_mark_path(FlowsReceive *receive, const char *upload_id)
{
    g_autofree char *part = flows_receive_build_part_path(receive, upload_id);
    return g_strconcat(part, ".unverified", NULL);
}

/* What all unfinished uploads but @upload still may write. */
static gboolean
sum_promised(CatalogDatabase *database, const CatalogUpload *upload, gint64 *promised_bytes,
             GError **error)
{
    g_autoptr(GPtrArray) open = catalog_uploads_list_receiving(database, NULL, error);
    if (open == NULL)
        return FALSE;
    *promised_bytes = 0;
    for (guint i = 0; i < open->len; i++) {
        const CatalogUpload *other = g_ptr_array_index(open, i);
        if (other->length_bytes > other->offset_bytes && g_strcmp0(other->id, upload->id) != 0)
            *promised_bytes += other->length_bytes - other->offset_bytes;
    }
    return TRUE;
}

static void
settle_verdict(FlowsReceive *receive, FlowsReceiveQuotaVerdict verdict, FlowsReceiveStatus *status)
{
    switch (verdict) {
    case FLOWS_RECEIVE_QUOTA_FITS:
        status->outcome = FLOWS_RECEIVE_DONE;
        return;
    case FLOWS_RECEIVE_QUOTA_UPLOAD_TOO_LARGE:
        status->outcome = FLOWS_RECEIVE_TOO_LARGE;
        status->limit_bytes = receive->limits.upload_limit_bytes;
        return;
    case FLOWS_RECEIVE_QUOTA_USER_FULL:
        status->outcome = FLOWS_RECEIVE_USER_FULL;
        status->limit_bytes = receive->limits.user_limit_bytes;
        return;
    case FLOWS_RECEIVE_QUOTA_DISK_FULL:
        status->outcome = FLOWS_RECEIVE_DISK_FLOOR;
        return;
    }
}

gboolean
flows_receive_judge_quota(FlowsReceive *receive, CatalogDatabase *database,
                          const CatalogUpload *upload, gint64 length_bytes,
                          FlowsReceiveStatus *status, GError **error)
{
    FlowsReceiveQuotaUse use = {0};
    gint64 total_bytes = 0;
    if (upload->owner_id != NULL &&
        !catalog_uploads_measure_owner(database, upload->owner_id, &use.user_bytes, error))
        return FALSE;
    if (!sum_promised(database, upload, &use.promised_bytes, error) ||
        !server_storage_measure_disk(receive->setup.storage, &use.free_bytes, &total_bytes, error))
        return FALSE;
    use.user_bytes = MAX(use.user_bytes - upload->offset_bytes, 0);
    FlowsReceiveQuotaLimits limits = receive->limits;
    if (upload->owner_id == NULL)
        limits.upload_limit_bytes = limits.user_limit_bytes = 0; // import: the administrator's own
    settle_verdict(receive,
                   flows_receive_quota_judge(&limits, &use, length_bytes, upload->offset_bytes),
                   status);
    return TRUE;
}

typedef struct {
    FlowsReceive *receive;      // (unowned)
    GTask *task;                // (owned)
    FlowsReceiveLease *lease;   // (owned) (nullable)
    char *upload_id;            // (owned)
    char *account_id;           // (owned) (nullable)
    gboolean sees_all;          // of who asks
    FlowsReceiveStatus *status; // (owned) (nullable)
} Look;

static void
clear_look(Look *look)
{
    g_object_unref(look->task);
    g_clear_pointer(&look->lease, flows_receive_lease_release);
    g_clear_pointer(&look->status, flows_receive_status_free);
    g_free(look->upload_id);
    g_free(look->account_id);
}

static void
unref_look(gpointer look)
{
    g_atomic_rc_box_release_full(look, (GDestroyNotify)clear_look);
}

static void
return_look(Look *look)
{
    g_clear_pointer(&look->lease, flows_receive_lease_release);
    g_task_return_pointer(look->task, g_steal_pointer(&look->status),
                          (GDestroyNotify)flows_receive_status_free);
}

/* Catalogue thread. */
static gboolean
read_look(CatalogDatabase *database, gpointer data, GError **error)
{
    Look *look = data;
    FlowsReceiveWho who = {look->account_id, look->sees_all};
    CatalogUpload *upload = catalog_uploads_get(database, look->upload_id, error);
    if (upload == NULL)
        return FALSE;
    gint64 now_ms = server_clock_now_ms(look->receive->setup.clock);
    look->status = flows_receive_status_judge(upload, &who, now_ms);
    return TRUE;
}

static void
on_finish_done(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GTask) task = data;
    g_task_return_pointer(task, flows_receive_finish_run_finish(result),
                          (GDestroyNotify)flows_receive_status_free);
}

/* Whole but not closed: an earlier closing failed (disk full, catalogue busy). Now is another time.
 */
static gboolean
is_stranded(const FlowsReceiveStatus *status)
{
    const CatalogUpload *upload = status->upload;
    return status->outcome == FLOWS_RECEIVE_DONE &&
           upload->state == CATALOG_UPLOAD_STATE_RECEIVING &&
           upload->kind != CATALOG_UPLOAD_KIND_PARTIAL &&
           upload->offset_bytes == upload->length_bytes;
}

static void
on_threads_read(GObject *source, GAsyncResult *result, gpointer data)
{
    Look *look = data;
    g_autoptr(GError) error = NULL;
    if (!catalog_threads_finish(result, &error))
        look->status =
            flows_receive_status_new(flows_receive_status_from_error(error, look->upload_id));
    if (!is_stranded(look->status)) {
        return_look(look);
        return;
    }
    flows_receive_finish_run_async(look->receive, g_steal_pointer(&look->lease),
                                   g_steal_pointer(&look->status->upload), NULL, on_finish_done,
                                   g_object_ref(look->task));
}

static void
on_lease_taken(GObject *source, GAsyncResult *result, gpointer data)
{
    Look *look = data;
    g_autoptr(GError) error = NULL;
    look->lease = flows_receive_lease_take_finish(result, &error);
    if (look->lease == NULL) {
        look->status =
            flows_receive_status_new(flows_receive_status_from_error(error, look->upload_id));
        return_look(look);
        unref_look(look);
        return;
    }
    catalog_threads_read_async(look->receive->setup.catalog, read_look, look, unref_look, NULL,
                               on_threads_read);
}

void
flows_receive_look_async(FlowsReceive *receive, const char *upload_id, const FlowsReceiveWho *who,
                         GAsyncReadyCallback callback, gpointer user_data)
{
    Look *look = g_atomic_rc_box_new0(Look);
    look->receive = receive;
    look->task = g_task_new(NULL, NULL, callback, user_data);
    look->upload_id = g_strdup(upload_id);
    look->account_id = g_strdup(who->account_id);
    look->sees_all = who->sees_all;
    flows_receive_lease_take_async(receive->leases, upload_id, TRUE, on_lease_taken, look);
}

FlowsReceiveStatus *
flows_receive_look_finish(GAsyncResult *result)
{
    return g_task_propagate_pointer(G_TASK(result), NULL);
}
