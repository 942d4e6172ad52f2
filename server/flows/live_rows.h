// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the supervisor of live channels reads of the catalogue: each channel with what it needs of
// its service and multiplex.
#pragma once

#include "catalog/channels.h"

typedef struct {
    CatalogChannels *channel; // (owned)
    char *multiplex_id;       // (owned) (nullable): NULL without a service
    char *uri;                // (owned) (nullable): of the multiplex: a new one is a new start
    char *text_default;       // (owned) (nullable): of the multiplex
    guint16 service_number;   // programme number
    gboolean present;         // the last scan found the service
    gboolean needed;          // a recording or a live class wants it on the air now
    gint64 booked_ms;         // UTC: what the next recording wants first, G_MAXINT64: none waits
} FlowsLiveRow;

FlowsLiveRow *flows_live_rows_copy(const FlowsLiveRow *row);
void flows_live_rows_free(FlowsLiveRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsLiveRow, flows_live_rows_free)

/** Returns: (transfer full) (element-type FlowsLiveRow). On a catalogue thread. */
GPtrArray *flows_live_rows_list(CatalogDatabase *database, GError **error);

/** Whether a child that works for @a does what @b wants. */
gboolean flows_live_rows_is_same_work(const FlowsLiveRow *a, const FlowsLiveRow *b);
