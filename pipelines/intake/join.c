// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One small state a PID. The first round passes as it is.
#include "pipelines/intake/join.h"

#include <string.h>

typedef struct {
    gboolean seen;      // (value) in any round
    gboolean waiting;   // (value) for the beginning of a unit after a restart
    gboolean unaligned; // (value) the offset is to be found
    gboolean announce;  // (value) the clock jumps
    guint8 last;        // (value) counter that went out last
    guint8 offset;      // (value) what is added to counters
} Lane;

struct _IntakeJoin {
    gboolean again;                 // (value) not the first round
    Lane lanes[TABLES_PACKET_PIDS]; // (value)
};

IntakeJoin *
intake_join_new(void)
{
    return g_new0(IntakeJoin, 1);
}

void
intake_join_free(IntakeJoin *join)
{
    g_free(join);
}

void
intake_join_restart(IntakeJoin *join)
{
    join->again = TRUE;
    for (guint pid = 0; pid < TABLES_PACKET_PIDS; pid++) {
        Lane *lane = &join->lanes[pid];
        lane->waiting = lane->unaligned = lane->announce = lane->seen;
    }
}

/* Counts on from the last one sent, by one where there is a payload. */
static void
align(Lane *lane, const TablesPacket *packet)
{
    guint8 next = (guint8)(lane->last + (packet->has_payload ? 1 : 0));
    lane->offset = (guint8)((next - packet->counter) & 0x0F);
    lane->unaligned = FALSE;
}

void
intake_join_take(IntakeJoin *join, const guint8 *bytes, const TablesPacket *packet, GByteArray *out)
{
    Lane *lane = &join->lanes[packet->pid];
    if (packet->pid == TABLES_PACKET_NULL_PID) {
        g_byte_array_append(out, bytes, TABLES_PACKET_BYTES);
        return;
    }
    if (packet->unit_start || packet->damaged)
        lane->waiting = FALSE;
    if (lane->waiting && packet->has_payload)
        return;
    if (lane->unaligned)
        align(lane, packet);
    guint8 copy[TABLES_PACKET_BYTES];
    memcpy(copy, bytes, sizeof copy);
    lane->last = (guint8)((packet->counter + lane->offset) & 0x0F);
    lane->seen = TRUE;
    copy[3] = (guint8)((copy[3] & 0xF0) | lane->last);
    if (lane->announce && packet->pcr27m >= 0) {
        copy[5] |= 0x80; // discontinuity_indicator: this reference is of another clock
        lane->announce = FALSE;
    }
    g_byte_array_append(out, copy, sizeof copy);
}
