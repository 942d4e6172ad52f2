// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The supervisor of multiplexes under the types of a feed.
#include "server/flows/live_feed.h"

static guint
subscribe(gpointer source, const char *multiplex_id, guint16 service_number, int write_fd)
{
    return flows_intake_subscribe(source, multiplex_id, service_number, write_fd);
}

static void
unsubscribe(gpointer source, guint subscription)
{
    flows_intake_unsubscribe(source, subscription);
}

static FlowsIntakeStatus *
get_status(gpointer source, const char *multiplex_id)
{
    return flows_intake_get_status(source, multiplex_id);
}

FlowsLiveFeed
flows_live_feed_from_intake(FlowsIntake *intake)
{
    return (FlowsLiveFeed){subscribe, unsubscribe, get_status, intake};
}
