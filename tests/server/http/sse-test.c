// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Event streams: order, several lines, coalescing by key, a full queue, and ends from either side.
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/server/http/fixture.h"
#include "server/http/sse.h"

static int
open_stream(Fixture *fixture)
{
    int descriptor = client_connect(fixture);
    char buffer[2048];
    gsize length = 0;

    client_send(descriptor, "GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
    while (!g_strstr_len(buffer, length, "\r\n\r\n:\n\n")) {
        gssize n = recv(descriptor, buffer + length, 1, 0);
        g_assert_cmpint(n, ==, 1);
        length++;
        g_assert_cmpuint(length, <, sizeof buffer);
    }
    g_assert_nonnull(g_strstr_len(buffer, length, "text/event-stream"));
    return descriptor;
}

static HttpSse *
get_stream(Fixture *fixture)
{
    HttpSse *sse;

    g_mutex_lock(&fixture->lock);
    sse = fixture->streams->pdata[0];
    g_mutex_unlock(&fixture->lock);
    return sse;
}

static void
assert_receives(int descriptor, const char *text)
{
    g_autofree char *buffer = g_malloc0(strlen(text) + 1);

    g_assert_cmpint(recv(descriptor, buffer, strlen(text), MSG_WAITALL), ==, (gssize)strlen(text));
    g_assert_cmpstr(buffer, ==, text);
}

static void
test_pushed(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});
    int descriptor = open_stream(fixture);
    HttpSse *sse = get_stream(fixture);

    g_assert_true(http_sse_push(sse, "job", "7", NULL, "{\"a\":1}"));
    assert_receives(descriptor, "event: job\nid: 7\ndata: {\"a\":1}\n\n");
    g_assert_true(http_sse_push(sse, "note", NULL, NULL, "one\ntwo"));
    assert_receives(descriptor, "event: note\ndata: one\ndata: two\n\n");
    http_sse_close(sse);
    g_assert_true(client_sees_end(descriptor));
    g_assert_true(fixture_wait(fixture, &fixture->n_closed_streams, 1));
    g_assert_false(http_sse_push(sse, "late", NULL, NULL, "x"));
    close(descriptor);
}

static void
test_peer_leaves(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});
    int descriptor = open_stream(fixture);
    HttpSse *sse = get_stream(fixture);

    close(descriptor);
    g_assert_true(fixture_wait(fixture, &fixture->n_closed_streams, 1));
    g_assert_false(http_sse_push(sse, "late", NULL, NULL, "x"));
}

// The peer does not read: the same key keeps one place, other events fill the queue and end the
// stream.
static void
test_full_queue(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});
    int descriptor = open_stream(fixture);
    HttpSse *sse = get_stream(fixture);
    g_autofree char *large = g_strnfill(1000000, 'x');

    for (guint i = 0; i < 20; i++) { // fills the socket
        g_assert_true(http_sse_push(sse, "fill", NULL, "fill", large));
        client_dawdle(descriptor, 5);
    }
    for (guint i = 0; i < 1000; i++)
        g_assert_true(http_sse_push(sse, "job", NULL, "same", "x"));
    for (guint i = 0; i < 20 && http_sse_push(sse, "job", NULL, NULL, "x"); i++)
        g_assert_cmpuint(i, <, 8);
    g_assert_true(fixture_wait(fixture, &fixture->n_closed_streams, 1));
    close(descriptor);
}

static void
test_server_stops(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});
    int descriptor = open_stream(fixture);

    http_server_stop(fixture->server, 5000);
    g_assert_cmpint(g_atomic_int_get(&fixture->n_closed_streams), ==, 1);
    g_assert_false(http_sse_push(get_stream(fixture), "late", NULL, NULL, "x"));
    close(descriptor);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/http/sse/pushed", test_pushed);
    g_test_add_func("/http/sse/peer-leaves", test_peer_leaves);
    g_test_add_func("/http/sse/full-queue", test_full_queue);
    g_test_add_func("/http/sse/server-stops", test_server_stops);
    return g_test_run();
}
