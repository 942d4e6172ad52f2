// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Pictures of what services show, for whoever chooses among them: made when somebody asks, one
// after another, by a live child that encodes nothing (pipelines/live/snapshot.h), and remembered
// in memory for a while. Owned by live.c. Lives on the main context; what may be called elsewhere
// says so.
#pragma once

#include "server/flows/live_channel.h"

typedef struct _FlowsSnapshots FlowsSnapshots;

/** Which service. */
typedef struct {
    char *id;               // (owned) of its row
    char *multiplex_id;     // (owned)
    guint16 service_number; // (value)
} FlowsSnapshotsWanted;

/** What is known of a service's picture. */
typedef struct {
    GBytes *picture; // (owned) (nullable) WebP
    gint64 taken_ms; // (value) UTC, when it was on the air
    gboolean making; // (value) another one is on its way
    char *code;      // (owned) (nullable) why the last try gave none, as a child's failure code
} FlowsSnapshotsAnswer;

/** @shared: borrowed, and what it names. @on_quiet: after _stop(), when nothing goes on any more.
 * Returns: (transfer full). */
FlowsSnapshots *flows_snapshots_new(const FlowsLiveChannelShared *shared,
                                    void (*on_quiet)(gpointer data), gpointer data);

/** Orders a picture unless what is there, or the last try, is young; (out) what is known now:
 * flows_snapshots_clear_answer(). Any thread. */
void flows_snapshots_ask(FlowsSnapshots *snapshots, const FlowsSnapshotsWanted *wanted,
                         FlowsSnapshotsAnswer *answer);
void flows_snapshots_clear_answer(FlowsSnapshotsAnswer *answer);

/** Begins no more and ends what runs. */
void flows_snapshots_stop(FlowsSnapshots *snapshots);

/** Returns: whether nothing goes on. */
gboolean flows_snapshots_is_quiet(const FlowsSnapshots *snapshots);

/** Quiet ones only. */
void flows_snapshots_free(FlowsSnapshots *snapshots);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsSnapshots, flows_snapshots_free)
