// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One transport packet (ISO/IEC 13818-1 §2.4.3.2 to 2.4.3.5) and what its counter says about the
// one before it. Pure.
#pragma once

#include <glib.h>

#define TABLES_PACKET_BYTES 188
#define TABLES_PACKET_SYNC 0x47
#define TABLES_PACKET_PIDS 8192
#define TABLES_PACKET_NULL_PID 0x1FFF

typedef struct {
    guint16 pid;            // (value)
    guint8 counter;         // (value) 0 to 15
    guint8 scrambling;      // (value) 0: clear
    gboolean damaged;       // (value) transport_error_indicator: nothing here is to be believed
    gboolean unit_start;    // (value) a section or PES packet begins in it
    gboolean discontinuity; // (value) the adaptation field announces a jump
    gboolean has_payload;   // (value)
    gint64 pcr27m;          // (value) ticks of 27 MHz, -1: none
    const guint8 *payload;  // (unowned) (nullable)
    gsize payload_bytes;    // (value)
} TablesPacket;

/** What a packet's counter says. */
typedef enum {
    TABLES_PACKET_FIRST,     // nothing came before
    TABLES_PACKET_FOLLOWS,   // nothing is missing
    TABLES_PACKET_ANNOUNCED, // a jump that was flagged
    TABLES_PACKET_DUPLICATE, // the same once more, which is allowed once
    TABLES_PACKET_LOST,      // something is missing before it
} TablesPacketOrder;

/** A PID's last packet; all zero before the first. */
typedef struct {
    gboolean seen;                       // (value)
    gboolean repeated;                   // (value) the duplicate that is allowed was there
    guint8 counter;                      // (value)
    guint8 bytes;                        // (value) of the payload
    guint8 payload[TABLES_PACKET_BYTES]; // (value)
} TablesPacketLast;

/** Takes 188 bytes apart; @packet points into them. Returns: FALSE without the sync byte, or when
 * the adaptation field is longer than the packet. */
gboolean tables_packet_parse(const guint8 *bytes, TablesPacket *packet);

/** Compares @packet with the one before it of the same PID and remembers it. */
TablesPacketOrder tables_packet_judge(TablesPacketLast *last, const TablesPacket *packet);
