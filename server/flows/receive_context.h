// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The insides of FlowsReceive, for server/flows/receive*.c and nobody else.
#pragma once

#include "catalog/database.h"
#include "catalog/threads.h"
#include "server/flows/receive.h"
#include "server/flows/receive_lease.h"
#include "server/flows/receive_quota.h"
#include "server/flows/receive_worker.h"

struct _FlowsReceive {
    FlowsReceiveSetup setup;        // its contents are (unowned)
    FlowsReceiveQuotaLimits limits; // set once
    gint64 life_ms;                 // of a session, from its last byte
    FlowsReceiveLeases *leases;     // (owned)
    FlowsReceiveWorker *writer;     // (owned): bytes of a PATCH, short work
    FlowsReceiveWorker *closer;     // (owned): hashing and assembling, long work
    GSource *sweep;                 // (owned) (nullable): main context
    guint background;               // closings and expiries under way: main context
};

/** Says that an upload changed, and its lesson (nullable). Any thread. */
void flows_receive_context_publish(FlowsReceive *receive, const CatalogUpload *upload,
                                   gboolean with_lesson);

/** Returns: (transfer full): a path for @upload_id: its bytes; the mark that their end is not
 * verified yet. */
char *flows_receive_context_build_part_path(FlowsReceive *receive, const char *upload_id);
char *flows_receive_context_build_mark_path(FlowsReceive *receive, const char *upload_id);

/**
 * flows_receive_context_judge_quota:
 * @upload: with owner and offset; its row, if any, is not counted twice
 * @limit_bytes: (out): the limit that was passed, in bytes
 *
 * Weighs @length_bytes against the limits inside the running transaction. Catalogue thread.
 */
gboolean flows_receive_context_judge_quota(FlowsReceive *receive, CatalogDatabase *database,
                                           const CatalogUpload *upload, gint64 length_bytes,
                                           FlowsReceiveStatus *status, GError **error);
