// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Placed pictures and sound in, every tick and every block of the ladder out: pictures are repeated
// or left out, silence fills what is missing, a plain slate stands where no picture comes for long,
// and a jump of the source begins a segment. Nothing here waits; what one track lacks is made up as
// the other goes on. One thread.
#pragma once

#include "pipelines/live/ladder.h"
#include "pipelines/live/wall.h"

struct AVFrame;
typedef struct _LiveMixer LiveMixer;

/** @ladder: borrowed for life. @wall: asked when segments begin; borrowed for life. */
LiveMixer *live_mixer_new(LiveLadder *ladder, LiveWall *wall, gint64 first_time);
void live_mixer_free(LiveMixer *mixer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveMixer, live_mixer_free)

/** Which tracks the service has. */
void live_mixer_set_tracks(LiveMixer *mixer, gboolean picture, gboolean sound);

/** Pictures a second of the source, 0: not known. */
void live_mixer_set_rate(LiveMixer *mixer, guint numerator, guint denominator);

/** How many rungs with pictures to leave out from the next segment on. */
void live_mixer_set_dropped(LiveMixer *mixer, guint dropped);

/** What is placed from @time on does not go on from what came before. */
void live_mixer_note_jump(LiveMixer *mixer, gint64 time);

/** What is placed at @time arrived at @arrived_ms, UTC by the clock that counts. */
void live_mixer_note_arrival(LiveMixer *mixer, gint64 time, gint64 arrived_ms);

/** @frame: its contents are moved away. @time: 90 kHz of the channel. Returns: FALSE with an error
 * that ends the channel. */
gboolean live_mixer_add_picture(LiveMixer *mixer, struct AVFrame *frame, gint64 time,
                                GError **error);
gboolean live_mixer_add_sound(LiveMixer *mixer, struct AVFrame *frame, gint64 time, GError **error);

/** No more comes: ends the last segment with what is there. */
gboolean live_mixer_finish(LiveMixer *mixer, GError **error);

/** Returns: what is added to places of sound, so that pictures fall on ticks. */
gint64 live_mixer_get_shift(const LiveMixer *mixer);

/** Returns: whether the slate stands. */
gboolean live_mixer_is_slated(const LiveMixer *mixer);

/** Of the source's picture as shown; 0 without one. */
void live_mixer_get_size(const LiveMixer *mixer, guint *width, guint *height);
