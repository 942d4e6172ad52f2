// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The states of a connection. Input is read into the loop's scratch buffer and copied only when a
// head is incomplete or goes to libsoup; a parked connection holds no buffer.
#include "server/http/connection.h"

#include <linux/sockios.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "server/http/fast.h"
#include "server/http/lend.h"
#include "server/http/transport.h"

#define HEAD_LIMIT_BYTES 16384
#define REQUESTS_A_TURN 16
#define LINGER_BYTES (4 * 1024 * 1024)

static HttpLoopShared *
get_shared(HttpConnection *connection)
{
    return http_loop_get_shared(connection->loop);
}

static void
free_work(HttpConnection *connection)
{
    HttpConnectionWork *work = g_steal_pointer(&connection->work);

    if (!work)
        return;
    g_clear_pointer(&work->lend, http_lend_free);
    g_clear_pointer(&work->answer, http_answer_free);
    g_clear_pointer(&work->input, g_byte_array_unref);
    g_free(work);
}

HttpConnectionWork *
http_connection_need_work(HttpConnection *connection)
{
    if (!connection->work)
        connection->work = g_new0(HttpConnectionWork, 1);
    return connection->work;
}

static gsize
count_unused(HttpConnection *connection)
{
    HttpConnectionWork *work = connection->work;

    return work && work->input ? work->input->len - work->input_used : 0;
}

void
http_connection_open(HttpLoop *loop, int descriptor, HttpAddressesEntry *peer, gboolean is_secure)
{
    HttpConnection *connection = g_new0(HttpConnection, 1);

    connection->loop = loop;
    connection->descriptor = descriptor;
    connection->peer = peer;
    connection->wait = HTTP_LOOP_NO_WAIT;
    connection->state = HTTP_CONNECTION_PARKED;
    if (!http_loop_watch(loop, connection, descriptor)) {
        http_transport_close(connection);
        http_addresses_give_back(get_shared(connection)->addresses, peer);
        g_atomic_int_add(&get_shared(connection)->n_connections, -1);
        g_free(connection);
        return;
    }
    http_loop_wait(loop, connection, HTTP_LOOP_HEAD);
    if (is_secure) {
        connection->state = HTTP_CONNECTION_HANDSHAKE;
        if (!http_transport_start_tls(connection))
            http_connection_close(connection);
    }
}

void
http_connection_close(HttpConnection *connection)
{
    if (connection->state == HTTP_CONNECTION_CLOSED)
        return;
    connection->state = HTTP_CONNECTION_CLOSED;
    http_loop_wait(connection->loop, connection, HTTP_LOOP_NO_WAIT);
    free_work(connection);
    http_transport_close(connection);
    http_addresses_give_back(get_shared(connection)->addresses, connection->peer);
    http_loop_make_ready(connection->loop, connection);
}

static void
begin_send(HttpConnection *connection, HttpAnswer *answer)
{
    http_connection_need_work(connection)->answer = answer;
    connection->state = HTTP_CONNECTION_SEND;
}

// Says goodbye so that the peer reads the answer before it hears of the end (RFC 9112 §9.6).
static void
begin_linger(HttpConnection *connection)
{
    free_work(connection);
    http_connection_need_work(connection);
    connection->state = HTTP_CONNECTION_LINGER;
    shutdown(connection->descriptor, SHUT_WR);
    connection->is_readable = TRUE;
    http_loop_wait(connection->loop, connection, HTTP_LOOP_LINGER);
    http_loop_make_ready(connection->loop, connection);
}

static void
conclude_answer(HttpConnection *connection)
{
    gboolean closes = connection->work->answer->closes;

    __atomic_fetch_add(&get_shared(connection)->requests, 1, __ATOMIC_RELAXED);
    if (closes) {
        begin_linger(connection);
        return;
    }
    connection->state = HTTP_CONNECTION_PARKED;
    connection->has_served = TRUE;
    g_clear_pointer(&connection->work->lend, http_lend_free);
    g_clear_pointer(&connection->work->answer, http_answer_free);
    if (count_unused(connection) == 0)
        free_work(connection);
    http_loop_wait(connection->loop, connection, HTTP_LOOP_IDLE);
}

