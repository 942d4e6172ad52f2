// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One small picture of what a service shows now, for whoever chooses among services: nothing is
// encoded. A job whose only rung is `scrub` asks for it; its segment has that one part. One thread.
#pragma once

#include "pipelines/child/live_job.h"
#include "pipelines/live/ladder.h"

typedef struct _LiveSnapshot LiveSnapshot;

/** Whether @job wants nothing else. */
gboolean live_snapshot_is_wanted(const ChildLiveJob *job);

/** @job: borrowed for life. @sink: takes the line. @now_us: monotonic. Returns: (transfer full). */
LiveSnapshot *live_snapshot_new(const ChildLiveJob *job, LiveLadderSink sink, gpointer data,
                                gint64 now_us);
void live_snapshot_free(LiveSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveSnapshot, live_snapshot_free)

/** @bytes: (nullable): packets, NULL: none came meanwhile. Returns: FALSE with SOURCE_FAILURE when
 * there will be none (no picture, a key is needed, too long without one), or an error of the disk.
 */
gboolean live_snapshot_push(LiveSnapshot *snapshot, GBytes *bytes, gint64 now_us, GError **error);

/** Returns: whether it is told. */
gboolean live_snapshot_is_done(const LiveSnapshot *snapshot);
