// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A mapping puts one stamp at one time of the channel and moves along, so that differences of 33
// bits are enough. A stamp fits a mapping when it lands near what was placed by it last. Where none
// fits and a second stamp agrees, a new mapping begins at the end of that track, and the old one
// stays for the other track, whose last units of before the jump may still come.
#include "pipelines/live/timeline.h"

#define STAMP_BITS 33
#define BACK_PTS90K (5 * 90000)    // one track comes so much later than the other
#define OVERLAP_PTS90K (90000 / 2) // what is repeated after a splice
#define RECENT_PTS90K (2 * 90000)  // a track that ended longer ago does not say where to go on
#define AGREE_PTS90K (5 * 90000)   // two stamps of one clock
#define WAITING_MAX 16

typedef struct {
    guint id;    // (value) 0: none
    gint64 raw;  // (value) a stamp
    gint64 time; // (value) of the channel
} Mapping;

typedef struct {
    gpointer unit;   // (owned)
    gint64 pts90k;   // (value)
    gint64 duration; // (value)
} Waiting;

typedef struct {
    GArray *waiting;  // (owned) (element-type Waiting)
    guint mapping_id; // (value) of its last unit
    gint64 end;       // (value) of its last unit
    gboolean begun;   // (value)
} Track;

struct _LiveTimeline {
    LiveTimelineSink sink;              // (unowned)
    GDestroyNotify release;             // (unowned)
    gpointer data;                      // (unowned) for sink
    gint64 first_time;                  // (value)
    guint mappings;                     // (value) made so far
    Mapping newest;                     // (value)
    Mapping older;                      // (value)
    Track tracks[LIVE_TIMELINE_TRACKS]; // (value)
    guint told_id;                      // (value) the last mapping of which the sink knows
};

LiveTimeline *
live_timeline_new(gint64 first_time, LiveTimelineSink sink, GDestroyNotify release, gpointer data)
{
    LiveTimeline *timeline = g_new0(LiveTimeline, 1);
    timeline->sink = sink;
    timeline->release = release;
    timeline->data = data;
    timeline->first_time = first_time;
    for (guint i = 0; i < LIVE_TIMELINE_TRACKS; i++) {
        timeline->tracks[i].waiting = g_array_new(FALSE, FALSE, sizeof(Waiting));
        timeline->tracks[i].end = first_time;
    }
    return timeline;
}

void
live_timeline_free(LiveTimeline *timeline)
{
    for (guint i = 0; i < LIVE_TIMELINE_TRACKS; i++) {
        GArray *waiting = timeline->tracks[i].waiting;
        for (guint k = 0; k < waiting->len; k++)
            timeline->release(g_array_index(waiting, Waiting, k).unit);
        g_array_unref(waiting);
    }
    g_free(timeline);
}

/* @to − @from on a clock of 33 bits: the nearer way round. */
static gint64
subtract(gint64 to, gint64 from)
{
    gint64 range = G_GINT64_CONSTANT(1) << STAMP_BITS;
    gint64 difference = ((to - from) % range + range) % range;
    return difference >= range / 2 ? difference - range : difference;
}

static gboolean
fits(const Mapping *mapping, const Track *track, gint64 pts90k, gint64 *time)
{
    if (mapping->id == 0)
        return FALSE;
    gint64 ahead = subtract(pts90k, mapping->raw);
    gint64 lands = mapping->time + ahead;
    if (ahead < -BACK_PTS90K || ahead > LIVE_TIMELINE_FILL_PTS90K)
        return FALSE;
    if (track->begun && track->mapping_id == mapping->id && lands < track->end - OVERLAP_PTS90K)
        return FALSE;
    *time = lands;
    return TRUE;
}

/* Moves the mapping along with the track that is ahead. */
static void
advance(Mapping *mapping, gint64 pts90k, gint64 time)
{
    if (time <= mapping->time)
        return;
    mapping->raw = pts90k;
    mapping->time = time;
}

/* Where a track stays as long as it fits, the mappings may look alike. */
static Mapping *
find_mapping(LiveTimeline *timeline, const Track *track, gint64 pts90k, gint64 *time)
{
    Mapping *first = &timeline->newest, *second = &timeline->older;
    if (track->begun && track->mapping_id == timeline->older.id) {
        first = &timeline->older;
        second = &timeline->newest;
    }
    if (fits(first, track, pts90k, time))
        return first;
    // Back to an older one only while the track is still there.
    gboolean may_change = second == &timeline->newest || !track->begun;
    return may_change && fits(second, track, pts90k, time) ? second : NULL;
}

static gint64
find_head(const LiveTimeline *timeline)
{
    gint64 head = timeline->first_time;
    for (guint i = 0; i < LIVE_TIMELINE_TRACKS; i++)
        if (timeline->tracks[i].begun)
            head = MAX(head, timeline->tracks[i].end);
    return head;
}

