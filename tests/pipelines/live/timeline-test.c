// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A broadcaster of whom everything is known (what is shown when, and what its clock says) against
// the channel's time: nothing goes back, picture and sound stay together, what is continuous stays
// so through wraps and resets, and gaps are left out or filled as promised.
#include "pipelines/live/timeline.h"

#define SECOND 90000
#define PICTURE (SECOND / 25)
#define SOUND 2160 // an MP2 frame at 48 kHz
#define SOUND_LAG (SECOND * 6 / 10)
#define WRAP (G_GINT64_CONSTANT(1) << 33)
#define FIRST 123456789

typedef struct {
    gint64 truth;
    gint64 placed;
    gboolean jumped;
} Placed;

typedef struct {
    LiveTimeline *timeline;
    GArray *placed[LIVE_TIMELINE_TRACKS];
    GRand *rand;
    gint64 clock;
    gint64 next_picture;
    gint64 next_sound;
    gint64 cut_sound;
    gint64 old_clock;
    guint missing_permille;
    guint wrong_permille;
} Broadcaster;

static void
on_placed(LiveTimelineTrack track, gpointer unit, gint64 time, gboolean jumped, gpointer data)
{
    Broadcaster *caster = data;
    Placed placed = {*(gint64 *)unit, time, jumped};
    g_array_append_val(caster->placed[track], placed);
    g_free(unit);
}

static Broadcaster *
broadcaster_new(gint64 clock)
{
    Broadcaster *caster = g_new0(Broadcaster, 1);
    caster->rand = g_rand_new_with_seed(1);
    caster->timeline = live_timeline_new(FIRST, on_placed, g_free, caster);
    caster->clock = caster->old_clock = clock;
    for (guint i = 0; i < LIVE_TIMELINE_TRACKS; i++)
        caster->placed[i] = g_array_new(FALSE, FALSE, sizeof(Placed));
    return caster;
}

static void
broadcaster_free(Broadcaster *caster)
{
    live_timeline_free(caster->timeline);
    g_rand_free(caster->rand);
    for (guint i = 0; i < LIVE_TIMELINE_TRACKS; i++)
        g_array_unref(caster->placed[i]);
    g_free(caster);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Broadcaster, broadcaster_free)

static gboolean
happens(GRand *rand, guint permille)
{
    return permille > 0 && g_rand_int_range(rand, 0, 1000) < (int)permille;
}

static void
send_unit(Broadcaster *caster, LiveTimelineTrack track, gint64 truth)
{
    gboolean sound = track == LIVE_TIMELINE_SOUND;
    gint64 clock = sound && truth < caster->cut_sound ? caster->old_clock : caster->clock;
    gint64 raw = (((truth + clock) % WRAP) + WRAP) % WRAP;
    if (happens(caster->rand, caster->missing_permille))
        raw = -1;
    else if (happens(caster->rand, caster->wrong_permille))
        raw = (raw + g_rand_int_range(caster->rand, 20 * SECOND, 20000 * SECOND)) % WRAP;
    gint64 *unit = g_new(gint64, 1);
    *unit = truth;
    live_timeline_push(caster->timeline, track, raw, sound ? SOUND : PICTURE, unit);
}

/* Pictures come first, the sound that belongs to them 0.6 s later. */
static void
send(Broadcaster *caster, gint64 length, gboolean pictures, gboolean sounds)
{
    gint64 until = caster->next_picture + length;
    while (caster->next_picture < until) {
        if (pictures)
            send_unit(caster, LIVE_TIMELINE_PICTURE, caster->next_picture);
        caster->next_picture += PICTURE;
        while (caster->next_sound + SOUND_LAG < caster->next_picture) {
            if (sounds)
                send_unit(caster, LIVE_TIMELINE_SOUND, caster->next_sound);
            caster->next_sound += SOUND;
        }
    }
}

/* The clock steps for all that is sent from now on. */
static void
step_clock(Broadcaster *caster, gint64 by)
{
    caster->old_clock = caster->clock;
    caster->cut_sound = caster->next_sound;
    caster->clock += by;
}

/* From now on it is as if so much had been lost on the way. */
static void
lose(Broadcaster *caster, gint64 length)
{
    caster->next_picture += length;
    caster->next_sound += length;
}

static const Placed *
get(const Broadcaster *caster, LiveTimelineTrack track, guint index)
{
    return &g_array_index(caster->placed[track], Placed, index);
}

/* Placed minus truth at the end of a track. */
static gint64
get_shift(const Broadcaster *caster, LiveTimelineTrack track)
{
    const Placed *last = get(caster, track, caster->placed[track]->len - 1);
    return last->placed - last->truth;
}

static guint
count_jumps(const Broadcaster *caster)
{
    guint jumps = 0;
    for (guint i = 0; i < LIVE_TIMELINE_TRACKS; i++)
        for (guint k = 0; k < caster->placed[i]->len; k++)
            jumps += get(caster, (LiveTimelineTrack)i, k)->jumped != 0;
    return jumps;
}

