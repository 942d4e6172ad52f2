// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A recorded transport stream played over and over at the pace of its own clock (PCR), as if it
// came from the air: for demonstrations and tests. Where it begins again, counters go on without a
// gap, half a PES packet is left out, and the jump of the clock is announced (ISO/IEC 13818-1
// §2.4.3.5). On the main context of whoever made it.
#pragma once

#include <glib.h>

typedef struct _IntakeReplay IntakeReplay;

typedef struct {
    /** @bytes: whole packets, good until return. @now_us: monotonic. */
    void (*received)(const guint8 *bytes, gsize length, gint64 now_us, gpointer data);
    /** @error: of G_IO_ERROR: it cannot be read, or holds no packet; nothing follows. */
    void (*ended)(const GError *error, gpointer data);
} IntakeReplayFuncs;

/** Opens (blocking). Returns: (transfer full): or NULL with an error of G_IO_ERROR. */
IntakeReplay *intake_replay_open(const char *path, const IntakeReplayFuncs *funcs, gpointer data,
                                 GError **error);

/** Nothing is called any more. */
void intake_replay_free(IntakeReplay *replay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeReplay, intake_replay_free)

/** Returns: how often the end was reached. */
guint intake_replay_get_rounds(const IntakeReplay *replay);
