// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The end of the control channel that a child which listens to a multiplex holds: lines of the
// parent come with descriptors, lines to it wait in a queue and never block. Lives on the main
// context of whoever made it.
#pragma once

#include "pipelines/child/intake_job.h"
#include "pipelines/child/intake_report.h"

typedef struct _ChildIntakeChannel ChildIntakeChannel;

typedef struct {
    /** @descriptor: (transfer full): what came beside a feed line, else -1. */
    void (*on_line)(const ChildIntakeJob *job, int descriptor, gpointer data);
    /** The parent is gone, or broke the contract; nothing follows. */
    void (*on_gone)(gpointer data);
} ChildIntakeChannelFuncs;

/** @descriptor: (transfer full). Returns: (transfer full). */
ChildIntakeChannel *child_intake_channel_new(int descriptor, const ChildIntakeChannelFuncs *funcs,
                                             gpointer data);
void child_intake_channel_free(ChildIntakeChannel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChildIntakeChannel, child_intake_channel_free)

/** Queues a line. */
void child_intake_channel_send(ChildIntakeChannel *channel, const ChildIntakeReport *report);

/** Returns: whether what can wait may be sent now: the parent keeps up. */
gboolean child_intake_channel_has_room(const ChildIntakeChannel *channel);

/** Waits until all is sent, 2 s at most: for the last line. */
void child_intake_channel_drain(ChildIntakeChannel *channel);
