// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// An alternative is one that a tuner is free for: whoever takes it is not refused again.
#include "server/api/clashes.h"

#include "catalog/bookings.h"
#include "catalog/repeats.h"
#include "server/api/problem.h"
#include "server/api/views.h"

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

JsonArray *
api_clashes_render_showings(const GPtrArray *alternatives)
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

static JsonObject *
render(const ApiClashes *clashes)
{
    JsonObject *object = json_object_new();
    json_object_set_int_member(object, "tuners", clashes->clash->tuners);
    json_object_set_array_member(object, "clashes", api_clashes_render_bookings(clashes->clash));
    json_object_set_array_member(object, "channels", api_clashes_render_channels(clashes->clash));
    json_object_set_array_member(object, "alternatives",
                                 api_clashes_render_showings(clashes->alternatives));
    return object;
}

void
api_clashes_reply(HttpExchange *exchange, const ApiClashes *clashes)
{
    api_problem_reply_with(exchange, 409, FLOWS_TUNERS_CODE, render(clashes));
}

/* What does not wait any more is in nobody's way, and nothing in its. */
static gboolean
read_clash(CatalogDatabase *database, ApiCall *call, GError **error)
{
    ApiClashes *clashes = NULL;
    g_autoptr(CatalogBooking) booking = catalog_bookings_get(database, call->id, error);
    if (booking == NULL)
        return FALSE;
    if (booking->state == CATALOG_BOOKING_STATE_WAITING &&
        !api_clashes_find(database, booking, call->stamp.now_ms, &clashes, error))
        return FALSE;
    api_call_set_result(call, clashes, (GDestroyNotify)api_clashes_free);
    return TRUE;
}

static JsonObject *
render_none(void)
{
    JsonObject *object = json_object_new();
    json_object_set_null_member(object, "tuners");
    json_object_set_array_member(object, "clashes", json_array_new());
    json_object_set_array_member(object, "channels", json_array_new());
    json_object_set_array_member(object, "alternatives", json_array_new());
    return object;
}

static void
render_clash(ApiCall *call)
{
    JsonObject *object = call->result != NULL ? render(call->result) : render_none();
    http_exchange_set_header(call->exchange, "Cache-Control", "no-store");
    http_exchange_reply_json(call->exchange, 200, api_views_wrap(object));
}

void
api_clashes_get(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_clash, render_clash);
}
