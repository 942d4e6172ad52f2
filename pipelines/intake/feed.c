// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Packets go out in writes of at most PIPE_BUF bytes, which a pipe takes wholly or not at all.
#include "pipelines/intake/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "pipelines/tables/crc.h"

#define PACKETS_AT_ONCE 21 // 3,948 bytes: less than PIPE_BUF, which is 4,096
#define FIRST_TABLE_PID 0x10
#define LAST_TABLE_PID 0x14

struct _IntakeFeed {
    int descriptor;                                        // (owned)
    guint16 service_id;                                    // (value)
    gboolean known;                                        // (value) the tables have it
    guint16 transport_stream_id;                           // (value)
    guint16 pmt_pid;                                       // (value)
    gboolean in_pmt;                                       // (value) the PMT is known, and…
    guint32 pmt_sum;                                       // (value) …its check sum
    IntakePids pids;                                       // (value)
    guint8 pat[TABLES_PACKET_BYTES];                       // (value)
    guint8 pat_version;                                    // (value) 0 to 31
    guint8 pat_counter;                                    // (value) 0 to 15
    guint8 waiting[PACKETS_AT_ONCE * TABLES_PACKET_BYTES]; // (value)
    gsize length;                                          // (value) of what waits
    guint64 dropped;                                       // (value) packets
    gboolean gone;                                         // (value) nobody reads
};

IntakeFeed *
intake_feed_new(int descriptor, guint16 service_id)
{
    IntakeFeed *feed = g_new0(IntakeFeed, 1);
    feed->descriptor = descriptor;
    feed->service_id = service_id;
    int flags = fcntl(descriptor, F_GETFL);
    fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
    return feed;
}

void
intake_feed_free(IntakeFeed *feed)
{
    close(feed->descriptor);
    g_free(feed);
}

guint16
intake_feed_get_service_id(const IntakeFeed *feed)
{
    return feed->service_id;
}

static void
put16(guint8 *place, guint value)
{
    place[0] = (guint8)(value >> 8);
    place[1] = (guint8)value;
}

/* ISO/IEC 13818-1 §2.4.4.3: one section with one programme. */
static void
make_pat(IntakeFeed *feed)
{
    guint8 *bytes = feed->pat, *section = bytes + 5;
    memset(bytes, 0xFF, TABLES_PACKET_BYTES);
    bytes[0] = TABLES_PACKET_SYNC;
    put16(bytes + 1, 0x4000);
    bytes[3] = 0x10;
    bytes[4] = 0;
    section[0] = 0;
    put16(section + 1, 0xB000 | 13);
    put16(section + 3, feed->transport_stream_id);
    section[5] = (guint8)(0xC1 | feed->pat_version << 1);
    section[6] = section[7] = 0;
    put16(section + 8, feed->service_id);
    put16(section + 10, 0xE000 | feed->pmt_pid);
    guint32 sum = tables_crc_compute(section, 12);
    put16(section + 12, sum >> 16);
    put16(section + 14, sum & 0xFFFF);
}

static void
choose_pids(IntakeFeed *feed, const TablesService *service)
{
    feed->pids = (IntakePids){.all = FALSE};
    intake_pids_add(&feed->pids, 0);
    for (guint16 pid = FIRST_TABLE_PID; pid <= LAST_TABLE_PID; pid++)
        intake_pids_add(&feed->pids, pid);
    intake_pids_add(&feed->pids, service->pmt_pid);
    if (service->in_pmt && service->pcr_pid != TABLES_PACKET_NULL_PID)
        intake_pids_add(&feed->pids, service->pcr_pid);
    for (guint i = 0; i < service->streams->len; i++)
        intake_pids_add(&feed->pids, g_array_index(service->streams, TablesStream, i).pid);
}

gboolean
intake_feed_follow(IntakeFeed *feed, const TablesService *service)
{
    gboolean known = service != NULL && service->in_pat;
    if (!known) {
        gboolean lost = feed->known;
        feed->known = FALSE;
        feed->pids = (IntakePids){.all = FALSE};
        return lost;
    }
    gboolean moved = !feed->known || feed->pmt_pid != service->pmt_pid ||
                     feed->transport_stream_id != service->transport_stream_id;
    if (!moved && feed->in_pmt == service->in_pmt && feed->pmt_sum == service->pmt_sum)
        return FALSE;
    feed->known = TRUE;
    feed->in_pmt = service->in_pmt;
    feed->pmt_sum = service->pmt_sum;
    choose_pids(feed, service);
    if (moved) {
        feed->pmt_pid = service->pmt_pid;
        feed->transport_stream_id = service->transport_stream_id;
        feed->pat_version = (feed->pat_version + 1) % 32;
        make_pat(feed);
    }
    return TRUE;
}

const IntakePids *
intake_feed_get_pids(const IntakeFeed *feed)
{
    return &feed->pids;
}

void
intake_feed_flush(IntakeFeed *feed)
{
    if (feed->length == 0)
        return;
    gsize length = feed->length;
    ssize_t written = -1;
    feed->length = 0;
    if (feed->gone)
        return;
    do
        written = write(feed->descriptor, feed->waiting, length);
    while (written < 0 && errno == EINTR);
    if (written < 0 && errno == EPIPE)
        feed->gone = TRUE;
    else if (written < 0)
        feed->dropped += length / TABLES_PACKET_BYTES;
}

static void
append(IntakeFeed *feed, const guint8 *bytes)
{
    memcpy(feed->waiting + feed->length, bytes, TABLES_PACKET_BYTES);
    feed->length += TABLES_PACKET_BYTES;
    if (feed->length == sizeof feed->waiting)
        intake_feed_flush(feed);
}

void
intake_feed_push(IntakeFeed *feed, const guint8 *bytes, const TablesPacket *packet)
{
    if (!feed->known || !intake_pids_has(&feed->pids, packet->pid))
        return;
    if (packet->pid != 0) {
        append(feed, bytes);
        return;
    }
    if (!packet->unit_start || packet->damaged)
        return;
    feed->pat_counter = (feed->pat_counter + 1) & 0x0F;
    feed->pat[3] = 0x10 | feed->pat_counter;
    append(feed, feed->pat);
}

guint64
intake_feed_get_dropped(const IntakeFeed *feed)
{
    return feed->dropped;
}

gboolean
intake_feed_is_gone(const IntakeFeed *feed)
{
    return feed->gone;
}
