// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A booking follows an event of the guide, which then says when, or stands on a time alone.
#include "pipelines/captions/language.h"
#include "server/api/bookingbody.h"

#include "catalog/channels.h"
#include "catalog/error.h"
#include "catalog/guide.h"
#include "catalog/lessons.h"
#include "catalog/repeats.h"
#include "server/api/problem.h"
#include "server/flows/live.h"

#define RIGHTS_BYTES_MAX 1000
#define MOMENT_MAX G_GINT64_CONSTANT(4000000000000)
#define PADDING_EVENT_BEFORE_S 60
#define PADDING_EVENT_AFTER_S 180

const char *const *
api_bookingbody_get_new_names(void)
{
    static const char *const names[] = {
        "channel", "event_id",    "start_ms",      "end_ms",  "padding_before_s", "padding_after_s",
        "title",   "description", "rights_holder", "licence", "keep_until_ms",    "visibility",
        "fills",   NULL};
    return names;
}

const char *const *
api_bookingbody_get_change_names(void)
{
    static const char *const names[] = {
        "start_ms",      "end_ms",  "padding_before_s", "padding_after_s", "title", "description",
        "rights_holder", "licence", "keep_until_ms",    "visibility",      NULL};
    return names;
}

static gboolean
refuse(GError **error, const char *why)
{
    g_set_error_literal(error, API_PROBLEM_ERROR, API_PROBLEM_ERROR_INVALID, why);
    return FALSE;
}

gboolean
api_bookingbody_take_text(ApiCall *call, const char *name, gsize most, char **field, GError **error)
{
    const char *text = NULL;
    if (!api_call_take_text(call, name, most, &text, error))
        return FALSE;
    if (text == NULL)
        return TRUE;
    g_free(*field);
    *field = g_strstrip(g_strdup(text));
    return TRUE;
}

gboolean
api_bookingbody_take_visibility(ApiCall *call, CatalogLessonVisibility *visibility, GError **error)
{
    const char *text = NULL;
    if (!api_call_take_text(call, "visibility", 32, &text, error))
        return FALSE;
    return text == NULL || catalog_lesson_visibility_from_text(text, visibility) ||
           refuse(error, "visibility is not one of public, signed-in, group, draft");
}

static gboolean
take_keep_until(ApiCall *call, CatalogBooking *booking, GError **error)
{
    if (json_object_has_member(call->body, "keep_until_ms") &&
        json_object_get_null_member(call->body, "keep_until_ms")) {
        booking->keep_until_ms = 0;
        return TRUE;
    }
    return api_call_take_number(call, "keep_until_ms", &booking->keep_until_ms, error);
}

static gboolean
take_texts(ApiCall *call, CatalogBooking *booking, GError **error)
{
    return api_bookingbody_take_text(call, "title", CATALOG_LESSONS_TITLE_BYTES_MAX,
                                     &booking->title, error) &&
           api_bookingbody_take_text(call, "description", CATALOG_LESSONS_DESCRIPTION_BYTES_MAX,
                                     &booking->description, error) &&
           api_bookingbody_take_text(call, "rights_holder", RIGHTS_BYTES_MAX,
                                     &booking->rights_holder, error) &&
           api_bookingbody_take_text(call, "licence", RIGHTS_BYTES_MAX, &booking->licence, error) &&
           api_bookingbody_take_visibility(call, &booking->visibility, error) &&
           take_keep_until(call, booking, error);
}

static gboolean
take_paddings(ApiCall *call, CatalogBooking *booking, GError **error)
{
    return api_call_take_number(call, "padding_before_s", &booking->padding_before_s, error) &&
           api_call_take_number(call, "padding_after_s", &booking->padding_after_s, error);
}

static gboolean
take_times(ApiCall *call, CatalogBooking *booking, GError **error)
{
    if (!api_call_take_number(call, "start_ms", &booking->start_ms, error) ||
        !api_call_take_number(call, "end_ms", &booking->end_ms, error))
        return FALSE;
    return (booking->start_ms > 0 && booking->end_ms > 0 && booking->start_ms < MOMENT_MAX &&
            booking->end_ms < MOMENT_MAX) ||
           refuse(error, "start_ms and end_ms are UTC milliseconds");
}

