// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One request and its answer, as a handler sees it. Belongs to the delivery thread that owns the
// connection: handlers run there and every call here is made there. A handler gets it with its head
// read (and, unless the route streams, its whole body), and answers exactly once, now or later. It
// holds a reference while it waits for something. If the peer went away, the answer is dropped in
// silence.
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

typedef struct _HttpExchange HttpExchange;

/** Borrowed from the request; valid as long as the exchange. NULL when absent. HEAD is seen as GET.
 */
const char *http_exchange_get_method(HttpExchange *exchange);
gboolean http_exchange_is_head(HttpExchange *exchange);
const char *http_exchange_get_path(HttpExchange *exchange);
const char *http_exchange_get_parameter(HttpExchange *exchange, const char *name);
const char *http_exchange_get_query(HttpExchange *exchange, const char *name);
const char *http_exchange_get_header(HttpExchange *exchange, const char *name);
const char *http_exchange_get_cookie(HttpExchange *exchange, const char *name);
/** The peer's address without its port, like 192.0.2.7 or 2001:db8::1. */
const char *http_exchange_get_remote_address(HttpExchange *exchange);
gboolean http_exchange_is_secure(HttpExchange *exchange);

/** Returns: (transfer none) (nullable): the whole body of a buffered route; NULL on other routes.
 */
GBytes *http_exchange_get_body(HttpExchange *exchange);

/** Cancelled when the peer goes away. */
GCancellable *http_exchange_get_cancellable(HttpExchange *exchange);

/** What the router and the access check attach: the app and, when signed in, who it is. */
gpointer http_exchange_get_app(HttpExchange *exchange);
gpointer http_exchange_get_account(HttpExchange *exchange);
void http_exchange_set_account(HttpExchange *exchange, gpointer account,
                               GDestroyNotify free_account);

HttpExchange *http_exchange_ref(HttpExchange *exchange);
void http_exchange_unref(HttpExchange *exchange);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpExchange, http_exchange_unref)

/** Both before the answer. set replaces, append adds another line (Set-Cookie). */
void http_exchange_set_header(HttpExchange *exchange, const char *name, const char *value);
void http_exchange_append_header(HttpExchange *exchange, const char *name, const char *value);

/** TRUE once an answer was given. */
gboolean http_exchange_has_reply(HttpExchange *exchange);

/**
 * Each answers once; the exchange is finished after it. Any call after the first is a programming
 * error. A 200 with a header ETag set honours If-None-Match by itself. reply_json takes @node.
 */
void http_exchange_reply_empty(HttpExchange *exchange, guint status);
void http_exchange_reply_json(HttpExchange *exchange, guint status, JsonNode *node);
void http_exchange_reply_bytes(HttpExchange *exchange, guint status, const char *type,
                               GBytes *bytes);

/** Answers an error through the router's problem hook (application/problem+json); @detail is
 * nullable. */
void http_exchange_reply_problem(HttpExchange *exchange, guint status, const char *code,
                                 const char *detail);

/**
 * http_exchange_reply_file:
 * @descriptor: (transfer full): a readable regular file
 * @size_bytes: its size
 * @etag: strong entity tag, quoted
 *
 * Answers a GET or HEAD with conditions and ranges honoured (RFC 9110 §13, §14); large bodies leave
 * by sendfile from the delivery loop.
 */
void http_exchange_reply_file(HttpExchange *exchange, int descriptor, goffset size_bytes,
                              const char *etag, const char *type, const char *cache_control);
