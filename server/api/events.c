// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A stream waits for its queue of the hub, reads the present state of what changed and sends what
// its account may see. Everything but the read happens on the delivery thread that owns the stream.
//
//   idle ──wake──▶ reading ──read──▶ resting ──0.5 s──▶ idle, or reading when more came
//
// Resting is what turns a burst of progress into one event a thing.
#include "server/api/events.h"

#include "catalog/accounts.h"
#include "catalog/joblist.h"
#include "catalog/multiplexes.h"
#include "catalog/lessonlist.h"
#include "catalog/sessions.h"
#include "catalog/threads.h"
#include "catalog/uploads.h"
#include "server/api/bookingviews.h"
#include "server/api/broadcastviews.h"
#include "server/api/channelviews.h"
#include "server/api/problem.h"
#include "server/api/views.h"
#include "server/api/lessonviews.h"
#include "server/app.h"
#include "server/http/sse.h"

#define REST_MS 500
#define WAITING_EVENTS_MAX 600

typedef struct {
    gatomicrefcount references;       // (atomic)
    ServerApp *app;                   // (unowned)
    ServerAccessAccount *account;     // (owned), who listens
    ServerSentencesLanguage language; // of sentences
    HttpSse *sse;                     // (owned) (nullable), NULL when closed
    ServerEventsQueue *queue;         // (owned) (nullable), NULL when closed
    gboolean reading;                 // a batch is with the catalogue
    gboolean more;                    // the queue woke meanwhile
    GSource *rest;                    // (owned) (nullable)
} Stream;

// One batch: what changed, and what the catalogue says about it.
typedef struct {
    Stream *stream;   // (owned), a reference
    GPtrArray *items; // (owned) (element-type ServerEventsItem)
    GPtrArray *found; // (owned) value or NULL, in the order of items
    gint64 now_ms;    // UTC milliseconds
    gboolean ended;   // the account or its session is over
} Batch;

static void
unref_stream(gpointer data)
{
    Stream *stream = data;
    if (!g_atomic_ref_count_dec(&stream->references))
        return;
    server_access_account_free(stream->account);
    g_free(stream);
}

static void
free_found(ServerEventsKind kind, gpointer value)
{
    if (value == NULL)
        return;
    switch (kind) {
    case SERVER_EVENTS_LESSON:
        catalog_lesson_free(value);
        return;
    case SERVER_EVENTS_JOB:
        catalog_job_free(value);
        return;
    case SERVER_EVENTS_UPLOAD:
        catalog_upload_free(value);
        return;
    case SERVER_EVENTS_CHANNEL:
        api_channelviews_free(value);
        return;
    case SERVER_EVENTS_MULTIPLEX:
        catalog_multiplexes_free(value);
        return;
    case SERVER_EVENTS_BOOKING:
        api_bookingviews_free(value);
        return;
    case SERVER_EVENTS_HEALTH:
    case SERVER_EVENTS_RESYNC:
        return;
    }
}

static ApiChannelviews *
read_channel(CatalogDatabase *database, const char *id, gint64 now_ms)
{
    CatalogChannels *channel = catalog_channels_get(database, id, NULL);
    return channel != NULL ? api_channelviews_read(database, channel, now_ms, NULL) : NULL;
}

static ApiBookingviews *
read_booking(CatalogDatabase *database, const char *id, const ServerAccessAccount *account)
{
    CatalogBooking *booking = catalog_bookings_get(database, id, NULL);
    return booking != NULL ? api_bookingviews_read(database, booking, account, NULL) : NULL;
}

static void
free_batch(gpointer data)
{
    Batch *batch = data;
    for (guint i = 0; i < batch->found->len; i++)
        free_found(((ServerEventsItem *)batch->items->pdata[i])->kind, batch->found->pdata[i]);
    g_ptr_array_unref(batch->found);
    g_ptr_array_unref(batch->items);
    unref_stream(batch->stream);
    g_free(batch);
}

