// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The booking value and its states. What is under way always has a way out: a waiting one has its
// end, a running one too, a finishing one is tried again after every start of the daemon.
//
//   add            its time has come        its time is over, or stop        published
//  ─────▶ WAITING ───────────────▶ RUNNING ──────────────────▶ FINISHING ──────────▶ DONE
//            │ │                     │ │                        │  ▲  │
//            │ └── time over,        │ └── discard              │  │  └─ nothing was kept ─▶ MISSED
//            │     nothing kept ─▶ MISSED                       │  └─ retry ─┐
//            └──── cancel ─▶ CANCELLED ◀┘                       └────────▶ FAILED
#include "catalog/booking.h"

#include "catalog/texts.h"

static const char *const STATE_NAMES[] = {"waiting", "running",   "finishing", "done",
                                          "failed",  "cancelled", "missed",    NULL};

static const gboolean MOVES[CATALOG_BOOKING_STATES][CATALOG_BOOKING_STATES] = {
    // to: waiting, running, finishing, done, failed, cancelled, missed
    [CATALOG_BOOKING_STATE_WAITING] = {FALSE, TRUE, FALSE, FALSE, FALSE, TRUE, TRUE},
    [CATALOG_BOOKING_STATE_RUNNING] = {FALSE, FALSE, TRUE, FALSE, FALSE, TRUE, FALSE},
    [CATALOG_BOOKING_STATE_FINISHING] = {FALSE, FALSE, FALSE, TRUE, TRUE, TRUE, TRUE},
    [CATALOG_BOOKING_STATE_FAILED] = {FALSE, FALSE, TRUE, FALSE, FALSE, FALSE, FALSE},
};

CatalogBooking *
catalog_booking_copy(const CatalogBooking *booking)
{
    CatalogBooking *copy = g_memdup2(booking, sizeof *booking);
    copy->id = g_strdup(booking->id);
    copy->owner_id = g_strdup(booking->owner_id);
    copy->owner_name = g_strdup(booking->owner_name);
    copy->channel = g_strdup(booking->channel);
    copy->channel_name = g_strdup(booking->channel_name);
    copy->service = g_strdup(booking->service);
    copy->programme_crid = g_strdup(booking->programme_crid);
    copy->title = g_strdup(booking->title);
    copy->description = g_strdup(booking->description);
    copy->language = g_strdup(booking->language);
    copy->rights_holder = g_strdup(booking->rights_holder);
    copy->licence = g_strdup(booking->licence);
    copy->rule_id = g_strdup(booking->rule_id);
    copy->lesson_id = g_strdup(booking->lesson_id);
    copy->error_code = g_strdup(booking->error_code);
    return copy;
}

void
catalog_booking_free(CatalogBooking *booking)
{
    if (booking == NULL)
        return;
    g_free(booking->id);
    g_free(booking->owner_id);
    g_free(booking->owner_name);
    g_free(booking->channel);
    g_free(booking->channel_name);
    g_free(booking->service);
    g_free(booking->programme_crid);
    g_free(booking->title);
    g_free(booking->description);
    g_free(booking->language);
    g_free(booking->rights_holder);
    g_free(booking->licence);
    g_free(booking->rule_id);
    g_free(booking->lesson_id);
    g_free(booking->error_code);
    g_free(booking);
}

gboolean
catalog_booking_is_open(const CatalogBooking *booking)
{
    return booking->state == CATALOG_BOOKING_STATE_WAITING ||
           booking->state == CATALOG_BOOKING_STATE_RUNNING;
}

gint64
catalog_booking_get_first_ms(const CatalogBooking *booking)
{
    return booking->start_ms - booking->padding_before_s * 1000;
}

gint64
catalog_booking_get_last_ms(const CatalogBooking *booking)
{
    return booking->end_ms + booking->padding_after_s * 1000;
}

const char *
catalog_booking_state_to_text(CatalogBookingState state)
{
    return STATE_NAMES[state];
}

gboolean
catalog_booking_state_from_text(const char *text, CatalogBookingState *state)
{
    int place = catalog_texts_find(STATE_NAMES, text);
    if (place >= 0)
        *state = (CatalogBookingState)place;
    return place >= 0;
}

gboolean
catalog_booking_state_may_move(CatalogBookingState from, CatalogBookingState to)
{
    return MOVES[from][to];
}
