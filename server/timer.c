// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A GSource that is destroyed before it is let go.
#include "server/timer.h"

void
server_timer_clear(GSource **timer)
{
    if (*timer != NULL)
        g_source_destroy(*timer);
    g_clear_pointer(timer, g_source_unref);
}

void
server_timer_set(GSource **timer, GMainContext *context, guint wait_ms, GSourceFunc due,
                 gpointer data)
{
    server_timer_clear(timer);
    *timer = g_timeout_source_new(wait_ms);
    g_source_set_callback(*timer, due, data, NULL);
    g_source_attach(*timer, context);
}
