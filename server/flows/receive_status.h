// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How a step of receiving ended, and the upload as it is now. Made by the receive flows, rendered
// by the tus handlers and by import.
#pragma once

#include "catalog/upload.h"

typedef enum {
    FLOWS_RECEIVE_DONE,
    FLOWS_RECEIVE_NOT_FOUND,       // no such upload, or somebody else's
    FLOWS_RECEIVE_GONE,            // terminated or expired
    FLOWS_RECEIVE_FINISHED,        // whole already; it is a lesson now
    FLOWS_RECEIVE_OFFSET_CONFLICT, // the client's offset is not ours
    FLOWS_RECEIVE_BEYOND_LENGTH,   // more bytes than were declared
    FLOWS_RECEIVE_LENGTH_CONFLICT, // declared before, and differently
    FLOWS_RECEIVE_TOO_LARGE,       // one upload's limit
    FLOWS_RECEIVE_USER_FULL,       // the account's limit
    FLOWS_RECEIVE_DISK_FLOOR,      // it would not fit beside what others still may write
    FLOWS_RECEIVE_NO_SPACE,        // the disk is full now; what was received is kept
    FLOWS_RECEIVE_LOCKED,          // another request has the upload, or took it over
    FLOWS_RECEIVE_CHECKSUM,        // the chunk is not what its checksum says; not counted
    FLOWS_RECEIVE_FINAL,           // a concatenation takes no bytes
    FLOWS_RECEIVE_PART_UNKNOWN,    // a part is no partial upload of this account
    FLOWS_RECEIVE_PART_UNFINISHED, // a part is not whole yet
    FLOWS_RECEIVE_INVALID,         // the catalogue refuses a typed text
    FLOWS_RECEIVE_BUSY,            // too much to do; try again
    FLOWS_RECEIVE_INTERNAL,        // logged where it happened
} FlowsReceiveOutcome;

typedef struct {
    FlowsReceiveOutcome outcome; // see above
    CatalogUpload *upload;       // (owned) (nullable): as it is now, when it is this account's
    gint64 limit_bytes;          // the limit that was passed, for the sentence; 0: none
} FlowsReceiveStatus;

/** Who asks. */
typedef struct {
    const char *account_id; // (nullable): NULL is import
    gboolean sees_all;      // an administrator may look at and end everybody's uploads
} FlowsReceiveWho;

FlowsReceiveStatus *flows_receive_status_new(FlowsReceiveOutcome outcome);
void flows_receive_status_free(FlowsReceiveStatus *status);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsReceiveStatus, flows_receive_status_free)

/**
 * flows_receive_status_judge:
 * @upload: (transfer full) (nullable): as read
 *
 * Whether @who may touch @upload and whether it still lives. Pure.
 *
 * Returns: (transfer full): DONE, NOT_FOUND (without the upload) or GONE.
 */
FlowsReceiveStatus *flows_receive_status_judge(CatalogUpload *upload, const FlowsReceiveWho *who,
                                               gint64 now_ms);

/** Returns: the outcome for an error of the catalogue or of a file; logs what is INTERNAL, with
 * @upload_id. */
FlowsReceiveOutcome flows_receive_status_from_error(const GError *error, const char *upload_id);
