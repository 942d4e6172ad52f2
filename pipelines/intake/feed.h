// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One service's packets into one pipe: its PMT, its streams, its clock, the tables with names,
// guide and time (PIDs 0x10 to 0x14), and a PAT that names it alone. Writes whole packets and never
// waits: what a full pipe does not take is dropped and counted.
#pragma once

#include "pipelines/intake/pids.h"
#include "pipelines/tables/packet.h"
#include "pipelines/tables/service.h"

typedef struct _IntakeFeed IntakeFeed;

/** @descriptor: (transfer full): the write end of a pipe, made non-blocking. Returns: (transfer
 * full). */
IntakeFeed *intake_feed_new(int descriptor, guint16 service_id);
void intake_feed_free(IntakeFeed *feed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeFeed, intake_feed_free)

guint16 intake_feed_get_service_id(const IntakeFeed *feed);

/** Takes what the tables say now; NULL: there is no such service, nothing flows. Cheap where
 * nothing changed. Returns: whether it needs other PIDs than before. */
gboolean intake_feed_follow(IntakeFeed *feed, const TablesService *service);

/** Returns: (transfer none): what it needs. */
const IntakePids *intake_feed_get_pids(const IntakeFeed *feed);

/** Takes a packet of the multiplex. */
void intake_feed_push(IntakeFeed *feed, const guint8 *bytes, const TablesPacket *packet);

/** Hands over what was collected; call it when no more packets are at hand. */
void intake_feed_flush(IntakeFeed *feed);

/** Returns: packets that were dropped. */
guint64 intake_feed_get_dropped(const IntakeFeed *feed);

/** Returns: whether the other end was closed. */
gboolean intake_feed_is_gone(const IntakeFeed *feed);
