// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Forward error correction beside RTP (SMPTE ST 2022-1): rows and columns of packets, each with one
// more that is the exclusive or of them all, so that one missing packet of each can be made anew.
// Pure, bounded. Used by rtp.c.
#pragma once

#include <glib.h>

#define INTAKE_RTP_FEC_SPAN_MAX 256 // packets of a matrix, and so twice as many to wait for

typedef struct _IntakeRtpFec IntakeRtpFec;

/** A packet that was missing; @bytes are good until return. */
typedef void (*IntakeRtpFecFunc)(guint16 number, const guint8 *bytes, gsize length, gpointer data);

/** Returns: (transfer full). */
IntakeRtpFec *intake_rtp_fec_new(IntakeRtpFecFunc func, gpointer data);
void intake_rtp_fec_free(IntakeRtpFec *fec);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeRtpFec, intake_rtp_fec_free)

/** Takes the payload of a packet that came. */
void intake_rtp_fec_note(IntakeRtpFec *fec, guint16 number, const guint8 *bytes, gsize length);

/** Takes the payload of a correcting packet. Returns: whether it is one. */
gboolean intake_rtp_fec_push(IntakeRtpFec *fec, const guint8 *bytes, gsize length);

/** Forgets what came: numbers begin anew. */
void intake_rtp_fec_reset(IntakeRtpFec *fec);

/** Returns: packets of the largest matrix that was seen. */
guint intake_rtp_fec_get_span(const IntakeRtpFec *fec);
