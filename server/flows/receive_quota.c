// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Subtractions instead of sums: lengths come from strangers and may be as large as an integer goes.
#include "server/flows/receive_quota.h"

FlowsReceiveQuotaVerdict
flows_receive_quota_judge(const FlowsReceiveQuotaLimits *limits, const FlowsReceiveQuotaUse *use,
                          gint64 length_bytes, gint64 here_bytes)
{
    if (limits->upload_limit_bytes > 0 && length_bytes > limits->upload_limit_bytes)
        return FLOWS_RECEIVE_QUOTA_UPLOAD_TOO_LARGE;
    if (limits->user_limit_bytes > 0 && length_bytes > limits->user_limit_bytes - use->user_bytes)
        return FLOWS_RECEIVE_QUOTA_USER_FULL;
    gint64 room = use->free_bytes - limits->floor_bytes - use->promised_bytes;
    if (length_bytes - here_bytes > room)
        return FLOWS_RECEIVE_QUOTA_DISK_FULL;
    return FLOWS_RECEIVE_QUOTA_FITS;
}