static gboolean
fill_from_event(CatalogDatabase *database, CatalogBooking *booking, gint64 event_id, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(CatalogGuide) event =
        booking->service != NULL ? catalog_guide_get(database, booking->service, event_id, &local)
                                 : NULL;
    if (local != NULL && !g_error_matches(local, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (event == NULL)
        return refuse(error, "event_id is not in the guide of this channel");
    if (event->start_ms == CATALOG_GUIDE_NO_TIME || event->duration_ms == CATALOG_GUIDE_NO_TIME ||
        event->duration_ms <= 0)
        return refuse(error, "the guide does not say when this programme begins and ends");
    booking->event_id = event_id;
    booking->follows = TRUE;
    booking->event_start_ms = event->start_ms;
    booking->start_ms = event->start_ms;
    booking->end_ms = event->start_ms + event->duration_ms;
    booking->padding_before_s = PADDING_EVENT_BEFORE_S;
    booking->padding_after_s = PADDING_EVENT_AFTER_S;
    booking->programme_crid = g_strdup(event->programme_crid);
    g_autofree char *language = captions_language_canonicalise(event->language);
    if (language != NULL && *event->title != '\0') {
        g_free(booking->language);
        booking->language = g_steal_pointer(&language);
    }
    if (*event->title != '\0') {
        g_free(booking->title);
        booking->title = g_strdup(event->title);
    }
    g_free(booking->description);
    booking->description = catalog_repeats_describe(event);
    return TRUE;
}

/* What was on the air can be kept as long as it can be rewound to. */
static gboolean
check_past(ApiCall *call, const CatalogBooking *booking, GError **error)
{
    if (catalog_booking_get_last_ms(booking) > call->stamp.now_ms)
        return TRUE;
    g_autoptr(FlowsLiveStatus) status =
        flows_live_get_status(server_app_get_live(call->app), booking->channel);
    return (status->figures.duration_ms > 0 &&
            catalog_booking_get_last_ms(booking) > status->figures.first_wall_ms) ||
           refuse(error, "it is over and cannot be rewound to any more");
}

CatalogBooking *
api_bookingbody_read_new(CatalogDatabase *database, ApiCall *call, GError **error)
{
    gint64 event_id = CATALOG_BOOKING_NO_EVENT;
    const char *channel_id = NULL;
    if (!api_call_require_text(call, "channel", 64, &channel_id, error) ||
        !api_call_take_number(call, "event_id", &event_id, error))
        return NULL;
    g_autoptr(CatalogChannels) channel = catalog_channels_get(database, channel_id, NULL);
    if (channel == NULL) {
        refuse(error, "channel is not there");
        return NULL;
    }
    g_autoptr(CatalogBooking) booking = g_new0(CatalogBooking, 1);
    booking->owner_id = g_strdup(call->account->id);
    booking->channel = g_strdup(channel->id);
    booking->service = g_strdup(channel->service);
    booking->event_id = CATALOG_BOOKING_NO_EVENT;
    booking->title = g_strdup(channel->name);
    booking->description = g_strdup("");
    booking->language = g_strdup("th");
    booking->rights_holder = g_strdup("");
    booking->licence = g_strdup("");
    booking->visibility = CATALOG_LESSON_VISIBILITY_SIGNED_IN;
    gboolean by_event = json_object_has_member(call->body, "event_id");
    if (by_event && (json_object_has_member(call->body, "start_ms") ||
                     json_object_has_member(call->body, "end_ms")))
        refuse(error, "give event_id, or start_ms and end_ms");
    else if ((by_event ? fill_from_event(database, booking, event_id, error)
                       : take_times(call, booking, error)) &&
             take_paddings(call, booking, error) && take_texts(call, booking, error) &&
             check_past(call, booking, error))
        return g_steal_pointer(&booking);
    return NULL;
}

gboolean
api_bookingbody_take_changes(ApiCall *call, CatalogBooking *booking, GError **error)
{
    gint64 start_ms = booking->start_ms, end_ms = booking->end_ms;
    if (!take_times(call, booking, error) || !take_paddings(call, booking, error) ||
        !take_texts(call, booking, error))
        return FALSE;
    if (booking->start_ms != start_ms || booking->end_ms != end_ms)
        booking->follows = FALSE;
    if (booking->state == CATALOG_BOOKING_STATE_RUNNING && booking->start_ms != start_ms)
        return refuse(error, "start_ms: it has begun already");
    return TRUE;
}
