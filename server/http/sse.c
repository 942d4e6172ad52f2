// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Writers lock, append and wake the loop; the loop formats what waits when the socket takes more.
#include "server/http/sse.h"

#include <string.h>

#include "server/http/exchange_state.h"

#define KEEP_ALIVE_S 15
#define COMMENT ":\n\n"

typedef struct {
    char *event; // (owned)
    char *id;    // (owned) (nullable)
    char *key;   // (owned) (nullable)
    char *data;  // (owned)
} Event;

struct _HttpSse {
    gatomicrefcount refs;       //
    HttpConnection *connection; // (nullable), not owned, delivery thread
    HttpLoop *loop;             // not owned; used only while open
    GSource *timer;             // (owned) (nullable), delivery thread
    HttpSseClosed on_closed;    // (nullable), delivery thread
    gpointer user_data;         // (owned by free_data)
    GDestroyNotify free_data;   // (nullable)
    guint limit;                // events that may wait
    GMutex lock;                //
    GPtrArray *waiting;         // (guarded by lock) (element-type Event)
    gboolean is_closed;         // (guarded by lock): takes nothing more
    gboolean is_full;           // (guarded by lock): closed because the queue was full
    gboolean is_waking;         // (guarded by lock): the loop is asked already
    gboolean wants_comment;     // (guarded by lock)
};

static void
free_event(gpointer data)
{
    Event *event = data;

    g_free(event->event);
    g_free(event->id);
    g_free(event->key);
    g_free(event->data);
    g_free(event);
}

HttpSse *
http_sse_ref(HttpSse *sse)
{
    g_atomic_ref_count_inc(&sse->refs);
    return sse;
}

void
http_sse_unref(HttpSse *sse)
{
    if (!g_atomic_ref_count_dec(&sse->refs))
        return;
    g_ptr_array_unref(sse->waiting);
    g_mutex_clear(&sse->lock);
    g_free(sse);
}

static gboolean
on_sse_wake(gpointer user_data)
{
    HttpSse *sse = user_data;
    gboolean is_full;

    g_mutex_lock(&sse->lock);
    sse->is_waking = FALSE;
    is_full = sse->is_full;
    g_mutex_unlock(&sse->lock);
    if (sse->connection && is_full)
        http_connection_close(sse->connection);
    else if (sse->connection)
        http_loop_make_ready(sse->loop, sse->connection);
    return G_SOURCE_REMOVE;
}

// With the lock held, so that the loop cannot end in between.
static void
wake(HttpSse *sse)
{
    if (sse->is_waking)
        return;
    sse->is_waking = TRUE;
    http_loop_invoke(sse->loop, on_sse_wake, http_sse_ref(sse), (GDestroyNotify)http_sse_unref);
}

static gboolean
on_sse_keep_alive(gpointer user_data)
{
    HttpSse *sse = user_data;

    g_mutex_lock(&sse->lock);
    sse->wants_comment = TRUE;
    if (!sse->is_closed)
        wake(sse);
    g_mutex_unlock(&sse->lock);
    return G_SOURCE_CONTINUE;
}

static HttpAnswer *
make_answer(HttpExchange *exchange, HttpSse *sse)
{
    g_autofree char *fields = NULL;
    HttpAnswer *answer;

    http_exchange_set_header(exchange, "Content-Type", "text/event-stream");
    http_exchange_set_header(exchange, "Cache-Control", "no-store");
    http_exchange_set_header(exchange, "X-Accel-Buffering", "no");
    fields = http_exchange_state_format_fields(exchange);
    answer = http_answer_new(exchange->connection->loop, 200, fields, -1, TRUE, 1);
    g_string_append(answer->head, COMMENT);
    answer->sse = http_sse_ref(sse);
    return answer;
}

