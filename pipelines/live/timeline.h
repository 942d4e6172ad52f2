// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// From the time stamps of a service to the channel's own time, which only grows: through the wrap
// of 33 bits, resets that nothing announces, gaps, and stamps that are wrong or missing. Picture
// and sound share one mapping, so that what belongs together stays together. Knows no clock
// reference: the stamps alone count. Pure; one thread.
#pragma once

#include <glib.h>

#define LIVE_TIMELINE_FILL_PTS90K (10 * 90000) // a longer gap is left out of the channel's time

typedef enum {
    LIVE_TIMELINE_PICTURE,
    LIVE_TIMELINE_SOUND,
} LiveTimelineTrack;

#define LIVE_TIMELINE_TRACKS 2

/** Takes a unit with its place. @jumped: the source's clock does not go on from what came before
 * it. @unit is the sink's from then on. */
typedef void (*LiveTimelineSink)(LiveTimelineTrack track, gpointer unit, gint64 time,
                                 gboolean jumped, gpointer data);

typedef struct _LiveTimeline LiveTimeline;

/** @first_time: where the channel goes on. @release: for units that are never placed. Returns:
 * (transfer full). */
LiveTimeline *live_timeline_new(gint64 first_time, LiveTimelineSink sink, GDestroyNotify release,
                                gpointer data);
void live_timeline_free(LiveTimeline *timeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveTimeline, live_timeline_free)

/**
 * live_timeline_push:
 * @pts90k: of its stamp, 33 bits; -1: none, it follows the one before
 * @duration: how long it lasts, about
 * @unit: (transfer full): decoded pictures or sound, in the order they are shown
 *
 * A stamp that does not go on from the others needs a second one that agrees; until then units
 * wait, boundedly. A lone wrong stamp counts as none.
 */
void live_timeline_push(LiveTimeline *timeline, LiveTimelineTrack track, gint64 pts90k,
                        gint64 duration, gpointer unit);

/** The track's units so far have nothing to do with those to come, or none come for now: whoever
 * waits is placed or released. */
void live_timeline_flush(LiveTimeline *timeline, LiveTimelineTrack track);

/** For streams beside the two tracks: (out) where a stamp belongs by what is known now. Returns:
 * FALSE when it fits nowhere. */
gboolean live_timeline_find(const LiveTimeline *timeline, gint64 pts90k, gint64 *time);

/** Returns: where the last unit placed on @track ends; first_time before the first. */
gint64 live_timeline_get_end(const LiveTimeline *timeline, LiveTimelineTrack track);
