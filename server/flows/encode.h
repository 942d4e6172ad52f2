// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The encoder supervisor: claims encode jobs from the catalogue, runs one child for each, publishes
// every rung as it comes, and brings each job to an end state whatever happens. One supervisor a
// data folder: a second one (another process on the same folder) stands by until the first is gone.
// Lives on the main context; only flows_encode_wake and flows_encode_get_state may be called
// elsewhere.
#pragma once

#include "server/clock.h"
#include "server/config.h"
#include "server/events.h"
#include "server/storage.h"

typedef struct _CatalogThreads CatalogThreads;
typedef struct _FlowsEncode FlowsEncode;

typedef enum {
    FLOWS_ENCODE_STOPPED,
    FLOWS_ENCODE_STANDBY, // another process supervises this data folder
    FLOWS_ENCODE_IDLE,
    FLOWS_ENCODE_BUSY,
    FLOWS_ENCODE_REFUSING, // bubblewrap does not work here and the configuration requires it
    FLOWS_ENCODE_FULL,     // less than the floor is free on the disk; goes on when there is space
} FlowsEncodeState;

/** Everything is borrowed and must outlive the supervisor. */
typedef struct {
    const ServerConfig *config; // (unowned)
    ServerStorage *storage;     // (unowned)
    ServerClock *clock;         // (unowned)
    ServerEvents *events;       // (unowned) (nullable)
    CatalogThreads *catalog;    // (unowned)
    const char *media_program;  // (unowned), path of daorian-media
    void (*on_step)(const char *step,
                    gpointer user_data); // (nullable), any thread, told before each durable step:
                                         // for tests that die there
    gpointer step_data;                  // (unowned)
} FlowsEncodeSetup;

/** Returns: (transfer full): a stopped supervisor. Main thread. */
FlowsEncode *flows_encode_new(const FlowsEncodeSetup *setup);

/** Takes the lock or stands by, probes the sandbox, sweeps what a crash left, then works. Main
 * thread. */
void flows_encode_start(FlowsEncode *encode);

/** Something changed in the job table (new, cancelled, retried, priority): look now. Any thread. */
void flows_encode_wake(FlowsEncode *encode);

/** As flows_encode_wake, for a supervisor in another process on the same data folder. Any thread.
 */
void flows_encode_ring(ServerStorage *storage);

/** A person edited the lesson: its bundle's lesson.json is written anew, soon. Any thread. */
void flows_encode_describe(FlowsEncode *encode, const char *lesson_id);

/** Any thread. */
FlowsEncodeState flows_encode_get_state(FlowsEncode *encode);

/** Returns: (transfer none): `stopped`, `standby`, `idle`, `busy`, `refusing` or `full`. */
const char *flows_encode_state_to_string(FlowsEncodeState state);

/**
 * flows_encode_stop_async:
 *
 * Claims nothing more, lets each child end at its checkpoint (killed after 5 s), gives the jobs
 * back without counting the attempt, and completes when no child and no file work is left. Main
 * thread.
 */
void flows_encode_stop_async(FlowsEncode *encode, GAsyncReadyCallback callback, gpointer user_data);
gboolean flows_encode_stop_finish(FlowsEncode *encode, GAsyncResult *result, GError **error);

/** Stopped ones only. */
void flows_encode_free(FlowsEncode *encode);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsEncode, flows_encode_free)
