// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One live channel: its window, its child, its feed, and what is said about it. Started, told of
// new rows and ended by live.c alone. Main context.
#pragma once

#include "pipelines/child/sandbox.h"
#include "server/clock.h"
#include "server/config.h"
#include "server/flows/live_feed.h"
#include "server/flows/live_rows.h"
#include "server/flows/live_state.h"
#include "server/flows/receive_worker.h"
#include "server/storage.h"

typedef struct _FlowsLiveChannel FlowsLiveChannel;

typedef void (*FlowsLiveChannelFunc)(FlowsLiveChannel *channel, gpointer user_data);
/** Returns: monotonic: when somebody last wanted to see it, G_MININT64: nobody ever. */
typedef gint64 (*FlowsLiveChannelLook)(FlowsLiveChannel *channel, gpointer user_data);

/** What all channels share; everything is borrowed. */
typedef struct {
    const ServerConfig *config;      // (unowned)
    ServerStorage *storage;          // (unowned)
    ServerClock *clock;              // (unowned)
    const char *media_program;       // (unowned)
    const ChildSandbox *sandbox;     // (unowned) (nullable) NULL: no child may run here
    FlowsReceiveWorker *worker;      // (unowned) of one thread: what it does is in order
    FlowsLiveFeed feed;              // (value)
    guint retry_ms;                  // (value) the first pause after a child's death; it doubles
    guint rest_minute_ms;            // (value) how long a minute of rest_minutes lasts
    FlowsLiveChannelFunc on_change;  // (unowned) its status or window is another
    FlowsLiveChannelFunc on_health;  // (unowned) its figures are new, each second
    FlowsLiveChannelFunc on_segment; // (unowned) its window has one more
    FlowsLiveChannelFunc on_ended;   // (unowned) after _end(): nothing goes on any more; free it
    FlowsLiveChannelLook get_wanted; // (unowned)
    gpointer user_data;              // (unowned)
} FlowsLiveChannelShared;

/** @row: (transfer full). Begins at once when it is enabled. */
FlowsLiveChannel *flows_live_channel_new(const FlowsLiveChannelShared *shared, FlowsLiveRow *row);

/** @row: (transfer full): what is to be done from now on. */
void flows_live_channel_update(FlowsLiveChannel *channel, FlowsLiveRow *row);

/** Somebody wants to see it, or may have ceased to. */
void flows_live_channel_look(FlowsLiveChannel *channel);

/** Ends what runs; on_ended follows, perhaps before it returns. @erase: the files go, too. */
void flows_live_channel_end(FlowsLiveChannel *channel, gboolean erase);

/** Whether _end() was called. */
gboolean flows_live_channel_is_ending(const FlowsLiveChannel *channel);

/** Returns: (transfer none). */
const FlowsLiveRow *flows_live_channel_get_row(const FlowsLiveChannel *channel);
const FlowsLiveStatus *flows_live_channel_get_status(const FlowsLiveChannel *channel);

/** Returns: (transfer none) (nullable): while it is enabled and its folder could be opened. */
FlowsWindow *flows_live_channel_get_window(const FlowsLiveChannel *channel);

/** Ended ones only. */
void flows_live_channel_free(FlowsLiveChannel *channel);