static gpointer
read_item(CatalogDatabase *database, const ServerEventsItem *item, gint64 now_ms,
          const ServerAccessAccount *account)
{
    switch (item->kind) {
    case SERVER_EVENTS_LESSON:
        return catalog_lessonlist_get(database, item->id, NULL);
    case SERVER_EVENTS_JOB:
        return catalog_joblist_get(database, item->id, NULL);
    case SERVER_EVENTS_UPLOAD:
        return catalog_uploads_get(database, item->id, NULL);
    case SERVER_EVENTS_CHANNEL:
        return read_channel(database, item->id, now_ms);
    case SERVER_EVENTS_MULTIPLEX:
        return catalog_multiplexes_get(database, item->id, NULL);
    case SERVER_EVENTS_BOOKING:
        return read_booking(database, item->id, account);
    case SERVER_EVENTS_HEALTH:
    case SERVER_EVENTS_RESYNC:
        return NULL;
    }
    return NULL;
}

// A stream lives for hours: who listens must still be allowed to.
static gboolean
is_over(CatalogDatabase *database, Batch *batch)
{
    const ServerAccessAccount *listener = batch->stream->account;
    g_autoptr(CatalogAccount) account =
        listener->session_token != NULL
            ? catalog_sessions_find(database, listener->session_token, batch->now_ms, NULL)
            : catalog_accounts_get(database, listener->id, NULL);
    return account == NULL || account->disabled || account->role != listener->role;
}

static gboolean
read_batch(CatalogDatabase *database, gpointer data, GError **error)
{
    Batch *batch = data;
    batch->ended = is_over(database, batch);
    for (guint i = 0; i < batch->items->len && !batch->ended; i++)
        g_ptr_array_add(batch->found, read_item(database, batch->items->pdata[i], batch->now_ms,
                                                batch->stream->account));
    return TRUE;
}

static JsonObject *
render_upload(const CatalogUpload *upload)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "id", upload->id);
    if (upload->lesson_id != NULL)
        json_object_set_string_member(object, "lesson_id", upload->lesson_id);
    else
        json_object_set_null_member(object, "lesson_id");
    json_object_set_int_member(object, "offset_bytes", upload->offset_bytes);
    if (upload->length_bytes >= 0)
        json_object_set_int_member(object, "length_bytes", upload->length_bytes);
    else
        json_object_set_null_member(object, "length_bytes");
    return object;
}

static JsonObject *
render_multiplex(Stream *stream, const CatalogMultiplexes *multiplex)
{
    g_autoptr(FlowsIntakeStatus) status =
        flows_intake_get_status(server_app_get_intake(stream->app), multiplex->id);
    return api_broadcastviews_render_multiplex(multiplex, status, stream->language);
}

// Returns: (nullable): the event's data, or NULL when this account may not see it.
static JsonObject *
render_found(Stream *stream, ServerEventsKind kind, gconstpointer value)
{
    const ServerAccessAccount *account = stream->account;
    ApiViewsReader reader = {account, stream->language};
    const CatalogLesson *lesson = value;
    const CatalogUpload *upload = value;
    const ApiChannelviews *channel = value;
    switch (kind) {
    case SERVER_EVENTS_LESSON:
        return server_access_may_see(account, lesson) ? api_lessonviews_render(lesson, &reader)
                                                      : NULL;
    case SERVER_EVENTS_JOB:
        return server_access_may(account, SERVER_ACCESS_ADMINISTER)
                   ? api_views_render_job(value, &reader)
                   : NULL;
    case SERVER_EVENTS_UPLOAD:
        return server_access_may_lesson(account, SERVER_ACCESS_EDIT, upload->owner_id,
                                        CATALOG_LESSON_VISIBILITY_DRAFT)
                   ? render_upload(upload)
                   : NULL;
    case SERVER_EVENTS_MULTIPLEX:
        return server_access_may(account, SERVER_ACCESS_ADMINISTER)
                   ? render_multiplex(stream, value)
                   : NULL;
    case SERVER_EVENTS_CHANNEL:
        return api_channelviews_may_see(account, channel->channel)
                   ? api_channelviews_render(stream->app, channel, &reader)
                   : NULL;
    case SERVER_EVENTS_BOOKING:
        return api_bookingviews_may_see(account) ? api_bookingviews_render(value, &reader) : NULL;
    case SERVER_EVENTS_HEALTH:
    case SERVER_EVENTS_RESYNC:
        return NULL;
    }
    return NULL;
}

