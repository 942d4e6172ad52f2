// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A clock is the system's time, or one atomic number that a test moves.
#include "server/clock.h"

struct _ServerClock {
    gboolean fixed; // set once
    gint64 now_ms;  // (atomic), used when fixed
};

ServerClock *
server_clock_new_system(void)
{
    return g_new0(ServerClock, 1);
}

ServerClock *
server_clock_new_fixed(gint64 now_ms)
{
    ServerClock *clock = g_new0(ServerClock, 1);
    clock->fixed = TRUE;
    clock->now_ms = now_ms;
    return clock;
}

void
server_clock_set(ServerClock *clock, gint64 now_ms)
{
    g_return_if_fail(clock->fixed);
    __atomic_store_n(&clock->now_ms, now_ms, __ATOMIC_SEQ_CST);
}

gint64
server_clock_now_ms(ServerClock *clock)
{
    if (clock->fixed)
        return __atomic_load_n(&clock->now_ms, __ATOMIC_SEQ_CST);
    return g_get_real_time() / 1000;
}

void
server_clock_free(ServerClock *clock)
{
    g_free(clock);
}
