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

static const BroadcastPlan classic = {0x100, 0x200, 0x210, FALSE, 720, 576, FALSE, 12, NULL, NULL};
// The same on fewer pixels, for what does not depend on them.
static const BroadcastPlan compact = {0x100, 0x200, 0x210, FALSE, 352, 288, FALSE, 12, NULL, NULL};
static const BroadcastPlan modern = {0x100, 0x201, 0x214, TRUE, 960, 540, TRUE, 25, NULL, NULL};
static const BroadcastPlan radio = {0x100, 0, 0x218, FALSE, 0, 0, FALSE, 0, NULL, NULL};

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

static const ChildLiveReport *
get_last_health(const Viewing *viewing)
{
    const ChildLiveReport *last = NULL;
    for (guint i = 0; i < viewing->reports->len; i++) {
        const ChildLiveReport *report = viewing->reports->pdata[i];
        last = report->kind == CHILD_LIVE_REPORT_HEALTH ? report : last;
    }
    g_assert_nonnull(last);
    return last;
}

/* MPEG-2 576i and MP2: three aligned rungs, in time, all of it. */
static void
test_classic(void)
{
    gint64 start_ms = g_get_real_time() / 1000;
    g_autoptr(Broadcast) broadcast = broadcast_new(&classic, 10 * SECOND, start_ms);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small,medium");
    broadcast_run(broadcast, 10000, stream);
    g_autoptr(Viewing) viewing = view(job, stream, 0);
    g_assert_cmpuint(viewing_count(viewing, CHILD_LIVE_REPORT_DONE, NULL), ==, 1);
    g_assert_cmpint(ABS(viewing_measure_ms(viewing, job) - 10000), <, 500);
    g_assert_cmpuint(viewing_count_jumps(viewing), ==, 1);
    const ChildLiveReport *health = get_last_health(viewing);
    g_assert_cmpstr(health->clock, ==, "stream");
    g_assert_cmpstr(health->picture_codec, ==, "mpeg2video");
    g_assert_cmpstr(health->language, ==, "tha");
    g_assert_cmpuint(health->width, ==, 768);
    g_assert_cmpuint(health->cc_errors, ==, 0);
    g_assert_cmpuint(health->damaged, ==, 0);
    const ChildLiveReport *segment = viewing_get_segment(viewing, 0);
    g_assert_cmpuint(segment->duration, ==, 273600);
    g_assert_cmpuint(segment->parts->len, ==, 3);
    static const char *const rungs[] = {"small", "medium"};
    for (guint i = 0; i < G_N_ELEMENTS(rungs); i++) {
        g_autoptr(Played) played = viewing_play(viewing, rungs[i]);
        g_assert_cmpuint(played->bad, ==, 0);
        played_assert_together(played, 4);
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
    g_autoptr(ChildLiveJob) job = make_job("voice,small,medium,large");
    broadcast_run(broadcast, 8000, stream);
    g_autoptr(Viewing) viewing = view(job, stream, 0);
    g_assert_cmpint(ABS(viewing_measure_ms(viewing, job) - 8000), <, 500);
    g_assert_cmpuint(viewing_count_jumps(viewing), ==, 1);
    static const char *const rungs[] = {"medium", "large"};
    g_assert_cmpuint(viewing_get_segment(viewing, 0)->parts->len, ==, 4);
    for (guint i = 0; i < G_N_ELEMENTS(rungs); i++) {
        g_autoptr(Played) played = viewing_play(viewing, rungs[i]);
        played_assert_together(played, 3);
        g_assert_cmpuint(played->bad, ==, 0);
    }
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
    g_assert_cmpint(ABS(viewing_measure_ms(viewing, job) - 12000), <, 500);
    g_assert_cmpuint(viewing_get_segment(viewing, 0)->parts->len, ==, 1);
    g_autoptr(Played) played = viewing_play(viewing, "voice");
    g_assert_cmpuint(played->tones->len, ==, 5);
    g_assert_cmpuint(played->bad, ==, 0);
}

/* Sound in AC-3 and, from the next PMT on, in E-AC-3. */
static void
test_dolby(void)
{
    BroadcastPlan plan = radio;
    plan.dolby = "ac3";
    g_autoptr(Broadcast) broadcast = broadcast_new(&plan, 5 * SECOND, START_MS);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice-opus,voice");
    broadcast_run(broadcast, 5000, stream);
    plan.dolby = "eac3";
    broadcast_change(broadcast, &plan);
    broadcast_run(broadcast, 5000, stream);
    g_autoptr(Viewing) viewing = view(job, stream, 0);
    g_assert_cmpint(ABS(viewing_measure_ms(viewing, job) - 10000), <, 500);
    g_assert_cmpstr(get_last_health(viewing)->sound_codec, ==, "eac3");
    g_autoptr(Played) played = viewing_play(viewing, "voice");
    g_assert_cmpuint(played->tones->len, ==, 4);
    g_assert_cmpuint(played->bad, ==, 0);
    g_autoptr(Played) opus = viewing_play(viewing, "voice-opus");
    g_assert_cmpint(opus->samples, >, 9 * 48000);
    g_assert_cmpuint(opus->bad, ==, 0);
}

/* The clock steps without a word, both ways: the channel's time goes on, and it is told. */
static void
test_resets(void)
{
    g_autoptr(Broadcast) broadcast = broadcast_new(&compact, 2000 * SECOND, START_MS);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small");
    broadcast_run(broadcast, 5000, stream);
    broadcast_step_clock(broadcast, 4000 * SECOND);
    broadcast_run(broadcast, 5000, stream);
    broadcast_step_clock(broadcast, -990 * SECOND);
    broadcast_run(broadcast, 5000, stream);
    g_autoptr(Viewing) viewing = view(job, stream, 0);
    g_assert_cmpint(ABS(viewing_measure_ms(viewing, job) - 15000), <, 500);
    g_assert_cmpuint(viewing_count_jumps(viewing), ==, 3);
    g_assert_cmpuint(viewing_count(viewing, CHILD_LIVE_REPORT_WARNING, "discontinuity"), ==, 2);
    g_autoptr(Played) played = viewing_play(viewing, "small");
    played_assert_together(played, 6);
    g_assert_cmpuint(played->bad, ==, 0);
}

/* The service vanishes for a while and returns, its clock gone on: the channel's time leaves that
 * out and says so. A short hole is filled instead. */
static void
test_vanished(void)
{
    g_autoptr(Broadcast) broadcast = broadcast_new(&compact, WRAP - 8 * SECOND, START_MS);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(GByteArray) lost = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small");
    broadcast_run(broadcast, 4000, stream);
    broadcast_run(broadcast, 3000, lost);
    broadcast_run(broadcast, 4000, stream);
    broadcast_run(broadcast, 14000, lost);
    broadcast_run(broadcast, 5000, stream);
    g_autoptr(Viewing) viewing = view(job, stream, 0);
    g_assert_cmpint(ABS(viewing_measure_ms(viewing, job) - 16000), <, 1500);
    g_assert_cmpuint(viewing_count_jumps(viewing), ==, 2);
    g_autoptr(Played) played = viewing_play(viewing, "small");
    played_assert_together(played, 4);
    g_assert_cmpuint(played->bad, ==, 0);
}

/* One packet in twenty is missing: nothing stops, all stays together, and it is counted. */
static void
test_loss(void)
{
    g_autoptr(Broadcast) broadcast = broadcast_new(&compact, 10 * SECOND, START_MS);
    g_autoptr(GByteArray) whole = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small");
    broadcast_run(broadcast, 14000, whole);
    DamagePlan plan = {.seed = 3, .lost = 50, .duplicated = 10, .garbage = 20, .torn = 1};
    g_autoptr(GByteArray) stream = damage_apply(&plan, whole);
    g_autoptr(Viewing) viewing = view(job, stream, 0);
    g_assert_cmpint(ABS(viewing_measure_ms(viewing, job) - 14000), <, 1500);
    g_assert_cmpuint(get_last_health(viewing)->cc_errors, >, 100);
    g_autoptr(Played) played = viewing_play(viewing, "small");
    g_assert_cmpuint(played->bad, ==, 0);
    // What is concealed may smear a flash.
    g_assert_cmpuint(played->tones->len, >=, 5);
    g_assert_cmpuint(played->pictures, >=, 12 * 13);
}

/* Other codecs, PIDs, size and shape from one PMT to the next. */
static void
test_change(void)
{
    g_autoptr(Broadcast) broadcast = broadcast_new(&compact, 10 * SECOND, START_MS);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small,medium");
    broadcast_run(broadcast, 5000, stream);
    broadcast_change(broadcast, &modern);
    broadcast_run(broadcast, 6000, stream);
    BroadcastPlan moved = modern;
    moved.pmt_pid = 0x110;
    moved.picture_pid = 0x301;
    moved.sound_pid = 0x310;
    broadcast_change(broadcast, &moved);
    broadcast_run(broadcast, 5000, stream);
    broadcast_change(broadcast, &radio);
    broadcast_run(broadcast, 5000, stream);
    g_autoptr(Viewing) viewing = view(job, stream, 0);
    g_assert_cmpint(ABS(viewing_measure_ms(viewing, job) - 21000), <, 1500);
    g_assert_cmpuint(viewing_count(viewing, CHILD_LIVE_REPORT_INIT, NULL), ==, 5);
    g_assert_cmpuint(viewing_count(viewing, CHILD_LIVE_REPORT_WARNING, "streams"), ==, 4);
    g_autoptr(Played) played = viewing_play(viewing, "medium");
    played_assert_together(played, 4);
    g_assert_cmpuint(played->bad, ==, 0);
    g_autoptr(Played) voice = viewing_play(viewing, "voice");
    g_assert_cmpuint(voice->tones->len, >=, 8);
}

/* Pictures fail, then sound: the other goes on, the last picture stands, then the slate, and
 * silence is where nothing is heard. */
static void
test_missing_tracks(void)
{
    g_autoptr(Broadcast) broadcast = broadcast_new(&compact, 10 * SECOND, START_MS);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small");
    broadcast_run(broadcast, 4000, stream);
    broadcast_mute(broadcast, TRUE, FALSE);
    broadcast_run(broadcast, 18000, stream);
    broadcast_mute(broadcast, FALSE, TRUE);
    broadcast_run(broadcast, 8000, stream);
    broadcast_mute(broadcast, FALSE, FALSE);
    broadcast_run(broadcast, 6000, stream);
    g_autoptr(Viewing) viewing = view(job, stream, 0);
    g_assert_cmpint(ABS(viewing_measure_ms(viewing, job) - 36000), <, 1000);
    g_assert_cmpuint(viewing_count_jumps(viewing), ==, 1);
    g_autoptr(Played) played = viewing_play(viewing, "small");
    played_assert_together(played, 3);
    g_assert_cmpuint(played->bad, ==, 0);
    g_assert_cmpint(ABS((gint64)played->pictures - 36 * 25 / 2), <, 20);
}

/* No key picture for long: sound goes at once, the slate stands for the picture. */
static void
test_no_key_picture(void)
{
    g_autoptr(Broadcast) broadcast = broadcast_new(&compact, 10 * SECOND, START_MS);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small");
    broadcast_mute(broadcast, TRUE, FALSE);
    broadcast_run(broadcast, 12000, stream);
    broadcast_mute(broadcast, FALSE, FALSE);
    broadcast_run(broadcast, 8000, stream);
    g_autoptr(Viewing) viewing = view(job, stream, 0);
    g_assert_cmpint(ABS(viewing_measure_ms(viewing, job) - 20000), <, 1500);
    g_autoptr(Played) played = viewing_play(viewing, "small");
    played_assert_together(played, 3);
    g_assert_cmpuint(played->tones->len, ==, 9);
}

/* Scrambled to clear and back: said, and no segment comes of it. */
static void
test_scrambled(void)
{
    g_autoptr(Broadcast) broadcast = broadcast_new(&compact, 10 * SECOND, START_MS);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small");
    broadcast_scramble(broadcast, TRUE);
    broadcast_run(broadcast, 4000, stream);
    broadcast_scramble(broadcast, FALSE);
    broadcast_run(broadcast, 6000, stream);
    broadcast_scramble(broadcast, TRUE);
    broadcast_run(broadcast, 14000, stream);
    broadcast_scramble(broadcast, FALSE);
    broadcast_run(broadcast, 6000, stream);
    g_autoptr(Viewing) viewing = view(job, stream, 0);
    g_assert_cmpuint(viewing_count(viewing, CHILD_LIVE_REPORT_WARNING, "scrambled"), ==, 2);
    g_assert_cmpuint(viewing_count(viewing, CHILD_LIVE_REPORT_WARNING, "clear"), ==, 2);
    g_assert_cmpint(ABS(viewing_measure_ms(viewing, job) - 12000), <, 1500);
    g_assert_cmpuint(viewing_count_jumps(viewing), ==, 2);
    g_autoptr(Played) played = viewing_play(viewing, "small");
    played_assert_together(played, 4);
}

/* Killed, and another goes on where the told segments end: no number twice, no time twice. */
static void
test_kill(void)
{
    g_autoptr(Broadcast) broadcast = broadcast_new(&compact, 10 * SECOND, START_MS);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(GByteArray) later = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small");
    broadcast_run(broadcast, 10000, stream);
    broadcast_run(broadcast, 6000, later);
    g_autoptr(Viewing) viewing = view(job, stream, 2);
    g_assert_cmpuint(viewing->next_number, ==, 9);
    g_autoptr(ChildLiveJob) next = make_job("voice,small");
    next->first_number = viewing->next_number;
    next->first_time = viewing->next_time;
    next->first_init = viewing->next_init;
    g_autoptr(Viewing) again = view(next, later, 0);
    g_assert_cmpuint(again->next_number, >=, 11);
    g_assert_true(viewing_get_segment(again, 0)->discontinuity);
    g_assert_cmpuint(viewing_get_segment(again, 0)->number, ==, 9);
    g_autoptr(Played) played = viewing_play(again, "small");
    played_assert_together(played, 2);
}

static gboolean
has_dropped(const Viewing *viewing)
{
    const ChildLiveReport *last = NULL;
    const ChildLiveReport *segment;
    for (guint i = 0; (segment = viewing_get_segment(viewing, i)) != NULL; i++)
        last = segment;
    return last != NULL && last->parts->len == 2;
}

/* A machine that must never be behind is too slow: the top rung goes, with a word, and the rest
 * stays aligned. Then the parent has enough. */
static void
test_too_slow(void)
{
    g_autoptr(Broadcast) broadcast = broadcast_new(&compact, 10 * SECOND, START_MS);
    g_autoptr(ChildLiveJob) job = make_job("voice,small,medium");
    job->behind_ms = 0;
    g_autoptr(Viewing) viewing =
        viewer_watch(g_getenv("DAORIAN_MEDIA"), job, broadcast, has_dropped);
    g_assert_cmpuint(viewing_count(viewing, CHILD_LIVE_REPORT_DONE, NULL), ==, 1);
    g_assert_cmpuint(viewing_count(viewing, CHILD_LIVE_REPORT_WARNING, "too-slow"), >=, 1);
    g_autoptr(Played) played = viewing_play(viewing, "small");
    g_assert_cmpuint(played->bad, ==, 0);
}

/* Nothing of it is a transport stream, or all of it is noise: it ends in peace. */
static void
test_noise(void)
{
    g_autoptr(Broadcast) broadcast = broadcast_new(&compact, 10 * SECOND, START_MS);
    g_autoptr(GByteArray) whole = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small");
    broadcast_run(broadcast, 4000, whole);
    DamagePlan plan = {.seed = 9, .flipped = 700, .lost = 100, .garbage = 100, .torn = 20};
    g_autoptr(GByteArray) stream = damage_apply(&plan, whole);
    g_autoptr(Viewing) viewing = view(job, stream, 0);
    g_assert_cmpuint(viewing_count(viewing, CHILD_LIVE_REPORT_DONE, NULL), ==, 1);
    g_byte_array_set_size(stream, 1000);
    g_autoptr(Viewing) nothing = view(job, stream, 0);
    g_assert_cmpuint(viewing_count(nothing, CHILD_LIVE_REPORT_SEGMENT, NULL), ==, 0);
    g_assert_cmpuint(viewing_count(nothing, CHILD_LIVE_REPORT_DONE, NULL), ==, 1);
}

/* A job that cannot be done is refused with a word. */
static void
test_bad_job(void)
{
    g_autoptr(GByteArray) nothing = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,clear");
    g_autoptr(Viewing) viewing = view(job, nothing, 0);
    g_assert_cmpuint(viewing_count(viewing, CHILD_LIVE_REPORT_FAILED, "internal"), ==, 1);
}

int
main(int argc, char **argv)
{
    av_log_set_level(AV_LOG_ERROR);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/live/classic", test_classic);
    g_test_add_func("/live/modern", test_modern);
    g_test_add_func("/live/radio", test_radio);
    g_test_add_func("/live/dolby", test_dolby);
    g_test_add_func("/live/resets", test_resets);
    g_test_add_func("/live/vanished", test_vanished);
    g_test_add_func("/live/loss", test_loss);
    g_test_add_func("/live/change", test_change);
    g_test_add_func("/live/missing-tracks", test_missing_tracks);
    g_test_add_func("/live/no-key-picture", test_no_key_picture);
    g_test_add_func("/live/scrambled", test_scrambled);
    g_test_add_func("/live/kill", test_kill);
    g_test_add_func("/live/too-slow", test_too_slow);
    g_test_add_func("/live/noise", test_noise);
    g_test_add_func("/live/bad-job", test_bad_job);
    return g_test_run();
}
