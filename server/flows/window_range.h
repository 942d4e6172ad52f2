// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A stretch of a channel's window as a copy, for what keeps it. Pure; window.c guards it.
#pragma once

#include "server/flows/window_index.h"

/** What a recording is to keep. */
typedef struct {
    guint64 number; // at least this one
    gint64 from_ms; // UTC milliseconds: what ends after it
    gint64 to_ms;   // UTC milliseconds: what begins before it
} FlowsWindowRange;

/** Returns: (transfer full): the segments of @range, perhaps none, with all init files. */
FlowsWindowIndex *flows_window_range_copy(const FlowsWindowIndex *index,
                                          const FlowsWindowRange *range);
