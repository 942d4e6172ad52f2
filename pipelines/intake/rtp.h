// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// RTP packets of a transport stream (RFC 3550, RFC 2250) put into their order. Holds a bounded
// window, waits for nothing else; one thread.
#pragma once

#include <glib.h>

#define INTAKE_RTP_WINDOW 64      // packets that may overtake one that is missing
#define INTAKE_RTP_WINDOW_MAX 512 // where packets for correction come

typedef struct _IntakeRtp IntakeRtp;

/** What came in one packet, in order; good until return. */
typedef void (*IntakeRtpFunc)(const guint8 *bytes, gsize length, gpointer data);

typedef struct {
    guint64 packets;   // (value) taken
    guint64 lost;      // (value) given up
    guint64 reordered; // (value) that came after a later one, in time
    guint64 late;      // (value) duplicates, and those that came too late
    guint64 refused;   // (value) datagrams that are no RTP
    guint64 restarts;  // (value) another sender or a jump in numbers
    guint64 recovered; // (value) that were missing and made anew
} IntakeRtpFigures;

/** Returns: (transfer full). */
IntakeRtp *intake_rtp_new(IntakeRtpFunc func, gpointer data);
void intake_rtp_free(IntakeRtp *rtp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeRtp, intake_rtp_free)

/** Takes one datagram. */
void intake_rtp_push(IntakeRtp *rtp, const guint8 *datagram, gsize length);

/** Takes one datagram of those for correction (rtp_fec.h); from now on what is missing is waited
 * for as long as it may still be made anew. */
void intake_rtp_push_fec(IntakeRtp *rtp, const guint8 *datagram, gsize length);

/** Gives up what is missing: delivers all that is held. */
void intake_rtp_flush(IntakeRtp *rtp);

IntakeRtpFigures intake_rtp_get_figures(const IntakeRtp *rtp);

/** Returns: whether @datagram looks like RTP with a transport stream and not like one itself. */
gboolean intake_rtp_recognise(const guint8 *datagram, gsize length);
