// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One recording under way: takes what its channel's window has, one piece of work after another,
// and notes what is missing and why. Main context; record.c alone.
#pragma once

#include "catalog/booking.h"
#include "catalog/threads.h"
#include "server/clock.h"
#include "server/flows/live.h"
#include "server/flows/receive_worker.h"
#include "server/storage.h"

// What is on its way through the channel's child when time is over may take so long.
#define FLOWS_RECORD_RUN_PATIENCE_MS 30000

typedef struct _FlowsRecordRun FlowsRecordRun;

/** Everything is borrowed and must outlive the runs. */
typedef struct {
    ServerStorage *storage;               // (unowned)
    ServerClock *clock;                   // (unowned)
    ServerEvents *events;                 // (unowned) (nullable)
    CatalogThreads *catalog;              // (unowned)
    FlowsReceiveWorker *worker;           // (unowned) of one thread
    FlowsLive *live;                      // (unowned)
    void (*on_over)(gpointer user_data);  // (unowned) one more has all that it will have
    void (*on_ended)(gpointer user_data); // (unowned) one that was ended is quiet, and free
    gpointer user_data;                   // (unowned)
} FlowsRecordRunShared;

/** @booking: copied. @fresh: it ran before this daemon did. Begins to take at once. */
FlowsRecordRun *flows_record_run_new(const FlowsRecordRunShared *shared,
                                     const CatalogBooking *booking, gboolean fresh);

/** @booking: as it is by now. */
void flows_record_run_update(FlowsRecordRun *run, const CatalogBooking *booking);

/** Takes what is new. */
void flows_record_run_take(FlowsRecordRun *run);

/** The channel's state changed: if it is in trouble, that is why something will be missing. */
void flows_record_run_note_channel(FlowsRecordRun *run);

/** Returns: (transfer none). */
const CatalogBooking *flows_record_run_get_booking(const FlowsRecordRun *run);

/** Whether its time is over and nothing more will come. */
gboolean flows_record_run_is_over(const FlowsRecordRun *run);

/** Ends and frees it, now or when its work is done; then on_ended. Returns: TRUE when now, without
 * on_ended. */
gboolean flows_record_run_end(FlowsRecordRun *run);
