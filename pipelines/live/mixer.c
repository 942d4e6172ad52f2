// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A tick shows the newest picture that begins before its middle. When one track is PATIENCE behind
// the other it is filled up to there, so that a channel never stands still while anything comes.
#include "pipelines/live/mixer.h"

#include <libavutil/frame.h>

#include "pipelines/encode/deinterlace.h"
#include "pipelines/encode/sound.h"
#include "pipelines/live/rung.h"

#define PATIENCE_PTS90K (3 * 90000)
#define START_PTS90K (5 * 90000) // sound alone, before the slate is taken for the picture
#define HOLD_PTS90K (10 * 90000) // the last picture stands so long
#define SLATE_WIDTH 1024
#define SLATE_HEIGHT 576
#define SLATE_RATE 25

struct _LiveMixer {
    LiveLadder *ladder;             // (unowned)
    LiveWall *wall;                 // (unowned)
    gint64 first_time;              // (value)
    EncodeDeinterlace *deinterlace; // (owned)
    EncodeSound *sound;             // (owned)
    gboolean has_picture;           // (value) the service has such a stream
    gboolean has_sound;             // (value)
    guint dropped;                  // (value)
    SourceInfo *wanted;             // (owned) what the source is now
    SourceInfo *made;               // (owned) (nullable) what the epoch was begun for
    AVFrame *held;                  // (owned) blank at first
    gint64 held_time;               // (value) when it began
    gboolean slated;                // (value) the last tick showed the slate
    gint64 shift;                   // (value) of picture and sound, so that pictures fall on ticks
    gboolean phased;                // (value) it is known for what comes now
    gint64 jump_time;               // (value) G_MAXINT64: none
    gboolean jumped;                // (value) the next segment does not go on
    gint64 arrival_ms;              // (value) UTC − channel's time, of what comes now
    gint64 next_arrival_ms;         // (value) the same behind the jump
};

static gboolean
on_sound_block(gint64 block, const float *left, const float *right, const float *mono,
               gpointer user_data, GError **error)
{
    LiveMixer *mixer = user_data;
    const LiveLadderSound sound = {block, left, right, mono};
    return live_ladder_add_sound(mixer->ladder, &sound, error);
}

LiveMixer *
live_mixer_new(LiveLadder *ladder, LiveWall *wall, gint64 first_time)
{
    static const EncodeTreatPlan plan = {.limit = TRUE};
    LiveMixer *mixer = g_new0(LiveMixer, 1);
    mixer->ladder = ladder;
    mixer->wall = wall;
    mixer->first_time = first_time;
    mixer->deinterlace = encode_deinterlace_new();
    mixer->sound = encode_sound_new(live_rung_find_block(first_time), &plan,
                                    live_ladder_is_stereo(ladder), on_sound_block, mixer);
    mixer->wanted = source_info_new();
    mixer->held = av_frame_alloc();
    mixer->jump_time = G_MAXINT64;
    mixer->jumped = TRUE;
    return mixer;
}

void
live_mixer_free(LiveMixer *mixer)
{
    encode_deinterlace_free(mixer->deinterlace);
    encode_sound_free(mixer->sound);
    source_info_free(mixer->wanted);
    g_clear_pointer(&mixer->made, source_info_free);
    av_frame_free(&mixer->held);
    g_free(mixer);
}

void
live_mixer_set_tracks(LiveMixer *mixer, gboolean picture, gboolean sound)
{
    mixer->has_picture = picture;
    mixer->has_sound = sound;
    if (!picture)
        mixer->wanted->has_picture = FALSE;
}

void
live_mixer_set_rate(LiveMixer *mixer, guint numerator, guint denominator)
{
    mixer->wanted->rate_numerator = numerator;
    mixer->wanted->rate_denominator = denominator;
}

void
live_mixer_set_dropped(LiveMixer *mixer, guint dropped)
{
    mixer->dropped = dropped;
}

void
live_mixer_note_jump(LiveMixer *mixer, gint64 time)
{
    mixer->jump_time = MIN(mixer->jump_time, time);
    mixer->phased = FALSE;
    encode_sound_realign(mixer->sound);
}

void
live_mixer_note_arrival(LiveMixer *mixer, gint64 time, gint64 arrived_ms)
{
    gint64 arrival_ms = arrived_ms - time / 90;
    if (time < mixer->jump_time)
        mixer->arrival_ms = arrival_ms;
    else
        mixer->next_arrival_ms = arrival_ms;
}

static gint64
pts_to_us(gint64 time)
{
    return time * 100 / 9;
}

static gint64
get_sound_time(const LiveMixer *mixer)
{
    return encode_sound_get_time_us(mixer->sound) * 9 / 100;
}