/* Nothing goes back, and both tracks are where they belong to each other. */
static void
assert_together(const Broadcaster *caster)
{
    for (guint i = 0; i < LIVE_TIMELINE_TRACKS; i++)
        for (guint k = 1; k < caster->placed[i]->len; k++)
            g_assert_cmpint(get(caster, (LiveTimelineTrack)i, k)->placed, >,
                            get(caster, (LiveTimelineTrack)i, k - 1)->placed);
    gint64 apart =
        get_shift(caster, LIVE_TIMELINE_PICTURE) - get_shift(caster, LIVE_TIMELINE_SOUND);
    g_assert_cmpint(ABS(apart), <=, 2);
}

static void
test_plain(void)
{
    g_autoptr(Broadcaster) caster = broadcaster_new(7 * SECOND);
    send(caster, 20 * SECOND, TRUE, TRUE);
    assert_together(caster);
    g_assert_cmpint(get(caster, LIVE_TIMELINE_PICTURE, 0)->placed, ==, FIRST);
    g_assert_cmpint(get_shift(caster, LIVE_TIMELINE_PICTURE), ==, FIRST);
    g_assert_cmpuint(count_jumps(caster), ==, 1);
    g_assert_cmpuint(caster->placed[LIVE_TIMELINE_PICTURE]->len, ==, 500);
}

static void
test_wrap(void)
{
    g_autoptr(Broadcaster) caster = broadcaster_new(WRAP - 3 * SECOND);
    send(caster, 10 * SECOND, TRUE, TRUE);
    assert_together(caster);
    g_assert_cmpint(get_shift(caster, LIVE_TIMELINE_SOUND), ==, FIRST);
    g_assert_cmpuint(count_jumps(caster), ==, 1);
}

/* The clock steps and nothing is lost: the channel's time does not notice, but it is told. */
static void
test_resets(void)
{
    static const gint64 steps[] = {4000, -990, 4000, -3600, 86400, -12, 50000, -3};
    g_autoptr(Broadcaster) caster = broadcaster_new(1000 * SECOND);
    send(caster, 5 * SECOND, TRUE, TRUE);
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        step_clock(caster, steps[i] * SECOND);
        send(caster, 5 * SECOND, TRUE, TRUE);
        assert_together(caster);
        g_assert_cmpint(get_shift(caster, LIVE_TIMELINE_PICTURE), ==, FIRST);
        g_assert_cmpuint(count_jumps(caster), ==, i + 2);
    }
    g_assert_cmpuint(caster->placed[LIVE_TIMELINE_PICTURE]->len, ==, 9 * 125);
}

/* A short gap keeps its length, so that it can be filled; a long one is left out and told. */
static void
test_gaps(void)
{
    g_autoptr(Broadcaster) caster = broadcaster_new(0);
    send(caster, 5 * SECOND, TRUE, TRUE);
    lose(caster, 8 * SECOND);
    send(caster, 5 * SECOND, TRUE, TRUE);
    assert_together(caster);
    g_assert_cmpint(get_shift(caster, LIVE_TIMELINE_PICTURE), ==, FIRST);
    g_assert_cmpuint(count_jumps(caster), ==, 1);
    lose(caster, 3600 * SECOND);
    send(caster, 5 * SECOND, TRUE, TRUE);
    assert_together(caster);
    g_assert_cmpint(get_shift(caster, LIVE_TIMELINE_PICTURE), ==, FIRST - 3600 * SECOND);
    g_assert_cmpuint(count_jumps(caster), ==, 2);
}

/* One track alone goes silent: where it comes back it is where it belongs. */
static void
test_one_track_silent(void)
{
    for (guint i = 0; i < LIVE_TIMELINE_TRACKS; i++) {
        g_autoptr(Broadcaster) caster = broadcaster_new(0);
        send(caster, 5 * SECOND, TRUE, TRUE);
        send(caster, 60 * SECOND, i == 0, i == 1);
        send(caster, 5 * SECOND, TRUE, TRUE);
        assert_together(caster);
        g_assert_cmpint(get_shift(caster, LIVE_TIMELINE_PICTURE), ==, FIRST);
        g_assert_cmpuint(count_jumps(caster), ==, 1);
    }
}

/* Missing and wrong stamps, one unit each, cost nothing. */
static void
test_spoilt_stamps(void)
{
    g_autoptr(Broadcaster) caster = broadcaster_new(500 * SECOND);
    send(caster, SECOND, TRUE, TRUE);
    caster->missing_permille = 300;
    caster->wrong_permille = 20;
    send(caster, 100 * SECOND, TRUE, TRUE);
    caster->missing_permille = caster->wrong_permille = 0;
    send(caster, SECOND, TRUE, TRUE);
    assert_together(caster);
    g_assert_cmpint(get_shift(caster, LIVE_TIMELINE_PICTURE), ==, FIRST);
    g_assert_cmpuint(count_jumps(caster), ==, 1);
}

