// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Packet by packet, one draw for each fault.
#include "tests/support/damage.h"

#include <string.h>

#include "tests/support/transport.h"

#define TORN_BYTES_MAX 400
#define LATE_PACKETS 4 // behind which a swapped one comes

static gboolean
draw(GRand *random, guint permille)
{
    return permille > 0 && (guint)g_rand_int_range(random, 0, 1000) < permille;
}

static void
fill_noise(GRand *random, guint8 *bytes, gsize length)
{
    for (gsize i = 0; i < length; i++)
        bytes[i] = (guint8)g_rand_int(random);
}

static void
put_packet(GByteArray *out, const guint8 *packet, guint stride)
{
    static const guint8 around[16] = {0};
    if (stride == 192) // the time of arrival comes first
        g_byte_array_append(out, around, 4);
    g_byte_array_append(out, packet, TRANSPORT_PACKET_BYTES);
    if (stride == 204)
        g_byte_array_append(out, around, 16);
}

/* Now a head that could be one, now nothing but noise. */
static void
put_garbage(GRand *random, GByteArray *out, guint stride)
{
    static const guint16 pids[] = {0x0000, 0x0010, 0x0011, 0x0012, 0x0014, 0x0100};
    guint16 pid = pids[g_rand_int_range(random, 0, G_N_ELEMENTS(pids))];
    guint8 packet[TRANSPORT_PACKET_BYTES];
    fill_noise(random, packet, sizeof packet);
    packet[0] = 0x47;
    packet[1] = (guint8)(0x40 | pid >> 8);
    packet[2] = (guint8)pid;
    packet[3] = (guint8)(0x10 | (packet[3] & 0x0F));
    if (g_rand_boolean(random))
        packet[4] = 0;
    put_packet(out, packet, stride);
}

static void
tear(GRand *random, GByteArray *out)
{
    guint count = (guint)g_rand_int_range(random, 1, TORN_BYTES_MAX);
    if (g_rand_boolean(random)) {
        g_byte_array_set_size(out, out->len - MIN(count, out->len));
        return;
    }
    guint8 noise[TORN_BYTES_MAX];
    fill_noise(random, noise, count);
    g_byte_array_append(out, noise, count);
}

GByteArray *
damage_apply(const DamagePlan *plan, const GByteArray *stream)
{
    GByteArray *out = g_byte_array_sized_new(stream->len);
    GRand *random = g_rand_new_with_seed(plan->seed);
    guint8 late[TRANSPORT_PACKET_BYTES];
    guint late_for = 0;
    for (guint at = 0; at + TRANSPORT_PACKET_BYTES <= stream->len; at += TRANSPORT_PACKET_BYTES) {
        guint8 packet[TRANSPORT_PACKET_BYTES];
        memcpy(packet, stream->data + at, sizeof packet);
        if (draw(random, plan->torn))
            tear(random, out);
        if (draw(random, plan->garbage))
            put_garbage(random, out, plan->stride);
        if (draw(random, plan->lost))
            continue;
        if (draw(random, plan->flipped))
            packet[g_rand_int_range(random, 4, sizeof packet)] ^=
                (guint8)(1u << g_rand_int_range(random, 0, 8));
        if (draw(random, plan->flagged))
            packet[1] |= 0x80;
        if (late_for == 0 && draw(random, plan->swapped)) {
            memcpy(late, packet, sizeof late);
            late_for = LATE_PACKETS;
            continue;
        }
        put_packet(out, packet, plan->stride);
        if (late_for > 0 && --late_for == 0)
            put_packet(out, late, plan->stride);
        if (draw(random, plan->duplicated))
            put_packet(out, packet, plan->stride);
    }
    g_rand_free(random);
    return out;
}
