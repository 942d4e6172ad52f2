// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Birth, routing hand-over and death of an exchange, and the one place where its answer is given.
#include "server/http/exchange_state.h"

#include <arpa/inet.h>
#include <string.h>

#include "server/http/lend.h"

HttpExchange *
http_exchange_state_new(HttpConnection *connection, const HttpHead *head)
{
    HttpExchange *exchange = g_new0(HttpExchange, 1);
    HttpLoopShared *shared = http_loop_get_shared(connection->loop);
    g_autofree char *method = g_strndup(head->method.text, head->method.length);

    g_atomic_ref_count_init(&exchange->refs);
    exchange->connection = connection;
    exchange->router = shared->router;
    exchange->app = shared->app;
    exchange->is_head = strcmp(method, "HEAD") == 0;
    exchange->method = g_intern_string(exchange->is_head ? "GET" : method);
    exchange->path = g_strndup(head->path.text, head->path.length);
    exchange->query = g_strndup(head->query.text, head->query.length);
    exchange->cancellable = g_cancellable_new();
    exchange->fields = g_ptr_array_new_with_free_func(g_free);
    exchange->minor_version = head->minor_version;
    exchange->keeps_alive = head->keeps_alive;
    return exchange;
}

void
http_exchange_state_set_headers(HttpExchange *exchange, SoupMessageHeaders *headers)
{
    exchange->headers = soup_message_headers_ref(headers);
}

void
http_exchange_state_detach(HttpExchange *exchange)
{
    exchange->connection = NULL;
    if (!exchange->has_reply || exchange->has_timed_out)
        g_cancellable_cancel(exchange->cancellable);
}

void
http_exchange_state_time_out(HttpExchange *exchange)
{
    if (exchange->has_reply)
        return;
    http_exchange_reply_problem(exchange, 503, "timed-out", "The answer took too long.");
    exchange->has_timed_out = TRUE;
    g_cancellable_cancel(exchange->cancellable);
}

void
http_exchange_state_send(HttpExchange *exchange, HttpAnswer *answer)
{
    exchange->has_reply = TRUE;
    if (exchange->connection)
        http_connection_answer(exchange->connection, answer);
    else if (answer)
        http_answer_free(answer);
}

char *
http_exchange_state_format_fields(HttpExchange *exchange)
{
    GString *text = g_string_sized_new(256);

    for (guint i = 0; i + 1 < exchange->fields->len; i += 2)
        g_string_append_printf(text, "%s: %s\r\n", (char *)exchange->fields->pdata[i],
                               (char *)exchange->fields->pdata[i + 1]);
    return g_string_free(text, FALSE);
}

gboolean
http_exchange_state_closes(HttpExchange *exchange)
{
    HttpConnection *connection = exchange->connection;

    return !exchange->keeps_alive || http_loop_is_stopping(connection->loop) ||
           http_lend_has_unread_body(connection->work->lend);
}

static void
borrow_header(HttpExchange *exchange, const char *name, const char **text, gsize *length)
{
    *text = http_exchange_get_header(exchange, name);
    *length = *text ? strlen(*text) : 0;
}

void
http_exchange_state_reply_file(HttpExchange *exchange, HttpFile *file)
{
    HttpAnswerRequest request = {
        .is_head = exchange->is_head,
        .minor_version = exchange->minor_version,
    };
    g_autofree char *fields = NULL;

    if (exchange->has_timed_out)
        return;
    if (!exchange->connection) {
        http_exchange_state_send(exchange, NULL);
        return;
    }
    fields = http_exchange_state_format_fields(exchange);
    request.closes = http_exchange_state_closes(exchange);
    borrow_header(exchange, "Range", &request.range, &request.range_length);
    borrow_header(exchange, "If-Range", &request.if_range, &request.if_range_length);
    borrow_header(exchange, "If-None-Match", &request.if_none_match, &request.if_none_match_length);
    http_exchange_state_send(
        exchange, http_answer_new_file(exchange->connection->loop, file, &request, fields));
}
