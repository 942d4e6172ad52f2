// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the child of one multiplex says, on its way into the catalogue: whole rounds of services,
// and programmes in batches. One write at a time; the queue is bounded, and whoever fills it stops
// reading from the child until there is room again. Used by intake_mux.c. Main context.
#pragma once

#include "catalog/threads.h"
#include "pipelines/child/intake_report.h"
#include "server/clock.h"

typedef struct _FlowsIntakeStore FlowsIntakeStore;

typedef struct {
    void (*on_round)(gint64 services, gboolean whole,
                     gpointer data); // (unowned) a round is in the catalogue
    void (*on_room)(gpointer data);  // (unowned) there is room in the queue again
    void (*on_quiet)(gpointer data); // (unowned) nothing is under way any more
    gpointer data;                   // (unowned) for all of them
} FlowsIntakeStoreFuncs;

/** @catalog, @clock: (unowned). Returns: (transfer full). */
FlowsIntakeStore *flows_intake_store_new(CatalogThreads *catalog, ServerClock *clock,
                                         const char *multiplex_id,
                                         const FlowsIntakeStoreFuncs *funcs);

/** Forgets what waits; a write under way ends by itself and calls nobody. */
void flows_intake_store_free(FlowsIntakeStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsIntakeStore, flows_intake_store_free)

/** Takes a line about services, programmes or the clock; others mean nothing to it. Returns: FALSE
 * when the queue is full: no more lines until on_room. */
gboolean flows_intake_store_take(FlowsIntakeStore *store, const ChildIntakeReport *report);

/** A new child begins: a round that was half told is void. */
void flows_intake_store_reset(FlowsIntakeStore *store);

gboolean flows_intake_store_is_busy(const FlowsIntakeStore *store);
