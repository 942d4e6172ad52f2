// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The supervisor of live channels: for each enabled channel of the catalogue a window and a child
// that fills it (live_channel.c), and what others may know of them. Lives on the main context; what
// may be called elsewhere says so.
#pragma once

#include "server/events.h"
#include "server/flows/live_channel.h"
#include "server/flows/live_wait.h"
#include "server/flows/snapshots.h"

typedef struct _CatalogThreads CatalogThreads;
typedef struct _FlowsLive FlowsLive;

/** The window of this channel has one segment more. */
typedef void (*FlowsLiveSegmentFunc)(const char *channel_id, gpointer user_data);

/** Everything is borrowed and must outlive the supervisor. */
typedef struct {
    const ServerConfig *config;      // (unowned)
    ServerStorage *storage;          // (unowned)
    ServerClock *clock;              // (unowned)
    ServerEvents *events;            // (unowned) (nullable)
    CatalogThreads *catalog;         // (unowned)
    const char *media_program;       // (unowned), path of daorian-media
    FlowsLiveFeed feed;              // (value) where packets come from
    FlowsLiveSegmentFunc on_segment; // (unowned) (nullable) told of each; main context
    gpointer user_data;              // (unowned) of on_segment
    guint retry_ms;                  // (value) pause after a child's first death, 0: a second
    guint rest_minute_ms;            // (value) a minute of rest_minutes, 0: a minute
} FlowsLiveSetup;

/** Returns: (transfer full): a stopped supervisor. Main thread. */
FlowsLive *flows_live_new(const FlowsLiveSetup *setup);

/** Probes the sandbox, then reads the catalogue and begins. Main thread. */
void flows_live_start(FlowsLive *live);

/** A channel, a service or a multiplex changed: read the catalogue again. Any thread. */
void flows_live_wake(FlowsLive *live);

/** Returns: (transfer full) (nullable): the window of the channel with this slug; NULL: no such
 * channel, or it is not enabled. Any thread. */
FlowsWindow *flows_live_find_window(FlowsLive *live, const char *slug);

/** As flows_live_find_window() by the channel's id. */
FlowsWindow *flows_live_get_window(FlowsLive *live, const char *channel_id);

/** Somebody watches the channel with this slug, which keeps it awake; @wakes: one that rests, too.
 * Returns: FALSE: nothing will come of it soon. Any thread; cheap. */
gboolean flows_live_want(FlowsLive *live, const char *slug, gboolean wakes);

/** Returns: (transfer none): who waits for the next segment of a window (the key). Any thread. */
FlowsLiveWait *flows_live_get_wait(FlowsLive *live);

/** Returns: (transfer full): how the channel with this id goes; off for one that is not known. Any
 * thread. */
FlowsLiveStatus *flows_live_get_status(FlowsLive *live, const char *channel_id);

/** A channel that the supervisor knows. */
typedef struct {
    char *id;   // (owned)
    char *slug; // (owned)
} FlowsLiveName;

/** Returns: (transfer full) (element-type FlowsLiveName): all of them. Any thread. */
GPtrArray *flows_live_list_names(FlowsLive *live);

/** Returns: (transfer none): pictures of services. Any thread. */
FlowsSnapshots *flows_live_get_snapshots(FlowsLive *live);

/** Ends all children and completes when nothing is going on. Main thread. */
void flows_live_stop_async(FlowsLive *live, GAsyncReadyCallback callback, gpointer user_data);
gboolean flows_live_stop_finish(FlowsLive *live, GAsyncResult *result, GError **error);

/** Stopped ones, or ones that never started. */
void flows_live_free(FlowsLive *live);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsLive, flows_live_free)