/* The same to whoever codes it: rates that snap to one grid are one rate. */
static gboolean
is_same_kind(const SourceInfo *one, const SourceInfo *other)
{
    EncodeGrid grid = encode_grid_choose(one->rate_numerator, one->rate_denominator, 2);
    EncodeGrid other_grid = encode_grid_choose(other->rate_numerator, other->rate_denominator, 2);
    if (one->has_picture != other->has_picture)
        return FALSE;
    return !one->has_picture ||
           (one->width == other->width && one->height == other->height &&
            one->matrix == other->matrix && one->transfer == other->transfer &&
            grid.numerator == other_grid.numerator && grid.denominator == other_grid.denominator);
}

static gboolean
begin_segment(LiveMixer *mixer, GError **error)
{
    gint64 time = live_ladder_get_time(mixer->ladder);
    LiveWallPlace place =
        live_wall_place(mixer->wall, time, mixer->arrival_ms + time / 90, mixer->jumped);
    LiveLadderSegment segment = {
        .wall_ms = place.wall_ms,
        .discontinuity = mixer->jumped || place.stepped,
        .dropped = mixer->dropped,
    };
    mixer->jumped = FALSE;
    return live_ladder_begin_segment(mixer->ladder, &segment, error);
}

static gboolean
prepare_tick(LiveMixer *mixer, GError **error)
{
    if (live_ladder_get_tick_end(mixer->ladder) > mixer->jump_time ||
        live_ladder_get_time(mixer->ladder) >= mixer->jump_time) {
        live_ladder_cut(mixer->ladder);
        mixer->jumped = TRUE;
        mixer->jump_time = G_MAXINT64;
        mixer->arrival_ms = mixer->next_arrival_ms;
    }
    if (!live_ladder_is_at_cut(mixer->ladder))
        return TRUE;
    if (mixer->made == NULL || !is_same_kind(mixer->made, mixer->wanted)) {
        g_clear_pointer(&mixer->made, source_info_free);
        mixer->made = source_info_copy(mixer->wanted);
        mixer->phased = FALSE;
        if (!live_ladder_begin_epoch(mixer->ladder, mixer->made, error))
            return FALSE;
    }
    return begin_segment(mixer, error);
}

/* @frame: what is shown now; blank: the slate. */
static gboolean
add_tick(LiveMixer *mixer, const AVFrame *frame, GError **error)
{
    if (!prepare_tick(mixer, error))
        return FALSE;
    gboolean blank = frame->width == 0;
    mixer->slated = blank && mixer->made != NULL && mixer->made->has_picture;
    return live_ladder_add_tick(mixer->ladder, blank ? NULL : frame, error);
}

/* The held picture, unless it stands for too long. */
static gboolean
hold_tick(LiveMixer *mixer, GError **error)
{
    if (live_ladder_get_time(mixer->ladder) - mixer->held_time > HOLD_PTS90K)
        av_frame_unref(mixer->held);
    return add_tick(mixer, mixer->held, error);
}

/* Ticks before @until, of what is there. */
static gboolean
hold_until(LiveMixer *mixer, gint64 until, GError **error)
{
    while (live_ladder_get_tick_end(mixer->ladder) <= until) {
        // An epoch that has not begun has no ticks yet.
        gint64 before = live_ladder_get_time(mixer->ladder);
        if (!hold_tick(mixer, error))
            return FALSE;
        if (live_ladder_get_time(mixer->ladder) <= before)
            return TRUE;
    }
    return TRUE;
}

/* No picture came for long: whatever the epoch is, or a slate of the usual size. */
static void
want_slate(LiveMixer *mixer)
{
    SourceInfo *wanted = mixer->wanted;
    if (wanted->has_picture || mixer->made != NULL)
        return;
    wanted->has_picture = TRUE;
    wanted->width = SLATE_WIDTH;
    wanted->height = SLATE_HEIGHT;
    if (wanted->rate_numerator == 0)
        live_mixer_set_rate(mixer, SLATE_RATE, 1);
}

static gboolean
follow_sound(LiveMixer *mixer, GError **error)
{
    gint64 heard = get_sound_time(mixer);
    if (!mixer->has_picture) {
        av_frame_unref(mixer->held);
        return hold_until(mixer, heard, error);
    }
    if (mixer->made == NULL && !mixer->wanted->has_picture) {
        if (heard - mixer->first_time < START_PTS90K)
            return TRUE;
        want_slate(mixer);
    }
    return hold_until(mixer, heard - PATIENCE_PTS90K, error);
}

static gboolean
follow_picture(LiveMixer *mixer, GError **error)
{
    gint64 patience = mixer->has_sound ? PATIENCE_PTS90K : 0;
    gint64 until = live_ladder_get_time(mixer->ladder) - patience;
    return until <= mixer->first_time || encode_sound_fill(mixer->sound, pts_to_us(until), error);
}