static const char *
get_event_name(ServerEventsKind kind)
{
    static const char *const names[] = {
        [SERVER_EVENTS_LESSON] = "lesson",       [SERVER_EVENTS_JOB] = "job",
        [SERVER_EVENTS_UPLOAD] = "upload",       [SERVER_EVENTS_CHANNEL] = "channel",
        [SERVER_EVENTS_MULTIPLEX] = "multiplex", [SERVER_EVENTS_BOOKING] = "booking",
        [SERVER_EVENTS_HEALTH] = "health",       [SERVER_EVENTS_RESYNC] = "resync",
    };
    return names[kind];
}

/* It carries no figures: who looks at them asks for them. */
static gboolean
is_news_of_health(Stream *stream, const ServerEventsItem *item)
{
    return item->kind == SERVER_EVENTS_HEALTH &&
           server_access_may(stream->account, SERVER_ACCESS_ADMINISTER);
}

/* Nobody can say any more who might see it: those hear of it who may see all of its kind. */
static gboolean
is_news_of_gone(Stream *stream, const ServerEventsItem *item)
{
    switch (item->kind) {
    case SERVER_EVENTS_BOOKING:
        return api_bookingviews_may_see(stream->account);
    case SERVER_EVENTS_CHANNEL:
    case SERVER_EVENTS_MULTIPLEX:
        return server_access_may(stream->account, SERVER_ACCESS_ADMINISTER);
    case SERVER_EVENTS_LESSON:
    case SERVER_EVENTS_JOB:
    case SERVER_EVENTS_UPLOAD:
    case SERVER_EVENTS_HEALTH:
    case SERVER_EVENTS_RESYNC:
        return FALSE;
    }
    return FALSE;
}

static JsonObject *
render_gone(const ServerEventsItem *item)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "kind", get_event_name(item->kind));
    json_object_set_string_member(object, "id", item->id);
    return object;
}

static void
send_event(Stream *stream, const char *name, guint64 sequence, JsonObject *object)
{
    g_autofree char *id = server_events_format_id(server_app_get_events(stream->app), sequence);
    g_autoptr(JsonNode) node = api_views_wrap(object);
    g_autofree char *text = json_to_string(node, FALSE);
    http_sse_push(stream->sse, name, id, NULL, text);
}

static void
send_batch(Stream *stream, Batch *batch)
{
    for (guint i = 0; i < batch->found->len; i++) {
        const ServerEventsItem *item = batch->items->pdata[i];
        gconstpointer value = batch->found->pdata[i];
        JsonObject *object = value != NULL ? render_found(stream, item->kind, value) : NULL;
        if (item->kind == SERVER_EVENTS_RESYNC || is_news_of_health(stream, item))
            object = json_object_new();
        if (object != NULL)
            send_event(stream, get_event_name(item->kind), item->sequence, object);
        else if (value == NULL && is_news_of_gone(stream, item))
            send_event(stream, "gone", item->sequence, render_gone(item));
    }
}

static void begin_batch(Stream *stream);

static gboolean
on_rest_over(gpointer user_data)
{
    Stream *stream = user_data;
    g_clear_pointer(&stream->rest, g_source_unref);
    if (stream->more)
        begin_batch(stream);
    return G_SOURCE_REMOVE;
}

