// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How multiplexes and channels were and are: samples them every few seconds, keeps a history of
// each (health_history.h) that survives a restart, and tells whoever watches (`health` events).
// Lives on the main context; what may be called elsewhere says so.
#pragma once

#include "server/clock.h"
#include "server/events.h"
#include "server/flows/health_figures.h"
#include "server/flows/viewers.h"
#include "server/storage.h"

typedef struct _CatalogThreads CatalogThreads;
typedef struct _FlowsHealth FlowsHealth;
typedef struct _FlowsIntake FlowsIntake;
typedef struct _FlowsLive FlowsLive;

/** Everything is borrowed and must outlive it. */
typedef struct {
    ServerStorage *storage;  // (unowned)
    ServerClock *clock;      // (unowned)
    ServerEvents *events;    // (unowned) (nullable)
    CatalogThreads *catalog; // (unowned)
    FlowsIntake *intake;     // (unowned)
    FlowsLive *live;         // (unowned)
} FlowsHealthSetup;

/** Returns: (transfer full): a stopped one. Main thread. */
FlowsHealth *flows_health_new(const FlowsHealthSetup *setup);

/** Reads what was kept, then begins. Main thread. */
void flows_health_start(FlowsHealth *health);

/** Takes no sample any more. Main thread. */
void flows_health_stop(FlowsHealth *health);

/** Returns: (transfer none): who watches, to be noted by whoever serves segments. Any thread. */
FlowsViewers *flows_health_get_viewers(FlowsHealth *health);

/** Figures of the last minute of a multiplex or channel; FALSE when there are none. Any thread. */
gboolean flows_health_get_recent(FlowsHealth *health, const char *id, FlowsHealthPoint *point);

/** Returns: (transfer full) (element-type FlowsHealthPoint): see flows_health_history_list(); empty
 * for what was never sampled. Any thread. */
GArray *flows_health_list_history(FlowsHealth *health, const char *id, gboolean hours);

/** A stopped one, after the catalogue's callbacks have come. Writes what waits. */
void flows_health_free(FlowsHealth *health);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsHealth, flows_health_free)
