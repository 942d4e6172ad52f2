// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Packets are made when they are queued; counters and clocks are written when they leave.
#include "tests/support/transport.h"

#include <string.h>

#include "tests/support/psi.h"

#define PIDS 8192
#define NULL_PID 0x1FFF
#define HEADER 4
#define ROOM (TRANSPORT_PACKET_BYTES - HEADER)
#define CLOCK 27000000
#define PCR_WRAP ((guint64)300 << 33)

typedef struct {
    guint8 bytes[TRANSPORT_PACKET_BYTES]; // (value)
    gboolean clock;                       // (value) a reference is to be written
} Packet;

struct _Transport {
    GQueue queue;            // (owned) (element-type Packet)
    guint8 counters[PIDS];   // (value)
    guint8 scrambling[PIDS]; // (value)
    guint64 bits_per_second; // (value)
    guint64 first_pcr27m;    // (value)
    guint64 written;         // (value) packets
    guint64 ms;              // (value)
};

Transport *
transport_new(guint64 bits_per_second, guint64 first_pcr27m)
{
    Transport *transport = g_new0(Transport, 1);
    g_queue_init(&transport->queue);
    transport->bits_per_second = bits_per_second;
    transport->first_pcr27m = first_pcr27m;
    return transport;
}

void
transport_free(Transport *transport)
{
    g_queue_clear_full(&transport->queue, g_free);
    g_free(transport);
}

static Packet *
queue_packet(Transport *transport, guint16 pid, gboolean start)
{
    Packet *packet = g_new0(Packet, 1);
    memset(packet->bytes, 0xFF, sizeof packet->bytes);
    packet->bytes[0] = 0x47;
    packet->bytes[1] = (guint8)(pid >> 8 | (start ? 0x40 : 0));
    packet->bytes[2] = pid & 0xFF;
    packet->bytes[3] = (guint8)(transport->scrambling[pid] << 6 | 0x10);
    g_queue_push_tail(&transport->queue, packet);
    return packet;
}

static void
queue_bytes(Transport *transport, guint16 pid, const guint8 *bytes, gsize length)
{
    for (gsize at = 0; at < length; at += ROOM) {
        Packet *packet = queue_packet(transport, pid, at == 0);
        memcpy(packet->bytes + HEADER, bytes + at, MIN(length - at, ROOM));
    }
}

void
transport_queue_section(Transport *transport, guint16 pid, const GByteArray *section)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    psi_put(bytes, 1, 0); // pointer_field
    g_byte_array_append(bytes, section->data, section->len);
    queue_bytes(transport, pid, bytes->data, bytes->len);
}

/* The first section that begins in a packet is what its pointer field points at. */
void
transport_queue_sections(Transport *transport, guint16 pid, const GPtrArray *sections)
{
    g_autoptr(GByteArray) all = g_byte_array_new();
    g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < sections->len; i++) {
        const GByteArray *section = sections->pdata[i];
        g_array_append_val(starts, all->len);
        g_byte_array_append(all, section->data, section->len);
    }
    guint next = 0;
    for (guint at = 0; at < all->len;) {
        guint start = next < starts->len ? g_array_index(starts, guint, next) : G_MAXUINT;
        gboolean begins = start < at + ROOM - 1;
        gboolean tight = start == at + ROOM - 1; // no room for the pointer that it would need
        Packet *packet = queue_packet(transport, pid, begins);
        guint8 *payload = packet->bytes + HEADER;
        guint room = begins || tight ? ROOM - 1 : ROOM, count = MIN(room, all->len - at);
        if (tight)
            packet->bytes[3] |= 0x20; // an adaptation field of nothing
        if (begins || tight)
            *payload++ = tight ? 0 : (guint8)(start - at);
        memcpy(payload, all->data + at, count);
        at += count;
        while (next < starts->len && g_array_index(starts, guint, next) < at)
            next++;
    }
}