/* A decoder holds one picture back across a hole of three seconds: it is left out, and nothing is
 * taken for a jump. */
static void
test_stale_picture(void)
{
    g_autoptr(Broadcaster) caster = broadcaster_new(50 * SECOND);
    send(caster, 5 * SECOND, TRUE, TRUE);
    gint64 stale = caster->next_picture;
    lose(caster, 3 * SECOND);
    send(caster, SECOND / 5, TRUE, TRUE);
    guint before = caster->placed[LIVE_TIMELINE_PICTURE]->len;
    send_unit(caster, LIVE_TIMELINE_PICTURE, stale);
    send(caster, 5 * SECOND, TRUE, TRUE);
    assert_together(caster);
    g_assert_cmpint(get_shift(caster, LIVE_TIMELINE_PICTURE), ==, FIRST);
    g_assert_cmpuint(count_jumps(caster), ==, 1);
    g_assert_cmpuint(caster->placed[LIVE_TIMELINE_PICTURE]->len, ==, before + 125);
}

/* Sound alone, as a radio sends it. */
static void
test_radio(void)
{
    g_autoptr(Broadcaster) caster = broadcaster_new(WRAP - SECOND);
    send(caster, 10 * SECOND, FALSE, TRUE);
    step_clock(caster, -500 * SECOND);
    send(caster, 10 * SECOND, FALSE, TRUE);
    g_assert_cmpint(get(caster, LIVE_TIMELINE_SOUND, 0)->placed, ==, FIRST);
    g_assert_cmpint(get_shift(caster, LIVE_TIMELINE_SOUND), ==, FIRST);
    g_assert_cmpuint(count_jumps(caster), ==, 2);
}

/* Whatever a day brings: within each stretch both tracks agree, and the channel's time never goes
 * back by more than the overlap that is promised. */
static void
test_days(void)
{
    for (guint day = 0; day < 40; day++) {
        g_autoptr(Broadcaster) caster = broadcaster_new((gint64)day * 219902325);
        g_rand_set_seed(caster->rand, day);
        for (guint i = 0; i < 30; i++) {
            switch (g_rand_int_range(caster->rand, 0, 5)) {
            case 0:
                step_clock(caster, g_rand_int_range(caster->rand, -40000, 40000) * (gint64)SECOND);
                break;
            case 1:
                lose(caster, g_rand_int_range(caster->rand, 0, 40) * (gint64)SECOND);
                break;
            case 2:
                send(caster, 3 * SECOND, TRUE, FALSE);
                break;
            case 3:
                send(caster, 3 * SECOND, FALSE, TRUE);
                break;
            default:
                break;
            }
            send(caster, 4 * SECOND, TRUE, TRUE);
        }
        gint64 apart =
            get_shift(caster, LIVE_TIMELINE_PICTURE) - get_shift(caster, LIVE_TIMELINE_SOUND);
        g_assert_cmpint(ABS(apart), <=, 40 * 90);
        for (guint k = 1; k < caster->placed[LIVE_TIMELINE_PICTURE]->len; k++)
            g_assert_cmpint(get(caster, LIVE_TIMELINE_PICTURE, k)->placed, >,
                            get(caster, LIVE_TIMELINE_PICTURE, k - 1)->placed - SECOND / 2);
    }
}

/* An hour of sound whose frames are stamped in whole milliseconds: nothing piles up. */
static void
test_rounded_hour(void)
{
    g_autoptr(Broadcaster) caster = broadcaster_new(0);
    for (guint i = 0; i < 150000; i++) {
        gint64 *unit = g_new(gint64, 1);
        *unit = (gint64)i * SOUND;
        live_timeline_push(caster->timeline, LIVE_TIMELINE_SOUND, *unit / 90 * 90, SOUND, unit);
    }
    g_assert_cmpint(ABS(get_shift(caster, LIVE_TIMELINE_SOUND) - FIRST), <, 90);
    g_assert_cmpuint(count_jumps(caster), ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/live/timeline/plain", test_plain);
    g_test_add_func("/live/timeline/wrap", test_wrap);
    g_test_add_func("/live/timeline/resets", test_resets);
    g_test_add_func("/live/timeline/gaps", test_gaps);
    g_test_add_func("/live/timeline/one-silent", test_one_track_silent);
    g_test_add_func("/live/timeline/spoilt", test_spoilt_stamps);
    g_test_add_func("/live/timeline/stale", test_stale_picture);
    g_test_add_func("/live/timeline/radio", test_radio);
    g_test_add_func("/live/timeline/days", test_days);
    g_test_add_func("/live/timeline/rounded-hour", test_rounded_hour);
    return g_test_run();
}
