// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Which episodes are kept, or to be kept, or were given up by somebody: so that a repeat is not
// kept again. On a catalogue thread.
#pragma once

#include "catalog/booking.h"
#include "catalog/database.h"
#include "catalog/guide.h"

typedef struct _FlowsEpisodes FlowsEpisodes;

/** Returns: (transfer full): those of all bookings but @gone (nullable) (element-type utf8), ids;
 * NULL with an error. In a transaction. */
FlowsEpisodes *flows_episodes_new(CatalogDatabase *database, GHashTable *gone, GError **error);
void flows_episodes_free(FlowsEpisodes *episodes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsEpisodes, flows_episodes_free)

/** Adds the programme of @booking. */
void flows_episodes_add(FlowsEpisodes *episodes, const CatalogBooking *booking);

/** Returns: whether @event is one of them: by its CRID, or by title and description where one side
 * has no CRID. A description that says nothing tells no episodes apart. */
gboolean flows_episodes_has(const FlowsEpisodes *episodes, const CatalogGuide *event);
