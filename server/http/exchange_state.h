// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The inside of an exchange, shared by exchange.c, router.c, lend.c and sse.c. Delivery thread.
#pragma once

#include "server/http/connection.h"
#include "server/http/exchange.h"
#include "server/http/router.h"

struct _HttpExchange {
    gatomicrefcount refs;        //
    HttpConnection *connection;  // (nullable): NULL once the peer is gone or the answer is given up
    SoupMessageHeaders *headers; // (owned) (nullable)
    HttpRouter *router;          // not owned
    gpointer app;                // not owned
    const HttpRouterRoute *route; // (nullable), static
    HttpRouterHandler proceed;    // (nullable): what follows the access check
    const char *method;           // interned; GET for HEAD
    char *path;                   // (owned), percent-encoded
    char *query;                  // (owned)
    GHashTable *query_values;     // (owned) (nullable): decoded at the first use
    GHashTable *parameters;       // (owned) (nullable)
    GHashTable *cookies;          // (owned) (nullable): made at the first use
    char *remote_address;         // (owned) (nullable)
    GCancellable *cancellable;    // (owned)
    gpointer account;             // (owned by free_account)
    GDestroyNotify free_account;  // (nullable)
    GPtrArray *fields;            // (owned) (element-type char*): name, value, name, value
    gpointer visit;               // (owned by free_visit) (nullable): what a built-in handler keeps
    GDestroyNotify free_visit;    // (nullable)
    GBytes *body;                 // (owned) (nullable)
    guint minor_version;          //
    gboolean is_head;             //
    gboolean keeps_alive;         //
    gboolean has_reply;           //
    gboolean has_timed_out;       // the answer was given for the handler; what it says is dropped
};

HttpExchange *http_exchange_state_new(HttpConnection *connection, const HttpHead *head);
void http_exchange_state_set_headers(HttpExchange *exchange, SoupMessageHeaders *headers);

/** The connection is gone or done: no more calls to it; the cancellable tells a handler still at
 * work. */
void http_exchange_state_detach(HttpExchange *exchange);

/** The handler took too long: answers for it. */
void http_exchange_state_time_out(HttpExchange *exchange);

/** Gives @answer (nullable when the peer is gone) and marks the exchange as answered. */
void http_exchange_state_send(HttpExchange *exchange, HttpAnswer *answer);

/** Returns: (transfer full): the header lines set so far. */
char *http_exchange_state_format_fields(HttpExchange *exchange);

/** Whether the connection must end with the answer. */
gboolean http_exchange_state_closes(HttpExchange *exchange);

/** Answers with a file that may be shared. */
void http_exchange_state_reply_file(HttpExchange *exchange, HttpFile *file);
