// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The captions of lessons: where they are stored, and the recogniser that the administrator may
// have configured, one run at a time, out of the way of requests. Lives on the main context; only
// flows_captions_wake and the getters may be called elsewhere.
#pragma once

#include "server/flows/captions_run.h"

typedef struct _FlowsCaptions FlowsCaptions;

/** Everything is borrowed and must outlive it. */
typedef struct {
    const ServerConfig *config;                                 // (unowned)
    ServerStorage *storage;                                     // (unowned)
    ServerClock *clock;                                         // (unowned)
    ServerEvents *events;                                       // (unowned) (nullable)
    CatalogThreads *catalog;                                    // (unowned)
    void (*changed)(const char *lesson_id, gpointer user_data); // (nullable) on the main context
    gpointer changed_data;                                      // (unowned)
} FlowsCaptionsSetup;

/** Returns: (transfer full): ready to store; the recogniser waits for start. Main thread. */
FlowsCaptions *flows_captions_new(const FlowsCaptionsSetup *setup);

/** Returns: (transfer none): for flows_captions_save_run_async(). Any thread. */
const FlowsCaptionsSaveSetup *flows_captions_get_places(FlowsCaptions *captions);

/** Returns: TRUE when the configuration names a recogniser. Any thread. */
gboolean flows_captions_has_recogniser(FlowsCaptions *captions);

/** Looks for jobs of kind `captions`; nothing without a recogniser. Main thread. */
void flows_captions_start(FlowsCaptions *captions);

/** A job was placed or cancelled: look now. Any thread. */
void flows_captions_wake(FlowsCaptions *captions);

/** Ends what runs, gives its job back, and completes when nothing is going on. Main thread. */
void flows_captions_stop_async(FlowsCaptions *captions, GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean flows_captions_stop_finish(GAsyncResult *result, GError **error);

/** Stopped ones, or ones that never started. */
void flows_captions_free(FlowsCaptions *captions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsCaptions, flows_captions_free)
