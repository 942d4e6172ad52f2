// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A recording in a loop: when its packets are due, what its joins look like; and what a pipe gets
// of a multiplex.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "pipelines/intake/feed.h"
#include "pipelines/intake/join.h"
#include "pipelines/intake/pace.h"
#include "pipelines/tables/demux.h"
#include "pipelines/tables/sync.h"
#include "tests/support/thai.h"

#define SECOND27M G_GINT64_CONSTANT(27000000)
#define WRAP27M ((G_GINT64_CONSTANT(1) << 33) * 300)

static TablesPacket
reference(guint16 pid, gint64 pcr27m)
{
    const TablesPacket packet = {.pid = pid, .pcr27m = pcr27m};
    return packet;
}

static void
test_pace_follows_its_clock(void)
{
    IntakePace pace;
    intake_pace_init(&pace);
    TablesPacket packet = reference(100, WRAP27M - SECOND27M / 20);
    g_assert_true(intake_pace_note(&pace, &packet));
    g_assert_cmpint(pace.due_us, ==, 0);
    packet = reference(100, SECOND27M / 20); // through the wrap of 33 bits
    g_assert_true(intake_pace_note(&pace, &packet));
    g_assert_cmpint(pace.due_us, ==, 100000);
    packet = reference(200, 7 * SECOND27M); // another clock says nothing
    g_assert_false(intake_pace_note(&pace, &packet));
    g_assert_cmpint(pace.due_us, ==, 100000);
    packet = reference(100, 4000 * SECOND27M); // a jump takes no time but that of its bytes
    g_assert_true(intake_pace_note(&pace, &packet));
    g_assert_cmpint(pace.due_us, <, 110000);
    gint64 before_us = pace.due_us;
    packet = reference(100, 4000 * SECOND27M + SECOND27M / 10);
    g_assert_true(intake_pace_note(&pace, &packet));
    g_assert_cmpint(pace.due_us, ==, before_us + 100000);
}

/* A recording without a clock goes on at some rate, never at once. */
static void
test_pace_without_a_clock(void)
{
    IntakePace pace;
    const TablesPacket packet = reference(100, -1);
    intake_pace_init(&pace);
    for (guint i = 0; i < 20000; i++) // 3.8 MB
        intake_pace_note(&pace, &packet);
    g_assert_cmpint(pace.due_us, >, 3 * G_USEC_PER_SEC);
    g_assert_cmpint(pace.due_us, <, 30 * G_USEC_PER_SEC);
    gint64 before_us = pace.due_us;
    intake_pace_finish(&pace);
    g_assert_cmpint(pace.due_us, >, before_us);
}

static GByteArray *
make_stream(guint seconds)
{
    const ThaiOptions options = {
        .bits_per_second = 4000000, .first_pcr27m = 27000000, .start_ms = 1779062400000};
    g_autoptr(Thai) thai = thai_new(&options);
    GByteArray *stream = g_byte_array_new();
    for (guint i = 0; i < seconds; i++)
        thai_run(thai, 1000, stream);
    return stream;
}

static void
join_all(IntakeJoin *join, const GByteArray *stream, gsize from, GByteArray *out)
{
    for (gsize at = from; at + TABLES_PACKET_BYTES <= stream->len; at += TABLES_PACKET_BYTES) {
        TablesPacket packet = {0};
        g_assert_true(tables_packet_parse(stream->data + at, &packet));
        intake_join_take(join, stream->data + at, &packet, out);
    }
}

/* The first round passes untouched; behind the join no counter is wrong and each jump is announced,
 * though the recording begins and ends anywhere. */
static void
test_join_leaves_no_gap(void)
{
    g_autoptr(GByteArray) stream = make_stream(2);
    g_autoptr(IntakeJoin) join = intake_join_new();
    g_autoptr(GByteArray) out = g_byte_array_new();
    const TablesDemuxSettings settings = {.guide_bytes_max = 1 << 20};
    g_autoptr(TablesDemux) demux = tables_demux_new(&settings);
    gsize odd = (gsize)TABLES_PACKET_BYTES * 1234;
    join_all(join, stream, odd, out);
    g_assert_cmpuint(out->len, ==, stream->len - odd);
    g_assert_cmpmem(out->data, out->len, stream->data + odd, stream->len - odd);
    for (guint round = 0; round < 3; round++) {
        intake_join_restart(join);
        join_all(join, stream, odd, out);
    }
    tables_demux_push(demux, out->data, out->len, TABLES_HEALTH_NO_TIME);
    tables_demux_finish(demux);
    TablesHealthTotal total = tables_health_get_total(tables_demux_get_health(demux));
    g_assert_cmpuint(total.lost, ==, 0);
    g_assert_cmpuint(tables_demux_get_broken_sections(demux), ==, 0);
    g_autoptr(GArray) pids = tables_health_list(tables_demux_get_health(demux));
    for (guint i = 0; i < pids->len; i++) {
        const TablesHealthPid *pid = &g_array_index(pids, TablesHealthPid, i);
        g_assert_cmpuint(pid->jumps, ==, 0);
        g_assert_true(pid->pcrs == 0 || pid->announced_jumps >= 3);
    }
}

