// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One more sound of a service, beside the one that all rungs have: PES packets in, a file of sound
// alone for each segment out. It never makes the channel wait for long: silence is where nothing
// came. One thread.
#pragma once

#include "pipelines/live/pes.h"
#include "pipelines/live/store.h"

typedef struct _LiveVoice LiveVoice;

/** Where a stamp belongs on the channel's time. Returns: FALSE: nowhere. */
typedef gboolean (*LiveVoicePlace)(gint64 pts90k, gint64 *time, gpointer data);

/** @codec: a word of tables/stream.h. @time: segments that begin there or later are made. Returns:
 * (transfer full): NULL with ENCODE_FAILURE. */
LiveVoice *live_voice_new(const char *codec, gint64 time, LiveVoicePlace place, gpointer data,
                          GError **error);
void live_voice_free(LiveVoice *voice);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveVoice, live_voice_free)

void live_voice_push(LiveVoice *voice, const LivePesUnit *unit);

/** Returns: whether the segment need not be waited for; @now: where the channel's next tick is. */
gboolean live_voice_is_ready(LiveVoice *voice, gint64 start, gint64 end, gint64 now);

/** Writes the segment of @report as a part called @name. Returns: FALSE with an error of the disk;
 * what fails otherwise is left out. */
gboolean live_voice_write(LiveVoice *voice, const char *name, LiveStore *store,
                          ChildLiveReport *report, GError **error);
