// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One timer of whoever waits: set anew it forgets what it waited for.
#pragma once

#include <glib.h>

/** @timer: (inout) (owned) (nullable). @due: in @context (nullable: the default one); it may clear
 * or set @timer. Any thread that alone has @timer. */
void server_timer_set(GSource **timer, GMainContext *context, guint wait_ms, GSourceFunc due,
                      gpointer data);

/** Waits no more; one that does not wait is left alone. */
void server_timer_clear(GSource **timer);
