// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Programmes as an iCalendar (RFC 5545) that phones and calendars subscribe to. Pure.
#pragma once

#include <glib.h>

/** @name: of the calendar, as people see it. Returns: (transfer full): a calendar that is open. */
GString *api_icalendar_open(const char *name);

typedef struct {
    const char *uid;      // (unowned): the same for the same event for ever
    gint64 start_ms;      // UTC milliseconds
    gint64 end_ms;        // UTC milliseconds
    gint64 stamp_ms;      // UTC milliseconds: when this was written
    const char *title;    // (unowned)
    const char *summary;  // (unowned), may be empty
    const char *location; // (unowned)
} ApiIcalendarEvent;

void api_icalendar_add(GString *calendar, const ApiIcalendarEvent *event);

/** Writes the end. */
void api_icalendar_close(GString *calendar);
