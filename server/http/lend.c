// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The hand-over. soup_server_accept_iostream() reads the head and calls the early handler before it
// returns, because all of the head is there already; from then on the message is paused except
// while its body comes.
#include "server/http/lend.h"

#include "server/http/chunks.h"
#include "server/http/exchange_state.h"
#include "server/http/link.h"
#include "server/http/transport.h"

#define GATHER_BYTES 65536
#define SLOWEST_BYTES 4096 // a body brings at least so much in each stall time, or all of its rest

struct _HttpLend {
    HttpConnection *connection; // not owned
    HttpExchange *exchange;     // (owned)
    SoupServerMessage *message; // (owned) (nullable): NULL when libsoup refused the head
    HttpLink *link;             // (owned) (nullable): while libsoup has it
    gint64 left;                // bytes libsoup may still read; of the head only when chunked
    HttpChunks chunks;          // where a chunked body ends
    gboolean is_chunked : 1;    //
    gsize fresh_bytes;          // read since the stall time was last begun anew
    goffset declared_bytes;     // of the body, -1 when chunked
    GByteArray *gathered;       // (owned): body not yet handed on
    const HttpBodySink *sink;   // (nullable): static; cleared after its last call
    gpointer user_data;         // (owned by free_data)
    GDestroyNotify free_data;   // (nullable)
    gulong handlers[3];         // of message
    gboolean has_body : 1;      //
    gboolean is_flowing : 1;    // libsoup is not paused
    gboolean is_paused : 1;     // by the sink
    gboolean is_whole : 1;      // the body was read to its end
    gboolean is_broken : 1;     // the peer is gone, or its body is malformed
    gboolean is_over : 1;       // libsoup has let go by itself
};

static void
on_server_early(SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
                gpointer user_data)
{
    HttpLend *lend = g_object_get_data(G_OBJECT(server), "lend");

    lend->message = g_object_ref(message);
    soup_message_body_set_accumulate(soup_server_message_get_request_body(message), FALSE);
    soup_server_message_pause(message);
}

SoupServer *
http_lend_new_soup(void)
{
    SoupServer *soup = soup_server_new("raw-paths", TRUE, NULL);

    soup_server_add_early_handler(soup, NULL, on_server_early, NULL, NULL);
    // libsoup wants addresses; ours come from the socket, so it gets a constant.
    g_object_set_data_full(G_OBJECT(soup), "address",
                           g_inet_socket_address_new_from_string("127.0.0.1", 0), g_object_unref);
    return soup;
}

static void
make_ready(HttpLend *lend)
{
    http_loop_make_ready(lend->connection->loop, lend->connection);
}

static gssize
read_kept(HttpLend *lend, void *buffer, gsize size)
{
    HttpConnectionWork *work = lend->connection->work;
    gsize n = MIN(size, work->input->len - work->input_used);

    memcpy(buffer, work->input->data + work->input_used, n);
    work->input_used += n;
    return n;
}

static void
begin_stall(HttpLend *lend)
{
    lend->fresh_bytes = 0;
    http_loop_wait(lend->connection->loop, lend->connection, HTTP_LOOP_STALL);
}

static gssize
read_socket(HttpLend *lend, void *buffer, gsize size)
{
    HttpConnection *connection = lend->connection;
    gssize n = connection->is_readable ? http_transport_read(connection, buffer, size)
                                       : HTTP_TRANSPORT_AGAIN;

    lend->fresh_bytes += MAX(n, 0);
    if (lend->fresh_bytes >= SLOWEST_BYTES)
        begin_stall(lend);
    return n;
}

// The bytes behind the end of a chunked body are the next request's: back to the connection with
// them.
static gssize
cut_at_end(HttpLend *lend, const char *bytes, gsize n, gboolean is_kept)
{
    HttpConnectionWork *work = lend->connection->work;
    gsize used = http_chunks_scan(&lend->chunks, bytes, n);

    if (lend->chunks.state == HTTP_CHUNKS_BAD)
        return HTTP_TRANSPORT_BROKEN;
    if (is_kept)
        work->input_used -= n - used;
    else
        g_byte_array_append(work->input, (const guint8 *)bytes + used, n - used);
    return used;
}

static gboolean
may_read(HttpLend *lend)
{
    return lend->left > 0 || (lend->is_chunked && lend->chunks.state != HTTP_CHUNKS_END);
}

