// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a person says about a booking, taken from the body of a request into a value. On a catalogue
// thread.
#pragma once

#include "catalog/booking.h"
#include "server/api/call.h"

/** The members that each takes, NULL-terminated: (static). */
const char *const *api_bookingbody_get_new_names(void);
const char *const *api_bookingbody_get_change_names(void);

/** Returns: (transfer full): what the body of @call wants, filled up from the guide; NULL with an
 * error: INVALID, or NOT_FOUND for a channel that is not there. */
CatalogBooking *api_bookingbody_read_new(CatalogDatabase *database, ApiCall *call, GError **error);

/** Takes the body's changes into @booking. */
gboolean api_bookingbody_take_changes(ApiCall *call, CatalogBooking *booking, GError **error);

/** Takes a text member of at most @most bytes into @field; absent leaves it. */
gboolean api_bookingbody_take_text(ApiCall *call, const char *name, gsize most, char **field,
                                   GError **error);

/** Takes `visibility`; absent leaves it. */
gboolean api_bookingbody_take_visibility(ApiCall *call, CatalogLessonVisibility *visibility,
                                         GError **error);
