// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The recorder: bookings begin when their time has come, their segments are kept while they run
// (record_run.h), and a lesson is made of them when they are over (record_make.h). What it knows is
// in the catalogue and on the disk, so that it goes on after a kill at any moment. Lives on the
// main context; what may be called elsewhere says so.
#pragma once

#include <gio/gio.h>

#include "server/clock.h"
#include "server/config.h"
#include "server/events.h"
#include "server/storage.h"

typedef struct _CatalogThreads CatalogThreads;
typedef struct _FlowsEncode FlowsEncode;
typedef struct _FlowsLive FlowsLive;
typedef struct _FlowsRecord FlowsRecord;

/** Everything is borrowed and must outlive the recorder. */
typedef struct {
    const ServerConfig *config; // (unowned)
    ServerStorage *storage;     // (unowned)
    ServerClock *clock;         // (unowned)
    ServerEvents *events;       // (unowned)
    CatalogThreads *catalog;    // (unowned)
    FlowsLive *live;            // (unowned)
    const char *media_program;  // (unowned), path of daorian-media
    FlowsEncode *encode;        // (unowned) (nullable) what follows a recording
} FlowsRecordSetup;

/** Returns: (transfer full): a stopped recorder. Main thread. */
FlowsRecord *flows_record_new(const FlowsRecordSetup *setup);

/** Probes the sandbox, goes on with what an earlier daemon left. Main thread. */
void flows_record_start(FlowsRecord *record);

/** The window of this channel has one segment more. Main thread. */
void flows_record_note_segment(FlowsRecord *record, const char *channel_id);

/** Looks at all bookings. Main thread. */
void flows_record_wake(FlowsRecord *record);

/** Ends the child and completes when nothing is going on. Main thread. */
void flows_record_stop_async(FlowsRecord *record, GAsyncReadyCallback callback, gpointer user_data);
gboolean flows_record_stop_finish(FlowsRecord *record, GAsyncResult *result, GError **error);

/** Stopped ones, or ones that never started. */
void flows_record_free(FlowsRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsRecord, flows_record_free)