static void
describe(LiveMixer *mixer, const AVFrame *frame)
{
    SourceInfo *wanted = mixer->wanted;
    wanted->has_picture = TRUE;
    wanted->coded_width = (guint)frame->width;
    wanted->coded_height = (guint)frame->height;
    source_info_set_shown_size(wanted, frame->sample_aspect_ratio.num,
                               frame->sample_aspect_ratio.den);
    wanted->primaries = (int)frame->color_primaries;
    wanted->transfer = (int)frame->color_trc;
    wanted->matrix = (int)frame->colorspace;
}

/* Pictures of the source's own rate fall on ticks all alike: what the first is away, by half a tick
 * at most, is taken from all, and from the sound with them. */
static void
find_phase(LiveMixer *mixer, gint64 time)
{
    gint64 start = live_ladder_get_time(mixer->ladder);
    gint64 length = live_ladder_get_tick_end(mixer->ladder) - start;
    if (mixer->phased || mixer->made == NULL || !mixer->made->has_picture || length <= 0)
        return;
    gint64 off = ((time - start) % length + length) % length;
    mixer->shift = off > length / 2 ? length - off : -off;
    mixer->phased = TRUE;
    encode_sound_realign(mixer->sound);
}

/* Ticks whose middle is before the new picture show the one before it. */
static gboolean
show(LiveMixer *mixer, AVFrame *frame, GError **error)
{
    gint64 time = (frame->pts * 9 + 50) / 100;
    describe(mixer, frame);
    // Nothing was shown before the first: it stands from the beginning.
    gboolean first = mixer->held->width == 0 && !mixer->slated;
    const AVFrame *until_then = first ? frame : mixer->held;
    if (mixer->made == NULL && time > mixer->first_time && !add_tick(mixer, until_then, error))
        return FALSE;
    find_phase(mixer, time);
    time += mixer->shift;
    for (;;) {
        gint64 start = live_ladder_get_time(mixer->ladder);
        gint64 end = live_ladder_get_tick_end(mixer->ladder);
        if (end <= start || (start + end) / 2 >= time)
            break;
        if (!add_tick(mixer, until_then, error))
            return FALSE;
    }
    av_frame_unref(mixer->held);
    av_frame_move_ref(mixer->held, frame);
    mixer->held_time = time;
    return follow_picture(mixer, error);
}

gboolean
live_mixer_add_picture(LiveMixer *mixer, AVFrame *frame, gint64 time, GError **error)
{
    frame->pts = pts_to_us(time);
    if (!encode_deinterlace_push(mixer->deinterlace, frame, error))
        return FALSE;
    AVFrame *whole = av_frame_alloc();
    gboolean fine = TRUE;
    while (fine && encode_deinterlace_pull(mixer->deinterlace, whole)) {
        fine = show(mixer, whole, error);
        av_frame_unref(whole);
    }
    av_frame_free(&whole);
    return fine;
}

gboolean
live_mixer_add_sound(LiveMixer *mixer, AVFrame *frame, gint64 time, GError **error)
{
    g_autoptr(GError) refused = NULL;
    frame->pts = pts_to_us(time + mixer->shift);
    gboolean taken = encode_sound_push(mixer->sound, frame, &refused);
    av_frame_unref(frame);
    if (!taken) {
        g_propagate_error(error, g_steal_pointer(&refused));
        return FALSE;
    }
    return follow_sound(mixer, error);
}

gboolean
live_mixer_finish(LiveMixer *mixer, GError **error)
{
    if (!encode_deinterlace_push(mixer->deinterlace, NULL, error))
        return FALSE;
    AVFrame *whole = av_frame_alloc();
    gboolean fine = TRUE;
    while (fine && encode_deinterlace_pull(mixer->deinterlace, whole)) {
        fine = show(mixer, whole, error);
        av_frame_unref(whole);
    }
    av_frame_free(&whole);
    if (!fine || mixer->made == NULL)
        return fine;
    // More than the last segment needs, since encoders are late: Opus by three blocks and a packet.
    gint64 end = live_ladder_get_time(mixer->ladder);
    gint64 samples = end * 8 / 15 + 8 * (gint64)PACKAGE_TRACK_AAC_FRAME;
    return encode_sound_finish(mixer->sound, samples, error) &&
           live_ladder_finish(mixer->ladder, error);
}

gint64
live_mixer_get_shift(const LiveMixer *mixer)
{
    return mixer->shift;
}

gboolean
live_mixer_is_slated(const LiveMixer *mixer)
{
    return mixer->slated;
}

void
live_mixer_get_size(const LiveMixer *mixer, guint *width, guint *height)
{
    *width = mixer->wanted->has_picture ? mixer->wanted->width : 0;
    *height = mixer->wanted->has_picture ? mixer->wanted->height : 0;
}
