// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Other showings of a programme in the guides of channels, for when one of them cannot be kept. On
// the connection's thread, inside a transaction.
#pragma once

#include "catalog/booking.h"
#include "catalog/guidesearch.h"

#define CATALOG_REPEATS_MOST 50

/** How sure it is that two showings are one programme. */
typedef enum {
    CATALOG_REPEATS_NO,
    CATALOG_REPEATS_TITLE, // the title alone: perhaps another episode
    CATALOG_REPEATS_SURE,  // one CRID; or one title and one description that says something
} CatalogRepeatsHow;

/** Returns: what @event is to the programme of @booking. Pure. */
CatalogRepeatsHow catalog_repeats_compare(const CatalogBooking *booking, const CatalogGuide *event);

/** The same of what was kept. Pure. */
CatalogRepeatsHow catalog_repeats_compare_kept(const CatalogBooking *booking,
                                               const CatalogBooking *other);

/** Returns: (transfer full): the description of a lesson made of @event. Pure. */
char *catalog_repeats_describe(const CatalogGuide *event);

/** Returns: (transfer full) (element-type CatalogGuidesearch): showings that begin from @from_ms
 * until before @until_ms, on channels that are on or on that of @booking, of what may be the
 * programme of @booking, with known times; without that of @booking and without what is booked
 * already. The sure ones first, then by start; `rank` is the CatalogRepeatsHow.
 * CATALOG_REPEATS_MOST at most. */
GPtrArray *catalog_repeats_find(CatalogDatabase *database, const CatalogBooking *booking,
                                gint64 from_ms, gint64 until_ms, GError **error);
