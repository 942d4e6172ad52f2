// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Picture and sound stay together however long a channel goes on: the real live child over a
// service whose sound has a clock of its own and holes. An hour of it on very few pixels where long
// tests are wanted; else a third of a minute with a clock that is farther off.
#include <libavutil/log.h>

#include "tests/pipelines/live/broadcast.h"
#include "tests/pipelines/live/viewer.h"

#define SECOND 90000
#define WRAP (G_GINT64_CONSTANT(1) << 33)
#define START_MS G_GINT64_CONSTANT(1795276800000)
#define HOUR_MS 3600000
#define SHORT_MS 20000
#define HOUR_HZ 48003  // a quarter of a second in an hour
#define SHORT_HZ 48480 // 10 ms in each second
#define MARGIN_MS 1500

static gint64
get_wanted_ms(void)
{
    return g_getenv("DAORIAN_TEST_LONG") != NULL ? HOUR_MS : SHORT_MS;
}

static gboolean
has_enough(const Viewing *viewing)
{
    return (gint64)viewing->next_time / 90 >= get_wanted_ms();
}

static void
test_together(void)
{
    gint64 wanted_ms = get_wanted_ms();
    gboolean hour = wanted_ms == HOUR_MS;
    const BroadcastMore more = {
        .sound_hz = hour ? HOUR_HZ : SHORT_HZ,
        .hole_every_ms = hour ? 290000 : 11000,
        .thin = 1000000,
    };
    const BroadcastPlan plan = {0x100, 0x200, 0x210, TRUE, 96, 72, FALSE, 25, NULL, &more};
    // The clock wraps in the midst of it.
    g_autoptr(Broadcast) broadcast = broadcast_new(&plan, WRAP - wanted_ms * 45, START_MS);
    g_autoptr(ChildLiveJob) job = child_live_job_new();
    job->rungs = g_strsplit("small", ",", 0);
    job->first_number = job->first_init = 1;
    job->behind_ms = 24 * 3600 * 1000;
    g_autoptr(Viewing) viewing =
        viewer_watch(g_getenv("DAORIAN_MEDIA"), job, broadcast, has_enough);
    g_assert_cmpuint(viewing_count_jumps(viewing), ==, 1);
    g_assert_cmpuint(viewing_count(viewing, CHILD_LIVE_REPORT_DONE, NULL), ==, 1);
    g_autoptr(Played) played = viewing_play(viewing, "small");
    g_assert_cmpuint(played->bad, ==, 0);
    // A hole may take a tone away.
    gint64 length_ms = viewing_measure_ms(viewing, job);
    guint pairs = (guint)(length_ms / BROADCAST_MARK_MS);
    played_assert_together(played, pairs - pairs / 10 - 2);
    g_assert_cmpint(ABS(g_array_index(played->tones, gint64, played->tones->len - 1) - length_ms),
                    <, 2 * BROADCAST_MARK_MS);
    g_assert_cmpint(ABS(played->samples * 1000 / 48000 - length_ms), <, MARGIN_MS);
}

int
main(int argc, char **argv)
{
    av_log_set_level(AV_LOG_ERROR);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/live/hour/together", test_together);
    return g_test_run();
}
