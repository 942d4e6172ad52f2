// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a viewer may choose among: the rungs of a window, with what each costs and shows. Pure.
#pragma once

#include "server/flows/window_index.h"

/** A rung that is on the air now. */
typedef struct {
    char *name;          // (owned)
    guint64 average_bps; // measured
    guint64 peak_bps;    // measured
    guint width;         // 0: sound alone
    guint height;        // 0: sound alone
} FlowsWindowRung;

/** Returns: (transfer full) (element-type FlowsWindowRung): cheapest first; never changed once it
 * is shared. */
GPtrArray *flows_window_rungs_list(FlowsWindowIndex *index);