static void
begin_rest(Stream *stream)
{
    g_autoptr(GMainContext) context = g_main_context_ref_thread_default();
    stream->rest = g_timeout_source_new(REST_MS);
    g_source_set_callback(stream->rest, on_rest_over, stream, NULL);
    g_source_attach(stream->rest, context);
}

static void
on_batch_read(GObject *source, GAsyncResult *result, gpointer data)
{
    Batch *batch = data;
    Stream *stream = batch->stream;
    stream->reading = FALSE;
    if (stream->sse == NULL)
        return;
    // A client that missed a batch connects again and reads everything anew.
    if (!catalog_threads_finish(result, NULL) || batch->ended) {
        http_sse_close(stream->sse);
        return;
    }
    send_batch(stream, batch);
    begin_rest(stream);
}

static void
begin_batch(Stream *stream)
{
    Batch *batch = g_new0(Batch, 1);
    g_atomic_ref_count_inc(&stream->references);
    batch->stream = stream;
    batch->items = server_events_queue_take(stream->queue);
    batch->found = g_ptr_array_new();
    batch->now_ms = server_clock_now_ms(server_app_get_clock(stream->app));
    stream->more = FALSE;
    stream->reading = TRUE;
    catalog_threads_read_async(server_app_get_catalog(stream->app), read_batch, batch, free_batch,
                               NULL, on_batch_read);
}

static gboolean
on_queue_wake(gpointer user_data)
{
    Stream *stream = user_data;
    if (stream->reading || stream->rest != NULL)
        stream->more = TRUE;
    else
        begin_batch(stream);
    return G_SOURCE_REMOVE;
}

static void
on_sse_closed(HttpSse *sse, gpointer user_data)
{
    Stream *stream = user_data;
    g_clear_pointer(&stream->queue, server_events_queue_free);
    g_clear_pointer(&stream->sse, http_sse_unref);
    if (stream->rest != NULL)
        g_source_destroy(stream->rest);
    g_clear_pointer(&stream->rest, g_source_unref);
}

static ServerAccessAccount *
copy_account(const ServerAccessAccount *account)
{
    ServerAccessAccount *copy = g_new0(ServerAccessAccount, 1);
    copy->id = g_strdup(account->id);
    copy->role = account->role;
    copy->session_token = g_strdup(account->session_token);
    return copy;
}

void
api_events_open(HttpExchange *exchange)
{
    g_autoptr(GMainContext) context = g_main_context_ref_thread_default();
    ServerApp *app = http_exchange_get_app(exchange);
    ServerEvents *events = server_app_get_events(app);
    Stream *stream = g_new0(Stream, 1);
    g_atomic_ref_count_init(&stream->references);
    stream->app = app;
    stream->account = copy_account(http_exchange_get_account(exchange));
    stream->language = api_problem_choose_language(exchange);
    // Read before the queue opens: what comes in between is sent twice, never lost.
    g_autofree char *now = server_events_format_id(events, server_events_get_sequence(events));
    stream->queue =
        server_events_subscribe(events, http_exchange_get_header(exchange, "Last-Event-ID"),
                                context, on_queue_wake, stream);
    if (stream->queue == NULL) {
        api_problem_reply_later(exchange, 503, "busy", 10);
        unref_stream(stream);
        return;
    }
    if (!server_access_may(stream->account, SERVER_ACCESS_ADMINISTER))
        server_events_queue_mute(stream->queue, SERVER_EVENTS_HEALTH);
    g_atomic_ref_count_inc(&stream->references);
    HttpSse *sse =
        http_sse_start(exchange, WAITING_EVENTS_MAX, on_sse_closed, stream, unref_stream);
    // It may be closed already, and then on_sse_closed has run.
    if (stream->queue == NULL) {
        http_sse_unref(sse);
    } else {
        stream->sse = sse;
        http_sse_push(sse, "hello", now, NULL, "{}");
    }
    unref_stream(stream);
}
