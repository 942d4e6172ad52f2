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
#include "server/flows/record_retry.h"
#include "server/storage.h"

typedef struct _FlowsRecordMake FlowsRecordMake;

typedef enum {
    FLOWS_RECORD_MAKE_PUBLISHED, // the lesson is there
    FLOWS_RECORD_MAKE_OVER,      // there is none, which its row says; or nobody wants it by now
    FLOWS_RECORD_MAKE_AGAIN,     // the booking is FINISHING still: try again
} FlowsRecordMakeEnd;

/** @why: of AGAIN. */
typedef void (*FlowsRecordMakeFunc)(const char *booking_id, FlowsRecordMakeEnd end,
                                    FlowsRecordRetryCause why, gpointer user_data);

/** Everything is borrowed and must outlive the work. */
typedef struct {
    const ServerConfig *config;  // (unowned)
    ServerStorage *storage;      // (unowned)
    ServerClock *clock;          // (unowned)
    CatalogThreads *catalog;     // (unowned)
    FlowsReceiveWorker *worker;  // (unowned)
    const char *media_program;   // (unowned)
    const ChildSandbox *sandbox; // (unowned) (nullable) NULL: no child may run here
    gboolean quiet;              // (value) that there is no room was said before
    FlowsRecordMakeFunc on_done; // (unowned) once; free it then
    gpointer user_data;          // (unowned)
} FlowsRecordMakeSetup;

/** @booking: copied. @crashes: that earlier tries ended in. */
FlowsRecordMake *flows_record_make_start(const FlowsRecordMakeSetup *setup,
                                         const CatalogBooking *booking, guint crashes);

/** Returns: (transfer none): of which booking. */
const char *flows_record_make_get_id(const FlowsRecordMake *make);

/** Ends the child; on_done follows, and the booking goes on FINISHING. */
void flows_record_make_cancel(FlowsRecordMake *make);

/** After on_done. */
void flows_record_make_free(FlowsRecordMake *make);
