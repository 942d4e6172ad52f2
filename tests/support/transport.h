// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Writes a transport stream of constant rate: sections, PES and clock references wait in a queue,
// and each tick of time takes as many packets as the rate has room for, filled up with null
// packets. Clock references are exact for the place they stand in.
#pragma once

#include <glib.h>

#define TRANSPORT_PACKET_BYTES 188

typedef struct _Transport Transport;

/** Returns: (transfer full): a stream of @bits_per_second whose clock begins at @first_pcr27m. */
Transport *transport_new(guint64 bits_per_second, guint64 first_pcr27m);
void transport_free(Transport *transport);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Transport, transport_free)

/** Queues a section as packets of its own. */
void transport_queue_section(Transport *transport, guint16 pid, const GByteArray *section);

/** Queues several sections back to back, as broadcasters pack them. (element-type GByteArray) */
void transport_queue_sections(Transport *transport, guint16 pid, const GPtrArray *sections);

/** Queues a PES packet (ISO/IEC 13818-1 §2.4.3.6) of one access unit; @pts90k: 33 bits, -1: none.
 */
void transport_queue_pes(Transport *transport, guint16 pid, guint8 stream_id, gint64 pts90k,
                         const GByteArray *unit);

/** Queues a clock reference, whose value is that of the place where it comes to stand; @jump:
 * announced. */
void transport_queue_pcr(Transport *transport, guint16 pid, gboolean jump);

/** Queues any payload of at most 184 bytes, whatever it is; @scrambling: 0 to 3. */
void transport_queue_raw(Transport *transport, guint16 pid, guint8 scrambling,
                         const GByteArray *payload);

/** Sets the bits that say packets of @pid are scrambled from now on. */
void transport_set_scrambling(Transport *transport, guint16 pid, guint8 scrambling);

/** Moves the clock, as a broadcaster's does that is switched over. */
void transport_shift_clock(Transport *transport, gint64 ticks27m);

/** Writes packets for the next @ms to @out: the queue's, then null packets. Returns: packets still
 * queued. */
guint transport_run(Transport *transport, guint ms, GByteArray *out);

/** Returns: ms of stream that were written. */
gint64 transport_get_ms(const Transport *transport);
