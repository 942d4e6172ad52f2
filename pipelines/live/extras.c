// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A lane a track: packets → PES → voice.c, or early.c → text.c. The ladder asks when a segment is
// written.
#include "pipelines/live/extras.h"

#include <string.h>

#include "pipelines/live/burn.h"
#include "pipelines/live/choose.h"
#include "pipelines/live/early.h"
#include "pipelines/live/scrub.h"
#include "pipelines/live/text.h"
#include "pipelines/live/voice.h"

typedef struct {
    LiveExtras *extras;     // (unowned)
    LiveChooseExtra chosen; // (value)
    char *name;             // (owned)
    LivePes *pes;           // (owned)
    LiveVoice *voice;       // (owned) (nullable)
    LiveText *text;         // (owned) (nullable) one of the two, or none can be decoded
    LiveEarly *early;       // (owned) (nullable) in front of the text
    gint64 until;           // (value) segments that begin later have no part of it
} Lane;

struct _LiveExtras {
    LiveExtrasPlace place; // (value)
    gboolean voices;       // (value) wanted
    gboolean captions;     // (value) wanted
    LiveScrub *scrub;      // (owned) (nullable) where wanted
    LiveBurn *burn;        // (owned) (nullable) where wanted
    GPtrArray *lanes;      // (owned) (element-type Lane)
};

static void
free_lane(gpointer data)
{
    Lane *lane = data;
    live_pes_free(lane->pes);
    g_clear_pointer(&lane->voice, live_voice_free);
    g_clear_pointer(&lane->text, live_text_free);
    g_clear_pointer(&lane->early, live_early_free);
    g_free(lane->name);
    g_free(lane);
}

static gboolean
find_place(gint64 pts90k, gint64 *time, gpointer data)
{
    LiveExtras *extras = data;
    if (!live_timeline_find(extras->place.timeline, pts90k, time))
        return FALSE;
    *time += live_mixer_get_shift(extras->place.mixer);
    return TRUE;
}

static gboolean
on_early_place(gint64 pts90k, gint64 *time, gpointer data)
{
    const Lane *lane = data;
    return find_place(pts90k, time, lane->extras);
}

static void
on_early_placed(const LivePesUnit *unit, gint64 time, gpointer data)
{
    Lane *lane = data;
    live_text_push(lane->text, unit, time);
}

static void
on_unit(const LivePesUnit *unit, gpointer data)
{
    Lane *lane = data;
    if (lane->voice != NULL)
        live_voice_push(lane->voice, unit);
    else if (lane->text != NULL)
        live_early_push(lane->early, unit, live_ladder_get_time(lane->extras->place.ladder));
}

static void
open_text(Lane *lane, gint64 now)
{
    static const LiveEarlyFuncs funcs = {on_early_place, on_early_placed};
    lane->text = live_text_new(lane->chosen.page, now);
    if (lane->text != NULL)
        lane->early = live_early_new(&funcs, lane);
}

static void
open_lane(LiveExtras *extras, const LiveChooseExtra *chosen)
{
    Lane *lane = g_new0(Lane, 1);
    gint64 now = live_ladder_get_time(extras->place.ladder);
    lane->extras = extras;
    lane->until = G_MAXINT64;
    lane->chosen = *chosen;
    lane->name = child_live_track_format(&chosen->track);
    lane->pes = live_pes_new(on_unit, lane);
    if (chosen->track.kind == CHILD_LIVE_TRACK_VOICE)
        lane->voice = live_voice_new(chosen->codec, now, find_place, extras, NULL);
    else
        open_text(lane, now);
    g_ptr_array_add(extras->lanes, lane);
}

static gboolean
is_same(const LiveChooseExtra *one, const LiveChooseExtra *other)
{
    return one->pid == other->pid && one->page == other->page &&
           strcmp(one->codec, other->codec) == 0 && one->track.kind == other->track.kind &&
           one->track.purpose == other->track.purpose &&
           strcmp(one->track.language, other->track.language) == 0 &&
           one->track.number == other->track.number;
}

/* Back before it was gone, it goes on. */
static gboolean
keep_lane(const LiveExtras *extras, const LiveChooseExtra *chosen)
{
    for (guint i = 0; i < extras->lanes->len; i++) {
        Lane *lane = extras->lanes->pdata[i];
        if (!is_same(&lane->chosen, chosen))
            continue;
        lane->until = G_MAXINT64;
        return TRUE;
    }
    return FALSE;
}

/* What it gave is still to be written. */
static void
leave_lane(LiveExtras *extras, Lane *lane)
{
    if (lane->until != G_MAXINT64)
        return;
    live_pes_finish(lane->pes);
    lane->until = live_ladder_get_time(extras->place.ladder);
}

static gboolean
is_chosen(const Lane *lane, const LiveChooseExtra *chosen, guint count)
{
    for (guint i = 0; i < count; i++)
        if (is_same(&lane->chosen, &chosen[i]))
            return TRUE;
    return FALSE;
}