typedef struct {
    IntakeFeed *feed; // (unowned)
} Feeding;

static void
on_packet(const guint8 *bytes, gpointer data)
{
    Feeding *feeding = data;
    TablesPacket packet = {0};
    if (tables_packet_parse(bytes, &packet))
        intake_feed_push(feeding->feed, bytes, &packet);
}

static void
feed_all(IntakeFeed *feed, const GByteArray *stream)
{
    Feeding feeding = {feed};
    g_autoptr(TablesSync) sync = tables_sync_new(on_packet, &feeding);
    tables_sync_push(sync, stream->data, stream->len);
    tables_sync_finish(sync);
    intake_feed_flush(feed);
}

static TablesDemux *
read_tables(const GByteArray *stream)
{
    const TablesDemuxSettings settings = {.guide_bytes_max = 1 << 20};
    TablesDemux *demux = tables_demux_new(&settings);
    tables_demux_push(demux, stream->data, stream->len, TABLES_HEALTH_NO_TIME);
    return demux;
}

/* Whole packets alone, however little the pipe takes, and what it does not take is counted. */
static void
test_feed_drops_whole_packets(void)
{
    int ends[2] = {-1, -1};
    g_autoptr(GByteArray) stream = make_stream(1);
    g_autoptr(TablesDemux) demux = read_tables(stream);
    TablesMultiplex *multiplex = tables_demux_get_multiplex(demux);
    g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
    g_assert_cmpint(fcntl(ends[1], F_SETPIPE_SZ, 8192), >=, 4096);
    g_autoptr(IntakeFeed) feed = intake_feed_new(ends[1], 102);
    feed_all(feed, stream); // nothing is known of it yet: nothing flows
    g_assert_cmpuint(intake_feed_get_dropped(feed), ==, 0);
    g_assert_true(intake_feed_follow(feed, tables_multiplex_find(multiplex, 102)));
    g_assert_false(intake_feed_follow(feed, tables_multiplex_find(multiplex, 102)));
    feed_all(feed, stream);
    g_assert_cmpuint(intake_feed_get_dropped(feed), >, 100);
    guint8 buffer[65536];
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    ssize_t length = read(ends[0], buffer, sizeof buffer);
    g_assert_cmpint(length, >, 0);
    g_assert_cmpint(length % TABLES_PACKET_BYTES, ==, 0);
    for (ssize_t at = 0; at < length; at += TABLES_PACKET_BYTES)
        g_assert_cmpuint(buffer[at], ==, TABLES_PACKET_SYNC);
    g_assert_true(intake_feed_follow(feed, NULL)); // it vanishes
    g_assert_true(intake_pids_is_empty(intake_feed_get_pids(feed)));
    g_assert_true(intake_feed_follow(feed, tables_multiplex_find(multiplex, 102))); // and returns
    close(ends[0]);
    feed_all(feed, stream);
    g_assert_true(intake_feed_is_gone(feed));
}

/* The clock may come on a PID of its own, on that of no stream, or not at all. */
static void
test_feed_has_the_clock(void)
{
    static const guint16 clocks[] = {0x1F0, 0x210, TABLES_PACKET_NULL_PID};
    for (guint i = 0; i < G_N_ELEMENTS(clocks); i++) {
        const TablesStream stream = {
            .pid = 0x210, .kind = TABLES_STREAM_VIDEO, .codec = "mpeg2video"};
        int ends[2] = {-1, -1};
        g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
        g_autoptr(IntakeFeed) feed = intake_feed_new(ends[1], 101);
        g_autoptr(TablesService) service = tables_service_new(101);
        service->in_pat = service->in_pmt = TRUE;
        service->pmt_pid = 0x100;
        service->pcr_pid = clocks[i];
        g_array_append_val(service->streams, stream);
        g_assert_true(intake_feed_follow(feed, service));
        const IntakePids *pids = intake_feed_get_pids(feed);
        g_assert_true(intake_pids_has(pids, 0x210));
        g_assert_cmpint(intake_pids_has(pids, 0x1F0), ==, clocks[i] == 0x1F0);
        g_assert_false(intake_pids_has(pids, TABLES_PACKET_NULL_PID));
        close(ends[0]);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    signal(SIGPIPE, SIG_IGN);
    g_test_add_func("/intake/pace/clock", test_pace_follows_its_clock);
    g_test_add_func("/intake/pace/no-clock", test_pace_without_a_clock);
    g_test_add_func("/intake/join/no-gap", test_join_leaves_no_gap);
    g_test_add_func("/intake/feed/whole-packets", test_feed_drops_whole_packets);
    g_test_add_func("/intake/feed/clock", test_feed_has_the_clock);
    return g_test_run();
}
