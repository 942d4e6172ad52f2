// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Where the packets of a channel's service come from: server/flows/intake.h, or in tests whoever
// keeps the same promises. Main context.
#pragma once

#include "server/flows/class.h"
#include "server/flows/intake.h"

/** As flows_intake_subscribe(): takes @write_fd; never 0. */
typedef guint (*FlowsLiveFeedSubscribe)(gpointer source, const char *multiplex_id,
                                        guint16 service_number, int write_fd);
typedef void (*FlowsLiveFeedUnsubscribe)(gpointer source, guint subscription);
/** Returns: (transfer full). */
typedef FlowsIntakeStatus *(*FlowsLiveFeedLook)(gpointer source, const char *multiplex_id);

typedef struct {
    FlowsLiveFeedSubscribe subscribe;     // (unowned)
    FlowsLiveFeedUnsubscribe unsubscribe; // (unowned)
    FlowsLiveFeedLook get_status;         // (unowned)
    gpointer source;                      // (unowned)
} FlowsLiveFeed;

typedef struct {
    FlowsIntake *intake; // (unowned)
    FlowsClass *classes; // (unowned)
} FlowsLiveFeedSources;

/** Returns: multiplexes, and live classes (whose names begin with FLOWS_CLASS_SOURCE) as a feed.
 * @sources: must outlive it. */
FlowsLiveFeed flows_live_feed_from_sources(const FlowsLiveFeedSources *sources);
