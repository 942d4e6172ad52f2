// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// In execution order: receive_create.c -> lease -> copy on a disk thread -> receive_finish.c, which
// measures, hashes and syncs; or receive_terminate.c when the copy failed.
#include "server/flows/receive_adopt.h"

#include "server/flows/receive_context.h"
#include "server/flows/receive_file.h"
#include "server/flows/receive_finish.h"

#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    FlowsReceive *receive;       // (unowned)
    GTask *task;                 // (owned)
    FlowsReceiveLease *lease;    // (owned) (nullable)
    FlowsReceiveStatus *status;  // (owned) (nullable)
    char *account_id;            // (owned) (nullable)
    char *source;                // (owned)
    char *part_path;             // (owned) (nullable)
    FlowsReceiveOutcome outcome; // of a copy that failed
} Adoption;

static void
clear_adoption(Adoption *adoption)
{
    g_object_unref(adoption->task);
    g_clear_pointer(&adoption->lease, flows_receive_lease_release);
    g_clear_pointer(&adoption->status, flows_receive_status_free);
    g_free(adoption->account_id);
    g_free(adoption->source);
    g_free(adoption->part_path);
}

static void
unref_adoption(gpointer adoption)
{
    g_atomic_rc_box_release_full(adoption, (GDestroyNotify)clear_adoption);
}

static void
return_status(Adoption *adoption, FlowsReceiveStatus *status)
{
    g_clear_pointer(&adoption->lease, flows_receive_lease_release);
    g_task_return_pointer(adoption->task, status, (GDestroyNotify)flows_receive_status_free);
}

static void
on_finish_done(GObject *source, GAsyncResult *result, gpointer data)
{
    Adoption *adoption = data;
    return_status(adoption, flows_receive_finish_run_finish(result));
    unref_adoption(adoption);
}

static void
on_terminate_done(GObject *source, GAsyncResult *result, gpointer data)
{
    Adoption *adoption = data;
    g_autoptr(FlowsReceiveStatus) ended = flows_receive_terminate_finish(result);
    return_status(adoption, flows_receive_status_new(adoption->outcome));
    unref_adoption(adoption);
}

/* Upload-closer thread. */
static gboolean
copy_source(gpointer data, GError **error)
{
    Adoption *adoption = data;
    int descriptor = flows_receive_file_open(adoption->part_path, 0, error);
    if (descriptor < 0)
        return FALSE;
    gboolean copied = flows_receive_file_append_copy(descriptor, adoption->source, error);
    close(descriptor);
    return copied;
}

static void
on_closer_copied(GObject *source, GAsyncResult *result, gpointer data)
{
    Adoption *adoption = data;
    FlowsReceive *receive = adoption->receive;
    CatalogUpload *upload = adoption->status->upload;
    g_autoptr(GError) error = NULL;
    if (flows_receive_worker_run_finish(result, &error)) {
        flows_receive_finish_run_async(receive, g_steal_pointer(&adoption->lease),
                                       g_steal_pointer(&adoption->status->upload), NULL,
                                       on_finish_done, g_atomic_rc_box_acquire(adoption));
        return;
    }
    FlowsReceiveWho who = {adoption->account_id, FALSE};
    adoption->outcome = flows_receive_status_from_error(error, upload->id);
    g_clear_pointer(&adoption->lease, flows_receive_lease_release);
    flows_receive_terminate_async(receive, upload->id, &who, on_terminate_done,
                                  g_atomic_rc_box_acquire(adoption));
}

static void
on_lease_taken(GObject *source, GAsyncResult *result, gpointer data)
{
    Adoption *adoption = data;
    g_autoptr(GError) error = NULL;
    adoption->lease = flows_receive_lease_take_finish(result, &error);
    if (adoption->lease == NULL) {
        return_status(adoption, flows_receive_status_new(FLOWS_RECEIVE_LOCKED));
        unref_adoption(adoption);
        return;
    }
    adoption->part_path =
        flows_receive_context_build_part_path(adoption->receive, adoption->status->upload->id);
    flows_receive_worker_run_async(adoption->receive->closer, copy_source, adoption, unref_adoption,
                                   on_closer_copied, adoption);
}

static void
on_create_done(GObject *source, GAsyncResult *result, gpointer data)
{
    Adoption *adoption = data;
    adoption->status = flows_receive_create_finish(result);
    if (adoption->status->outcome != FLOWS_RECEIVE_DONE ||
        adoption->status->upload->state == CATALOG_UPLOAD_STATE_FINISHED) {
        return_status(adoption, g_steal_pointer(&adoption->status));
        unref_adoption(adoption);
        return;
    }
    flows_receive_lease_take_async(adoption->receive->leases, adoption->status->upload->id, TRUE,
                                   on_lease_taken, adoption);
}

void
flows_receive_adopt_async(FlowsReceive *receive, const FlowsReceiveDeclaration *declaration,
                          const char *path, GAsyncReadyCallback callback, gpointer user_data)
{
    FlowsReceiveDeclaration measured = *declaration;
    Adoption *adoption = g_atomic_rc_box_new0(Adoption);
    adoption->receive = receive;
    adoption->task = g_task_new(NULL, NULL, callback, user_data);
    adoption->account_id = g_strdup(declaration->who.account_id);
    adoption->source = g_strdup(path);
    struct stat info;
    measured.length_bytes = stat(path, &info) == 0 ? info.st_size : 0;
    flows_receive_create_async(receive, &measured, on_create_done, adoption);
}

FlowsReceiveStatus *
flows_receive_adopt_finish(GAsyncResult *result)
{
    return g_task_propagate_pointer(G_TASK(result), NULL);
}
