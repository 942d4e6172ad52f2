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
#include "server/flows/receive_recover.h"
#include "server/flows/receive_terminate.h"

#define SWEEP_SECONDS 60
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
    receive->leases = flows_receive_lease_new_table();
    receive->writer = flows_receive_worker_new("upload-writer", 2);
    receive->closer = flows_receive_worker_new("upload-closer", 1);
    return receive;
}

gboolean
flows_receive_is_idle(FlowsReceive *receive)
{
    return receive->background == 0;
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
    flows_receive_lease_free_table(receive->leases);
    g_free(receive);
}

static gboolean
on_sweep_timeout(gpointer data)
{
    flows_receive_terminate_expired(data);
    return G_SOURCE_CONTINUE;
}

void
flows_receive_start(FlowsReceive *receive)
{
    flows_receive_recover_close_whole(receive);
    flows_receive_terminate_expired(receive);
    receive->sweep = g_timeout_source_new_seconds(SWEEP_SECONDS);
    g_source_set_callback(receive->sweep, on_sweep_timeout, receive, NULL);
    g_source_attach(receive->sweep, g_main_context_get_thread_default());
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
                                   g_steal_pointer(&look->status->upload), NULL,
                                   flows_receive_finish_return, g_object_ref(look->task));
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
