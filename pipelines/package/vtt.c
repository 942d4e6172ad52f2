// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Numbers are printed from integers, so that no locale can put a comma in.
#include "pipelines/package/vtt.h"

static void
append_time(GString *out, guint64 time_ms)
{
    g_string_append_printf(out, "%02" G_GUINT64_FORMAT ":%02u:%02u.%03u", time_ms / 3600000,
                           (guint)(time_ms / 60000 % 60), (guint)(time_ms / 1000 % 60),
                           (guint)(time_ms % 1000));
}

void
package_vtt_append_timing(GString *out, guint64 start_ms, guint64 end_ms)
{
    append_time(out, start_ms);
    g_string_append(out, " --> ");
    append_time(out, end_ms);
    g_string_append_c(out, '\n');
}
