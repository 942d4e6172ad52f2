// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Everybody sees the guide of channels that are on; who may book sees what is booked beside it.
#include "server/api/guide.h"

#include <string.h>

#include "catalog/channels.h"
#include "catalog/error.h"
#include "catalog/guidesearch.h"
#include "pipelines/tables/time.h"
#include "pipelines/tables/xmltv.h"
#include "server/api/bookingviews.h"
#include "server/api/call.h"
#include "server/api/channelviews.h"
#include "server/api/icalendar.h"
#include "server/api/paging.h"
#include "server/api/problem.h"

#define DAY_MS (G_GINT64_CONSTANT(24) * 3600 * 1000)
#define AHEAD_MS (8 * DAY_MS)
#define SPAN_MS (16 * DAY_MS)
#define EVENTS_MAX 4096
#define QUERY_BYTES_MAX 400

typedef struct {
    char *query;     // (owned)
    gint64 from_ms;  // (value)
    gint64 until_ms; // (value)
} Question;

/* One that was found, with its booking. */
typedef struct {
    CatalogGuidesearch *found; // (owned)
    ApiBookingviews *view;     // (owned) (nullable)
} Item;

/* A channel with its guide. */
typedef struct {
    CatalogChannels *channel; // (owned)
    GPtrArray *events;        // (owned) (element-type CatalogGuide)
} Whole;

static void
free_question(gpointer data)
{
    Question *question = data;
    g_free(question->query);
    g_free(question);
}

static void
free_item(gpointer data)
{
    Item *item = data;
    catalog_guidesearch_free(item->found);
    api_bookingviews_free(item->view);
    g_free(item);
}

static void
free_whole(gpointer data)
{
    Whole *whole = data;
    g_clear_pointer(&whole->channel, catalog_channels_free);
    g_clear_pointer(&whole->events, g_ptr_array_unref);
    g_free(whole);
}

/* --- search --------------------------------------------------------------------------------- */

