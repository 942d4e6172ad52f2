// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The real live child over services that have everything happen to them. Each stream is coded here,
// goes through the pipe as fast as it is taken, and comes back as segments that are played.
#include <libavutil/log.h>

#include "tests/pipelines/live/broadcast.h"
#include "tests/pipelines/live/viewer.h"
#include "tests/support/damage.h"

#define START_MS G_GINT64_CONSTANT(1795276800000)
#define SECOND 90000
#define WRAP (G_GINT64_CONSTANT(1) << 33)

static const BroadcastPlan classic = {0x100, 0x200, 0x210, FALSE, 720, 576, FALSE, 12};
static const BroadcastPlan modern = {0x100, 0x201, 0x214, TRUE, 960, 540, TRUE, 25};
static const BroadcastPlan radio = {0x100, 0, 0x218, FALSE, 0, 0, FALSE, 0};

static ChildLiveJob *
make_job(const char *rungs)
{
    ChildLiveJob *job = child_live_job_new();
    job->rungs = g_strsplit(rungs, ",", 0);
    job->first_number = 7;
    job->first_time = 900001; // no multiple of anything
    job->first_init = 3;
    job->behind_ms = 24 * 3600 * 1000;
    return job;
}

static Viewing *
view(ChildLiveJob *job, const GByteArray *stream, guint kill_after)
{
    return viewer_run(g_getenv("DAORIAN_MEDIA"), job, stream, kill_after);
}

/* Each flash has its tone within 40 ms, and both come every two seconds of the source. */
static void
assert_together(const Played *played, guint least)
{
    guint found = 0;
    for (guint i = 0; i < played->flashes->len; i++) {
        gint64 flash = g_array_index(played->flashes, gint64, i);
        for (guint k = 0; k < played->tones->len; k++) {
            gint64 apart = g_array_index(played->tones, gint64, k) - flash;
            if (ABS(apart) < BROADCAST_MARK_MS / 2) {
                g_test_message("flash at %" G_GINT64_FORMAT ", tone %" G_GINT64_FORMAT " later",
                               flash, apart);
                g_assert_cmpint(ABS(apart), <=, 40);
                found++;
            }
        }
    }
    g_assert_cmpuint(found, >=, least);
}

static guint
count_discontinuities(const Viewing *viewing)
{
    const ChildLiveReport *segment;
    guint count = 0;
    for (guint i = 0; (segment = viewing_get_segment(viewing, i)) != NULL; i++)
        count += segment->discontinuity != 0;
    return count;
}

static gint64
measure(const Viewing *viewing, const ChildLiveJob *job)
{
    return (gint64)(viewing->next_time - job->first_time) / 90;
}

/* MPEG-2 576i and MP2: three aligned rungs, in time, all of it. */
static void
test_classic(void)
{
    g_autoptr(Broadcast) broadcast = broadcast_new(&classic, 10 * SECOND, START_MS);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small,medium");
    broadcast_run(broadcast, 10000, stream);
    g_autoptr(Viewing) viewing = view(job, stream, 0);
    g_assert_cmpuint(viewing_count(viewing, CHILD_LIVE_REPORT_DONE, NULL), ==, 1);
    g_assert_cmpint(ABS(measure(viewing, job) - 10000), <, 500);
    g_assert_cmpuint(count_discontinuities(viewing), ==, 1);
    const ChildLiveReport *segment = viewing_get_segment(viewing, 0);
    g_assert_cmpuint(segment->duration, ==, 273600);
    g_assert_cmpuint(segment->parts->len, ==, 3);
    static const char *const rungs[] = {"small", "medium"};
    for (guint i = 0; i < G_N_ELEMENTS(rungs); i++) {
        g_autoptr(Played) played = viewing_play(viewing, rungs[i]);
        g_assert_cmpuint(played->bad, ==, 0);
        assert_together(played, 4);
    }
    g_autoptr(Played) voice = viewing_play(viewing, "voice");
    g_assert_cmpuint(voice->pictures, ==, 0);
    g_assert_cmpuint(voice->tones->len, ==, 4);
    g_assert_cmpuint(voice->bad, ==, 0);
}

/* H.264 and AAC in 16:9; the clock wraps in the midst of it. */
static void
test_modern(void)
{
    g_autoptr(Broadcast) broadcast = broadcast_new(&modern, WRAP - 3 * SECOND, START_MS);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small,medium");
    broadcast_run(broadcast, 8000, stream);
    g_autoptr(Viewing) viewing = view(job, stream, 0);
    g_assert_cmpint(ABS(measure(viewing, job) - 8000), <, 500);
    g_assert_cmpuint(count_discontinuities(viewing), ==, 1);
    g_autoptr(Played) played = viewing_play(viewing, "medium");
    assert_together(played, 3);
    g_assert_cmpuint(played->bad, ==, 0);
}

/* Sound alone: one rung, segments as ever. */
static void
test_radio(void)
{
    g_autoptr(Broadcast) broadcast = broadcast_new(&radio, 5 * SECOND, START_MS);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small,medium");
    broadcast_run(broadcast, 12000, stream);
    g_autoptr(Viewing) viewing = view(job, stream, 0);
    g_assert_cmpint(ABS(measure(viewing, job) - 12000), <, 500);
    g_assert_cmpuint(viewing_get_segment(viewing, 0)->parts->len, ==, 1);
    g_autoptr(Played) played = viewing_play(viewing, "voice");
    g_assert_cmpuint(played->tones->len, ==, 5);
    g_assert_cmpuint(played->bad, ==, 0);
}

int
main(int argc, char **argv)
{
    av_log_set_level(AV_LOG_ERROR);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/live/classic", test_classic);
    g_test_add_func("/live/modern", test_modern);
    g_test_add_func("/live/radio", test_radio);
    return g_test_run();
}
