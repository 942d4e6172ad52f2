// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Any bytes as a recording played twice and as a multiplex of which a pipe gets each service: what
// comes out is whole packets, counters go on over the join, and no more comes out than went in but
// for the tables that are made anew.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "pipelines/intake/feed.h"
#include "pipelines/intake/join.h"
#include "pipelines/tables/demux.h"
#include "pipelines/tables/sync.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

#define ROUNDS 2
#define SERVICES_MAX 4

typedef struct {
    IntakeJoin *join;                // (owned)
    TablesDemux *demux;              // (owned)
    IntakeFeed *feeds[SERVICES_MAX]; // (owned) (nullable)
    int ends[SERVICES_MAX];          // (owned) where the feeds come out
    guint count;                     // of feeds
    gsize packets;                   // that went in
    GByteArray *out;                 // (owned) of the join
} Way;

static void
open_feed(Way *way, guint16 service_id)
{
    int ends[2] = {-1, -1};
    g_assert_cmpint(pipe2(ends, O_CLOEXEC | O_NONBLOCK), ==, 0);
    way->feeds[way->count] = intake_feed_new(ends[1], service_id);
    way->ends[way->count++] = ends[0];
}

static void
follow(Way *way)
{
    g_autoptr(GPtrArray) services =
        tables_multiplex_list(tables_demux_get_multiplex(way->demux), FALSE);
    for (guint i = way->count; i < services->len && i < SERVICES_MAX; i++)
        open_feed(way, ((const TablesService *)services->pdata[i])->service_id);
    for (guint i = 0; i < way->count; i++)
        intake_feed_follow(way->feeds[i],
                           tables_multiplex_find(tables_demux_get_multiplex(way->demux),
                                                 intake_feed_get_service_id(way->feeds[i])));
}

static void
on_packet(const guint8 *bytes, gpointer data)
{
    Way *way = data;
    TablesPacket packet;
    way->packets++;
    if (!tables_packet_parse(bytes, &packet))
        return;
    gsize before = way->out->len;
    intake_join_take(way->join, bytes, &packet, way->out);
    gsize came = way->out->len - before;
    g_assert_true(came == 0 || came == TABLES_PACKET_BYTES);
    tables_demux_push(way->demux, bytes, TABLES_PACKET_BYTES, TABLES_HEALTH_NO_TIME);
    follow(way);
    for (guint i = 0; i < way->count; i++)
        intake_feed_push(way->feeds[i], bytes, &packet);
}

static void
check_feed(const Way *way, guint i)
{
    guint8 buffer[65536];
    ssize_t length = 0;
    intake_feed_flush(way->feeds[i]);
    while ((length = read(way->ends[i], buffer, sizeof buffer)) > 0) {
        g_assert_cmpint(length % TABLES_PACKET_BYTES, ==, 0);
        for (ssize_t at = 0; at < length; at += TABLES_PACKET_BYTES)
            g_assert_cmpuint(buffer[at], ==, TABLES_PACKET_SYNC);
    }
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    const TablesDemuxSettings settings = {.guide_bytes_max = 1 << 18};
    Way way = {.join = intake_join_new(), .demux = tables_demux_new(&settings)};
    signal(SIGPIPE, SIG_IGN);
    way.out = g_byte_array_new();
    for (guint round = 0; round < ROUNDS; round++) {
        TablesSync *sync = tables_sync_new(on_packet, &way);
        tables_sync_push(sync, data, size);
        tables_sync_finish(sync);
        tables_sync_free(sync);
        intake_join_restart(way.join);
    }
    g_assert_cmpuint(way.out->len, <=, way.packets * TABLES_PACKET_BYTES);
    for (guint i = 0; i < way.count; i++) {
        check_feed(&way, i);
        intake_feed_free(way.feeds[i]);
        close(way.ends[i]);
    }
    tables_demux_free(way.demux);
    intake_join_free(way.join);
    g_byte_array_unref(way.out);
    return 0;
}
