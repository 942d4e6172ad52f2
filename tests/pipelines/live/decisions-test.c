// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The small decisions of a live channel, each with the days that made them necessary: what time of
// day it is when clocks are set, how many rungs a slow machine makes, whose voice is heard.
#include <string.h>

#include "pipelines/live/choose.h"
#include "pipelines/live/pace.h"
#include "pipelines/live/wall.h"

#define DAY_MS G_GINT64_CONSTANT(86400000)
#define NOW_MS G_GINT64_CONSTANT(1795276800000)
#define PIECE 273600 // 90 kHz

static void
test_clocks(void)
{
    LiveWall wall;
    live_wall_init(&wall);
    // Without a stream's clock the system's counts.
    LiveWallOffsets offsets = {NOW_MS, LIVE_WALL_UNKNOWN};
    g_assert_cmpint(live_wall_choose(&wall, &offsets), ==, NOW_MS);
    g_assert_false(wall.streams);
    // A stream that is hours off is not believed.
    offsets.stream_ms = NOW_MS + 3 * 3600 * 1000;
    g_assert_cmpint(live_wall_choose(&wall, &offsets), ==, NOW_MS);
    // One that is seconds off is, since the guide goes by it.
    offsets.stream_ms = NOW_MS + 7000;
    g_assert_cmpint(live_wall_choose(&wall, &offsets), ==, NOW_MS + 7000);
    g_assert_true(wall.streams);
    // Then the system's clock may be set a day forward and back.
    offsets.system_ms = NOW_MS + DAY_MS;
    g_assert_cmpint(live_wall_choose(&wall, &offsets), ==, NOW_MS + 7000);
    offsets.system_ms = NOW_MS - DAY_MS;
    g_assert_cmpint(live_wall_choose(&wall, &offsets), ==, NOW_MS + 7000);
    // When the stream's own clock jumps, the system's is asked again.
    offsets = (LiveWallOffsets){NOW_MS, NOW_MS + DAY_MS};
    g_assert_cmpint(live_wall_choose(&wall, &offsets), ==, NOW_MS);
    // A machine that thinks it is 1970 believes the stream.
    offsets = (LiveWallOffsets){5000, NOW_MS};
    g_assert_cmpint(live_wall_choose(&wall, &offsets), ==, NOW_MS);
}

/* Arrival jitters by half a second and the clocks differ by 200 ppm: what is told is even, close,
 * and never goes back. */
static void
test_wall_is_even(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(5);
    LiveWall wall;
    live_wall_init(&wall);
    gint64 last_ms = 0;
    for (guint i = 0; i < 5000; i++) {
        gint64 true_ms = NOW_MS + (gint64)i * 3040 + (gint64)i * 3040 / 5000;
        gint64 arrived_ms = true_ms + g_rand_int_range(rand, 0, 500);
        LiveWallPlace place = live_wall_place(&wall, (gint64)i * PIECE, arrived_ms, FALSE);
        g_assert_false(place.stepped);
        if (i > 0)
            g_assert_cmpint(ABS(place.wall_ms - last_ms - 3040), <=, 20);
        g_assert_cmpint(ABS(place.wall_ms - true_ms), <, 800);
        last_ms = place.wall_ms;
    }
}

/* A machine whose clock is a day ahead until the network puts it right: what comes behind that is
 * on the right day, told once; what only comes too fast is not taken for that. */
static void
test_wall_is_put_right(void)
{
    LiveWall wall;
    live_wall_init(&wall);
    LiveWallOffsets offsets = {NOW_MS + DAY_MS, LIVE_WALL_UNKNOWN};
    gint64 last_ms = 0;
    guint steps = 0;
    for (guint i = 0; i < 40; i++) {
        if (i == 10)
            offsets.system_ms -= DAY_MS;
        gint64 true_ms = live_wall_choose(&wall, &offsets) + i * 3040;
        // What is under way came by the old clock.
        gint64 late_ms = i == 10 ? DAY_MS : 0;
        LiveWallPlace place = live_wall_place(&wall, (gint64)i * PIECE, true_ms + late_ms, FALSE);
        steps += place.stepped != 0;
        g_assert_true(place.stepped || place.wall_ms > last_ms);
        last_ms = place.wall_ms;
    }
    g_assert_cmpuint(steps, ==, 1);
    g_assert_cmpint(ABS(last_ms - NOW_MS - 39 * 3040), <, 3040);
    for (guint i = 40; i < 400; i++) {
        LiveWallPlace place = live_wall_place(&wall, (gint64)i * PIECE, last_ms, FALSE);
        g_assert_false(place.stepped);
    }
}

/* A day forward is followed, and told; what arrives a day earlier by the same clock is not. */
static void
test_wall_steps(void)
{
    LiveWall wall;
    live_wall_init(&wall);
    gint64 last_ms = 0, arrived_ms = NOW_MS;
    guint steps = 0;
    for (guint i = 0; i < 40; i++) {
        arrived_ms += 3040 + (i == 10 ? DAY_MS : 0) - (i == 20 ? DAY_MS : 0);
        LiveWallPlace place = live_wall_place(&wall, (gint64)i * PIECE, arrived_ms, FALSE);
        steps += place.stepped != 0;
        g_assert_cmpint(place.wall_ms, >, last_ms);
        last_ms = place.wall_ms;
    }
    g_assert_cmpuint(steps, ==, 1);
    // An hour without signal: the media go on where they were, the time of day does not.
    live_wall_init(&wall);
    live_wall_place(&wall, 0, NOW_MS, TRUE);
    LiveWallPlace place = live_wall_place(&wall, PIECE, NOW_MS + 3600000, TRUE);
    g_assert_cmpint(place.wall_ms, ==, NOW_MS + 3600000);
    place = live_wall_place(&wall, 2 * PIECE, NOW_MS, TRUE);
    g_assert_cmpint(place.wall_ms, >, NOW_MS + 3600000);
}

