// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The one source of time in the daemon. Flows and handlers get a clock at construction and pass
// what it says down as now_ms; nothing else asks the system for the time of day. Tests set it by
// hand.
#pragma once

#include <glib.h>

typedef struct _ServerClock ServerClock;

/** Returns: (transfer full): a clock that follows the system's UTC time. Any thread. */
ServerClock *server_clock_new_system(void);

/** Returns: (transfer full): a clock that stands at @now_ms until it is set. Any thread. */
ServerClock *server_clock_new_fixed(gint64 now_ms);

/** Moves a fixed clock to @now_ms; a programming error on a system clock. Any thread. */
void server_clock_set(ServerClock *clock, gint64 now_ms);

/** Returns: UTC milliseconds since the epoch. Any thread. */
gint64 server_clock_now_ms(ServerClock *clock);

void server_clock_free(ServerClock *clock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServerClock, server_clock_free)
