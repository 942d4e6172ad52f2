// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Fixed offsets of 188 bytes; the adaptation field is the only thing with a length of its own.
#include "pipelines/tables/packet.h"

#include <string.h>

#define HEADER_BYTES 4
#define PCR_BYTES 6

/* §2.4.3.5: a base of 33 bits in units of 300 ticks and an extension. */
static gint64
read_pcr(const guint8 *at)
{
    guint64 base = (guint64)at[0] << 25 | (guint64)at[1] << 17 | (guint64)at[2] << 9 |
                   (guint64)at[3] << 1 | at[4] >> 7;
    guint extension = (guint)(at[4] & 1) << 8 | at[5];
    return (gint64)(base * 300 + extension);
}

static void
parse_adaptation(const guint8 *field, gsize length, TablesPacket *packet)
{
    if (length == 0)
        return;
    packet->discontinuity = (field[0] & 0x80) != 0;
    if ((field[0] & 0x10) != 0 && length >= 1 + PCR_BYTES)
        packet->pcr27m = read_pcr(field + 1);
}

gboolean
tables_packet_parse(const guint8 *bytes, TablesPacket *packet)
{
    if (bytes[0] != TABLES_PACKET_SYNC)
        return FALSE;
    TablesPacket parsed = {
        .pid = (guint16)((bytes[1] & 0x1F) << 8 | bytes[2]),
        .counter = bytes[3] & 0x0F,
        .scrambling = bytes[3] >> 6,
        .damaged = (bytes[1] & 0x80) != 0,
        .unit_start = (bytes[1] & 0x40) != 0,
        .pcr27m = -1,
    };
    gsize at = HEADER_BYTES;
    if ((bytes[3] & 0x20) != 0) {
        gsize length = bytes[at++];
        if (length > TABLES_PACKET_BYTES - at)
            return FALSE;
        parse_adaptation(bytes + at, length, &parsed);
        at += length;
    }
    parsed.has_payload = (bytes[3] & 0x10) != 0 && at < TABLES_PACKET_BYTES;
    parsed.payload = parsed.has_payload ? bytes + at : NULL;
    parsed.payload_bytes = parsed.has_payload ? TABLES_PACKET_BYTES - at : 0;
    *packet = parsed;
    return TRUE;
}

static void
remember(TablesPacketLast *last, const TablesPacket *packet)
{
    last->seen = TRUE;
    last->counter = packet->counter;
    last->bytes = (guint8)packet->payload_bytes;
    if (packet->has_payload)
        memcpy(last->payload, packet->payload, packet->payload_bytes);
}

/* The counter stands still without payload and in a duplicate, whose payload is the same. */
TablesPacketOrder
tables_packet_judge(TablesPacketLast *last, const TablesPacket *packet)
{
    TablesPacketOrder order = TABLES_PACKET_FOLLOWS;
    guint8 expected = packet->has_payload ? (last->counter + 1) & 0x0F : last->counter;
    gboolean same = last->seen && packet->has_payload && packet->counter == last->counter &&
                    packet->payload_bytes == last->bytes && !last->repeated &&
                    memcmp(packet->payload, last->payload, last->bytes) == 0;
    if (packet->discontinuity)
        order = TABLES_PACKET_ANNOUNCED;
    else if (!last->seen)
        order = TABLES_PACKET_FIRST;
    else if (same)
        order = TABLES_PACKET_DUPLICATE;
    else if (packet->counter != expected)
        order = TABLES_PACKET_LOST;
    last->repeated = order == TABLES_PACKET_DUPLICATE;
    if (packet->has_payload || !last->seen)
        remember(last, packet);
    else
        last->counter = packet->counter;
    return order;
}
