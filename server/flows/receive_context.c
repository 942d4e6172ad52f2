// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What several stages of receiving need: names of files, events, and the quotas with what is in use
// right now.
#include "server/flows/receive_context.h"

#include "catalog/uploads.h"

void
flows_receive_context_publish(FlowsReceive *receive, const CatalogUpload *upload,
                              gboolean with_lesson)
{
    ServerEvents *events = receive->setup.events;
    if (events == NULL)
        return;
    server_events_publish(events, SERVER_EVENTS_UPLOAD, upload->id);
    if (with_lesson && upload->lesson_id != NULL)
        server_events_publish(events, SERVER_EVENTS_LESSON, upload->lesson_id);
}

char *
flows_receive_context_build_part_path(FlowsReceive *receive, const char *upload_id)
{
    return server_storage_build_upload_path(receive->setup.storage, upload_id);
}

char *
flows_receive_context_build_mark_path(FlowsReceive *receive, const char *upload_id)
{
    g_autofree char *part = flows_receive_context_build_part_path(receive, upload_id);
    return g_strconcat(part, ".unverified", NULL);
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
flows_receive_context_judge_quota(FlowsReceive *receive, CatalogDatabase *database,
                                  const CatalogUpload *upload, gint64 length_bytes,
                                  FlowsReceiveStatus *status, GError **error)
{
    FlowsReceiveQuotaUse use = {0};
    gint64 total_bytes = 0;
    if (upload->owner_id != NULL &&
        !catalog_uploads_measure_owner(database, upload->owner_id, &use.user_bytes, error))
        return FALSE;
    if (!catalog_uploads_measure_promised(database, upload->id, &use.promised_bytes, error) ||
        !server_storage_measure_disk(receive->setup.storage, &use.free_bytes, &total_bytes, error))
        return FALSE;
    gboolean final = upload->kind == CATALOG_UPLOAD_KIND_FINAL; // its parts are counted already
    gint64 counted_bytes = final ? length_bytes : upload->offset_bytes;
    use.user_bytes = MAX(use.user_bytes - counted_bytes, 0);
    FlowsReceiveQuotaLimits limits = receive->limits;
    if (upload->owner_id == NULL)
        limits.upload_limit_bytes = limits.user_limit_bytes = 0; // import: the administrator's own
    settle_verdict(receive,
                   flows_receive_quota_judge(&limits, &use, length_bytes, upload->offset_bytes),
                   status);
    return TRUE;
}
