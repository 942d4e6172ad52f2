// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One delivery thread: an epoll loop inside its own GMainContext. It accepts, keeps the deadlines,
// and gives each connection its turn; what a connection does with it is connection.c. Everything
// here belongs to the loop's thread unless it says otherwise.
#pragma once

#include <libsoup/soup.h>

#include "server/http/addresses.h"
#include "server/http/server.h"

typedef struct _HttpLoop HttpLoop;
typedef struct _HttpConnection HttpConnection;

// A connection waits in one of these; each has one length, so that it is ordered by itself.
typedef enum {
    HTTP_LOOP_HEAD,   // the rest of a head, or a first head, or a handshake
    HTTP_LOOP_IDLE,   // the next request
    HTTP_LOOP_STALL,  // a byte taken or given in mid-request
    HTTP_LOOP_WORK,   // a handler's answer
    HTTP_LOOP_HELD,   // nothing: a paused body or an event stream; it is only kept in sight
    HTTP_LOOP_LINGER, // the peer's end after an early answer
    HTTP_LOOP_N_WAITS,
    HTTP_LOOP_NO_WAIT = HTTP_LOOP_N_WAITS,
} HttpLoopWait;

#define HTTP_LOOP_SCRATCH_BYTES 65536
#define HTTP_LOOP_LINGER_TIMEOUT_MS 5000
#define HTTP_LOOP_HELD_MS 3600000

// What all loops of a server share. Immutable but for what is marked.
typedef struct {
    HttpServerConfig config;      // with its defaults filled in
    HttpRouter *router;           // not owned
    HttpBundles *bundles;         // (nullable), not owned
    gpointer app;                 // not owned
    HttpAddresses *addresses;     // (owned), any thread
    GTlsCertificate *certificate; // (owned) (nullable)
    GPtrArray *loops;             // (owned) (element-type HttpLoop)
    int listener;                 // (owned)
    int secure_listener;          // (owned), -1: none, and a certificate is for the listener
    gint n_connections;           // (atomic)
    guint next_loop;              // (atomic)
    guint64 accepted;             // (atomic)
    guint64 refused;              // (atomic)
    guint64 bad_heads;            // (atomic)
    guint64 requests;             // (atomic)
    guint64 bytes_sent;           // (atomic)
} HttpLoopShared;

/** Returns: (transfer full): a loop whose thread is not started. Fails when descriptors run out. */
HttpLoop *http_loop_new(HttpLoopShared *shared, GError **error);

/** Starts the thread. Main context. */
void http_loop_start(HttpLoop *loop);

/** Asks for the end: at most @grace_ms for answers under way. Main context; then http_loop_free().
 */
void http_loop_stop(HttpLoop *loop, guint grace_ms);

/** Joins the thread. Main context. */
void http_loop_free(HttpLoop *loop);

/** Runs @function on the loop's thread soon. Any thread. */
void http_loop_invoke(HttpLoop *loop, GSourceFunc function, gpointer data,
                      GDestroyNotify free_data);

HttpLoopShared *http_loop_get_shared(HttpLoop *loop);
SoupServer *http_loop_get_soup(HttpLoop *loop);
char *http_loop_get_scratch(HttpLoop *loop);
gboolean http_loop_is_stopping(HttpLoop *loop);
/** Returns: (transfer none): the value of Date for this second. */
const char *http_loop_get_date(HttpLoop *loop);

/** Gives @connection a turn after the events at hand; once, however often it is called. */
void http_loop_make_ready(HttpLoop *loop, HttpConnection *connection);

/** Moves @connection to the end of a queue of deadlines, or to none. */
void http_loop_wait(HttpLoop *loop, HttpConnection *connection, HttpLoopWait wait);

/** Adds a new socket to epoll. Returns: FALSE when the kernel refuses. */
gboolean http_loop_watch(HttpLoop *loop, HttpConnection *connection, int descriptor);

/** Before a descriptor that may outlive its connection is let go; close() does it otherwise. */
void http_loop_unwatch(HttpLoop *loop, int descriptor);

/** A watched connection was freed. */
void http_loop_forget(HttpLoop *loop);
