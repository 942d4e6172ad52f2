// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Tells the parent what the tables of a multiplex say, and only what it was not told already:
// rounds of services, programmes that are new, different or gone, the stream's clock. A parent that
// does not keep up is told later; nothing piles up. Used by child.c.
#pragma once

#include "pipelines/child/intake_channel.h"
#include "pipelines/tables/demux.h"

typedef struct _IntakeAnnounce IntakeAnnounce;

/** Both must outlive it. @guide: tell programmes. Returns: (transfer full). */
IntakeAnnounce *intake_announce_new(ChildIntakeChannel *channel, TablesDemux *demux,
                                    gboolean guide);
void intake_announce_free(IntakeAnnounce *announce);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeAnnounce, intake_announce_free)

/** Tells what is due. @now_us: monotonic; about each second. */
void intake_announce_tell(IntakeAnnounce *announce, gint64 now_us);

/** Tells all services once more, when it is their turn. */
void intake_announce_repeat(IntakeAnnounce *announce);
