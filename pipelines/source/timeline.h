// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Puts decoded frames on one trustworthy running time: origin taken out, missing time stamps filled
// in, jumps of the file's clock (joined recordings, wrapped counters, broken numbers) closed the
// same way in picture and sound, so that they stay together. Pure arithmetic; one thread.
#pragma once

#include <glib.h>

#define SOURCE_TIMELINE_NONE G_MININT64

typedef enum {
    SOURCE_TIMELINE_PICTURE,
    SOURCE_TIMELINE_SOUND,
} SourceTimelineTrack;

typedef struct _SourceTimeline SourceTimeline;

/**
 * source_timeline_new:
 * @origin_us: running time 0 on the file's clock
 * @jumps: the format's clock may jump (transport streams): gaps of 10 s and more are closed
 * @end_us: (running time) nothing honest comes much later than this; 0: not known
 */
SourceTimeline *source_timeline_new(gint64 origin_us, gboolean jumps, gint64 end_us);
void source_timeline_free(SourceTimeline *timeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SourceTimeline, source_timeline_free)

/**
 * source_timeline_place:
 * @stamp_us: on the file's clock, or SOURCE_TIMELINE_NONE
 * @duration_us: of this frame, a good guess
 *
 * Returns: running time of the frame in microseconds; may be slightly negative; steps back within a
 * track at most half a second.
 */
gint64 source_timeline_place(SourceTimeline *timeline, SourceTimelineTrack track, gint64 stamp_us,
                             gint64 duration_us);

/** How many jumps were closed so far. */
guint source_timeline_get_jumps(SourceTimeline *timeline);
