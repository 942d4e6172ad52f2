// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A real server on port 0 with a few routes, and a blocking raw client for it. Used by the tests of
// this folder only.
#pragma once

#include "server/http/server.h"

#define FIXTURE_LESSON "01890000-0000-7000-8000-000000000001"  // public
#define FIXTURE_PRIVATE "01890000-0000-7000-8000-000000000002" // signed-in only
#define FIXTURE_DRAFT "01890000-0000-7000-8000-000000000003"   // hidden from all but its editors
#define FIXTURE_BIG_BYTES (3 * 1024 * 1024 + 17)
#define FIXTURE_BIG "/lessons/" FIXTURE_LESSON "/medium.0123abcd.mp4"
#define FIXTURE_PLAYLIST "/lessons/" FIXTURE_LESSON "/index.m3u8"

typedef struct {
    HttpRouter *router;    // (owned)
    HttpBundles *bundles;  // (owned)
    HttpServer *server;    // (owned)
    char *folder;          // (owned): lessons folder, removed at the end
    guint8 *big;           // (owned): bytes of FIXTURE_BIG
    gint n_lookups;        // (atomic): how often the application was asked for a lesson
    gint n_aborts;         // (atomic): bodies cut short
    gint n_waiting;        // (atomic): handlers that began and answer never
    gint n_cancelled;      // (atomic): of them, those that saw the peer go
    gint n_closed_streams; // (atomic): event streams that ended
    gint is_hidden;        // (atomic): the public lesson is withdrawn
    gint pauses;           // (atomic): the upload handler pauses at each chunk
    GMutex lock;           //
    GCond changed;         // a counter or streams changed
    GPtrArray *streams;    // (guarded by lock) (element-type HttpSse)
} Fixture;

/** @config: address and port are filled in. */
Fixture *fixture_new(HttpServerConfig config);
void fixture_free(Fixture *fixture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fixture, fixture_free)

typedef struct {
    guint status;     //
    char *head;       // (owned): with its empty line
    GByteArray *body; // (owned)
} Reply;

void reply_free(Reply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reply, reply_free)

/** Returns: a connected blocking socket; reads give up after 30 s. */
int client_connect(Fixture *fixture);

/** Returns: FALSE when the server ended the connection before it took all of @text. */
gboolean client_send(int descriptor, const char *text);

/** Returns: (transfer full) (nullable): the next answer; NULL when the server ended before it. */
Reply *client_receive(int descriptor, gboolean is_head);

/** One request on its own connection. @fields: further header lines, each with CR LF. */
Reply *client_ask(Fixture *fixture, const char *method, const char *path, const char *fields);

/** Returns: (transfer full) (nullable): value of a header of @reply. */
char *reply_get(const Reply *reply, const char *name);

/** Whether the server ends the connection within 30 s without another byte. */
gboolean client_sees_end(int descriptor);

/** Adds one to a counter of @fixture and tells who waits for it. Any thread. */
void fixture_count(Fixture *fixture, gint *counter);

/** Waits up to 10 s until *@counter of @fixture is at least @n. */
gboolean fixture_wait(Fixture *fixture, gint *counter, gint n);

/** A slow client: lets @ms go by, or less when the server ends the connection. */
void client_dawdle(int descriptor, int ms);
