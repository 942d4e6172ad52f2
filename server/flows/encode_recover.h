// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the supervisor does once, when it has the lock and before it claims anything: jobs that a
// dead supervisor held are given back, lessons that nothing would ever move are moved, staging
// folders that no job needs are removed. Main context.
#pragma once

#include "catalog/threads.h"
#include "server/clock.h"
#include "server/flows/receive_worker.h"
#include "server/storage.h"

typedef struct {
    CatalogThreads *catalog;    // (unowned)
    ServerClock *clock;         // (unowned)
    ServerStorage *storage;     // (unowned)
    FlowsReceiveWorker *worker; // (unowned)
} FlowsEncodeRecoverSetup;

/**
 * flows_encode_recover_async:
 *
 * A job that went on since it was last given back does not lose an attempt by it: power cuts are
 * not the file's fault. One that did not does, so that a file which kills its supervisor is given
 * up.
 */
void flows_encode_recover_async(const FlowsEncodeRecoverSetup *setup, GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean flows_encode_recover_finish(GAsyncResult *result, GError **error);
