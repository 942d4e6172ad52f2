// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The HTTP server: delivery threads with parked connections, strict heads, libsoup for the requests
// that need it and sendfile for media. Made, started and stopped by app.c; handlers see only
// HttpExchange.
#pragma once

#include "server/http/router.h"
#include "server/http/bundles.h"

typedef struct {
    const char *address;          // numeric, IPv4 or IPv6
    guint16 port;                 // 0 takes a free one
    const char *certificate_file; // (nullable): PEM; alone it makes the server speak TLS only
    const char *key_file;         // (nullable): PEM; NULL: the key is in certificate_file
    const char
        *secure_address; // (nullable), numeric: TLS is spoken there, and plain HTTP at address
    guint16 secure_port; // 0 takes a free one
    guint threads;       // 0: one a core
    guint connections;   // in all; 0: what the descriptor limit allows
    guint connections_per_address; // 0: 2048, this machine's own addresses not capped
    guint head_timeout_ms;         // first byte of a head to its end; 0: 10 s
    guint idle_timeout_ms;         // between two requests; 0: 75 s
    guint stall_timeout_ms;  // no byte taken, or less than 4 KiB given, in mid-request; 0: 60 s
    guint answer_timeout_ms; // for a handler to answer; 0: 120 s
    gboolean no_fast_parser; // plain GETs of public bundle files through libsoup as well
} HttpServerConfig;

typedef struct {
    guint64 connections; // open now
    guint64 accepted;    // ever
    guint64 refused;     // over a cap
    guint64 bad_heads;   // answered with 4xx before libsoup saw them
    guint64 requests;    // answered
    guint64 bytes_sent;  // of media, by the delivery loop
} HttpServerStats;

typedef struct _HttpServer HttpServer;

/**
 * http_server_new:
 * @router: (transfer none): outlives the server
 * @bundles: (transfer none) (nullable): outlives the server; for the fast parser
 *
 * Binds and listens, and raises the descriptor limit. Fails with a sentence for the administrator
 * (address in use, not ours, certificate unreadable). Returns: (transfer full) (nullable).
 */
HttpServer *http_server_new(const HttpServerConfig *config, HttpRouter *router,
                            HttpBundles *bundles, gpointer app, GError **error);

/** Begins to accept. Main context. */
void http_server_start(HttpServer *server);

guint16 http_server_get_port(HttpServer *server);

/** Returns: the port of the second listener, 0 when there is none. */
guint16 http_server_get_secure_port(HttpServer *server);

/** Any thread. */
void http_server_get_stats(HttpServer *server, HttpServerStats *stats);

/**
 * http_server_stop:
 * Accepts no more, closes idle connections and event streams, gives answers under way up to
 * @grace_ms, then closes the rest and joins the threads. Blocks for at most about that time. Main
 * context; once.
 */
void http_server_stop(HttpServer *server, guint grace_ms);

/** Stops with no grace when it still runs. */
void http_server_free(HttpServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpServer, http_server_free)
