// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Transport packets of one PID in, PES packets (ISO/IEC 13818-1 §2.4.3.6) of an elementary stream
// out, with their time stamps and a word about what is missing. Takes any bytes; bounded; decodes
// nothing. One thread.
#pragma once

#include "pipelines/tables/packet.h"

#define LIVE_PES_BYTES_MAX (4 * 1024 * 1024)

/** The payload of one PES packet. */
typedef struct {
    const guint8 *data; // (unowned) good until return
    gsize bytes;        // (value) not 0
    gint64 pts90k;      // (value) 33 bits, -1: none
    gint64 dts90k;      // (value) 33 bits; without one of its own: pts90k
    gboolean torn;      // (value) packets are missing in it
} LivePesUnit;

typedef void (*LivePesFunc)(const LivePesUnit *unit, gpointer data);

typedef struct _LivePes LivePes;

/** Returns: (transfer full). */
LivePes *live_pes_new(LivePesFunc func, gpointer data);
void live_pes_free(LivePes *pes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LivePes, live_pes_free)

/** Takes the next packet of the PID. Damaged and scrambled ones count as missing. */
void live_pes_push(LivePes *pes, const TablesPacket *packet);

/** No more come for now: gives what is there. */
void live_pes_finish(LivePes *pes);

/** Returns: places where packets are missing, by their counters. */
guint64 live_pes_get_lost(const LivePes *pes);
