// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// In execution order: lease on the new id -> create_rows (parts, quotas, lesson, upload: one
// transaction, so what was typed is safe before the first byte) -> an upload that needs no bytes
// (a FINAL, or one of length 0) goes on in receive_finish.c. The file is made by the first append.
#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/lessons.h"
#include "catalog/uploads.h"
#include "server/flows/receive_context.h"
#include "server/flows/receive_finish.h"

#include <string.h>

#define UNTITLED "บทเรียนใหม่"
#define UNFINISHED_AT_ONCE 500 // uploads of one account

typedef struct {
    FlowsReceive *receive;          // (unowned)
    GTask *task;                    // (owned)
    FlowsReceiveLease *lease;       // (owned) (nullable)
    FlowsReceiveMetadata *metadata; // (owned)
    CatalogUpload *upload;          // (owned): the row to be
    FlowsReceiveStatus *status;     // (owned) (nullable)
} Creation;

static void
clear_creation(Creation *creation)
{
    g_object_unref(creation->task);
    g_clear_pointer(&creation->lease, flows_receive_lease_release);
    flows_receive_metadata_free(creation->metadata);
    catalog_upload_free(creation->upload);
    g_clear_pointer(&creation->status, flows_receive_status_free);
}

static void
unref_creation(gpointer creation)
{
    g_atomic_rc_box_release_full(creation, (GDestroyNotify)clear_creation);
}

/* The time of the first part's id, then 74 bits of a hash over all parts: a client that asks again,
 * because it never heard our answer, gets the same upload and the same lesson. */
static char *
derive_final_id(const char *const *parts)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    for (gsize i = 0; parts[i] != NULL; i++)
        g_checksum_update(checksum, (const guchar *)parts[i], (gssize)strlen(parts[i]));
    const char *hex = g_checksum_get_string(checksum);
    return g_strdup_printf("%.13s-7%.3s-%c%.3s-%.12s", parts[0], hex, "89ab"[hex[3] & 3], hex + 4,
                           hex + 7);
}

/* TRUE to go on; else the status says what is wrong with the parts. Sums their lengths. */
static gboolean
check_parts(Creation *creation, CatalogDatabase *database)
{
    CatalogUpload *upload = creation->upload;
    creation->status->outcome = FLOWS_RECEIVE_PART_UNKNOWN;
    upload->length_bytes = 0;
    for (gsize i = 0; upload->parts[i] != NULL; i++) {
        g_autoptr(CatalogUpload) part = catalog_uploads_get(database, upload->parts[i], NULL);
        if (part == NULL || part->kind != CATALOG_UPLOAD_KIND_PARTIAL ||
            part->state != CATALOG_UPLOAD_STATE_RECEIVING ||
            g_strcmp0(part->owner_id, upload->owner_id) != 0)
            return FALSE;
        if (part->length_bytes < 0 || part->offset_bytes != part->length_bytes) {
            creation->status->outcome = FLOWS_RECEIVE_PART_UNFINISHED;
            return FALSE;
        }
        upload->length_bytes += part->length_bytes;
    }
    creation->status->outcome = FLOWS_RECEIVE_DONE;
    return TRUE;
}

