// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// An alternative is one that a tuner is free for: whoever takes it is not refused again.
#include "server/api/clashes.h"

#include "catalog/repeats.h"
#include "server/api/problem.h"

#define AHEAD_MS (G_GINT64_CONSTANT(14) * 24 * 3600 * 1000)

void
api_clashes_free(ApiClashes *clashes)
{
    if (clashes == NULL)
        return;
    flows_tuners_clash_free(clashes->clash);
    g_clear_pointer(&clashes->alternatives, g_ptr_array_unref);
    g_free(clashes);
}

/* Whether @booking could be kept at another showing of it. */
static gboolean
is_free(const FlowsTuners *tuners, const CatalogBooking *booking, const CatalogGuidesearch *showing)
{
    g_autoptr(CatalogBooking) other = catalog_booking_copy(booking);
    g_free(other->channel);
    other->channel = g_strdup(showing->channel);
    other->start_ms = showing->event->start_ms;
    other->end_ms = showing->event->start_ms + showing->event->duration_ms;
    g_autoptr(FlowsTunersClash) clash = flows_tuners_find_clash(tuners, other);
    return clash == NULL;
}

gboolean
api_clashes_find(CatalogDatabase *database, const CatalogBooking *booking, gint64 now_ms,
                 ApiClashes **found, GError **error)
{
    g_autoptr(ApiClashes) clashes = g_new0(ApiClashes, 1);
    *found = NULL;
    g_autoptr(FlowsTuners) tuners = flows_tuners_new(database, now_ms, error);
    if (tuners == NULL)
        return FALSE;
    clashes->clash = flows_tuners_find_clash(tuners, booking);
    if (clashes->clash == NULL)
        return TRUE;
    clashes->alternatives =
        catalog_repeats_find(database, booking, now_ms, now_ms + AHEAD_MS, error);
    if (clashes->alternatives == NULL)
        return FALSE;
    for (guint i = clashes->alternatives->len; i > 0; i--)
        if (!is_free(tuners, booking, clashes->alternatives->pdata[i - 1]))
            g_ptr_array_remove_index(clashes->alternatives, i - 1);
    if (clashes->alternatives->len > API_CLASHES_ALTERNATIVES_MOST)
        g_ptr_array_set_size(clashes->alternatives, API_CLASHES_ALTERNATIVES_MOST);
    *found = g_steal_pointer(&clashes);
    return TRUE;
}

JsonArray *
api_clashes_render_bookings(const FlowsTunersClash *clash)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < clash->bookings->len; i++) {
        const CatalogBooking *booking = clash->bookings->pdata[i];
        JsonObject *object = json_object_new();
        json_object_set_string_member(object, "id", booking->id);
        json_object_set_string_member(object, "title", booking->title);
        json_object_set_string_member(object, "channel_name", booking->channel_name);
        json_object_set_int_member(object, "start_ms", booking->start_ms);
        json_object_set_int_member(object, "end_ms", booking->end_ms);
        json_array_add_object_element(array, object);
    }
    return array;
}

JsonArray *
api_clashes_render_channels(const FlowsTunersClash *clash)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < clash->channels->len; i++)
        json_array_add_string_element(array, clash->channels->pdata[i]);
    return array;
}

static JsonArray *
render_alternatives(const GPtrArray *alternatives)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < alternatives->len; i++) {
        const CatalogGuidesearch *showing = alternatives->pdata[i];
        JsonObject *object = json_object_new();
        json_object_set_string_member(object, "channel", showing->channel);
        json_object_set_string_member(object, "channel_name", showing->name);
        json_object_set_int_member(object, "event_id", showing->event->event_id);
        json_object_set_int_member(object, "start_ms", showing->event->start_ms);
        json_object_set_int_member(object, "duration_ms", showing->event->duration_ms);
        json_object_set_string_member(object, "title", showing->event->title);
        json_object_set_boolean_member(object, "sure", showing->rank == CATALOG_REPEATS_SURE);
        json_array_add_object_element(array, object);
    }
    return array;
}

void
api_clashes_reply(HttpExchange *exchange, const ApiClashes *clashes)
{
    JsonObject *more = json_object_new();
    json_object_set_int_member(more, "tuners", clashes->clash->tuners);
    json_object_set_array_member(more, "clashes", api_clashes_render_bookings(clashes->clash));
    json_object_set_array_member(more, "channels", api_clashes_render_channels(clashes->clash));
    json_object_set_array_member(more, "alternatives", render_alternatives(clashes->alternatives));
    api_problem_reply_with(exchange, 409, FLOWS_TUNERS_CODE, more);
}
