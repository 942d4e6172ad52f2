// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The last stage of receiving: a whole upload becomes the lesson's original and an encode job.
// Called by whoever holds the lease when the last byte is on disk: append, create, recovery,
// import.
#pragma once

#include "server/flows/receive.h"
#include "server/flows/receive_lease.h"

/**
 * flows_receive_finish_run_async:
 * @lease: (transfer full): released before the callback
 * @upload: (transfer full): as read, RECEIVING, WHOLE or FINAL
 * @digest: (transfer full) (nullable): running SHA-256; made again from the disk when it is not
 * whole
 *
 * Assembles a FINAL, verifies the size, syncs, renames into the originals, and in one transaction
 * ends the upload, queues the lesson and its job. May be run again after a crash at any line.
 */
void flows_receive_finish_run_async(FlowsReceive *receive, FlowsReceiveLease *lease,
                                    CatalogUpload *upload, FlowsReceiveDigest *digest,
                                    GAsyncReadyCallback callback, gpointer user_data);

/** Returns: (transfer full): DONE with the finished upload, NO_SPACE, BUSY or INTERNAL. */
FlowsReceiveStatus *flows_receive_finish_run_finish(GAsyncResult *result);

/** A callback for flows_receive_finish_run_async() with a GTask (taken) as its data: returns the
 * status from that task. */
void flows_receive_finish_return(GObject *source, GAsyncResult *result, gpointer task);
