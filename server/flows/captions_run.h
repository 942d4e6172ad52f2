// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One claimed job of kind `captions` while it runs: the recogniser's process, its lease kept alive,
// what it wrote stored as a draft, the job's end. Used by captions.c, which owns it. Main context.
#pragma once

#include "catalog/job.h"
#include "pipelines/child/sandbox.h"
#include "server/clock.h"
#include "server/config.h"
#include "server/events.h"
#include "server/flows/captions_save.h"

#define FLOWS_CAPTIONS_RUN_LEASE_MS (90 * 1000)

typedef struct _FlowsCaptionsRun FlowsCaptionsRun;

/** What every run shares; outlives them. */
typedef struct {
    const ServerConfig *config;    // (unowned)
    ServerClock *clock;            // (unowned)
    ServerEvents *events;          // (unowned) (nullable)
    FlowsCaptionsSaveSetup places; // (value)
    const ChildSandbox *sandbox;   // (unowned)
} FlowsCaptionsRunShared;

/** Called once when nothing of the run is going on any more; it may be freed in it. @saved: new
 * captions are there. */
typedef void (*FlowsCaptionsRunEnded)(FlowsCaptionsRun *run, gboolean saved, gpointer user_data);

/** @job: (transfer full). Returns: (transfer full): the run, at work. */
FlowsCaptionsRun *flows_captions_run_start(const FlowsCaptionsRunShared *shared, CatalogJob *job,
                                           FlowsCaptionsRunEnded ended, gpointer user_data);

const CatalogJob *flows_captions_run_get_job(FlowsCaptionsRun *run);

/** Renews the lease now; finds out whether the job was cancelled. */
void flows_captions_run_check(FlowsCaptionsRun *run);

/** Kills the process and gives the job back uncounted. */
void flows_captions_run_stop(FlowsCaptionsRun *run);

/** Ended ones only. */
void flows_captions_run_free(FlowsCaptionsRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsCaptionsRun, flows_captions_run_free)
