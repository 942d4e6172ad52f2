// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The public face of a lent request's body.
#include "server/http/body.h"

#include "server/http/exchange_state.h"
#include "server/http/lend.h"

static HttpLend *
get_lend(HttpExchange *exchange)
{
    return exchange->connection && exchange->connection->work ? exchange->connection->work->lend
                                                              : NULL;
}

void
http_body_start(HttpExchange *exchange, const HttpBodySink *sink, gpointer user_data,
                GDestroyNotify free_data)
{
    HttpLend *lend = get_lend(exchange);

    if (lend && !exchange->has_reply) {
        http_lend_take_body(lend, sink, user_data, free_data);
        return;
    }
    sink->on_abort(exchange, user_data);
    if (free_data)
        free_data(user_data);
}

void
http_body_pause(HttpExchange *exchange)
{
    HttpLend *lend = get_lend(exchange);

    if (lend && !exchange->has_reply)
        http_lend_pause_body(lend);
}

void
http_body_resume(HttpExchange *exchange)
{
    HttpLend *lend = get_lend(exchange);

    if (lend && !exchange->has_reply)
        http_lend_resume_body(lend);
}

goffset
http_body_get_declared_bytes(HttpExchange *exchange)
{
    HttpLend *lend = get_lend(exchange);

    return lend ? http_lend_get_declared_bytes(lend) : 0;
}
