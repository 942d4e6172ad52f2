// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// When the packets of a recording are due, in time that runs on through jumps of its clock and
// where it has none. Pure; used by replay.c.
#pragma once

#include "pipelines/tables/packet.h"

typedef struct {
    int pid;             // (value) whose clock counts, -1: the next one's
    gint64 last27m;      // (value) its last reference, -1: none to compare with
    gint64 due_us;       // (value) of what comes now, from 0
    guint64 bytes;       // (value) since the last reference
    gint64 paced_us;     // (value) covered by references
    guint64 paced_bytes; // (value) in that time
} IntakePace;

void intake_pace_init(IntakePace *pace);

/** Notes a packet. Returns: whether time went on: what came before it was due earlier. */
gboolean intake_pace_note(IntakePace *pace, const TablesPacket *packet);

/** The recording ends: what stands behind its last reference takes its time, too. */
void intake_pace_finish(IntakePace *pace);
