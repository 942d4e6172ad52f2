// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The real live child over what the air and head-ends do to a service beyond live-test.c: no key
// picture for half a minute, newest codecs, packets out of order, floods of tables and garbage on
// their PIDs, a PAT that changes, a clock that is set.
#include <libavutil/log.h>
#include <string.h>

#include "tests/pipelines/live/broadcast.h"
#include "tests/pipelines/live/viewer.h"
#include "tests/support/damage.h"
#include "tests/support/eit.h"

#define START_MS G_GINT64_CONSTANT(1795276800000)
#define SECOND 90000
#define DAY_MS G_GINT64_CONSTANT(86400000)
#define TICK_MS 40
#define EIT_PID 0x12
#define EIT_A_TICK 24 // 600 a second

// What does not depend on size goes on few pixels.
static const BroadcastPlan compact = {0x100, 0x200, 0x210, FALSE, 352, 288, FALSE, 12, NULL, NULL};

static ChildLiveJob *
make_job(const char *rungs)
{
    ChildLiveJob *job = child_live_job_new();
    job->rungs = g_strsplit(rungs, ",", 0);
    job->first_number = 1;
    job->first_time = 0;
    job->first_init = 1;
    job->behind_ms = 24 * 3600 * 1000;
    return job;
}

static Viewing *
view(ChildLiveJob *job, const GByteArray *stream)
{
    return viewer_run(g_getenv("DAORIAN_MEDIA"), job, stream, 0);
}

/* Tuned in behind a key picture, the next one half a minute away: sound at once, the slate, then
 * the picture, in time. */
static void
test_no_key_picture(void)
{
    BroadcastPlan plan = compact;
    plan.modern = TRUE;
    plan.key_interval = 750;
    g_autoptr(Broadcast) broadcast = broadcast_new(&plan, 10 * SECOND, START_MS);
    g_autoptr(GByteArray) missed = g_byte_array_new();
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small");
    broadcast_run(broadcast, 1000, missed);
    broadcast_run(broadcast, 34000, stream);
    g_autoptr(Viewing) viewing = view(job, stream);
    g_assert_cmpint(ABS(viewing_measure_ms(viewing, job) - 34000), <, 1500);
    g_assert_cmpuint(viewing_count_jumps(viewing), ==, 1);
    g_assert_cmpuint(viewing_count(viewing, CHILD_LIVE_REPORT_DONE, NULL), ==, 1);
    g_autoptr(Played) played = viewing_play(viewing, "small");
    g_assert_cmpuint(played->tones->len, >=, 16);
    g_assert_cmpuint(played->flashes->len, >=, 1);
    played_assert_together(played, 1);
    g_assert_cmpuint(played->bad, ==, 0);
}

/* HEVC and AAC in LATM, the clock reference on a PID of its own. */
static void
test_newest(void)
{
    static const BroadcastMore more = {.newest = TRUE, .pcr_pid = 0x1F0};
    BroadcastPlan plan = {0x100, 0x202, 0x216, TRUE, 352, 288, TRUE, 25, NULL, &more};
    g_autoptr(Broadcast) broadcast = broadcast_new(&plan, 10 * SECOND, START_MS);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small");
    broadcast_run(broadcast, 8000, stream);
    g_autoptr(Viewing) viewing = view(job, stream);
    g_assert_cmpint(ABS(viewing_measure_ms(viewing, job) - 8000), <, 600);
    g_autoptr(Played) played = viewing_play(viewing, "small");
    played_assert_together(played, 3);
    g_assert_cmpuint(played->bad, ==, 0);
    g_autoptr(Played) voice = viewing_play(viewing, "voice");
    g_assert_cmpuint(voice->tones->len, ==, 3);
}

/* One packet in fifty comes four too late, one in fifty twice. */
static void
test_disorder(void)
{
    g_autoptr(Broadcast) broadcast = broadcast_new(&compact, 10 * SECOND, START_MS);
    g_autoptr(GByteArray) whole = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small");
    broadcast_run(broadcast, 12000, whole);
    const DamagePlan plan = {.seed = 5, .swapped = 20, .duplicated = 20};
    g_autoptr(GByteArray) stream = damage_apply(&plan, whole);
    g_assert_cmpuint(stream->len, >, whole->len);
    g_autoptr(Viewing) viewing = view(job, stream);
    g_assert_cmpint(ABS(viewing_measure_ms(viewing, job) - 12000), <, 1500);
    g_assert_cmpuint(viewing_count_jumps(viewing), ==, 1);
    g_autoptr(Played) played = viewing_play(viewing, "small");
    g_assert_cmpuint(played->bad, ==, 0);
    g_assert_cmpuint(played->tones->len, >=, 4);
    g_assert_cmpuint(played->pictures, >=, 12 * 11);
}

/* Copies @from without its null packets. */
static void
append_packets(GByteArray *out, const GByteArray *from)
{
    for (guint at = 0; at < from->len; at += TRANSPORT_PACKET_BYTES)
        if (from->data[at + 1] != 0x1F || from->data[at + 2] != 0xFF)
            g_byte_array_append(out, from->data + at, TRANSPORT_PACKET_BYTES);
}

/* 600 sections of guide a second, and noise on all PIDs of tables between them: picture and sound
 * come through whole. */
