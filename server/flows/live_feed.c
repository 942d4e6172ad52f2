// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The supervisors of multiplexes and of live classes under the types of a feed.
#include "server/flows/live_feed.h"

#include <string.h>

/* Returns: (nullable): id of a class; NULL: it is a multiplex. */
static const char *
find_class(const char *name)
{
    return g_str_has_prefix(name, FLOWS_CLASS_SOURCE) ? name + strlen(FLOWS_CLASS_SOURCE) : NULL;
}

static guint
subscribe(gpointer source, const char *multiplex_id, guint16 service_number, int write_fd)
{
    const FlowsLiveFeedSources *sources = source;
    const char *class = find_class(multiplex_id);
    return class != NULL
               ? flows_class_subscribe(sources->classes, class, write_fd)
               : flows_intake_subscribe(sources->intake, multiplex_id, service_number, write_fd);
}

static void
unsubscribe(gpointer source, guint subscription)
{
    const FlowsLiveFeedSources *sources = source;
    flows_class_unsubscribe(sources->classes, subscription); // whoever knows the number
    flows_intake_unsubscribe(sources->intake, subscription);
}

static FlowsIntakeStatus *
get_status(gpointer source, const char *multiplex_id)
{
    const FlowsLiveFeedSources *sources = source;
    const char *class = find_class(multiplex_id);
    if (class == NULL)
        return flows_intake_get_status(sources->intake, multiplex_id);
    FlowsIntakeStatus *status = flows_intake_status_new();
    FlowsClassStatus known = flows_class_get_status(sources->classes, class);
    status->state = known.state == FLOWS_CLASS_STATE_ON_AIR ? FLOWS_INTAKE_STATE_RECEIVING
                                                            : FLOWS_INTAKE_STATE_SILENT;
    return status;
}

FlowsLiveFeed
flows_live_feed_from_sources(const FlowsLiveFeedSources *sources)
{
    return (FlowsLiveFeed){subscribe, unsubscribe, get_status, (gpointer)sources};
}
