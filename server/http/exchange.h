// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One request and its answer, as a handler sees it. Belongs to the delivery thread that owns the
// connection; a handler gets it with its head read (and, unless the route streams, its whole body), and
// answers exactly once, now or later. Never touches SQL or the disk.
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

typedef struct _HttpExchange HttpExchange;

/** Borrowed from the request; valid until the answer is sent. NULL when absent. */
const char *http_exchange_get_method(HttpExchange *exchange);
const char *http_exchange_get_path(HttpExchange *exchange);
const char *http_exchange_get_parameter(HttpExchange *exchange, const char *name);
const char *http_exchange_get_query(HttpExchange *exchange, const char *name);
const char *http_exchange_get_header(HttpExchange *exchange, const char *name);
const char *http_exchange_get_cookie(HttpExchange *exchange, const char *name);
const char *http_exchange_get_remote_address(HttpExchange *exchange);
gboolean http_exchange_is_secure(HttpExchange *exchange);
GBytes *http_exchange_get_body(HttpExchange *exchange);

/** Cancelled when the peer goes away. */
GCancellable *http_exchange_get_cancellable(HttpExchange *exchange);

/** What the router and the access check attach: the app and, when signed in, who it is. */
gpointer http_exchange_get_app(HttpExchange *exchange);
gpointer http_exchange_get_account(HttpExchange *exchange);
void http_exchange_set_account(HttpExchange *exchange, gpointer account, GDestroyNotify free_account);

HttpExchange *http_exchange_ref(HttpExchange *exchange);
void http_exchange_unref(HttpExchange *exchange);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpExchange, http_exchange_unref)

void http_exchange_set_header(HttpExchange *exchange, const char *name, const char *value);

/** Each answers once; the exchange is finished after it. Any call after the first is a programming error. */
void http_exchange_reply_empty(HttpExchange *exchange, guint status);
void http_exchange_reply_json(HttpExchange *exchange, guint status, JsonNode *node);
void http_exchange_reply_bytes(HttpExchange *exchange, guint status, const char *type, GBytes *bytes);

/**
 * http_exchange_reply_file:
 * @descriptor: (transfer full): a readable regular file
 * @size_bytes: its size
 * @etag: strong entity tag, quoted
 *
 * Answers a GET or HEAD with conditions and ranges honoured (RFC 9110 §13, §14); large bodies leave by
 * sendfile from the delivery loop.
 */
void http_exchange_reply_file(HttpExchange *exchange, int descriptor, goffset size_bytes,
                              const char *etag, const char *type, const char *cache_control);
