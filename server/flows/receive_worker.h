// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A few named threads that do the disk work of receiving, so that neither delivery threads nor the
// main context ever wait for a disk. Whoever holds an upload's lease has at most one piece of work
// here, so the queue is bounded by the number of leases. Knows nothing of uploads.
#pragma once

#include <gio/gio.h>

typedef struct _FlowsReceiveWorker FlowsReceiveWorker;

/** Blocks on the disk as it must; runs on one of the worker's threads. Returns what finish gives.
 */
typedef gboolean (*FlowsReceiveWork)(gpointer data, GError **error);

/** Starts @threads (1..8) threads called @name. Returns: (transfer full). */
FlowsReceiveWorker *flows_receive_worker_new(const char *name, guint threads);

/**
 * flows_receive_worker_run_async:
 * @data: (transfer full): freed with @free_data after @ready was called
 *
 * Queues @work; @ready comes in the caller's thread-default context. Any thread.
 */
void flows_receive_worker_run_async(FlowsReceiveWorker *worker, FlowsReceiveWork work,
                                    gpointer data, GDestroyNotify free_data,
                                    GAsyncReadyCallback ready, gpointer user_data);
gboolean flows_receive_worker_run_finish(GAsyncResult *result, GError **error);

/** Returns: (transfer none): the @data of the work that @result is about. */
gpointer flows_receive_worker_get_data(GAsyncResult *result);

/** Does what is queued, then ends and joins the threads. */
void flows_receive_worker_free(FlowsReceiveWorker *worker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsReceiveWorker, flows_receive_worker_free)