void
live_extras_follow(LiveExtras *extras, const TablesService *service, const TablesStream *sound)
{
    LiveChooseExtra chosen[LIVE_CHOOSE_EXTRAS_MAX];
    guint count = live_choose_extras(service, sound, chosen);
    if (extras->burn != NULL)
        live_burn_follow(extras->burn, service);
    for (guint i = 0; i < extras->lanes->len; i++)
        if (!is_chosen(extras->lanes->pdata[i], chosen, count))
            leave_lane(extras, extras->lanes->pdata[i]);
    for (guint i = 0; i < count; i++) {
        gboolean wanted =
            chosen[i].track.kind == CHILD_LIVE_TRACK_VOICE ? extras->voices : extras->captions;
        if (wanted && !keep_lane(extras, &chosen[i]))
            open_lane(extras, &chosen[i]);
    }
}

void
live_extras_push(LiveExtras *extras, const TablesPacket *packet)
{
    if (extras->burn != NULL)
        live_burn_push(extras->burn, packet);
    for (guint i = 0; i < extras->lanes->len; i++) {
        const Lane *lane = extras->lanes->pdata[i];
        if (lane->chosen.pid == packet->pid && lane->until == G_MAXINT64)
            live_pes_push(lane->pes, packet);
    }
}

void
live_extras_finish(LiveExtras *extras)
{
    for (guint i = 0; i < extras->lanes->len; i++)
        live_pes_finish(((Lane *)extras->lanes->pdata[i])->pes);
}

static gboolean
on_ladder_is_ready(gint64 start, gint64 end, gint64 now, gpointer data)
{
    LiveExtras *extras = data;
    for (guint i = 0; i < extras->lanes->len; i++) {
        const Lane *lane = extras->lanes->pdata[i];
        if (lane->voice != NULL && lane->until == G_MAXINT64 &&
            !live_voice_is_ready(lane->voice, start, end, now))
            return FALSE;
    }
    return TRUE;
}

static gboolean
write_text(const Lane *lane, LiveStore *store, ChildLiveReport *report, GError **error)
{
    gint64 start = (gint64)report->time;
    live_early_look(lane->early, start);
    char *text = live_text_take(lane->text, start, start + (gint64)report->duration);
    if (text == NULL)
        return TRUE;
    g_autoptr(GBytes) bytes = g_bytes_new_take(text, strlen(text));
    return live_store_add_part(store, report, lane->name, 0, bytes, error);
}

static gboolean
on_ladder_write(LiveStore *store, ChildLiveReport *report, gpointer data, GError **error)
{
    LiveExtras *extras = data;
    for (guint i = extras->lanes->len; i-- > 0;) {
        const Lane *lane = extras->lanes->pdata[i];
        if ((gint64)report->time >= lane->until) {
            g_ptr_array_remove_index(extras->lanes, i);
            continue;
        }
        if (lane->voice != NULL && !live_voice_write(lane->voice, lane->name, store, report, error))
            return FALSE;
        if (lane->text != NULL && !write_text(lane, store, report, error))
            return FALSE;
    }
    return extras->scrub == NULL || live_scrub_write(extras->scrub, store, report, error);
}

static gboolean
on_ladder_choose(gint64 time, guint *width, guint *height, gpointer data)
{
    LiveExtras *extras = data;
    return extras->scrub != NULL && live_scrub_choose(extras->scrub, time, width, height);
}

static void
on_ladder_take(gint64 time, const struct AVFrame *canvas, int matrix, gpointer data)
{
    LiveExtras *extras = data;
    live_scrub_take(extras->scrub, time, canvas, matrix);
}

static const struct AVFrame *
on_ladder_draw(EncodeRungsId rung, gint64 time, const struct AVFrame *canvas, int matrix,
               gpointer data)
{
    LiveExtras *extras = data;
    return extras->burn == NULL ? NULL : live_burn_draw(extras->burn, rung, time, canvas, matrix);
}

LiveExtras *
live_extras_new(const ChildLiveJob *job, const LiveExtrasPlace *place)
{
    LiveExtras *extras = g_new0(LiveExtras, 1);
    const char *const *wanted = (const char *const *)job->extras;
    const LiveSide side = {on_ladder_is_ready, on_ladder_write, on_ladder_choose,
                           on_ladder_take,     on_ladder_draw,  extras};
    extras->place = *place;
    extras->voices = g_strv_contains(wanted, "voices");
    extras->captions = g_strv_contains(wanted, "captions");
    if (g_strv_contains(wanted, "scrub"))
        extras->scrub = live_scrub_new();
    extras->burn = live_burn_new(job, find_place, extras);
    extras->lanes = g_ptr_array_new_with_free_func(free_lane);
    live_ladder_set_side(extras->place.ladder, &side);
    return extras;
}

void
live_extras_free(LiveExtras *extras)
{
    g_ptr_array_unref(extras->lanes);
    g_clear_pointer(&extras->scrub, live_scrub_free);
    g_clear_pointer(&extras->burn, live_burn_free);
    g_free(extras);
}
