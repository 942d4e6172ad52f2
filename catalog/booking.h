// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Value: one booking, the plan to keep a stretch of a channel as a lesson, and its states.
#pragma once

#include <glib.h>

#include "catalog/lesson.h"

#define CATALOG_BOOKING_NO_EVENT (-1)

/** See the diagram in booking.c. */
typedef enum {
    CATALOG_BOOKING_STATE_WAITING,
    CATALOG_BOOKING_STATE_RUNNING,
    CATALOG_BOOKING_STATE_FINISHING,
    CATALOG_BOOKING_STATE_DONE,
    CATALOG_BOOKING_STATE_FAILED,
    CATALOG_BOOKING_STATE_CANCELLED,
    CATALOG_BOOKING_STATE_MISSED,
} CatalogBookingState;

#define CATALOG_BOOKING_STATES (CATALOG_BOOKING_STATE_MISSED + 1)

typedef struct {
    char *id;                           // (owned)
    char *owner_id;                     // (owned) (nullable)
    char *owner_name;                   // (owned) (nullable): display name; set by queries
    char *channel;                      // (owned) (nullable): id; NULL when it is gone
    char *channel_name;                 // (owned): as it was last known
    char *service;                      // (owned) (nullable): id of what the channel showed
    gint64 event_id;                    // of the guide, or CATALOG_BOOKING_NO_EVENT: a time alone
    gint64 event_start_ms;              // where the event was last seen, UTC milliseconds
    gboolean follows;                   // its times still go with the event's
    char *programme_crid;               // (owned) (nullable): tells repeats
    CatalogBookingState state;          // (value)
    gint64 start_ms;                    // of the programme, UTC milliseconds, without padding
    gint64 end_ms;                      // of the programme, UTC milliseconds, without padding
    gint64 padding_before_s;            // seconds
    gint64 padding_after_s;             // seconds
    char *title;                        // (owned)
    char *description;                  // (owned)
    char *language;                     // (owned): BCP 47
    char *rights_holder;                // (owned): may be empty
    char *licence;                      // (owned): may be empty
    gint64 keep_until_ms;               // UTC milliseconds, 0: for ever
    CatalogLessonVisibility visibility; // of the lesson
    char *rule_id;                      // (owned) (nullable): what made it
    char *lesson_id;                    // (owned) (nullable): what became of it
    char *error_code;  // (owned) (nullable): of FAILED, MISSED; WAITING: in its way
    gint64 revision;   // from 1; grows with every edit by a person
    gint64 created_ms; // UTC milliseconds
    gint64 updated_ms; // UTC milliseconds
} CatalogBooking;

CatalogBooking *catalog_booking_copy(const CatalogBooking *booking);
void catalog_booking_free(CatalogBooking *booking);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogBooking, catalog_booking_free)

/** Returns: TRUE while it will still be kept or is being kept. */
gboolean catalog_booking_is_open(const CatalogBooking *booking);

/** With padding, UTC milliseconds. */
gint64 catalog_booking_get_first_ms(const CatalogBooking *booking);
gint64 catalog_booking_get_last_ms(const CatalogBooking *booking);

const char *catalog_booking_state_to_text(CatalogBookingState state);
/** Returns: FALSE when @text (nullable) names no state; @state is then untouched. */
gboolean catalog_booking_state_from_text(const char *text, CatalogBookingState *state);
/** Returns: TRUE when the state machine allows the move. */
gboolean catalog_booking_state_may_move(CatalogBookingState from, CatalogBookingState to);
