// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Whether an upload of a declared length may come: size of one upload, sum of a user, and the free
// space that must stay, counting what every other upload still may write. Pure; called inside the
// transaction that creates the upload or declares its length, so that two cannot share one space.
#pragma once

#include <glib.h>

typedef enum {
    FLOWS_RECEIVE_QUOTA_FITS,
    FLOWS_RECEIVE_QUOTA_UPLOAD_TOO_LARGE,
    FLOWS_RECEIVE_QUOTA_USER_FULL,
    FLOWS_RECEIVE_QUOTA_DISK_FULL,
} FlowsReceiveQuotaVerdict;

typedef struct {
    gint64 upload_limit_bytes; // one upload; 0: none
    gint64 user_limit_bytes;   // one account's unfinished uploads and originals; 0: none
    gint64 floor_bytes;        // must stay free on the disk
} FlowsReceiveQuotaLimits;

typedef struct {
    gint64 user_bytes;     // this account's originals and declared lengths, without this upload
    gint64 promised_bytes; // what all other unfinished uploads still may write
    gint64 free_bytes;     // on the disk now
} FlowsReceiveQuotaUse;

/**
 * flows_receive_quota_judge:
 * @length_bytes: the whole upload, at least 0
 * @here_bytes: how much of it is on disk already
 *
 * Returns: the first limit that is passed.
 */
FlowsReceiveQuotaVerdict flows_receive_quota_judge(const FlowsReceiveQuotaLimits *limits,
                                                   const FlowsReceiveQuotaUse *use,
                                                   gint64 length_bytes, gint64 here_bytes);
