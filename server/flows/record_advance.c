// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A waiting booking whose time is over altogether runs all the same: what can still be rewound to
// is kept, and if that is nothing, it was missed.
#include "server/flows/record_advance.h"

#include "catalog/recordings.h"
#include "server/flows/record_follow.h"
#include "server/flows/record_run.h"
#include "server/flows/tuners.h"

void
flows_record_advance_clear(FlowsRecordAdvance *advance)
{
    g_clear_pointer(&advance->pending, g_ptr_array_unref);
    g_clear_pointer(&advance->kept, g_ptr_array_unref);
    g_clear_pointer(&advance->changed, g_ptr_array_unref);
}

static void
note(FlowsRecordAdvance *advance, const char *id)
{
    g_ptr_array_add(advance->changed, g_strdup(id));
}

static gboolean
follow(CatalogDatabase *database, FlowsRecordAdvance *advance, CatalogBooking *booking,
       GError **error)
{
    if (!booking->follows || booking->service == NULL)
        return TRUE;
    g_autoptr(GPtrArray) events = catalog_guide_list(
        database, booking->service, booking->event_start_ms - FLOWS_RECORD_FOLLOW_AROUND_MS,
        booking->event_start_ms + FLOWS_RECORD_FOLLOW_AROUND_MS, error);
    if (events == NULL)
        return FALSE;
    const CatalogGuide *event = flows_record_follow_find(booking, events);
    if (event == NULL || !flows_record_follow_take(booking, event, events, advance->now_ms))
        return TRUE;
    note(advance, booking->id);
    return catalog_bookings_follow(database, booking, advance->now_ms, error);
}

static gboolean
move(CatalogDatabase *database, FlowsRecordAdvance *advance, CatalogBooking *booking,
     CatalogBookingState state, const char *code, GError **error)
{
    const CatalogAuditStamp by = {NULL, advance->now_ms};
    booking->state = state;
    note(advance, booking->id);
    return catalog_bookings_set_state(database, booking->id, state, code, &by, error);
}

/* One that waits for a tuner begins when there is one. @ready: (out). */
static gboolean
look_for_tuner(CatalogDatabase *database, FlowsRecordAdvance *advance, CatalogBooking *booking,
               gboolean *ready, GError **error)
{
    *ready = g_strcmp0(booking->error_code, FLOWS_TUNERS_CODE) != 0;
    if (*ready)
        return TRUE;
    if (advance->now_ms >= catalog_booking_get_last_ms(booking))
        return move(database, advance, booking, CATALOG_BOOKING_STATE_MISSED, FLOWS_TUNERS_CODE,
                    error);
    g_autoptr(FlowsTuners) tuners = flows_tuners_new(database, advance->now_ms, error);
    if (tuners == NULL)
        return FALSE;
    g_autoptr(FlowsTunersClash) clash = flows_tuners_find_clash(tuners, booking);
    *ready = clash == NULL;
    return TRUE;
}

static gboolean
begin(CatalogDatabase *database, FlowsRecordAdvance *advance, CatalogBooking *booking,
      GError **error)
{
    gboolean ready = FALSE;
    if (booking->channel == NULL)
        return move(database, advance, booking, CATALOG_BOOKING_STATE_MISSED, "no-channel", error);
    if (!look_for_tuner(database, advance, booking, &ready, error))
        return FALSE;
    return !ready || (catalog_recordings_begin(database, booking, advance->now_ms, error) &&
                      move(database, advance, booking, CATALOG_BOOKING_STATE_RUNNING, NULL, error));
}

static gboolean
advance_one(CatalogDatabase *database, FlowsRecordAdvance *advance, CatalogBooking *booking,
            GError **error)
{
    if (catalog_booking_is_open(booking) && !follow(database, advance, booking, error))
        return FALSE;
    gint64 begin_ms = catalog_booking_get_first_ms(booking) - FLOWS_RECORD_ADVANCE_LEAD_MS;
    if (booking->state == CATALOG_BOOKING_STATE_WAITING && advance->now_ms >= begin_ms)
        return begin(database, advance, booking, error);
    if (booking->state == CATALOG_BOOKING_STATE_RUNNING &&
        (booking->channel == NULL ||
         g_hash_table_contains((GHashTable *)advance->over, booking->id)))
        return move(database, advance, booking, CATALOG_BOOKING_STATE_FINISHING, NULL, error);
    return TRUE;
}

/* When something is due by the clock. */
static gint64
find_next(const CatalogBooking *booking, gint64 now_ms)
{
    gint64 last_ms = catalog_booking_get_last_ms(booking);
    if (booking->state == CATALOG_BOOKING_STATE_WAITING) {
        gint64 begin_ms = catalog_booking_get_first_ms(booking) - FLOWS_RECORD_ADVANCE_LEAD_MS;
        // One whose time has come, and that waits for a tuner, waits for another one's end.
        return begin_ms > now_ms ? begin_ms : G_MAXINT64;
    }
    if (booking->state != CATALOG_BOOKING_STATE_RUNNING)
        return G_MAXINT64;
    return last_ms > now_ms ? last_ms : last_ms + FLOWS_RECORD_RUN_PATIENCE_MS;
}

static gboolean
retry_failed(CatalogDatabase *database, FlowsRecordAdvance *advance, GError **error)
{
    const CatalogBookingState failed = CATALOG_BOOKING_STATE_FAILED;
    CatalogBookingsFilter filter = {&failed, NULL, G_MININT64, G_MAXINT64};
    g_autoptr(CatalogPage) page =
        catalog_bookings_list(database, &filter, NULL, CATALOG_PAGE_LIMIT_MAX, error);
    for (guint i = 0; page != NULL && i < page->items->len; i++) {
        if (!move(database, advance, page->items->pdata[i], CATALOG_BOOKING_STATE_FINISHING, NULL,
                  error))
            return FALSE;
    }
    return page != NULL;
}

gboolean
flows_record_advance_run(CatalogDatabase *database, FlowsRecordAdvance *advance, GError **error)
{
    flows_record_advance_clear(advance);
    advance->changed = g_ptr_array_new_with_free_func(g_free);
    advance->next_ms = G_MAXINT64;
    if (advance->first && !retry_failed(database, advance, error))
        return FALSE;
    advance->pending = catalog_bookings_list_pending(database, error);
    if (advance->pending == NULL)
        return FALSE;
    for (guint i = 0; i < advance->pending->len;) {
        CatalogBooking *booking = advance->pending->pdata[i];
        if (!advance_one(database, advance, booking, error))
            return FALSE;
        advance->next_ms = MIN(advance->next_ms, find_next(booking, advance->now_ms));
        if (booking->state == CATALOG_BOOKING_STATE_RUNNING ||
            booking->state == CATALOG_BOOKING_STATE_FINISHING)
            i++;
        else
            g_ptr_array_remove_index(advance->pending, i);
    }
    advance->kept = catalog_bookings_list_kept(database, error);
    return advance->kept != NULL;
}
