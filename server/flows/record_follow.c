// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Event ids come again after days, and broadcasters give new ones when they edit; the CRID says
// which programme it is, where there is one (ETSI TS 102 323 §12).
#include "server/flows/record_follow.h"

#include <string.h>

#include "catalog/bookings.h"

#define NEAR_MS (G_GINT64_CONSTANT(12) * 3600 * 1000)
#define TITLE_NEAR_MS (G_GINT64_CONSTANT(3) * 3600 * 1000)
#define OVERRUN_STEP_MS 60000
#define OVERRUN_MOST_MS (G_GINT64_CONSTANT(3600) * 1000)
#define RUNNING 4 // running_status of ETSI EN 300 468 §5.2.3

static gboolean
has_times(const CatalogGuide *event)
{
    return event->start_ms != CATALOG_GUIDE_NO_TIME &&
           event->duration_ms != CATALOG_GUIDE_NO_TIME && event->duration_ms > 0;
}

static gint64
measure_distance(const CatalogBooking *booking, const CatalogGuide *event)
{
    return ABS(event->start_ms - booking->event_start_ms);
}

static gboolean
is_same_crid(const CatalogBooking *booking, const CatalogGuide *event)
{
    return booking->programme_crid != NULL && event->programme_crid != NULL &&
           strcmp(booking->programme_crid, event->programme_crid) == 0;
}

/* How sure it is that @event is the one, 0: it is not. */
static guint
rate(const CatalogBooking *booking, const CatalogGuide *event)
{
    gint64 distance_ms = measure_distance(booking, event);
    gboolean other = booking->programme_crid != NULL && event->programme_crid != NULL &&
                     !is_same_crid(booking, event);
    if (!has_times(event) || distance_ms > NEAR_MS)
        return 0;
    if (event->event_id == booking->event_id && !other)
        return 3;
    if (is_same_crid(booking, event))
        return 2;
    return distance_ms <= TITLE_NEAR_MS && !other && *booking->title != '\0' &&
                   strcmp(event->title, booking->title) == 0
               ? 1
               : 0;
}

const CatalogGuide *
flows_record_follow_find(const CatalogBooking *booking, const GPtrArray *events)
{
    const CatalogGuide *best = NULL;
    guint best_rate = 0;
    for (guint i = 0; i < events->len; i++) {
        const CatalogGuide *event = events->pdata[i];
        guint how = rate(booking, event);
        gboolean better =
            how > best_rate || (how > 0 && how == best_rate &&
                                measure_distance(booking, event) < measure_distance(booking, best));
        if (!better)
            continue;
        best = event;
        best_rate = how;
    }
    return best;
}

/* No later programme runs by now. */
static gboolean
is_still_running(const CatalogGuide *event, const GPtrArray *events)
{
    for (guint i = 0; i < events->len; i++) {
        const CatalogGuide *other = events->pdata[i];
        if (other != event && other->running == RUNNING && other->start_ms > event->start_ms)
            return FALSE;
    }
    return event->running == RUNNING;
}

gboolean
flows_record_follow_take(CatalogBooking *booking, const CatalogGuide *event,
                         const GPtrArray *events, gint64 now_ms)
{
    // No person books more; a broadcaster shall not, either.
    gint64 end_ms = event->start_ms + MIN(event->duration_ms, CATALOG_BOOKINGS_SPAN_MAX_MS);
    gint64 before_end_ms = booking->end_ms, before_start_ms = booking->start_ms;
    gint64 before_id = booking->event_id;
    gboolean overrun = now_ms >= end_ms && now_ms < end_ms + OVERRUN_MOST_MS;
    if (overrun && is_still_running(event, events))
        end_ms = MAX(booking->end_ms, now_ms + OVERRUN_STEP_MS);
    else if (overrun && booking->end_ms > end_ms)
        end_ms = MIN(booking->end_ms, now_ms); // it ran until now, not until the guide's time
    booking->event_id = event->event_id;
    booking->event_start_ms = event->start_ms;
    booking->start_ms = event->start_ms;
    booking->end_ms = end_ms;
    if (booking->programme_crid == NULL)
        booking->programme_crid = g_strdup(event->programme_crid);
    return booking->end_ms != before_end_ms || booking->start_ms != before_start_ms ||
           booking->event_id != before_id;
}
