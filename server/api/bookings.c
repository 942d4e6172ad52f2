// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads give views; writes tell the event hub, from which the recorder hears of them.
#include "server/api/bookings.h"

#include <string.h>

#include "catalog/error.h"
#include "catalog/ids.h"
#include "server/api/bookingbody.h"
#include "server/api/bookingviews.h"
#include "server/api/call.h"
#include "server/api/clashes.h"
#include "server/api/paging.h"
#include "server/api/patches.h"
#include "server/api/problem.h"
#include "server/api/revision.h"

#define MOMENT_MAX G_GINT64_CONSTANT(4000000000000)

/* What a list is asked for; the call's extra. */
typedef struct {
    char *cursor;              // (owned) (nullable)
    guint limit;               // (value)
    gboolean by_state;         // (value) state counts
    CatalogBookingState state; // (value)
    char *channel;             // (owned) (nullable)
    gint64 from_ms;            // (value)
    gint64 until_ms;           // (value)
} Question;

static void
free_question(gpointer data)
{
    Question *question = data;
    g_free(question->cursor);
    g_free(question->channel);
    g_free(question);
}

static gboolean
read_list(CatalogDatabase *database, ApiCall *call, GError **error)
{
    const Question *question = call->extra;
    CatalogBookingsFilter filter = {
        .state = question->by_state ? &question->state : NULL,
        .channel = question->channel,
        .from_ms = question->from_ms,
        .until_ms = question->until_ms,
    };
    g_autoptr(CatalogPage) page =
        catalog_bookings_list(database, &filter, question->cursor, question->limit, error);
    if (page == NULL)
        return FALSE;
    g_autoptr(GPtrArray) views =
        g_ptr_array_new_with_free_func((GDestroyNotify)api_bookingviews_free);
    for (guint i = 0; i < page->items->len; i++) {
        ApiBookingviews *view = api_bookingviews_read(
            database, catalog_booking_copy(page->items->pdata[i]), call->account, error);
        if (view == NULL)
            return FALSE;
        g_ptr_array_add(views, view);
    }
    CatalogPage *found = catalog_page_new(g_steal_pointer(&views));
    found->next_cursor = g_steal_pointer(&page->next_cursor);
    api_call_set_result(call, found, (GDestroyNotify)catalog_page_free);
    return TRUE;
}

static JsonObject *
render_item(gconstpointer item, const ApiViewsReader *reader)
{
    return api_bookingviews_render(item, reader);
}

static void
render_list(ApiCall *call)
{
    http_exchange_set_header(call->exchange, "Cache-Control", "no-cache");
    api_paging_render(call, render_item);
}

static gboolean
take_moment(HttpExchange *exchange, const char *name, gint64 *moment)
{
    const char *text = http_exchange_get_query(exchange, name);
    return text == NULL || g_ascii_string_to_signed(text, 10, 0, MOMENT_MAX, moment, NULL);
}

static gboolean
read_question(ApiCall *call, Question *question, GError **error)
{
    const char *state = http_exchange_get_query(call->exchange, "state");
    const char *channel = http_exchange_get_query(call->exchange, "channel");
    question->cursor = g_strdup(http_exchange_get_query(call->exchange, "cursor"));
    question->channel = g_strdup(channel);
    question->from_ms = G_MININT64;
    question->until_ms = G_MAXINT64;
    question->by_state = state != NULL;
    if (!api_call_read_limit(call, &question->limit, error))
        return FALSE;
    if (state != NULL && !catalog_booking_state_from_text(state, &question->state))
        return api_problem_refuse(error, API_PROBLEM_ERROR_INVALID,
                                  "state is not one of a booking");
    if (channel != NULL && !catalog_ids_is_valid(channel))
        return api_problem_refuse(error, API_PROBLEM_ERROR_INVALID, "channel is not an id");
    return (take_moment(call->exchange, "from", &question->from_ms) &&
            take_moment(call->exchange, "to", &question->until_ms)) ||
           api_problem_refuse(error, API_PROBLEM_ERROR_INVALID, "from and to are UTC milliseconds");
}

