// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Steps that are taken one after another, some on the catalogue's threads and some on the worker's,
// until one fails: what every flow that reads rows, writes files and writes rows has in common.
#pragma once

#include "catalog/threads.h"
#include "server/flows/receive_worker.h"

/** One of the three; the first that is not NULL counts. */
typedef struct {
    CatalogThreadsWork read;  // (nullable) in a read transaction
    CatalogThreadsWork write; // (nullable) in a write transaction of its own
    FlowsReceiveWork files;   // (nullable) on the worker
} FlowsStepsOne;

typedef struct {
    CatalogThreads *catalog;    // (unowned)
    FlowsReceiveWorker *worker; // (unowned)
    const FlowsStepsOne *steps; // (unowned) static
    guint count;                // (value)
} FlowsSteps;

/**
 * flows_steps_run_async:
 * @data: (transfer full): given to each step; freed with @free_data after the callback
 *
 * The next step begins in the thread-default context of the caller, where the callback comes too.
 * Ends with the error of the step that failed.
 */
void flows_steps_run_async(const FlowsSteps *steps, gpointer data, GDestroyNotify free_data,
                           GAsyncReadyCallback callback, gpointer user_data);
gboolean flows_steps_run_finish(GAsyncResult *result, GError **error);