static gssize
read_for_soup(gpointer owner, void *buffer, gsize size)
{
    HttpLend *lend = owner;
    HttpConnectionWork *work = lend->connection->work;
    gboolean is_kept = work->input_used < work->input->len;
    gssize n;

    if (!may_read(lend))
        return HTTP_TRANSPORT_AGAIN;
    if (lend->left > 0)
        size = MIN(size, (guint64)lend->left);
    n = is_kept ? read_kept(lend, buffer, size) : read_socket(lend, buffer, size);
    if (n > 0 && lend->left > 0)
        lend->left -= n;
    else if (n > 0)
        n = cut_at_end(lend, buffer, n, is_kept);
    if (n == 0 || n == HTTP_TRANSPORT_BROKEN)
        lend->is_broken = TRUE;
    if (n <= 0)
        make_ready(lend); // hand on what was gathered
    return n;
}

static gssize
write_for_soup(gpointer owner, const void *buffer, gsize size)
{
    HttpLend *lend = owner;
    struct iovec part = {(void *)buffer, size};

    if (!lend->is_flowing) // an answer of libsoup's own
        return HTTP_TRANSPORT_BROKEN;
    return http_transport_write(lend->connection, &part, 1, FALSE); // 100 Continue
}

static const HttpLinkOwner link_functions = {read_for_soup, write_for_soup};

static void
hold(HttpLend *lend)
{
    if (lend->is_flowing)
        soup_server_message_pause(lend->message);
    lend->is_flowing = FALSE;
    make_ready(lend);
}

static void
on_message_got_chunk(SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
    HttpLend *lend = user_data;
    gsize size = 0;
    gconstpointer data = g_bytes_get_data(chunk, &size);

    g_byte_array_append(lend->gathered, data, size);
    if (lend->gathered->len >= GATHER_BYTES || lend->is_paused)
        hold(lend);
}

static void
on_message_got_body(SoupServerMessage *message, gpointer user_data)
{
    HttpLend *lend = user_data;

    lend->is_whole = TRUE;
    hold(lend);
}

static void
on_message_finished(SoupServerMessage *message, gpointer user_data)
{
    HttpLend *lend = user_data;

    lend->is_over = lend->is_broken = TRUE;
    make_ready(lend);
}

static void
connect_message(HttpLend *lend)
{
    SoupServerMessage *message = lend->message;

    lend->handlers[0] =
        g_signal_connect(message, "got-chunk", G_CALLBACK(on_message_got_chunk), lend);
    lend->handlers[1] =
        g_signal_connect(message, "got-body", G_CALLBACK(on_message_got_body), lend);
    lend->handlers[2] =
        g_signal_connect(message, "finished", G_CALLBACK(on_message_finished), lend);
}

static void
lend_to_soup(HttpLend *lend, SoupServer *soup)
{
    GSocketAddress *address = g_object_get_data(G_OBJECT(soup), "address");

    lend->link = http_link_new(&link_functions, lend);
    g_object_set_data(G_OBJECT(soup), "lend", lend);
    soup_server_accept_iostream(soup, G_IO_STREAM(lend->link), address, address, NULL);
    g_object_set_data(G_OBJECT(soup), "lend", NULL);
    if (lend->message)
        connect_message(lend);
}

void
http_lend_start(HttpConnection *connection, const HttpHead *head)
{
    HttpLend *lend = g_new0(HttpLend, 1);

    connection->work->lend = lend;
    connection->work->input_used = head->start;
    lend->connection = connection;
    lend->has_body = head->is_chunked || head->content_length > 0;
    lend->declared_bytes = head->is_chunked ? -1 : MAX(head->content_length, 0);
    lend->left = (gint64)(head->end - head->start) + MAX(head->content_length, 0);
    lend->is_chunked = head->is_chunked;
    http_chunks_init(&lend->chunks);
    lend->gathered = g_byte_array_new();
    lend->exchange = http_exchange_state_new(connection, head);
    if (head->path.text[0] == '*') { // libsoup finds no handler for OPTIONS *
        connection->work->input_used = head->end;
        http_router_route(lend->exchange);
        return;
    }
    lend_to_soup(lend, http_loop_get_soup(connection->loop));
    if (!lend->message) { // more particular than we are
        http_link_cut(lend->link);
        g_clear_object(&lend->link);
        http_connection_answer(connection,
                               http_answer_new_problem(connection->loop, 400,
                                                       "The head of the request is malformed."));
        return;
    }
    http_exchange_state_set_headers(lend->exchange,
                                    soup_server_message_get_request_headers(lend->message));
    if (!lend->has_body)
        http_lend_release(lend);
    http_router_route(lend->exchange);
}

