// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Each track follows the list of shifts; a jump seen first in one track makes a new shift, and the
// other track, when it comes to the same jump, takes that very shift instead of one of its own.
#include "pipelines/source/timeline.h"

#define TRACKS 2
#define CLOCK_JUMP_US (10 * G_USEC_PER_SEC)
#define STEP_BACK_US (G_USEC_PER_SEC / 2)
#define BEYOND_END_US (60 * G_USEC_PER_SEC)
#define LONGEST_GAP_US (600 * (gint64)G_USEC_PER_SEC)
#define SAME_JUMP_US (2 * G_USEC_PER_SEC)
#define MAX_SHIFTS 4096
#define LARGEST_STAMP_US (G_MAXINT64 / 8)

typedef struct {
    gint64 expected_us; // (value) where the next frame should start; SOURCE_TIMELINE_NONE at first
    guint shift;        // (value) index into shifts
} Track;

struct _SourceTimeline {
    gboolean jumps;       // (value)
    gint64 end_us;        // (value)
    GArray *shifts;       // (owned) (element-type gint64) added to the file's clock
    Track tracks[TRACKS]; // (value)
};

SourceTimeline *
source_timeline_new(gint64 origin_us, gboolean jumps, gint64 end_us)
{
    SourceTimeline *timeline = g_new0(SourceTimeline, 1);
    timeline->jumps = jumps;
    timeline->end_us = end_us;
    timeline->shifts = g_array_new(FALSE, FALSE, sizeof(gint64));
    gint64 shift = -origin_us;
    g_array_append_val(timeline->shifts, shift);
    for (int i = 0; i < TRACKS; i++)
        timeline->tracks[i].expected_us = SOURCE_TIMELINE_NONE;
    return timeline;
}

void
source_timeline_free(SourceTimeline *timeline)
{
    if (timeline == NULL)
        return;
    g_array_unref(timeline->shifts);
    g_free(timeline);
}

/* No format leaves ten minutes without anything in any track. */
static gboolean
is_beyond_all(const SourceTimeline *timeline, gint64 time_us)
{
    for (int i = 0; i < TRACKS; i++) {
        if (time_us < timeline->tracks[i].expected_us + LONGEST_GAP_US)
            return FALSE;
    }
    return TRUE;
}

static gboolean
is_jump(const SourceTimeline *timeline, gint64 time_us, gint64 expected_us)
{
    if (expected_us == SOURCE_TIMELINE_NONE)
        return FALSE;
    if (is_beyond_all(timeline, time_us))
        return TRUE;
    if (time_us < expected_us - STEP_BACK_US)
        return TRUE;
    if (timeline->jumps)
        return time_us > expected_us + CLOCK_JUMP_US;
    return timeline->end_us > 0 && time_us > timeline->end_us + BEYOND_END_US &&
           time_us > expected_us + CLOCK_JUMP_US;
}

/* The shift that puts @stamp_us at about @expected_us: the other track's, when it met the same
 * jump. */
static void
take_shift(SourceTimeline *timeline, Track *track, gint64 stamp_us)
{
    gint64 wanted = track->expected_us - stamp_us;
    for (guint i = track->shift + 1; i < timeline->shifts->len; i++) {
        gint64 known = g_array_index(timeline->shifts, gint64, i);
        if (ABS(known - wanted) < SAME_JUMP_US) {
            track->shift = i;
            return;
        }
    }
    if (timeline->shifts->len < MAX_SHIFTS)
        g_array_append_val(timeline->shifts, wanted);
    else
        g_array_index(timeline->shifts, gint64, MAX_SHIFTS - 1) = wanted;
    track->shift = timeline->shifts->len - 1;
}

gint64
source_timeline_place(SourceTimeline *timeline, SourceTimelineTrack which, gint64 stamp_us,
                      gint64 duration_us)
{
    Track *track = &timeline->tracks[which];
    duration_us = MAX(duration_us, 0);
    gint64 time_us = track->expected_us == SOURCE_TIMELINE_NONE ? 0 : track->expected_us;
    if (stamp_us != SOURCE_TIMELINE_NONE) {
        stamp_us = CLAMP(stamp_us, -LARGEST_STAMP_US, LARGEST_STAMP_US);
        time_us = stamp_us + g_array_index(timeline->shifts, gint64, track->shift);
        if (is_jump(timeline, time_us, track->expected_us)) {
            take_shift(timeline, track, stamp_us);
            time_us = stamp_us + g_array_index(timeline->shifts, gint64, track->shift);
        }
    }
    gint64 next_us = time_us + duration_us;
    if (track->expected_us == SOURCE_TIMELINE_NONE || next_us > track->expected_us)
        track->expected_us = next_us;
    return time_us;
}

guint
source_timeline_get_jumps(SourceTimeline *timeline)
{
    return timeline->shifts->len - 1;
}
