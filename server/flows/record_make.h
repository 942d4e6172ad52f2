// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Makes the lesson of one finished recording: plan, child, files into the bundle, rows. The lesson
// has the booking's id, so that a kill at any moment leads to the same lesson again. Main context.
#pragma once

#include "catalog/booking.h"
#include "catalog/threads.h"
#include "pipelines/child/sandbox.h"
#include "server/clock.h"
#include "server/config.h"
#include "server/flows/receive_worker.h"
#include "server/storage.h"

typedef struct _FlowsRecordMake FlowsRecordMake;

/** Everything is borrowed and must outlive the work. */
typedef struct {
    const ServerConfig *config;  // (unowned)
    ServerStorage *storage;      // (unowned)
    ServerClock *clock;          // (unowned)
    CatalogThreads *catalog;     // (unowned)
    FlowsReceiveWorker *worker;  // (unowned)
    const char *media_program;   // (unowned)
    const ChildSandbox *sandbox; // (unowned) (nullable) NULL: no child may run here
    void (*on_done)(const char *booking_id, gboolean published,
                    gpointer user_data); // (unowned) once; free it then
    gpointer user_data;                  // (unowned)
} FlowsRecordMakeSetup;

/** @booking: copied. */
FlowsRecordMake *flows_record_make_start(const FlowsRecordMakeSetup *setup,
                                         const CatalogBooking *booking);

/** Returns: (transfer none): of which booking. */
const char *flows_record_make_get_id(const FlowsRecordMake *make);

/** Ends the child; on_done follows, and the booking goes on FINISHING. */
void flows_record_make_cancel(FlowsRecordMake *make);

/** After on_done. */
void flows_record_make_free(FlowsRecordMake *make);