static void
begin_mapping(LiveTimeline *timeline, const Track *track, gint64 pts90k)
{
    gint64 head = find_head(timeline);
    gboolean recent = track->begun && head - track->end <= RECENT_PTS90K;
    timeline->older = timeline->newest;
    timeline->newest = (Mapping){++timeline->mappings, pts90k, recent ? track->end : head};
}

static void
place_first(LiveTimeline *timeline, LiveTimelineTrack number, gint64 time, guint mapping_id)
{
    Track *track = &timeline->tracks[number];
    Waiting first = g_array_index(track->waiting, Waiting, 0);
    g_array_remove_index(track->waiting, 0);
    gboolean jumped = mapping_id > timeline->told_id;
    timeline->told_id = MAX(timeline->told_id, mapping_id);
    track->mapping_id = mapping_id;
    track->begun = TRUE;
    track->end = time + first.duration;
    timeline->sink(number, first.unit, time, jumped, timeline->data);
}

/* The next stamp behind the first waiting unit. Returns: FALSE while there is none. */
static gboolean
find_witness(const Track *track, gint64 *pts90k)
{
    for (guint i = 1; i < track->waiting->len; i++) {
        *pts90k = g_array_index(track->waiting, Waiting, i).pts90k;
        if (*pts90k >= 0)
            return TRUE;
    }
    return FALSE;
}

static void
drop_first(LiveTimeline *timeline, Track *track)
{
    timeline->release(g_array_index(track->waiting, Waiting, 0).unit);
    g_array_remove_index(track->waiting, 0);
}

/* A picture out of place is one that the decoder held back across a loss: nobody wants it. Sound
 * out of place has a spoilt stamp and goes on. */
static void
drop_stamp(LiveTimeline *timeline, LiveTimelineTrack number)
{
    Track *track = &timeline->tracks[number];
    if (number == LIVE_TIMELINE_PICTURE)
        drop_first(timeline, track);
    else
        g_array_index(track->waiting, Waiting, 0).pts90k = -1;
}

/* What to do with a stamp that fits nowhere. @now: no more come. Returns: FALSE: wait. */
static gboolean
settle_doubt(LiveTimeline *timeline, LiveTimelineTrack number, gboolean now)
{
    Track *track = &timeline->tracks[number];
    gint64 pts90k = g_array_index(track->waiting, Waiting, 0).pts90k;
    gint64 witness = -1, time = 0;
    gboolean heard = find_witness(track, &witness);
    if (!heard && !now && track->waiting->len < WAITING_MAX)
        return FALSE;
    gint64 apart = heard ? subtract(witness, pts90k) : G_MAXINT64;
    gboolean agrees = apart >= -OVERLAP_PTS90K && apart <= AGREE_PTS90K;
    if (agrees && find_mapping(timeline, track, witness, &time) == NULL)
        begin_mapping(timeline, track, pts90k);
    else
        drop_stamp(timeline, number);
    return TRUE;
}

static void
resolve(LiveTimeline *timeline, LiveTimelineTrack number, gboolean now)
{
    Track *track = &timeline->tracks[number];
    while (track->waiting->len > 0) {
        Waiting *first = &g_array_index(track->waiting, Waiting, 0);
        gint64 time = track->end;
        if (first->pts90k < 0 && track->begun) {
            place_first(timeline, number, time, track->mapping_id);
            continue;
        }
        if (first->pts90k < 0) {
            drop_first(timeline, track);
            continue;
        }
        Mapping *mapping = find_mapping(timeline, track, first->pts90k, &time);
        if (mapping != NULL) {
            advance(mapping, first->pts90k, time);
            place_first(timeline, number, time, mapping->id);
        } else if (!settle_doubt(timeline, number, now)) {
            return;
        }
    }
}

void
live_timeline_push(LiveTimeline *timeline, LiveTimelineTrack track, gint64 pts90k, gint64 duration,
                   gpointer unit)
{
    Waiting waiting = {unit, pts90k, duration};
    guint before = timeline->mappings;
    g_array_append_val(timeline->tracks[track].waiting, waiting);
    resolve(timeline, track, FALSE);
    // What the other track doubted may belong to the new mapping.
    if (timeline->mappings != before)
        for (guint i = 0; i < LIVE_TIMELINE_TRACKS; i++)
            resolve(timeline, (LiveTimelineTrack)i, FALSE);
}

void
live_timeline_flush(LiveTimeline *timeline, LiveTimelineTrack track)
{
    resolve(timeline, track, TRUE);
}

gint64
live_timeline_get_end(const LiveTimeline *timeline, LiveTimelineTrack track)
{
    return timeline->tracks[track].end;
}

gboolean
live_timeline_find(const LiveTimeline *timeline, gint64 pts90k, gint64 *time)
{
    static const Track anybody = {0};
    return pts90k >= 0 && (fits(&timeline->newest, &anybody, pts90k, time) ||
                           fits(&timeline->older, &anybody, pts90k, time));
}