void
transport_queue_pes(Transport *transport, guint16 pid, guint8 stream_id, gint64 pts90k,
                    const GByteArray *unit)
{
    g_autoptr(GByteArray) pes = g_byte_array_new();
    guint extra = pts90k >= 0 ? 5 : 0, length = unit->len + 3 + extra;
    psi_put(pes, 3, 1);
    psi_put(pes, 1, stream_id);
    psi_put(pes, 2, length <= G_MAXUINT16 ? length : 0);
    psi_put(pes, 1, 0x84); // data_alignment_indicator
    psi_put(pes, 1, pts90k >= 0 ? 0x80 : 0);
    psi_put(pes, 1, extra);
    if (pts90k >= 0) {
        guint64 pts = (guint64)pts90k & ((G_GUINT64_CONSTANT(1) << 33) - 1);
        psi_put(pes, 1, 0x21 | (guint32)(pts >> 29 & 0x0E));
        psi_put(pes, 2, 1 | (guint32)(pts >> 14 & 0xFFFE));
        psi_put(pes, 2, 1 | (guint32)(pts << 1 & 0xFFFE));
    }
    g_byte_array_append(pes, unit->data, unit->len);
    for (gsize at = 0; at < pes->len;) {
        Packet *packet = queue_packet(transport, pid, at == 0);
        gsize count = MIN(pes->len - at, ROOM);
        // What is left over becomes stuffing of an adaptation field.
        if (count < ROOM) {
            guint8 *field = packet->bytes + HEADER;
            packet->bytes[3] |= 0x20;
            field[0] = (guint8)(ROOM - count - 1);
            if (field[0] > 0)
                field[1] = 0;
        }
        memcpy(packet->bytes + TRANSPORT_PACKET_BYTES - count, pes->data + at, count);
        at += count;
    }
}

void
transport_queue_pcr(Transport *transport, guint16 pid, gboolean jump)
{
    Packet *packet = queue_packet(transport, pid, FALSE);
    packet->bytes[3] = 0x20; // an adaptation field and no payload
    packet->bytes[4] = ROOM - 1;
    packet->bytes[5] = jump ? 0x90 : 0x10;
    packet->clock = TRUE;
}

void
transport_queue_raw(Transport *transport, guint16 pid, guint8 scrambling, const GByteArray *payload)
{
    Packet *packet = queue_packet(transport, pid, TRUE);
    packet->bytes[3] |= (guint8)(scrambling << 6);
    memcpy(packet->bytes + HEADER, payload->data, MIN(payload->len, ROOM));
}

void
transport_set_scrambling(Transport *transport, guint16 pid, guint8 scrambling)
{
    transport->scrambling[pid] = scrambling;
}

void
transport_shift_clock(Transport *transport, gint64 ticks27m)
{
    transport->first_pcr27m += (guint64)(ticks27m + (gint64)PCR_WRAP);
}

static void
write_clock(const Transport *transport, Packet *packet)
{
    guint64 ticks = (guint64)((double)transport->written * TRANSPORT_PACKET_BYTES * 8.0 * CLOCK /
                              (double)transport->bits_per_second);
    guint64 pcr = (transport->first_pcr27m + ticks) % PCR_WRAP, base = pcr / 300, rest = pcr % 300;
    guint8 *at = packet->bytes + 6;
    at[0] = (guint8)(base >> 25);
    at[1] = (guint8)(base >> 17);
    at[2] = (guint8)(base >> 9);
    at[3] = (guint8)(base >> 1);
    at[4] = (guint8)((base & 1) << 7 | 0x7E | rest >> 8);
    at[5] = (guint8)rest;
}

static void
write_packet(Transport *transport, Packet *packet, GByteArray *out)
{
    guint pid = (packet->bytes[1] & 0x1Fu) << 8 | packet->bytes[2];
    guint8 *counter = &transport->counters[pid];
    packet->bytes[3] |= (packet->bytes[3] & 0x10) != 0 ? *counter : (*counter - 1) & 0x0F;
    if ((packet->bytes[3] & 0x10) != 0)
        *counter = (*counter + 1) & 0x0F;
    if (packet->clock)
        write_clock(transport, packet);
    g_byte_array_append(out, packet->bytes, TRANSPORT_PACKET_BYTES);
    transport->written++;
}

guint
transport_run(Transport *transport, guint ms, GByteArray *out)
{
    transport->ms += ms;
    guint64 until =
        transport->ms * transport->bits_per_second / 1000 / (TRANSPORT_PACKET_BYTES * 8);
    while (transport->written < until) {
        if (g_queue_is_empty(&transport->queue))
            queue_packet(transport, NULL_PID, FALSE);
        g_autofree Packet *packet = g_queue_pop_head(&transport->queue);
        write_packet(transport, packet, out);
    }
    return g_queue_get_length(&transport->queue);
}

gint64
transport_get_ms(const Transport *transport)
{
    return (gint64)transport->ms;
}