static void
send_answer(HttpConnection *connection)
{
    HttpAnswer *answer = connection->work->answer;
    gboolean has_moved = FALSE;

    if (answer->sse && connection->is_half_closed) {
        http_connection_close(connection);
        return;
    }
    switch (http_answer_send(answer, connection, &has_moved)) {
    case HTTP_ANSWER_SENT:
        conclude_answer(connection);
        return;
    case HTTP_ANSWER_BROKEN:
        http_connection_close(connection);
        return;
    case HTTP_ANSWER_QUIET:
        http_loop_wait(connection->loop, connection, HTTP_LOOP_HELD);
        return;
    case HTTP_ANSWER_TURN:
        http_loop_make_ready(connection->loop, connection);
        break;
    case HTTP_ANSWER_BLOCKED:
        break;
    }
    if (has_moved)
        answer->queued_bytes = 0;
    if (has_moved || connection->wait != HTTP_LOOP_STALL)
        http_loop_wait(connection->loop, connection, HTTP_LOOP_STALL);
}

static void
keep_input(HttpConnection *connection, const char *bytes, gsize length)
{
    HttpConnectionWork *work = http_connection_need_work(connection);

    if (!work->input)
        work->input = g_byte_array_sized_new(length);
    g_byte_array_append(work->input, (const guint8 *)bytes, length);
}

static void
refuse_head(HttpConnection *connection, const HttpHeadRefusal *refusal)
{
    __atomic_fetch_add(&get_shared(connection)->bad_heads, 1, __ATOMIC_RELAXED);
    begin_send(connection,
               http_answer_new_problem(connection->loop, refusal->status, refusal->detail));
}

// Takes one request from the front of @bytes, which are either the kept input or just read. Returns
// what of them is used; 0 when the head is not whole yet.
static gsize
take_request(HttpConnection *connection, const char *bytes, gsize length, gboolean are_kept)
{
    HttpHead head;
    HttpHeadRefusal refusal;
    HttpAnswer *answer;

    switch (http_head_parse(bytes, length, HEAD_LIMIT_BYTES, &head, &refusal)) {
    case HTTP_HEAD_INCOMPLETE:
        if (connection->state == HTTP_CONNECTION_PARKED) {
            connection->state = HTTP_CONNECTION_HEAD;
            if (connection->wait != HTTP_LOOP_HEAD) // a first head counts from the accept
                http_loop_wait(connection->loop, connection, HTTP_LOOP_HEAD);
        }
        return 0;
    case HTTP_HEAD_REFUSED:
        refuse_head(connection, &refusal);
        return length;
    case HTTP_HEAD_WHOLE:
        break;
    }
    answer = http_fast_answer(connection, &head);
    if (answer) {
        begin_send(connection, answer);
        return head.end;
    }
    if (!are_kept)
        keep_input(connection, bytes, length);
    connection->state = HTTP_CONNECTION_WORK;
    http_loop_wait(connection->loop, connection, HTTP_LOOP_WORK);
    http_lend_start(connection, &head);
    return length;
}

static void
use_kept(HttpConnection *connection)
{
    HttpConnectionWork *work = connection->work;
    gsize used;

    if (work->input_used > 0) {
        g_byte_array_remove_range(work->input, 0, work->input_used);
        work->input_used = 0;
    }
    used = take_request(connection, (const char *)work->input->data, work->input->len, TRUE);
    if (connection->state == HTTP_CONNECTION_SEND)
        connection->work->input_used = used;
}

// Returns FALSE when there is nothing to read or the connection has ended.
static gboolean
read_more(HttpConnection *connection)
{
    char *scratch = http_loop_get_scratch(connection->loop);
    gssize n = connection->is_readable
                   ? http_transport_read(connection, scratch, HTTP_LOOP_SCRATCH_BYTES)
                   : HTTP_TRANSPORT_AGAIN;
    gsize used;

    if (n == HTTP_TRANSPORT_AGAIN)
        return FALSE;
    if (n <= 0) {
        http_connection_close(connection);
        return FALSE;
    }
    if (count_unused(connection) > 0) {
        keep_input(connection, scratch, n);
        use_kept(connection);
        return TRUE;
    }
    if (connection->work)
        g_clear_pointer(&connection->work->input, g_byte_array_unref);
    used = take_request(connection, scratch, n, FALSE);
    if (used < (gsize)n) {
        keep_input(connection, scratch + used, n - used);
        connection->work->input_used = 0;
    }
    return TRUE;
}

static gboolean
is_between_requests(HttpConnection *connection)
{
    return connection->state == HTTP_CONNECTION_PARKED || connection->state == HTTP_CONNECTION_HEAD;
}

// Requests one after another as long as they are answered on the spot, within a turn.
static void
serve_requests(HttpConnection *connection)
{
    for (guint i = 0; i < REQUESTS_A_TURN; i++) {
        if (connection->state == HTTP_CONNECTION_PARKED && count_unused(connection) > 0)
            use_kept(connection);
        else if (!is_between_requests(connection) || !read_more(connection))
            return;
        if (connection->state == HTTP_CONNECTION_SEND)
            send_answer(connection);
    }
    if (is_between_requests(connection))
        http_loop_make_ready(connection->loop, connection);
}

