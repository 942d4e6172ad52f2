// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The one table from errors to outcomes of receiving.
#include "server/flows/receive_status.h"

#include "catalog/error.h"

#include <gio/gio.h>

FlowsReceiveStatus *
flows_receive_status_new(FlowsReceiveOutcome outcome)
{
    FlowsReceiveStatus *status = g_new0(FlowsReceiveStatus, 1);
    status->outcome = outcome;
    return status;
}

void
flows_receive_status_free(FlowsReceiveStatus *status)
{
    if (status == NULL)
        return;
    g_clear_pointer(&status->upload, catalog_upload_free);
    g_free(status);
}

static gboolean
is_gone(const CatalogUpload *upload, gint64 now_ms)
{
    switch (upload->state) {
    case CATALOG_UPLOAD_STATE_RECEIVING:
        return upload->expires_ms <= now_ms;
    case CATALOG_UPLOAD_STATE_FINISHED:
        return FALSE;
    case CATALOG_UPLOAD_STATE_EXPIRED:
    case CATALOG_UPLOAD_STATE_TERMINATED:
        return TRUE;
    }
    g_assert_not_reached();
}

FlowsReceiveStatus *
flows_receive_status_judge(CatalogUpload *upload, const FlowsReceiveWho *who, gint64 now_ms)
{
    FlowsReceiveStatus *status = flows_receive_status_new(FLOWS_RECEIVE_NOT_FOUND);
    if (upload == NULL)
        return status;
    if (!who->sees_all && g_strcmp0(upload->owner_id, who->account_id) != 0) {
        catalog_upload_free(upload);
        return status;
    }
    status->upload = upload;
    status->outcome = is_gone(upload, now_ms) ? FLOWS_RECEIVE_GONE : FLOWS_RECEIVE_DONE;
    return status;
}

FlowsReceiveOutcome
flows_receive_status_from_error(const GError *error, const char *upload_id)
{
    static const struct {
        int code;                    // of CATALOG_ERROR
        FlowsReceiveOutcome outcome; // here
    } catalog[] = {
        {CATALOG_ERROR_NOT_FOUND, FLOWS_RECEIVE_NOT_FOUND},
        {CATALOG_ERROR_INVALID, FLOWS_RECEIVE_INVALID},
        {CATALOG_ERROR_BUSY, FLOWS_RECEIVE_BUSY},
        {CATALOG_ERROR_IO, FLOWS_RECEIVE_NO_SPACE},
    };
    if (g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_IO))
        g_warning("upload %s: %s", upload_id, error->message);
    for (gsize i = 0; error->domain == CATALOG_ERROR && i < G_N_ELEMENTS(catalog); i++) {
        if (error->code == catalog[i].code)
            return catalog[i].outcome;
    }
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_BUSY))
        return FLOWS_RECEIVE_LOCKED;
    g_warning("upload %s: %s", upload_id, error->message);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
        return FLOWS_RECEIVE_NO_SPACE;
    return FLOWS_RECEIVE_INTERNAL;
}
