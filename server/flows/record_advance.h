// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One look at all bookings, in one transaction: they follow the guide, begin when their time has
// come, and go on to their lesson when they are over. On a catalogue thread.
#pragma once

#include "catalog/bookings.h"

#define FLOWS_RECORD_ADVANCE_LEAD_MS 10000 // a channel that is off needs a moment

typedef struct {
    gint64 now_ms;          // UTC milliseconds
    gboolean first;         // of this daemon: what failed is tried again
    const GHashTable *over; // (unowned) (element-type utf8) ids whose segments are all there
    GPtrArray *pending;     // (owned) (out) (element-type CatalogBooking): running, finishing
    GPtrArray *kept;        // (owned) (out) (element-type utf8): whose segments stay
    GPtrArray *changed;     // (owned) (out) (element-type utf8): ids of other states or times
    gint64 next_ms;         // (out) when to look again at the latest, G_MAXINT64: no need
} FlowsRecordAdvance;

gboolean flows_record_advance_run(CatalogDatabase *database, FlowsRecordAdvance *advance,
                                  GError **error);
void flows_record_advance_clear(FlowsRecordAdvance *advance);