static void
test_flood(void)
{
    static const EitService service = {101, 1, 2, PSI_TEXT_ISO8859_11, FALSE, 0};
    g_autoptr(Broadcast) broadcast = broadcast_new(&compact, 10 * SECOND, START_MS);
    g_autoptr(GPtrArray) sections = eit_make_schedule(&service);
    g_autoptr(Transport) tables = transport_new(40000000, 0);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small");
    for (guint ms = 0, next = 0; ms < 8000; ms += TICK_MS) {
        g_autoptr(GByteArray) piece = g_byte_array_new();
        for (guint i = 0; i < EIT_A_TICK; i++)
            transport_queue_section(tables, EIT_PID, sections->pdata[next++ % sections->len]);
        g_assert_cmpuint(transport_run(tables, TICK_MS, piece), ==, 0);
        broadcast_run(broadcast, TICK_MS, stream);
        append_packets(stream, piece);
    }
    const DamagePlan plan = {.seed = 7, .garbage = 100};
    g_autoptr(GByteArray) spoilt = damage_apply(&plan, stream);
    g_autoptr(Viewing) viewing = view(job, spoilt);
    g_assert_cmpint(ABS(viewing_measure_ms(viewing, job) - 8000), <, 600);
    g_assert_cmpuint(viewing_count_jumps(viewing), ==, 1);
    g_assert_cmpuint(viewing_count(viewing, CHILD_LIVE_REPORT_WARNING, "streams"), ==, 1);
    g_autoptr(Played) played = viewing_play(viewing, "small");
    g_assert_cmpuint(played->bad, ==, 0);
    played_assert_together(played, 3);
}

/* The PAT loses the service, then has it again on other PIDs. */
static void
test_pat(void)
{
    g_autoptr(Broadcast) broadcast = broadcast_new(&compact, 10 * SECOND, START_MS);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small");
    BroadcastPlan moved = compact;
    moved.pmt_pid = 0x140;
    moved.picture_pid = 0x240;
    moved.sound_pid = 0x241;
    broadcast_run(broadcast, 4000, stream);
    broadcast_vanish(broadcast, TRUE);
    broadcast_run(broadcast, 12000, stream);
    broadcast_change(broadcast, &moved);
    broadcast_vanish(broadcast, FALSE);
    broadcast_run(broadcast, 6000, stream);
    g_autoptr(Viewing) viewing = view(job, stream);
    g_assert_cmpint(ABS(viewing_measure_ms(viewing, job) - 10000), <, 1500);
    g_assert_cmpuint(viewing_count_jumps(viewing), ==, 2);
    g_autoptr(Played) played = viewing_play(viewing, "small");
    played_assert_together(played, 3);
    g_assert_cmpuint(played->bad, ==, 0);
}

/* The PMT says another language of the same sound: it is told, and nothing is heard or seen of it.
 */
static void
test_language(void)
{
    static const BroadcastMore english = {.spoken = "eng"};
    g_autoptr(Broadcast) broadcast = broadcast_new(&compact, 10 * SECOND, START_MS);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small");
    BroadcastPlan other = compact;
    other.more = &english;
    broadcast_run(broadcast, 5000, stream);
    broadcast_change(broadcast, &other);
    broadcast_run(broadcast, 5000, stream);
    g_autoptr(Viewing) viewing = view(job, stream);
    g_assert_cmpint(ABS(viewing_measure_ms(viewing, job) - 10000), <, 600);
    g_assert_cmpuint(viewing_count_jumps(viewing), ==, 1);
    const ChildLiveReport *health = NULL;
    for (guint i = 0; i < viewing->reports->len; i++) {
        const ChildLiveReport *report = viewing->reports->pdata[i];
        health = report->kind == CHILD_LIVE_REPORT_HEALTH ? report : health;
    }
    g_assert_nonnull(health);
    g_assert_cmpstr(health->language, ==, "eng");
    g_autoptr(Played) played = viewing_play(viewing, "small");
    played_assert_together(played, 4);
    g_assert_cmpuint(played->bad, ==, 0);
}

/* The stream's clock is set a day forward and back: nothing of it is seen in what is told. */
static void
test_clock_is_set(void)
{
    gint64 now_ms = g_get_real_time() / 1000;
    g_autoptr(Broadcast) broadcast = broadcast_new(&compact, 10 * SECOND, now_ms);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice");
    broadcast_run(broadcast, 6000, stream);
    broadcast_set_clock_error(broadcast, DAY_MS);
    broadcast_run(broadcast, 6000, stream);
    broadcast_set_clock_error(broadcast, -DAY_MS);
    broadcast_run(broadcast, 6000, stream);
    broadcast_set_clock_error(broadcast, 0);
    broadcast_run(broadcast, 4000, stream);
    g_autoptr(Viewing) viewing = view(job, stream);
    g_assert_cmpuint(viewing_count_jumps(viewing), ==, 1);
    const ChildLiveReport *before = viewing_get_segment(viewing, 0), *segment = NULL;
    g_assert_cmpint(ABS((gint64)before->wall_ms - now_ms), <, DAY_MS / 24);
    for (guint i = 1; (segment = viewing_get_segment(viewing, i)) != NULL; i++) {
        gint64 passed_ms = (gint64)segment->wall_ms - (gint64)before->wall_ms;
        g_assert_cmpint(ABS(passed_ms - (gint64)before->duration / 90), <=, 21);
        before = segment;
    }
}

int
main(int argc, char **argv)
{
    av_log_set_level(AV_LOG_ERROR);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/live/survive/no-key-picture", test_no_key_picture);
    g_test_add_func("/live/survive/newest-codecs", test_newest);
    g_test_add_func("/live/survive/disorder", test_disorder);
    g_test_add_func("/live/survive/flood", test_flood);
    g_test_add_func("/live/survive/pat", test_pat);
    g_test_add_func("/live/survive/language", test_language);
    g_test_add_func("/live/survive/clock-is-set", test_clock_is_set);
    return g_test_run();
}
