// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Which services the channels of a guide file are for: those that name them, and those that are
// called alike.
#pragma once

#include "catalog/database.h"

typedef struct {
    GPtrArray *services; // (owned) (element-type utf8) ids of those that name the channel
    char *suggested;     // (owned) (nullable) id of the only one without a channel, called alike
    gint64 written;      // (value) programmes, of all its services
    gint64 removed;      // (value) programmes, of all its services
} FlowsGuidematch;

void flows_guidematch_free(FlowsGuidematch *match);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsGuidematch, flows_guidematch_free)

/** @channels: (element-type FlowsGuidefileChannel). Returns: (transfer full) (element-type
 * FlowsGuidematch): in the same order. On the connection's thread, inside a transaction. */
GPtrArray *flows_guidematch_find(CatalogDatabase *database, const GPtrArray *channels,
                                 GError **error);