/* The parts must not expire under our hands. */
static gboolean
renew_parts(Creation *creation, CatalogDatabase *database, GError **error)
{
    CatalogUpload *upload = creation->upload;
    for (gsize i = 0; upload->parts[i] != NULL; i++) {
        g_autoptr(CatalogUpload) part = catalog_uploads_get(database, upload->parts[i], error);
        if (part == NULL ||
            !catalog_uploads_set_offset(database, part->id, part->offset_bytes, upload->expires_ms,
                                        upload->created_ms, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_count(Creation *creation, CatalogDatabase *database, GError **error)
{
    if (creation->upload->owner_id == NULL)
        return TRUE;
    g_autoptr(GPtrArray) open =
        catalog_uploads_list_receiving(database, creation->upload->owner_id, error);
    if (open == NULL)
        return FALSE;
    if (open->len >= UNFINISHED_AT_ONCE)
        creation->status->outcome = FLOWS_RECEIVE_BUSY;
    return TRUE;
}

static gboolean
create_lesson(Creation *creation, CatalogDatabase *database, const CatalogAuditStamp *by,
              GError **error)
{
    const FlowsReceiveMetadata *metadata = creation->metadata;
    CatalogUpload *upload = creation->upload;
    if (upload->kind == CATALOG_UPLOAD_KIND_PARTIAL)
        return TRUE;
    upload->lesson_id = catalog_ids_new(by->now_ms);
    g_autoptr(CatalogLesson) lesson = catalog_lesson_new(upload->lesson_id);
    lesson->created_ms = lesson->updated_ms = by->now_ms;
    catalog_lesson_set_text(&lesson->owner_id, upload->owner_id);
    catalog_lesson_set_text(&lesson->title, metadata->title != NULL ? metadata->title : UNTITLED);
    catalog_lesson_set_text(&lesson->filename, metadata->filename);
    if (metadata->description != NULL)
        catalog_lesson_set_text(&lesson->description, metadata->description);
    if (metadata->language != NULL)
        catalog_lesson_set_text(&lesson->language, metadata->language);
    return catalog_lessons_create(database, lesson, by, error);
}

/* A FINAL that was asked for before. Returns: TRUE when the status is settled with it. */
static gboolean
find_final(Creation *creation, CatalogDatabase *database)
{
    CatalogUpload *upload = creation->upload;
    if (upload->kind != CATALOG_UPLOAD_KIND_FINAL)
        return FALSE;
    CatalogUpload *row = catalog_uploads_get(database, upload->id, NULL);
    if (row == NULL)
        return FALSE;
    FlowsReceiveWho who = {upload->owner_id, FALSE};
    flows_receive_status_free(creation->status);
    creation->status = flows_receive_status_judge(row, &who, upload->created_ms);
    return TRUE;
}

/* Catalogue thread, one transaction. A refusal leaves nothing behind. */
static gboolean
create_rows(CatalogDatabase *database, gpointer data, GError **error)
{
    Creation *creation = data;
    CatalogUpload *upload = creation->upload;
    CatalogAuditStamp by = {upload->owner_id, upload->created_ms};
    gboolean final = upload->kind == CATALOG_UPLOAD_KIND_FINAL;
    creation->status = flows_receive_status_new(FLOWS_RECEIVE_DONE);
    if (find_final(creation, database) || (final && !check_parts(creation, database)))
        return TRUE;
    if (!check_count(creation, database, error))
        return FALSE;
    if (creation->status->outcome != FLOWS_RECEIVE_DONE)
        return TRUE;
    if (!flows_receive_context_judge_quota(creation->receive, database, upload,
                                           MAX(upload->length_bytes, 0), creation->status, error))
        return FALSE;
    if (creation->status->outcome != FLOWS_RECEIVE_DONE)
        return TRUE;
    if (!renew_parts(creation, database, error) || !create_lesson(creation, database, &by, error) ||
        !catalog_uploads_create(database, upload, &by, error))
        return FALSE;
    creation->status->upload = catalog_upload_copy(upload);
    return TRUE;
}

static void
return_creation(Creation *creation)
{
    g_clear_pointer(&creation->lease, flows_receive_lease_release);
    g_task_return_pointer(creation->task, g_steal_pointer(&creation->status),
                          (GDestroyNotify)flows_receive_status_free);
}

static gboolean
needs_no_bytes(const FlowsReceiveStatus *status)
{
    const CatalogUpload *upload = status->upload;
    return status->outcome == FLOWS_RECEIVE_DONE &&
           upload->state == CATALOG_UPLOAD_STATE_RECEIVING &&
           upload->kind != CATALOG_UPLOAD_KIND_PARTIAL &&
           (upload->kind == CATALOG_UPLOAD_KIND_FINAL || upload->length_bytes == 0);
}

static void
on_threads_created(GObject *source, GAsyncResult *result, gpointer data)
{
    Creation *creation = data;
    g_autoptr(GError) error = NULL;
    if (!catalog_threads_finish(result, &error)) {
        g_clear_pointer(&creation->status, flows_receive_status_free);
        creation->status =
            flows_receive_status_new(flows_receive_status_from_error(error, creation->upload->id));
    }
    if (creation->status->outcome == FLOWS_RECEIVE_DONE)
        flows_receive_context_publish(creation->receive, creation->status->upload, TRUE);
    if (!needs_no_bytes(creation->status)) {
        return_creation(creation);
        return;
    }
    flows_receive_finish_run_async(creation->receive, g_steal_pointer(&creation->lease),
                                   g_steal_pointer(&creation->status->upload), NULL,
                                   flows_receive_finish_return, g_object_ref(creation->task));
}

static void
on_lease_taken(GObject *source, GAsyncResult *result, gpointer data)
{
    Creation *creation = data;
    g_autoptr(GError) error = NULL;
    creation->lease = flows_receive_lease_take_finish(result, &error);
    if (creation->lease == NULL) {
        creation->status = flows_receive_status_new(FLOWS_RECEIVE_BUSY);
        return_creation(creation);
        unref_creation(creation);
        return;
    }
    catalog_threads_write_async(creation->receive->setup.catalog, create_rows, creation,
                                unref_creation, NULL, on_threads_created);
}

static CatalogUpload *
plan_upload(FlowsReceive *receive, const FlowsReceiveDeclaration *declaration)
{
    gint64 now_ms = server_clock_now_ms(receive->setup.clock);
    gboolean final = declaration->kind == CATALOG_UPLOAD_KIND_FINAL;
    g_autofree char *id = final ? derive_final_id(declaration->parts) : catalog_ids_new(now_ms);
    CatalogUpload *upload = catalog_upload_new(id);
    upload->kind = declaration->kind;
    upload->owner_id = g_strdup(declaration->who.account_id);
    upload->filename = g_strdup(declaration->metadata->filename);
    upload->length_bytes = declaration->length_bytes;
    upload->created_ms = upload->updated_ms = now_ms;
    upload->expires_ms = now_ms + receive->life_ms;
    if (declaration->raw_metadata != NULL)
        catalog_lesson_set_text(&upload->metadata, declaration->raw_metadata);
    if (final) {
        g_strfreev(upload->parts);
        upload->parts = g_strdupv((char **)declaration->parts);
    }
    return upload;
}

void
flows_receive_create_async(FlowsReceive *receive, const FlowsReceiveDeclaration *declaration,
                           GAsyncReadyCallback callback, gpointer user_data)
{
    Creation *creation = g_atomic_rc_box_new0(Creation);
    creation->receive = receive;
    creation->task = g_task_new(NULL, NULL, callback, user_data);
    creation->metadata = flows_receive_metadata_copy(declaration->metadata);
    creation->upload = plan_upload(receive, declaration);
    flows_receive_lease_take_async(receive->leases, creation->upload->id, TRUE, on_lease_taken,
                                   creation);
}

FlowsReceiveStatus *
flows_receive_create_finish(GAsyncResult *result)
{
    return g_task_propagate_pointer(G_TASK(result), NULL);
}