/* Takes @found. */
static gboolean
add_item(CatalogDatabase *database, ApiCall *call, CatalogGuidesearch *found, GError **error)
{
    g_autoptr(GError) local = NULL;
    const CatalogGuide *event = found->event;
    Item *item = g_new0(Item, 1);
    item->found = found;
    g_ptr_array_add(call->result, item);
    CatalogBooking *booking = catalog_bookings_find_event(database, event->service, event->event_id,
                                                          event->start_ms, &local);
    if (booking != NULL)
        item->view = api_bookingviews_read(database, booking, call->account, &local);
    if (local == NULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

static gboolean
read_found(CatalogDatabase *database, ApiCall *call, GError **error)
{
    const Question *question = call->extra;
    api_call_set_result(call, g_ptr_array_new_with_free_func(free_item),
                        (GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GPtrArray) found = catalog_guidesearch_find(
        database, question->query, question->from_ms, question->until_ms, error);
    if (found == NULL)
        return FALSE;
    while (found->len > 0)
        if (!add_item(database, call, g_ptr_array_steal_index(found, 0), error))
            return FALSE;
    return TRUE;
}

static JsonObject *
render_channel(const CatalogGuidesearch *found)
{
    JsonObject *channel = json_object_new();
    json_object_set_string_member(channel, "id", found->channel);
    json_object_set_string_member(channel, "slug", found->slug);
    json_object_set_string_member(channel, "name", found->name);
    return channel;
}

static void
render_found(ApiCall *call)
{
    const GPtrArray *items = call->result;
    ApiViewsReader reader = api_paging_make_reader(call);
    JsonArray *array = json_array_new();
    JsonObject *object = json_object_new();
    for (guint i = 0; i < items->len; i++) {
        const Item *item = items->pdata[i];
        JsonObject *event = api_bookingviews_render_event(item->found->event, item->view, &reader);
        json_object_set_object_member(event, "channel", render_channel(item->found));
        json_array_add_object_element(array, event);
    }
    json_object_set_array_member(object, "items", array);
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
api_guide_search(HttpExchange *exchange)
{
    ServerApp *app = http_exchange_get_app(exchange);
    const char *query = http_exchange_get_query(exchange, "query");
    gint64 from_ms = server_clock_now_ms(server_app_get_clock(app)), until_ms = -1;
    gboolean good =
        take_moment(exchange, "from", &from_ms) && take_moment(exchange, "to", &until_ms);
    if (until_ms < 0)
        until_ms = from_ms + AHEAD_MS;
    if (!good || until_ms <= from_ms || until_ms - from_ms > SPAN_MS || query == NULL ||
        strlen(query) > QUERY_BYTES_MAX || !g_utf8_validate(query, -1, NULL)) {
        api_problem_reply(exchange, 422, "invalid",
                          "query is text of at most 400 bytes, from and to at most 16 days apart");
        return;
    }
    ApiCall *call = api_call_new(exchange);
    if (call == NULL)
        return;
    Question *question = g_new0(Question, 1);
    *question = (Question){g_strdup(query), from_ms, until_ms};
    call->extra = question;
    call->free_extra = free_question;
    api_call_read(call, read_found, render_found);
}

/* --- files ---------------------------------------------------------------------------------- */

static gboolean
find_channel(CatalogDatabase *database, ApiCall *call, Whole *whole, GError **error)
{
    const char *slug = call->extra;
    g_autoptr(GPtrArray) channels = catalog_channels_list(database, error);
    for (guint i = 0; channels != NULL && i < channels->len; i++) {
        const CatalogChannels *channel = channels->pdata[i];
        if (strcmp(channel->slug, slug) == 0 && api_channelviews_may_see(call->account, channel))
            whole->channel = catalog_channels_copy(channel);
    }
    if (channels != NULL && whole->channel == NULL)
        g_set_error_literal(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND, "no such channel");
    return whole->channel != NULL;
}

static gboolean
read_whole(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Whole *whole = g_new0(Whole, 1);
    gint64 now_ms = call->stamp.now_ms;
    api_call_set_result(call, whole, free_whole);
    if (!find_channel(database, call, whole, error))
        return FALSE;
    whole->events =
        whole->channel->service != NULL
            ? catalog_guide_list_span(database, whole->channel->service, now_ms - DAY_MS,
                                      now_ms + AHEAD_MS, EVENTS_MAX, error)
            : g_ptr_array_new();
    return whole->events != NULL;
}

static void
begin_file(HttpExchange *exchange, ApiCallRender render)
{
    ApiCall *call = api_call_new(exchange);
    if (call == NULL)
        return;
    call->extra = g_strdup(http_exchange_get_parameter(exchange, "slug"));
    call->free_extra = g_free;
    api_call_read(call, read_whole, render);
}

static void
reply_text(ApiCall *call, const char *type, const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autofree char *hash = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
    g_autofree char *etag = g_strdup_printf("\"%.16s\"", hash);
    http_exchange_set_header(call->exchange, "ETag", etag);
    http_exchange_set_header(call->exchange, "Cache-Control", "public, max-age=300");
    http_exchange_reply_bytes(call->exchange, 200, type, bytes);
}

static void
add_programme(TablesXmltv *guide, const char *channel, const CatalogGuide *event)
{
    gboolean timed = event->duration_ms != CATALOG_GUIDE_NO_TIME;
    g_autofree char *rating =
        event->age > 0 ? g_strdup_printf("%" G_GINT64_FORMAT, event->age) : g_strdup("");
    const TablesXmltvProgramme programme = {
        .channel = (char *)channel,
        .start_ms = event->start_ms,
        .stop_ms = timed ? event->start_ms + event->duration_ms : TABLES_TIME_UNDEFINED,
        .language = event->language,
        .title = event->title,
        .summary = event->summary,
        .description = event->description,
        .genre = event->genre != NULL ? event->genre : (char *)"",
        .series = event->series_crid != NULL ? event->series_crid : (char *)"",
        .rating = rating,
    };
    tables_xmltv_add_programme(guide, &programme);
}

/* Minutes east of Greenwich at the site. */
static int
find_offset(ApiCall *call)
{
    const ServerConfig *config = server_app_get_config(call->app);
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(config->site_zone);
    gint64 now_s = call->stamp.now_ms / 1000;
    if (zone == NULL)
        return 0;
    gint interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, now_s);
    return g_time_zone_get_offset(zone, interval) / 60;
}

static void
render_xmltv(ApiCall *call)
{
    const Whole *whole = call->result;
    g_autoptr(TablesXmltv) guide = tables_xmltv_new();
    const TablesXmltvChannel channel = {whole->channel->slug, whole->channel->name};
    tables_xmltv_add_channel(guide, &channel);
    for (guint i = 0; i < whole->events->len; i++)
        add_programme(guide, whole->channel->slug, whole->events->pdata[i]);
    g_autofree char *text = tables_xmltv_write(guide, find_offset(call));
    reply_text(call, "application/xml; charset=utf-8", text);
}

static void
render_schedule(ApiCall *call)
{
    const Whole *whole = call->result;
    g_autoptr(GString) calendar = api_icalendar_open(whole->channel->name);
    for (guint i = 0; i < whole->events->len; i++) {
        const CatalogGuide *event = whole->events->pdata[i];
        gint64 duration_ms = event->duration_ms != CATALOG_GUIDE_NO_TIME ? event->duration_ms : 0;
        g_autofree char *uid =
            g_strdup_printf("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "@%s", event->event_id,
                            event->start_ms, whole->channel->id);
        const ApiIcalendarEvent entry = {
            .uid = uid,
            .start_ms = event->start_ms,
            .end_ms = event->start_ms + duration_ms,
            .stamp_ms = event->start_ms, // the file changes with the guide alone
            .title = event->title,
            .summary = event->summary,
            .location = whole->channel->name,
        };
        api_icalendar_add(calendar, &entry);
    }
    api_icalendar_close(calendar);
    reply_text(call, "text/calendar; charset=utf-8", calendar->str);
}

void
api_guide_get_xmltv(HttpExchange *exchange)
{
    begin_file(exchange, render_xmltv);
}

void
api_guide_get_schedule(HttpExchange *exchange)
{
    begin_file(exchange, render_schedule);
}
