// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A server-sent events answer (WHATWG HTML §9.2). Made on the delivery thread by a handler; pushed
// to from any thread. Its queue is bounded: a waiting event with the same name and key is replaced
// by the newer one, and when the queue is full nevertheless the connection is closed, because a
// client that connects again starts from fresh state. A comment every 15 s keeps middle boxes from
// closing a quiet one.
#pragma once

#include "server/http/exchange.h"

typedef struct _HttpSse HttpSse;

typedef void (*HttpSseClosed)(HttpSse *sse, gpointer user_data);

/**
 * http_sse_start:
 * @queue_events: how many events may wait
 * @on_closed: called once on the delivery thread when the peer left, the queue was full, or the
 * server stops
 * @user_data: (transfer full) (nullable)
 *
 * Answers @exchange with an open stream. Delivery thread.
 * Returns: (transfer full): the stream; may already be closed.
 */
HttpSse *http_sse_start(HttpExchange *exchange, guint queue_events, HttpSseClosed on_closed,
                        gpointer user_data, GDestroyNotify free_data);

/**
 * http_sse_push:
 * @event: event name, no line breaks
 * @id: (nullable): what the client sends back in Last-Event-ID when it connects again, no line
 * breaks
 * @key: (nullable): a waiting event of the same name and key is replaced in its place
 * @data: text; line breaks become several data lines
 *
 * Any thread. Returns: FALSE when the stream is closed.
 */
gboolean http_sse_push(HttpSse *sse, const char *event, const char *id, const char *key,
                       const char *data);

/** Ends the answer after what waits was sent. Any thread. */
void http_sse_close(HttpSse *sse);

/** For answer.c: moves what waits to @out. Returns: TRUE when nothing will follow. Delivery thread.
 */
gboolean http_sse_take(HttpSse *sse, GString *out);

/** For answer.c: the connection is gone. Delivery thread. */
void http_sse_detach(HttpSse *sse);

/** Any thread. */
HttpSse *http_sse_ref(HttpSse *sse);
void http_sse_unref(HttpSse *sse);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpSse, http_sse_unref)