void
http_lend_take_body(HttpLend *lend, const HttpBodySink *sink, gpointer user_data,
                    GDestroyNotify free_data)
{
    lend->sink = sink;
    lend->user_data = user_data;
    lend->free_data = free_data;
    lend->is_whole = !lend->has_body;
    if (lend->has_body)
        begin_stall(lend);
    make_ready(lend);
}

void
http_lend_pause_body(HttpLend *lend)
{
    lend->is_paused = TRUE;
    http_loop_wait(lend->connection->loop, lend->connection, HTTP_LOOP_HELD);
}

void
http_lend_resume_body(HttpLend *lend)
{
    lend->is_paused = FALSE;
    begin_stall(lend);
    make_ready(lend);
}

goffset
http_lend_get_declared_bytes(HttpLend *lend)
{
    return lend->declared_bytes;
}

gboolean
http_lend_has_unread_body(HttpLend *lend)
{
    return lend->has_body && (!lend->is_whole || lend->gathered->len > 0);
}

void
http_lend_wake(HttpLend *lend)
{
    if (lend->link)
        http_link_wake(lend->link);
}

static void
drop_sink(HttpLend *lend)
{
    gpointer user_data = g_steal_pointer(&lend->user_data);

    lend->sink = NULL;
    if (lend->free_data)
        lend->free_data(user_data);
    lend->free_data = NULL;
}

static void
hand_on_gathered(HttpLend *lend)
{
    g_autoptr(GBytes) chunk = g_byte_array_free_to_bytes(g_steal_pointer(&lend->gathered));

    lend->gathered = g_byte_array_new();
    lend->sink->on_chunk(lend->exchange, chunk, lend->user_data);
}

static void
hand_on_end(HttpLend *lend)
{
    const HttpBodySink *sink = lend->sink;

    http_lend_release(lend);
    http_loop_wait(lend->connection->loop, lend->connection, HTTP_LOOP_WORK);
    lend->sink = NULL;
    sink->on_end(lend->exchange, lend->user_data);
    drop_sink(lend);
}

void
http_lend_step(HttpLend *lend)
{
    g_autoptr(HttpExchange) exchange = http_exchange_ref(lend->exchange);

    if (!lend->sink || http_exchange_has_reply(exchange)) {
        if (lend->is_broken && !http_exchange_has_reply(exchange))
            http_connection_close(lend->connection);
        return;
    }
    if (lend->gathered->len > 0 && !lend->is_paused)
        hand_on_gathered(lend);
    if (lend->is_paused || http_exchange_has_reply(exchange))
        return;
    if (lend->is_whole) {
        hand_on_end(lend);
    } else if (lend->is_broken) {
        http_connection_close(lend->connection);
    } else if (!lend->is_flowing) {
        lend->is_flowing = TRUE;
        soup_server_message_unpause(lend->message);
    }
}

void
http_lend_expire(HttpLend *lend)
{
    HttpConnection *connection = lend->connection;

    if (lend->is_paused)
        http_loop_wait(connection->loop, connection, HTTP_LOOP_HELD);
    else if (lend->sink)
        http_connection_close(connection);
    else
        http_exchange_state_time_out(lend->exchange);
}

void
http_lend_release(HttpLend *lend)
{
    GIOStream *stream = NULL;

    if (!lend->link)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(lend->handlers); i++)
        g_clear_signal_handler(&lend->handlers[i], lend->message);
    if (!lend->is_over)
        stream = soup_server_message_steal_connection(lend->message);
    g_clear_object(&stream);
    http_link_cut(lend->link);
    g_clear_object(&lend->link);
}

void
http_lend_free(HttpLend *lend)
{
    const HttpBodySink *sink = lend->sink;

    http_lend_release(lend);
    http_exchange_state_detach(lend->exchange);
    if (sink && !http_exchange_has_reply(lend->exchange)) {
        lend->sink = NULL;
        sink->on_abort(lend->exchange, lend->user_data);
    }
    if (lend->free_data)
        drop_sink(lend);
    http_exchange_unref(lend->exchange);
    g_clear_object(&lend->message);
    g_byte_array_unref(lend->gathered);
    g_free(lend);
}