static void
work_on(HttpConnection *connection)
{
    HttpConnectionWork *work = connection->work;

    http_lend_step(work->lend);
    if (connection->state == HTTP_CONNECTION_CLOSED || !work->answer)
        return;
    http_lend_release(work->lend);
    connection->state = HTTP_CONNECTION_SEND;
    send_answer(connection);
    serve_requests(connection);
}

static void
linger(HttpConnection *connection)
{
    while (connection->is_readable) {
        gssize n = http_transport_discard(connection);
        if (n == HTTP_TRANSPORT_AGAIN)
            return;
        connection->work->lingered_bytes += MAX(n, 0);
        if (n <= 0 || connection->work->lingered_bytes > LINGER_BYTES) {
            http_connection_close(connection);
            return;
        }
    }
}

void
http_connection_handle(HttpConnection *connection, guint32 events)
{
    if (connection->state == HTTP_CONNECTION_CLOSED)
        return;
    if (events & (EPOLLERR | EPOLLHUP))
        connection->is_broken = TRUE;
    if (events & EPOLLRDHUP)
        connection->is_half_closed = TRUE;
    if (events & (EPOLLIN | EPOLLRDHUP))
        connection->is_readable = TRUE;
    if (events & EPOLLOUT)
        connection->is_writable = TRUE;
    if (connection->state == HTTP_CONNECTION_WORK)
        http_lend_wake(connection->work->lend);
    http_loop_make_ready(connection->loop, connection);
}

void
http_connection_step(HttpConnection *connection)
{
    if (connection->is_broken)
        http_connection_close(connection);
    switch (connection->state) {
    case HTTP_CONNECTION_HANDSHAKE:
        return;
    case HTTP_CONNECTION_PARKED:
    case HTTP_CONNECTION_HEAD:
        serve_requests(connection);
        return;
    case HTTP_CONNECTION_WORK:
        work_on(connection);
        return;
    case HTTP_CONNECTION_SEND:
        send_answer(connection);
        serve_requests(connection);
        return;
    case HTTP_CONNECTION_LINGER:
        linger(connection);
        return;
    case HTTP_CONNECTION_CLOSED:
        if (connection->is_ready) // its turn is still to come
            return;
        http_loop_forget(connection->loop);
        g_free(connection);
        return;
    }
}

// On a poor line the kernel's buffer empties for minutes before it asks for more: the peer is alive
// as long as it acknowledges.
static gboolean
has_drained(HttpConnection *connection)
{
    HttpAnswer *answer = connection->work->answer;
    int before = answer->queued_bytes;
    int queued = 0;

    if (ioctl(connection->descriptor, SIOCOUTQ, &queued) < 0)
        return FALSE;
    answer->queued_bytes = queued;
    return queued > 0 && (before == 0 || queued < before);
}

static void
answer_and_end(HttpConnection *connection, guint status, const char *detail)
{
    begin_send(connection, http_answer_new_problem(connection->loop, status, detail));
    send_answer(connection);
}

void
http_connection_expire(HttpConnection *connection)
{
    switch (connection->state) {
    case HTTP_CONNECTION_HEAD:
        answer_and_end(connection, 408, "The head of the request took too long.");
        return;
    case HTTP_CONNECTION_WORK:
        http_lend_expire(connection->work->lend);
        return;
    case HTTP_CONNECTION_SEND:
        if (http_answer_is_quiet(connection->work->answer)) {
            send_answer(connection);
            return;
        }
        if (has_drained(connection))
            http_loop_wait(connection->loop, connection, HTTP_LOOP_STALL);
        else
            http_connection_close(connection);
        return;
    case HTTP_CONNECTION_HANDSHAKE:
    case HTTP_CONNECTION_PARKED:
    case HTTP_CONNECTION_LINGER:
    case HTTP_CONNECTION_CLOSED:
        http_connection_close(connection);
        return;
    }
}

void
http_connection_answer(HttpConnection *connection, HttpAnswer *answer)
{
    connection->work->answer = answer;
    http_loop_make_ready(connection->loop, connection);
}

gboolean
http_connection_is_parked(HttpConnection *connection)
{
    return is_between_requests(connection) || connection->state == HTTP_CONNECTION_HANDSHAKE ||
           (connection->state == HTTP_CONNECTION_SEND && connection->work->answer->sse);
}
