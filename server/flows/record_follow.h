// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A booking goes where its programme goes: when the guide moves it, gives it another event id, or
// says that it still runs when it should be over. Pure.
#pragma once

#include "catalog/booking.h"
#include "catalog/guide.h"

#define FLOWS_RECORD_FOLLOW_AROUND_MS (G_GINT64_CONSTANT(6) * 3600 * 1000)

/** Returns: (transfer none) (nullable): the programme among @events (element-type CatalogGuide)
 * that @booking is of: with its event id, unless that is another programme by now, else with its
 * CRID, else with its title. */
const CatalogGuide *flows_record_follow_find(const CatalogBooking *booking,
                                             const GPtrArray *events);

/** Takes the times of @event into @booking; one that still runs at @now_ms does not end yet, for an
 * hour at the most. Returns: whether anything is different. */
gboolean flows_record_follow_take(CatalogBooking *booking, const CatalogGuide *event,
                                  const GPtrArray *events, gint64 now_ms);