void
api_bookings_list(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new(exchange);
    g_autoptr(GError) error = NULL;
    if (call == NULL)
        return;
    Question *question = g_new0(Question, 1);
    call->extra = question;
    call->free_extra = free_question;
    if (read_question(call, question, &error))
        api_call_read(g_steal_pointer(&call), read_list, render_list);
    else
        api_problem_reply_error(exchange, error);
}

static gboolean
read_one(CatalogDatabase *database, ApiCall *call, GError **error)
{
    CatalogBooking *booking = catalog_bookings_get(database, call->id, error);
    if (booking == NULL)
        return FALSE;
    api_call_set_result(call, api_bookingviews_read(database, booking, call->account, error),
                        (GDestroyNotify)api_bookingviews_free);
    return call->result != NULL;
}

static void
reply_one(ApiCall *call, guint status)
{
    ApiViewsReader reader = api_paging_make_reader(call);
    api_revision_reply(call, status, api_bookingviews_render(call->result, &reader));
}

static void
render_one(ApiCall *call)
{
    reply_one(call, 200);
}

void
api_bookings_get(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_one, render_one);
}

static void
tell(ApiCall *call)
{
    server_events_publish(server_app_get_events(call->app), SERVER_EVENTS_BOOKING, call->id);
}

/* A write that no tuner is free for tells so. */
static void
reply_written(ApiCall *call, guint status)
{
    if (call->extra != NULL) {
        api_clashes_reply(call->exchange, call->extra);
        return;
    }
    tell(call);
    reply_one(call, status);
}

static void
render_created(ApiCall *call)
{
    reply_written(call, 201);
}

static void
render_changed(ApiCall *call)
{
    reply_written(call, 200);
}

static void
render_removed(ApiCall *call)
{
    tell(call);
    http_exchange_reply_empty(call->exchange, 204);
}

/* Whether a tuner is free for @booking; if not, the call's extra says what is in the way, and
 * nothing is to be written. FALSE with an error. */
static gboolean
check_tuners(CatalogDatabase *database, ApiCall *call, const CatalogBooking *booking,
             GError **error)
{
    ApiClashes *clashes = NULL;
    if (!api_clashes_find(database, booking, call->stamp.now_ms, &clashes, error))
        return FALSE;
    call->extra = clashes;
    call->free_extra = (GDestroyNotify)api_clashes_free;
    return TRUE;
}

/* Whose gaps it is to fill when it is kept, if that is said. */
static gboolean
order_patch(CatalogDatabase *database, ApiCall *call, GError **error)
{
    const char *fills = NULL;
    if (!api_call_take_text(call, "fills", 64, &fills, error))
        return FALSE;
    if (fills == NULL)
        return TRUE;
    g_autoptr(CatalogBooking) repeat = catalog_bookings_get(database, call->id, error);
    return repeat != NULL && api_patches_add(database, call, fills, repeat, error);
}

static gboolean
write_new(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(CatalogBooking) booking = api_bookingbody_read_new(database, call, error);
    if (booking == NULL || !check_tuners(database, call, booking, error))
        return FALSE;
    if (call->extra != NULL)
        return TRUE;
    call->id = catalog_bookings_add(database, booking, &call->stamp, &local);
    if (call->id == NULL)
        return api_revision_translate(local, NULL, error);
    return order_patch(database, call, error) && read_one(database, call, error);
}

void
api_bookings_create(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new(exchange);
    if (call != NULL && api_call_require_body(call, api_bookingbody_get_new_names()))
        api_call_write(g_steal_pointer(&call), write_new, render_created);
}

