// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Makes one stream of a recording that is played again and again: what goes out at each beginning
// is as a receiver wants to see it. Pure; used by replay.c.
#pragma once

#include "pipelines/tables/packet.h"

typedef struct _IntakeJoin IntakeJoin;

/** Returns: (transfer full). */
IntakeJoin *intake_join_new(void);
void intake_join_free(IntakeJoin *join);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeJoin, intake_join_free)

/** The recording begins anew. */
void intake_join_restart(IntakeJoin *join);

/** Appends to @out what is to be sent for the recording's next packet: itself with its counter set
 * right and the jump of its clock announced, or nothing. */
void intake_join_take(IntakeJoin *join, const guint8 *bytes, const TablesPacket *packet,
                      GByteArray *out);
