// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Two neighbouring UDP ports of this machine, the even one for RTP and the odd one for RTCP (RFC
// 3550 §11). Hears one sender alone, on the main context of whoever opened it.
#pragma once

#include <gio/gio.h>

typedef struct _IntakePortPair IntakePortPair;

/** @bytes are good until return. @control: came on the odd port. */
typedef void (*IntakePortPairFunc)(gboolean control, const guint8 *bytes, gsize length,
                                   gpointer data);

/** @local: on which the ports are. Returns: (transfer full): or NULL with an error of G_IO_ERROR.
 */
IntakePortPair *intake_port_pair_open(GInetAddress *local, IntakePortPairFunc func, gpointer data,
                                      GError **error);
void intake_port_pair_close(IntakePortPair *pair);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakePortPair, intake_port_pair_close)

/** Returns: the even port. */
guint16 intake_port_pair_get_port(const IntakePortPair *pair);

/** Hears @sender from now on, and nobody else; nobody at all before. */
void intake_port_pair_set_sender(IntakePortPair *pair, GInetAddress *sender);
