// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A request body that is taken in pieces as it arrives (tus PATCH and POST). For routes whose body
// mode is HTTP_ROUTER_BODY_STREAMED; the handler is called at the head and starts the body when it
// is ready. Nothing is read from the peer before that, and 100 Continue is sent only then: a
// handler that refuses answers without starting and the body is never asked for. Delivery thread
// only.
#pragma once

#include "server/http/exchange.h"

typedef struct {
    void (*on_chunk)(HttpExchange *exchange, GBytes *chunk,
                     gpointer user_data);                       // 1 byte to 256 KiB
    void (*on_end)(HttpExchange *exchange, gpointer user_data); // body is whole
    void (*on_abort)(HttpExchange *exchange,
                     gpointer user_data); // peer left or stalled; no answer possible
} HttpBodySink;

/**
 * http_body_start:
 * @sink: static table of callbacks
 * @user_data: (transfer full) (nullable): passed to each of them
 * @free_data: (nullable): called after the last of them
 *
 * Lets the body come. Exactly one of on_end and on_abort is called, after all of on_chunk, unless
 * the handler answers before the end: then no more callbacks come, and the connection is closed
 * after the answer was sent, with what the peer is still sending read away within bounds so that it
 * sees the answer.
 */
void http_body_start(HttpExchange *exchange, const HttpBodySink *sink, gpointer user_data,
                     GDestroyNotify free_data);

/** Backpressure: between pause and resume no callback comes and the peer's window fills. Not
 * counted. */
void http_body_pause(HttpExchange *exchange);
void http_body_resume(HttpExchange *exchange);

/** Returns: bytes the head declared, or -1 for a chunked body. */
goffset http_body_get_declared_bytes(HttpExchange *exchange);
