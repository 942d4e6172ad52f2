// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Programmes in pieces, as the catalogue gives them, each with its booking beside it.
#include "server/api/channelguide.h"

#include "catalog/channels.h"
#include "catalog/error.h"
#include "server/api/bookingviews.h"
#include "server/api/call.h"
#include "server/api/channelviews.h"
#include "server/api/paging.h"
#include "server/api/problem.h"

#define SPAN_MS (G_GINT64_CONSTANT(8) * 24 * 3600 * 1000) // of one question
#define DAY_MS (G_GINT64_CONSTANT(24) * 3600 * 1000)
#define PIECES_MAX 16 // of a batch each

/* A stretch of the guide; the call's extra. */
typedef struct {
    gint64 from_ms;  // (value)
    gint64 until_ms; // (value)
} Span;

typedef struct {
    CatalogGuide *event;   // (owned)
    ApiBookingviews *view; // (owned) (nullable)
} Item;

static void
free_item(gpointer data)
{
    Item *item = data;
    catalog_guide_free(item->event);
    api_bookingviews_free(item->view);
    g_free(item);
}

/* Takes @event. */
static gboolean
add_item(CatalogDatabase *database, ApiCall *call, GPtrArray *items, CatalogGuide *event,
         GError **error)
{
    g_autoptr(GError) local = NULL;
    Item *item = g_new0(Item, 1);
    item->event = event;
    g_ptr_array_add(items, item);
    CatalogBooking *booking = catalog_bookings_find_event(database, event->service, event->event_id,
                                                          event->start_ms, &local);
    if (booking != NULL)
        item->view = api_bookingviews_read(database, booking, call->account, &local);
    if (local != NULL)
        g_propagate_error(error, g_error_copy(local));
    return local == NULL;
}

static gboolean
read_items(CatalogDatabase *database, ApiCall *call, const char *service, GError **error)
{
    const Span *span = call->extra;
    GPtrArray *items = call->result;
    gint64 from_ms = span->from_ms;
    gboolean more = TRUE;
    for (guint piece = 0; more && piece < PIECES_MAX; piece++) {
        g_autoptr(GPtrArray) rows =
            catalog_guide_list(database, service, from_ms, span->until_ms, error);
        if (rows == NULL)
            return FALSE;
        more = rows->len == CATALOG_GUIDE_BATCH_MAX;
        const CatalogGuide *last = rows->len > 0 ? rows->pdata[rows->len - 1] : NULL;
        gint64 next_ms = last != NULL ? last->start_ms : from_ms;
        while (rows->len > 0) {
            g_autoptr(CatalogGuide) row = g_ptr_array_steal_index(rows, 0);
            gboolean again = (more && row->start_ms == next_ms && next_ms > from_ms) ||
                             (piece > 0 && row->start_ms < from_ms);
            if (!again && !add_item(database, call, items, g_steal_pointer(&row), error))
                return FALSE;
        }
        more = more && next_ms > from_ms;
        from_ms = next_ms;
    }
    return TRUE;
}

static gboolean
read_guide(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(CatalogChannels) channel = catalog_channels_get(database, call->id, error);
    if (channel == NULL)
        return FALSE;
    if (!api_channelviews_may_see(call->account, channel)) {
        g_set_error_literal(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND, "no such channel");
        return FALSE;
    }
    api_call_set_result(call, g_ptr_array_new_with_free_func(free_item),
                        (GDestroyNotify)g_ptr_array_unref);
    return channel->service == NULL || read_items(database, call, channel->service, error);
}

static void
render_guide(ApiCall *call)
{
    const GPtrArray *items = call->result;
    ApiViewsReader reader = api_paging_make_reader(call);
    JsonArray *array = json_array_new();
    JsonObject *object = json_object_new();
    for (guint i = 0; i < items->len; i++) {
        const Item *item = items->pdata[i];
        json_array_add_object_element(
            array, api_bookingviews_render_event(item->event, item->view, &reader));
    }
    json_object_set_array_member(object, "items", array);
    json_object_set_null_member(object, "next_cursor");
    http_exchange_set_header(call->exchange, "Cache-Control", "no-cache");
    http_exchange_reply_json(call->exchange, 200, api_views_wrap(object));
}

static gboolean
take_moment(HttpExchange *exchange, const char *name, gint64 *moment)
{
    const char *text = http_exchange_get_query(exchange, name);
    return text == NULL ||
           g_ascii_string_to_signed(text, 10, 0, G_GINT64_CONSTANT(4000000000000), moment, NULL);
}

void
api_channelguide_list(HttpExchange *exchange)
{
    ServerApp *app = http_exchange_get_app(exchange);
    Span span = {.from_ms = server_clock_now_ms(server_app_get_clock(app)), .until_ms = -1};
    gboolean good =
        take_moment(exchange, "from", &span.from_ms) && take_moment(exchange, "to", &span.until_ms);
    if (span.until_ms < 0)
        span.until_ms = span.from_ms + DAY_MS;
    if (!good || span.until_ms <= span.from_ms || span.until_ms - span.from_ms > SPAN_MS) {
        api_problem_reply(exchange, 422, "invalid",
                          "from and to are moments, at most eight days apart");
        return;
    }
    ApiCall *call = api_call_new(exchange);
    if (call == NULL)
        return;
    call->extra = g_memdup2(&span, sizeof span);
    call->free_extra = g_free;
    api_call_read(call, read_guide, render_guide);
}
