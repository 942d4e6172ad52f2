// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// All rungs of a channel on one grid of ticks: pictures and sound in, aligned segments in the
// staging folder and their lines out. An epoch is a stretch of one picture size and rate; segments,
// numbers and times go on across epochs. Blocking file I/O; one thread.
#pragma once

#include "pipelines/child/live_job.h"
#include "pipelines/child/live_report.h"
#include "pipelines/live/side.h"
#include "pipelines/source/info.h"

struct AVFrame;
typedef struct _LiveLadder LiveLadder;

/** Takes a live-init, live-segment or warning line. */
typedef void (*LiveLadderSink)(const ChildLiveReport *report, gpointer data);

/** How a segment that begins now is to be told. */
typedef struct {
    gint64 wall_ms;         // (value) UTC when it began on the air
    gboolean discontinuity; // (value)
    guint dropped;          // (value) rungs with pictures to leave out, from the top
} LiveLadderSegment;

/** @job: borrowed for life. Returns: (transfer full): NULL with ENCODE_FAILURE, also for an unknown
 * rung. */
LiveLadder *live_ladder_new(const ChildLiveJob *job, LiveLadderSink sink, gpointer data,
                            GError **error);
void live_ladder_free(LiveLadder *ladder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveLadder, live_ladder_free)

/** @side: copied. */
void live_ladder_set_side(LiveLadder *ladder, const LiveSide *side);

/** Returns: whether a segment must be begun before the next tick: no epoch has begun, the segment
 * is full, or live_ladder_cut() was called. */
gboolean live_ladder_is_at_cut(const LiveLadder *ladder);

/** The next tick begins a segment, unless the present one has just begun. */
void live_ladder_cut(LiveLadder *ladder);

/** At a cut: what comes is of this kind; has_picture FALSE: sound alone. Copies @info. */
gboolean live_ladder_begin_epoch(LiveLadder *ladder, const SourceInfo *info, GError **error);

/** At a cut, within an epoch. */
gboolean live_ladder_begin_segment(LiveLadder *ladder, const LiveLadderSegment *segment,
                                   GError **error);

/** @frame: (nullable): of any size; NULL: the slate, or nothing in an epoch without pictures. */
gboolean live_ladder_add_tick(LiveLadder *ladder, const struct AVFrame *frame, GError **error);

/** One block of sound, as encode_sound_new() gives them. */
typedef struct {
    gint64 block;       // (value)
    const float *left;  // (unowned)
    const float *right; // (unowned)
    const float *mono;  // (unowned)
} LiveLadderSound;

/** Returns: whether a rung has two channels. */
gboolean live_ladder_is_stereo(const LiveLadder *ladder);

/** Blocks follow one another, from that of the job's first_time on. */
gboolean live_ladder_add_sound(LiveLadder *ladder, const LiveLadderSound *sound, GError **error);

/** Ends the present segment, however short, with the last tick; it is told if its sound is there.
 */
gboolean live_ladder_finish(LiveLadder *ladder, GError **error);

/** Returns: where the next tick begins; the job's first_time before the first. */
gint64 live_ladder_get_time(const LiveLadder *ladder);

/** Returns: where the tick after the next begins, 90 kHz. */
gint64 live_ladder_get_tick_end(const LiveLadder *ladder);

/** Returns: how many rungs there are with pictures, dropped or not. */
guint live_ladder_count_pictures(const LiveLadder *ladder);

/** Returns: (transfer full): names of rungs left out for want of speed. */
char **live_ladder_list_dropped(const LiveLadder *ladder);
