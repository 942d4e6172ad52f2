// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The supervisor of multiplexes: one intake child (pipelines/child/intake_job.h) for each multiplex
// that somebody needs: a subscriber to one of its services, a scan that a person asked for, or a
// refresh of the guide. A child that dies or falls silent is started again with back-off. What it
// says goes into the catalogue (services, guide) and to whoever watches (`multiplex` events).
// Lives on the main context; what may be called elsewhere says so.
#pragma once

#include "pipelines/child/sandbox.h"
#include "server/clock.h"
#include "server/config.h"
#include "server/events.h"
#include "server/flows/intake_status.h"
#include "server/flows/receive_worker.h"

typedef struct _CatalogThreads CatalogThreads;
typedef struct _FlowsIntake FlowsIntake;

/** Everything is borrowed and must outlive the supervisor. */
typedef struct {
    const ServerConfig *config; // (unowned)
    ServerClock *clock;         // (unowned)
    ServerEvents *events;       // (unowned) (nullable)
    CatalogThreads *catalog;    // (unowned)
    const char *media_program;  // (unowned), path of daorian-media
} FlowsIntakeSetup;

/** Returns: (transfer full): a stopped supervisor. Main thread. */
FlowsIntake *flows_intake_new(const FlowsIntakeSetup *setup);

/** Probes the sandbox, then runs what is asked for. Main thread. */
void flows_intake_start(FlowsIntake *intake);

/**
 * flows_intake_subscribe:
 * @multiplex_id: id of the multiplex's row
 * @service_number: programme number
 * @write_fd: (transfer full): write end of a pipe; made non-blocking and as large as may be
 *
 * Feeds the service's packets (whole ones, with a PAT that names it alone) into the pipe, now and
 * after each restart of the child, until it is unsubscribed. The pipe stays open while the child is
 * away; a full pipe loses whole packets. Nothing comes while the multiplex has no signal or no such
 * service, see flows_intake_get_status(). Several may subscribe to one service. Returns: the
 * subscription, never 0. Main thread.
 */
guint flows_intake_subscribe(FlowsIntake *intake, const char *multiplex_id, guint16 service_number,
                             int write_fd);

/** Closes the pipe; the child ends when nobody needs it for some seconds. Main thread. */
void flows_intake_unsubscribe(FlowsIntake *intake, guint subscription);

/** Reads all services, and the guide for a while, now. Any thread. */
void flows_intake_scan(FlowsIntake *intake, const char *multiplex_id);

/** The row of a multiplex was edited or deleted: its child begins anew with the new address, or
 * ends. Any thread. */
void flows_intake_reload(FlowsIntake *intake, const char *multiplex_id);

/** Returns: (transfer full): how it goes; idle for one that nobody needs. Any thread. */
FlowsIntakeStatus *flows_intake_get_status(FlowsIntake *intake, const char *multiplex_id);

/** Returns: (transfer full) (element-type utf8): ids of the multiplexes that somebody needed since
 * the start. Any thread. */
GPtrArray *flows_intake_list_ids(FlowsIntake *intake);

/** Returns: (transfer none): the thread that reads guides that come as files, one after the other.
 * Any thread. */
FlowsReceiveWorker *flows_intake_get_files(FlowsIntake *intake);

/** Ends all children and completes when they are gone and all is written. Main thread. */
void flows_intake_stop_async(FlowsIntake *intake, GAsyncReadyCallback callback, gpointer user_data);
gboolean flows_intake_stop_finish(FlowsIntake *intake, GAsyncResult *result, GError **error);

/** Stopped ones only. */
void flows_intake_free(FlowsIntake *intake);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsIntake, flows_intake_free)
