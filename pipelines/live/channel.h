// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One channel in the making: transport packets of its service in, lines and files out. Service →
// decoders → timeline → mixer → ladder, each in a file of its own. One thread.
#pragma once

#include "pipelines/child/live_job.h"
#include "pipelines/live/ladder.h"

typedef struct _LiveChannel LiveChannel;

/** The clocks at one moment. */
typedef struct {
    gint64 monotonic_us; // (value)
    gint64 utc_ms;       // (value) the system's
} LiveChannelNow;

/** @job: borrowed for life. @sink: takes every line. Returns: (transfer full): NULL with an error
 * of the layers below. */
LiveChannel *live_channel_new(const ChildLiveJob *job, LiveLadderSink sink, gpointer data,
                              GError **error);
void live_channel_free(LiveChannel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveChannel, live_channel_free)

/** @arrived_us: when @bytes came (monotonic). Returns: FALSE with an error that ends it. */
gboolean live_channel_push(LiveChannel *channel, GBytes *bytes, gint64 arrived_us,
                           const LiveChannelNow *now, GError **error);

/** No more comes: what is whole is told. */
gboolean live_channel_finish(LiveChannel *channel, GError **error);

/** Each second or so: decides about speed and tells how it goes. @busy_us: spent working since the
 * last call. */
void live_channel_tell_health(LiveChannel *channel, const LiveChannelNow *now, gint64 busy_us);