HttpSse *
http_sse_start(HttpExchange *exchange, guint queue_events, HttpSseClosed on_closed,
               gpointer user_data, GDestroyNotify free_data)
{
    HttpSse *sse = g_new0(HttpSse, 1);

    g_atomic_ref_count_init(&sse->refs);
    g_mutex_init(&sse->lock);
    sse->waiting = g_ptr_array_new_with_free_func(free_event);
    sse->limit = queue_events;
    sse->on_closed = on_closed;
    sse->user_data = user_data;
    sse->free_data = free_data;
    if (!exchange->connection || exchange->is_head || exchange->has_reply) {
        if (!exchange->has_reply)
            http_exchange_reply_empty(exchange, 200);
        http_sse_detach(sse);
        return sse;
    }
    sse->connection = exchange->connection;
    sse->loop = exchange->connection->loop;
    sse->timer = g_timeout_source_new_seconds(KEEP_ALIVE_S);
    g_source_set_callback(sse->timer, on_sse_keep_alive, sse, NULL);
    g_source_attach(sse->timer, g_main_context_get_thread_default());
    http_exchange_state_send(exchange, make_answer(exchange, sse));
    return sse;
}

static Event *
find_same(HttpSse *sse, const char *name, const char *key)
{
    for (guint i = 0; key && i < sse->waiting->len; i++) {
        Event *event = sse->waiting->pdata[i];
        if (g_strcmp0(event->key, key) == 0 && strcmp(event->event, name) == 0)
            return event;
    }
    return NULL;
}

// With the lock held.
static void
enqueue(HttpSse *sse, const char *name, const char *id, const char *key, const char *data)
{
    Event *event = find_same(sse, name, key);

    if (event) {
        g_free(event->id);
        event->id = g_strdup(id);
        g_free(event->data);
        event->data = g_strdup(data);
        return;
    }
    if (sse->waiting->len >= sse->limit) {
        sse->is_closed = sse->is_full = TRUE;
        return;
    }
    event = g_new0(Event, 1);
    *event = (Event){g_strdup(name), g_strdup(id), g_strdup(key), g_strdup(data)};
    g_ptr_array_add(sse->waiting, event);
}

gboolean
http_sse_push(HttpSse *sse, const char *event, const char *id, const char *key, const char *data)
{
    gboolean is_open;

    g_mutex_lock(&sse->lock);
    if (!sse->is_closed) {
        enqueue(sse, event, id, key, data);
        wake(sse);
    }
    is_open = !sse->is_closed;
    g_mutex_unlock(&sse->lock);
    return is_open;
}

void
http_sse_close(HttpSse *sse)
{
    g_mutex_lock(&sse->lock);
    if (!sse->is_closed) {
        sse->is_closed = TRUE;
        wake(sse);
    }
    g_mutex_unlock(&sse->lock);
}

static void
format_event(const Event *event, GString *out)
{
    g_auto(GStrv) lines = g_strsplit(event->data, "\n", -1);

    g_string_append_printf(out, "event: %s\n", event->event);
    if (event->id)
        g_string_append_printf(out, "id: %s\n", event->id);
    for (guint i = 0; lines[i]; i++) {
        g_strdelimit(lines[i], "\r", ' ');
        g_string_append_printf(out, "data: %s\n", lines[i]);
    }
    g_string_append_c(out, '\n');
}

gboolean
http_sse_take(HttpSse *sse, GString *out)
{
    gboolean has_ended;

    g_mutex_lock(&sse->lock);
    for (guint i = 0; i < sse->waiting->len; i++)
        format_event(sse->waiting->pdata[i], out);
    g_ptr_array_set_size(sse->waiting, 0);
    if (sse->wants_comment && out->len == 0)
        g_string_append(out, COMMENT);
    sse->wants_comment = FALSE;
    has_ended = sse->is_closed;
    g_mutex_unlock(&sse->lock);
    return has_ended;
}

void
http_sse_detach(HttpSse *sse)
{
    gpointer user_data = g_steal_pointer(&sse->user_data);

    g_mutex_lock(&sse->lock);
    sse->is_closed = TRUE;
    sse->loop = NULL;
    g_mutex_unlock(&sse->lock);
    sse->connection = NULL;
    if (sse->timer) {
        g_source_destroy(sse->timer);
        g_clear_pointer(&sse->timer, g_source_unref);
    }
    if (sse->on_closed)
        sse->on_closed(sse, user_data);
    sse->on_closed = NULL;
    if (sse->free_data)
        sse->free_data(user_data);
    sse->free_data = NULL;
}
