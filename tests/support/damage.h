// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What happens to a transport stream on its way: loss, repetition, disorder, flipped bits, lost
// sync, garbage on the PIDs of tables. The same seed does the same every time.
#pragma once

#include <glib.h>

/** Each in permille of packets unless it says otherwise. */
typedef struct {
    guint32 seed;     // (value)
    guint lost;       // (value)
    guint duplicated; // (value)
    guint swapped;    // (value) comes behind the four that follow it
    guint flipped;    // (value) one bit behind the header
    guint flagged;    // (value) transport_error_indicator
    guint garbage;    // (value) a packet of noise more, on a PID of tables
    guint torn;       // (value) bytes left out or put in: sync is lost
    guint stride;     // (value) bytes a packet: 188, 192 or 204; 0: 188
} DamagePlan;

/** Returns: (transfer full): @stream (packets of 188 bytes) after all that. */
GByteArray *damage_apply(const DamagePlan *plan, const GByteArray *stream);
