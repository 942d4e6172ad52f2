// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A transport stream that comes in UDP datagrams, to this machine or to a group, plain or as RTP.
// Opens the socket, joins, and hands over bytes in order on the main context of whoever made it.
#pragma once

#include "pipelines/intake/address.h"
#include "pipelines/intake/rtp.h"

typedef struct _IntakeDatagrams IntakeDatagrams;

/** @bytes are good until return. @now_us: when they came (monotonic). */
typedef void (*IntakeDatagramsFunc)(const guint8 *bytes, gsize length, gint64 now_us,
                                    gpointer data);

/**
 * intake_datagrams_open:
 * @address: of kind UDP or RTP
 *
 * Joins a group on the interface that @address names, else on the one the system chooses, and from
 * its sources alone if it names any. UDP that carries RTP is recognised. Returns: (transfer full):
 * or NULL with an error of G_IO_ERROR.
 */
IntakeDatagrams *intake_datagrams_open(const IntakeAddress *address, IntakeDatagramsFunc func,
                                       gpointer data, GError **error);

/** Delivers what is held back for order, then closes. */
void intake_datagrams_close(IntakeDatagrams *datagrams);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeDatagrams, intake_datagrams_close)

/** Returns: all zero when there was no RTP. */
IntakeRtpFigures intake_datagrams_get_rtp(const IntakeDatagrams *datagrams);