/* The booking as its editor saw it; NULL with an error. */
static CatalogBooking *
read_guarded(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(CatalogBooking) booking = catalog_bookings_get(database, call->id, error);
    if (booking == NULL)
        return NULL;
    gboolean mine = api_bookingviews_may_edit(call->account, booking);
    if (!api_revision_check(call, mine, booking->revision, error))
        return NULL;
    return g_steal_pointer(&booking);
}

static gboolean
write_changes(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(CatalogBooking) booking = read_guarded(database, call, error);
    if (booking == NULL)
        return FALSE;
    if (!catalog_booking_is_open(booking)) {
        g_set_error_literal(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT, "it is over");
        return FALSE;
    }
    gint64 first_ms = catalog_booking_get_first_ms(booking);
    gint64 last_ms = catalog_booking_get_last_ms(booking);
    if (!api_bookingbody_take_changes(call, booking, error))
        return FALSE;
    // Other words need no other tuner.
    gboolean longer = catalog_booking_get_first_ms(booking) < first_ms ||
                      catalog_booking_get_last_ms(booking) > last_ms;
    if (longer && !check_tuners(database, call, booking, error))
        return FALSE;
    if (call->extra != NULL)
        return TRUE;
    if (!catalog_bookings_edit(database, booking, &call->stamp, &local))
        return api_revision_translate(local, NULL, error);
    return read_one(database, call, error);
}

void
api_bookings_update(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new(exchange);
    if (call != NULL && api_call_require_body(call, api_bookingbody_get_change_names()) &&
        api_revision_require_match(call))
        api_call_write(g_steal_pointer(&call), write_changes, render_changed);
}

/* Whether nothing shall be kept is the call's extra. FALSE when the exchange is answered. */
static gboolean
take_discard(ApiCall *call)
{
    const char *discard = http_exchange_get_query(call->exchange, "discard");
    gboolean *wanted = g_new0(gboolean, 1);
    call->extra = wanted;
    call->free_extra = g_free;
    *wanted = g_strcmp0(discard, "true") == 0;
    if (discard == NULL || *wanted || strcmp(discard, "false") == 0)
        return TRUE;
    api_problem_reply(call->exchange, 422, "invalid", "discard is true or false");
    return FALSE;
}

/* A plan is given up, a running one ends (and is kept, unless nobody wants it), what is over is
 * forgotten. What a rule made stays as cancelled while it could be made again. */
static gboolean
write_removal(CatalogDatabase *database, ApiCall *call, GError **error)
{
    const gboolean *discard = call->extra;
    g_autoptr(CatalogBooking) booking = read_guarded(database, call, error);
    if (booking == NULL)
        return FALSE;
    switch (booking->state) {
    case CATALOG_BOOKING_STATE_RUNNING:
        if (!*discard)
            return catalog_bookings_stop(database, booking->id, &call->stamp, error);
        break;
    case CATALOG_BOOKING_STATE_WAITING:
    case CATALOG_BOOKING_STATE_FINISHING:
        break;
    case CATALOG_BOOKING_STATE_CANCELLED:
        if (booking->rule_id != NULL && catalog_booking_get_last_ms(booking) > call->stamp.now_ms)
            return TRUE;
        return catalog_bookings_delete(database, booking->id, &call->stamp, error);
    case CATALOG_BOOKING_STATE_DONE:
    case CATALOG_BOOKING_STATE_FAILED:
    case CATALOG_BOOKING_STATE_MISSED:
        return catalog_bookings_delete(database, booking->id, &call->stamp, error);
    }
    return catalog_bookings_set_state(database, booking->id, CATALOG_BOOKING_STATE_CANCELLED, NULL,
                                      &call->stamp, error);
}

void
api_bookings_remove(HttpExchange *exchange)
{
    g_autoptr(ApiCall) call = api_call_new(exchange);
    if (call != NULL && take_discard(call) && api_revision_require_match(call))
        api_call_write(g_steal_pointer(&call), write_removal, render_removed);
}
