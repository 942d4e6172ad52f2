// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Whoever may edit the lesson with the gaps, and may watch the one that fills them, may order it.
#include "server/api/patches.h"

#include <string.h>

#include "catalog/bookings.h"
#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/lessonlist.h"
#include "catalog/repeats.h"
#include "server/api/bookingviews.h"
#include "server/api/clashes.h"
#include "server/api/paging.h"
#include "server/api/problem.h"

#define AHEAD_MS (G_GINT64_CONSTANT(14) * 24 * 3600 * 1000)
#define KEPT_MOST 50

/* What may fill the gaps of one recording. */
typedef struct {
    CatalogBooking *booking; // (owned)
    GPtrArray *kept;         // (owned) (nullable) (element-type CatalogBooking)
    GPtrArray *showings;     // (owned) (nullable) (element-type CatalogGuidesearch)
} Repeats;

static void
free_repeats(gpointer data)
{
    Repeats *repeats = data;
    catalog_booking_free(repeats->booking);
    g_clear_pointer(&repeats->kept, g_ptr_array_unref);
    g_clear_pointer(&repeats->showings, g_ptr_array_unref);
    g_free(repeats);
}

static gboolean
refuse(GError **error, ApiProblemError code, const char *why)
{
    g_set_error_literal(error, API_PROBLEM_ERROR, code, why);
    return FALSE;
}

static gboolean
read_repeats(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Repeats *repeats = g_new0(Repeats, 1);
    api_call_set_result(call, repeats, free_repeats);
    repeats->booking = catalog_bookings_get(database, call->id, error);
    if (repeats->booking == NULL)
        return FALSE;
    repeats->kept = catalog_bookings_list_showings(database, repeats->booking, KEPT_MOST, error);
    if (repeats->kept == NULL)
        return FALSE;
    for (guint i = repeats->kept->len; i > 0; i--) {
        if (catalog_repeats_compare_kept(repeats->booking, repeats->kept->pdata[i - 1]) ==
            CATALOG_REPEATS_NO)
            g_ptr_array_remove_index(repeats->kept, i - 1);
    }
    gint64 now_ms = call->stamp.now_ms;
    repeats->showings =
        catalog_repeats_find(database, repeats->booking, now_ms, now_ms + AHEAD_MS, error);
    return repeats->showings != NULL;
}

static JsonArray *
render_kept(const Repeats *repeats)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < repeats->kept->len; i++) {
        const CatalogBooking *booking = repeats->kept->pdata[i];
        JsonObject *object = json_object_new();
        gboolean sure =
            catalog_repeats_compare_kept(repeats->booking, booking) == CATALOG_REPEATS_SURE;
        json_object_set_string_member(object, "booking", booking->id);
        json_object_set_string_member(object, "channel_name", booking->channel_name);
        json_object_set_int_member(object, "start_ms", booking->start_ms);
        json_object_set_int_member(object, "end_ms", booking->end_ms);
        json_object_set_string_member(object, "title", booking->title);
        json_object_set_string_member(object, "state",
                                      catalog_booking_state_to_text(booking->state));
        json_object_set_boolean_member(object, "sure", sure);
        json_array_add_object_element(array, object);
    }
    return array;
}

static void
render_repeats(ApiCall *call)
{
    const Repeats *repeats = call->result;
    JsonObject *object = json_object_new();
    json_object_set_array_member(object, "kept", render_kept(repeats));
    json_object_set_array_member(object, "showings",
                                 api_clashes_render_showings(repeats->showings));
    http_exchange_set_header(call->exchange, "Cache-Control", "no-store");
    http_exchange_reply_json(call->exchange, 200, api_views_wrap(object));
}

void
api_patches_list_repeats(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_repeats, render_repeats);
}

static gboolean
may_take(CatalogDatabase *database, ApiCall *call, const CatalogBooking *repeat, GError **error)
{
    if (repeat->state != CATALOG_BOOKING_STATE_DONE)
        return catalog_booking_is_open(repeat) ||
               repeat->state == CATALOG_BOOKING_STATE_FINISHING ||
               refuse(error, API_PROBLEM_ERROR_INVALID, "from was not kept");
    g_autoptr(CatalogLesson) lesson =
        repeat->lesson_id != NULL ? catalog_lessonlist_get(database, repeat->lesson_id, NULL)
                                  : NULL;
    return (lesson != NULL && server_access_may_see(call->account, lesson)) ||
           refuse(error, API_PROBLEM_ERROR_INVALID, "from is no lesson that you may watch");
}

gboolean
api_patches_add(CatalogDatabase *database, ApiCall *call, const char *fills,
                const CatalogBooking *repeat, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(CatalogBooking) own = catalog_bookings_get(database, fills, NULL);
    g_autoptr(CatalogLesson) lesson = own != NULL && own->lesson_id != NULL
                                          ? catalog_lessonlist_get(database, own->lesson_id, NULL)
                                          : NULL;
    if (lesson == NULL || strcmp(own->id, repeat->id) == 0)
        return refuse(error, API_PROBLEM_ERROR_INVALID, "there is no such other recording");
    if (!server_access_may_lesson(call->account, SERVER_ACCESS_EDIT, lesson->owner_id,
                                  lesson->visibility))
        return refuse(error, API_PROBLEM_ERROR_FORBIDDEN, "another person's");
    if (!catalog_gap_is_any_open(lesson->gaps)) {
        g_set_error_literal(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT, "it has no gaps");
        return FALSE;
    }
    g_autofree char *id =
        may_take(database, call, repeat, &local)
            ? catalog_patches_order(database, own->id, repeat, &call->stamp, &local)
            : NULL;
    if (g_error_matches(local, CATALOG_ERROR, CATALOG_ERROR_INVALID))
        return refuse(error, API_PROBLEM_ERROR_INVALID, local->message);
    if (local != NULL)
        g_propagate_error(error, g_steal_pointer(&local));
    return id != NULL;
}

static gboolean
write_order(CatalogDatabase *database, ApiCall *call, GError **error)
{
    const char *from = NULL;
    g_autoptr(CatalogBooking) own = catalog_bookings_get(database, call->id, error);
    if (own == NULL || !api_call_require_text(call, "from", 64, &from, error))
        return FALSE;
    g_autoptr(CatalogBooking) repeat =
        catalog_ids_is_valid(from) ? catalog_bookings_get(database, from, NULL) : NULL;
    if (repeat == NULL)
        return refuse(error, API_PROBLEM_ERROR_INVALID, "from is no booking");
    if (!api_patches_add(database, call, call->id, repeat, error))
        return FALSE;
    api_call_set_result(
        call, api_bookingviews_read(database, g_steal_pointer(&own), call->account, error),
        (GDestroyNotify)api_bookingviews_free);
    return call->result != NULL;
}

static void
render_ordered(ApiCall *call)
{
    ApiViewsReader reader = api_paging_make_reader(call);
    JsonObject *object = api_bookingviews_render(call->result, &reader);
    server_events_publish(server_app_get_events(call->app), SERVER_EVENTS_BOOKING, call->id);
    http_exchange_set_header(call->exchange, "Cache-Control", "no-store");
    http_exchange_reply_json(call->exchange, 202, api_views_wrap(object));
}

void
api_patches_order(HttpExchange *exchange)
{
    static const char *const names[] = {"from", NULL};
    g_autoptr(ApiCall) call = api_call_new(exchange);
    if (call != NULL && api_call_require_body(call, names))
        api_call_write(g_steal_pointer(&call), write_order, render_ordered);
}
