// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One client's connection and its states. Parked it is this struct alone; a request under way has a
// work. Belongs to its loop's thread.
//
//   HANDSHAKE --on_tls_handshake--> PARKED --first byte--> HEAD --whole, lend--> WORK --answer-->
//   SEND PARKED/HEAD --fast answer or refused head--> SEND   SEND --keep--> PARKED   SEND
//   --close--> LINGER any --http_connection_close--> CLOSED (freed at the end of the turn)
#pragma once

#include "server/http/answer.h"
#include "server/http/head.h"
#include "server/http/loop.h"

typedef struct _HttpLend HttpLend;

typedef enum {
    HTTP_CONNECTION_HANDSHAKE,
    HTTP_CONNECTION_PARKED,
    HTTP_CONNECTION_HEAD,
    HTTP_CONNECTION_WORK,
    HTTP_CONNECTION_SEND,
    HTTP_CONNECTION_LINGER,
    HTTP_CONNECTION_CLOSED,
} HttpConnectionState;

typedef struct {
    GByteArray *input;      // (owned), read and not yet used
    gsize input_used;       // bytes of it that are used
    HttpExchange *exchange; // (owned) (nullable)
    HttpLend *lend;         // (owned) (nullable): what libsoup has of this connection
    HttpAnswer *answer;     // (owned) (nullable): once given
    gsize lingered_bytes;   // read away after the answer
} HttpConnectionWork;

struct _HttpConnection {
    HttpLoop *loop;                 // not owned
    HttpAddressesEntry *peer;       // (owned)
    HttpConnectionWork *work;       // (owned) (nullable): NULL while parked
    GIOStream *tls;                 // (owned) (nullable): owns the descriptor then
    HttpConnection *before, *after; // in its queue of deadlines
    gint64 deadline_us;             // monotonic
    int descriptor;                 // (owned)
    HttpConnectionState state : 4;  //
    HttpLoopWait wait : 4;          //
    guint is_readable : 1;          // since the last event, until a read says otherwise
    guint is_writable : 1;          //
    guint is_broken : 1;            // the peer is gone
    guint is_half_closed : 1;       // the peer sends no more
    guint is_ready : 1;             // in the loop's list of turns
    guint has_served : 1;           // an answer was sent: idle rules, not first-head rules
};

/** Takes @descriptor, an accepted non-blocking socket, with TLS to be spoken on it or not; it is
 * closed when something fails. */
void http_connection_open(HttpLoop *loop, int descriptor, HttpAddressesEntry *peer,
                          gboolean is_secure);

/** What epoll says, as EPOLL* bits. */
void http_connection_handle(HttpConnection *connection, guint32 events);

/** One turn: goes on with whatever can go on. Frees a closed one. */
void http_connection_step(HttpConnection *connection);

/** Its deadline has passed. */
void http_connection_expire(HttpConnection *connection);

/** Ends it; memory is freed at the end of the turn. A request under way is told. */
void http_connection_close(HttpConnection *connection);

/** The work of the request under way, made when there is none. */
HttpConnectionWork *http_connection_need_work(HttpConnection *connection);

/** Takes the answer; it leaves at the next turn. */
void http_connection_answer(HttpConnection *connection, HttpAnswer *answer);

/** Whether nothing but the next request is waited for. */
gboolean http_connection_is_parked(HttpConnection *connection);