/* A machine that makes @capacity rungs in real time, each second of it. */
static guint
run_machine(LivePace *pace, gint64 *now_us, double *behind_ms, guint seconds, double capacity)
{
    guint dropped = pace->dropped;
    for (guint i = 0; i < seconds; i++) {
        double load = (2.0 - dropped + 0.3) / capacity;
        *behind_ms = MAX(*behind_ms + (load - 1) * 1000, 0);
        *now_us += G_USEC_PER_SEC;
        LivePaceFacts facts = {
            .now_us = *now_us,
            .behind_ms = (guint)*behind_ms,
            .behind_max_ms = 5000,
            .busy_permille = *behind_ms > 0 ? 1000 : (guint)(MIN(load, 1) * 1000),
            .rungs = 2,
        };
        dropped = live_pace_decide(pace, &facts);
        g_assert_cmpuint(dropped, <=, 2);
    }
    return dropped;
}

static void
test_pace(void)
{
    LivePace pace;
    gint64 now_us = 1;
    double behind_ms = 0;
    live_pace_init(&pace);
    // Fast enough for all.
    g_assert_cmpuint(run_machine(&pace, &now_us, &behind_ms, 100, 5), ==, 0);
    // Too slow for two: the top one goes before the buffer is full.
    g_assert_cmpuint(run_machine(&pace, &now_us, &behind_ms, 30, 1.6), ==, 1);
    g_assert_cmpfloat(behind_ms, <, 8000);
    // There is no room for it: it stays away.
    g_assert_cmpuint(run_machine(&pace, &now_us, &behind_ms, 600, 1.6), ==, 1);
    g_assert_cmpfloat(behind_ms, <, 700);
    // Too slow for one: sound alone.
    g_assert_cmpuint(run_machine(&pace, &now_us, &behind_ms, 60, 0.8), ==, 2);
    // The other work ends: both come back.
    g_assert_cmpuint(run_machine(&pace, &now_us, &behind_ms, 200, 5), ==, 0);
    g_assert_cmpfloat(behind_ms, <, 1);
}

/* What never lasts is tried ever more seldom. */
static void
test_pace_backs_off(void)
{
    LivePace pace;
    gint64 now_us = 1;
    double behind_ms = 0;
    guint tries = 0, dropped = 0;
    live_pace_init(&pace);
    for (guint i = 0; i < 7200; i++) {
        guint before = dropped;
        // One rung is easy, two are too many.
        dropped = run_machine(&pace, &now_us, &behind_ms, 1, pace.dropped == 0 ? 1.5 : 9);
        tries += dropped < before;
    }
    g_assert_cmpuint(tries, >, 2);
    g_assert_cmpuint(tries, <, 15);
}

static TablesService *
make_service(const TablesStream *streams, guint count)
{
    TablesService *service = tables_service_new(101);
    g_array_append_vals(service->streams, streams, count);
    return service;
}

static guint
hear(const TablesStream *streams, guint count, const char *language)
{
    g_autoptr(TablesService) service = make_service(streams, count);
    const TablesStream *sound = live_choose_sound(service, language);
    return sound == NULL ? 0 : sound->pid;
}

static void
test_choose(void)
{
    const TablesStream streams[] = {
        {.pid = 1, .kind = TABLES_STREAM_VIDEO, .codec = "vvc"},
        {.pid = 2, .kind = TABLES_STREAM_VIDEO, .codec = "h264"},
        {.pid = 3, .kind = TABLES_STREAM_AUDIO, .codec = "dts", .language = "tha"},
        {.pid = 4, .kind = TABLES_STREAM_AUDIO, .codec = "mp2", .language = "eng"},
        {.pid = 5, .kind = TABLES_STREAM_AUDIO, .codec = "mp2", .language = "tha", .purpose = 3},
        {.pid = 6, .kind = TABLES_STREAM_AUDIO, .codec = "ac3", .language = "tha"},
        {.pid = 7, .kind = TABLES_STREAM_AUDIO, .codec = "aac-latm", .language = "tha"},
    };
    g_autoptr(TablesService) service = make_service(streams, G_N_ELEMENTS(streams));
    g_assert_cmpuint(live_choose_picture(service)->pid, ==, 2);
    g_assert_cmpuint(hear(streams, 7, "tha"), ==, 6);
    g_assert_cmpuint(hear(streams, 7, "eng"), ==, 4);
    g_assert_cmpuint(hear(streams, 7, ""), ==, 4);
    g_assert_cmpuint(hear(streams, 7, "jpn"), ==, 4);
    g_assert_cmpuint(hear(streams, 5, "tha"), ==, 4);
    g_assert_cmpuint(hear(streams, 3, "tha"), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/live/wall/clocks", test_clocks);
    g_test_add_func("/live/wall/even", test_wall_is_even);
    g_test_add_func("/live/wall/steps", test_wall_steps);
    g_test_add_func("/live/wall/put-right", test_wall_is_put_right);
    g_test_add_func("/live/pace/slow-machine", test_pace);
    g_test_add_func("/live/pace/backs-off", test_pace_backs_off);
    g_test_add_func("/live/choose", test_choose);
    return g_test_run();
}
