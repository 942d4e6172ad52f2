// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One claimed job while it runs: its child, what the child says, carried out action by action, the
// lease kept alive, the end. Used by encode.c, which owns it. Main context.
#pragma once

#include "catalog/job.h"
#include "pipelines/child/sandbox.h"
#include "server/flows/encode.h"
#include "server/flows/receive_worker.h"

typedef struct _FlowsEncodeJob FlowsEncodeJob;

/** What every job of a supervisor shares; outlives them. */
typedef struct {
    FlowsEncodeSetup setup;      // (value)
    FlowsReceiveWorker *worker;  // (unowned) file work
    const ChildSandbox *sandbox; // (unowned)
} FlowsEncodeJobShared;

/** Called once when nothing of the job is going on any more; the job may be freed in it. */
typedef void (*FlowsEncodeJobEnded)(FlowsEncodeJob *job, gpointer user_data);

/** @claimed: (transfer full). Returns: (transfer full): the job, at work. */
FlowsEncodeJob *flows_encode_job_start(const FlowsEncodeJobShared *shared, CatalogJob *claimed,
                                       FlowsEncodeJobEnded ended, gpointer user_data);

const CatalogJob *flows_encode_job_get_claimed(FlowsEncodeJob *job);

/** TRUE for a job that may take its time, at low priority: all but the first encoding. */
gboolean flows_encode_job_is_gentle(FlowsEncodeJob *job);

/** Renews the lease now; finds out whether the job was cancelled. */
void flows_encode_job_check(FlowsEncodeJob *job);

/** Lets the child stop and gives the job back. */
void flows_encode_job_stop(FlowsEncodeJob *job);

/** Ended ones only. */
void flows_encode_job_free(FlowsEncodeJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsEncodeJob, flows_encode_job_free)
