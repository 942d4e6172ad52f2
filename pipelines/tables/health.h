// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How well a transport stream arrives: counters and clock references of every PID, in the spirit of
// ETSI TR 101 290 §5.2. Knows nothing of tables; one thread.
#pragma once

#include "pipelines/tables/packet.h"

#define TABLES_HEALTH_NO_TIME (-1) // bytes that come from a file

/** Figures of one PID. */
typedef struct {
    guint16 pid;             // (value)
    guint64 packets;         // (value) duplicates included
    guint64 lost;            // (value) places where the counter says that packets are missing
    guint64 duplicates;      // (value)
    guint64 damaged;         // (value) transport_error_indicator
    guint64 scrambled;       // (value) packets that need a key
    gboolean scrambled_now;  // (value) the last one with a payload did
    guint64 pcrs;            // (value) clock references
    guint64 jumps;           // (value) of the clock that nothing announced
    guint64 announced_jumps; // (value)
    double interval_max_ms;  // (value) between two references
    double jitter_max_us;    // (value) a reference away from where its neighbours put it
    double jitter_rms_us;    // (value)
    double span_s;           // (value) time that its references cover, jumps left out
    guint64 bits_per_second; // (value) 0: no time is known
} TablesHealthPid;

typedef struct {
    guint64 packets;         // (value) damaged ones included
    guint64 lost;            // (value) of all PIDs
    guint64 duplicates;      // (value)
    guint64 damaged;         // (value)
    guint64 broken;          // (value) packets that are none inside
    double span_s;           // (value) 0: no time is known
    guint64 bits_per_second; // (value)
} TablesHealthTotal;

/** What one PID did since the last look. */
typedef struct {
    guint16 pid;          // (value)
    gboolean scrambled;   // (value) the last packet with a payload was
    guint64 packets;      // (value)
    guint64 lost;         // (value)
    guint64 damaged;      // (value)
    double jitter_max_us; // (value) negative: no clock reference was measured
} TablesHealthStep;

typedef struct _TablesHealth TablesHealth;

/** Returns: (transfer full). */
TablesHealth *tables_health_new(void);
void tables_health_free(TablesHealth *health);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TablesHealth, tables_health_free)

/** Notes a packet. @now_us: when it arrived (monotonic), or TABLES_HEALTH_NO_TIME: clock references
 * are then compared with the packets between them. Returns: what is missing before it. */
TablesPacketOrder tables_health_note(TablesHealth *health, const TablesPacket *packet,
                                     gint64 now_us);

/** Notes 188 bytes that could not be taken apart. */
void tables_health_note_broken(TablesHealth *health);

/** Returns: (transfer full) (element-type TablesHealthPid): every PID seen, ascending. */
GArray *tables_health_list(const TablesHealth *health);

TablesHealthTotal tables_health_get_total(const TablesHealth *health);

/** Returns: (transfer full) (element-type TablesHealthStep): every PID that had a packet since the
 * last call, ascending; the next call begins anew. */
GArray *tables_health_take_steps(TablesHealth *health);

/** Returns: whether the last packet of @pid with a payload was scrambled. */
gboolean tables_health_is_scrambled(const TablesHealth *health, guint16 pid);
