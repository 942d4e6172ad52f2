// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Any bytes as the packets of one service, through tables, PES packets and the timeline: nothing
// breaks, nothing is lost on the way, and the channel's time keeps its word.
#include "pipelines/live/choose.h"
#include "pipelines/live/service.h"
#include "pipelines/live/timeline.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

#define FIRST_TIME 90000
#define OVERLAP 45000

typedef struct {
    LiveTimeline *timeline;
    guint pushed;
    guint placed;
    guint released;
    gint64 end[LIVE_TIMELINE_TRACKS];
} Counts;

static void
on_placed(LiveTimelineTrack track, gpointer unit, gint64 time, gboolean jumped, gpointer data)
{
    Counts *counts = data;
    counts->placed++;
    g_assert_cmpint(time, >=, counts->end[track] - OVERLAP - 5 * FIRST_TIME);
    counts->end[track] = MAX(counts->end[track], time);
    g_free(unit);
}

static void
push(Counts *counts, LiveTimelineTrack track, const LivePesUnit *unit)
{
    g_assert_cmpuint(unit->bytes, >, 0);
    g_assert_cmpint(unit->pts90k, <, G_GINT64_CONSTANT(1) << 33);
    counts->pushed++;
    live_timeline_push(counts->timeline, track, unit->pts90k, 3600, g_malloc(1));
}

static void
on_picture(const LivePesUnit *unit, gpointer data)
{
    push(data, LIVE_TIMELINE_PICTURE, unit);
}

static void
on_sound(const LivePesUnit *unit, gpointer data)
{
    push(data, LIVE_TIMELINE_SOUND, unit);
}

static void
on_streams(const LiveServiceStreams *streams, gpointer data)
{
    g_assert_true((streams->picture.pid == 0) == (streams->picture.codec == NULL));
    g_assert_true((streams->sound.pid == 0) == (streams->sound.codec == NULL));
}

static void
on_tables(const TablesService *service, const TablesStream *sound, gpointer data)
{
    LiveChooseExtra extras[LIVE_CHOOSE_EXTRAS_MAX];
    guint count = live_choose_extras(service, sound, extras);
    g_assert_cmpuint(count, <=, LIVE_CHOOSE_EXTRAS_MAX);
    for (guint i = 0; i < count; i++) {
        g_autofree char *name = child_live_track_format(&extras[i].track);
        ChildLiveTrack back = child_live_track_parse(name);
        g_assert_cmpint(back.kind, ==, extras[i].track.kind);
        g_assert_cmpuint(back.number, ==, extras[i].track.number);
        g_assert_cmpstr(back.language, ==, extras[i].track.language);
    }
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    Counts counts = {0};
    const LiveServiceListener listener = {
        .on_streams = on_streams,
        .on_picture = on_picture,
        .on_sound = on_sound,
        .on_tables = on_tables,
        .data = &counts,
    };
    counts.timeline = live_timeline_new(FIRST_TIME, on_placed, g_free, &counts);
    LiveService *service =
        live_service_new("tha", (TablesTextCode){TABLES_TEXT_ISO8859, 11}, &listener);
    live_service_push(service, data, size, 1);
    live_service_finish(service);
    for (guint i = 0; i < LIVE_TIMELINE_TRACKS; i++)
        live_timeline_flush(counts.timeline, (LiveTimelineTrack)i);
    g_assert_cmpuint(counts.placed, <=, counts.pushed);
    live_service_free(service);
    live_timeline_free(counts.timeline);
    return 0;
}
