// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Connections by the thousand and connections that misbehave: deadlines, caps, stalled readers,
// stops.
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/server/http/fixture.h"

#define IDLE_CONNECTIONS 2000
#define SLOW_CONNECTIONS 300
#define GET_HELLO "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n"

static void
assert_serves(Fixture *fixture)
{
    g_autoptr(Reply) hello = client_ask(fixture, "GET", "/hello", "");
    g_autoptr(Reply) file = client_ask(fixture, "GET", FIXTURE_PLAYLIST, "");

    g_assert_cmpuint(hello->status, ==, 200);
    g_assert_cmpuint(file->status, ==, 200);
}

static void
test_idle_by_the_thousand(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});
    g_autofree int *descriptors = g_new(int, IDLE_CONNECTIONS);
    HttpServerStats stats;

    for (guint i = 0; i < IDLE_CONNECTIONS; i++)
        descriptors[i] = client_connect(fixture);
    for (guint round = 0; round < 2; round++)
        for (guint i = round; i < IDLE_CONNECTIONS; i += 7) {
            g_autoptr(Reply) reply = NULL;
            client_send(descriptors[i],
                        i % 2 ? GET_HELLO : "GET " FIXTURE_PLAYLIST " HTTP/1.1\r\nHost: h\r\n\r\n");
            reply = client_receive(descriptors[i], FALSE);
            g_assert_nonnull(reply);
            g_assert_cmpuint(reply->status, ==, 200);
        }
    http_server_get_stats(fixture->server, &stats);
    g_assert_cmpuint(stats.connections, ==, IDLE_CONNECTIONS);
    for (guint i = 0; i < IDLE_CONNECTIONS; i++)
        close(descriptors[i]);
    assert_serves(fixture);
}

static void
test_slow_head(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){.head_timeout_ms = 100});
    int descriptor = client_connect(fixture);
    g_autoptr(Reply) reply = NULL;

    client_send(descriptor, "GET / HTTP/1.1\r\nHo");
    reply = client_receive(descriptor, FALSE);
    g_assert_nonnull(reply);
    g_assert_cmpuint(reply->status, ==, 408);
    g_assert_true(client_sees_end(descriptor));
    close(descriptor);
}

static void
test_silent_from_the_start(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){.head_timeout_ms = 100});
    int descriptor = client_connect(fixture);

    g_assert_true(client_sees_end(descriptor));
    close(descriptor);
}

static void
test_idle_timeout(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){.idle_timeout_ms = 100});
    int descriptor = client_connect(fixture);
    g_autoptr(Reply) reply = NULL;

    client_send(descriptor, GET_HELLO);
    reply = client_receive(descriptor, FALSE);
    g_assert_nonnull(reply);
    g_assert_true(client_sees_end(descriptor));
    close(descriptor);
}

// A byte now and then must not keep a head alive, nor keep others from being served.
static void
test_slowloris(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){.head_timeout_ms = 400});
    int descriptors[SLOW_CONNECTIONS];

    for (guint i = 0; i < SLOW_CONNECTIONS; i++) {
        descriptors[i] = client_connect(fixture);
        client_send(descriptors[i], "GET / HTTP/1.1\r\nX: ");
    }
    for (guint round = 0; round < 10; round++) {
        for (guint i = 0; i < SLOW_CONNECTIONS; i++)
            client_send(descriptors[i], "x");
        assert_serves(fixture);
        client_dawdle(descriptors[0], 50);
    }
    for (guint i = 0; i < SLOW_CONNECTIONS; i++) {
        g_autoptr(Reply) reply = client_receive(descriptors[i], FALSE);
        g_assert_true(!reply || reply->status == 408);
        close(descriptors[i]);
    }
}

static void
test_stalled_reader(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){.stall_timeout_ms = 150});
    int descriptor = client_connect(fixture);
    int small = 4096;
    HttpServerStats stats = {.connections = 1};

    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    for (guint i = 0; i < 8; i++)
        client_send(descriptor, "GET " FIXTURE_BIG " HTTP/1.1\r\nHost: h\r\n\r\n");
    for (guint i = 0; i < 5000 && stats.connections > 0; i++) {
        client_dawdle(descriptor, 1);
        http_server_get_stats(fixture->server, &stats);
        if (i < 20)
            stats.connections = 1; // give it time to be accepted
    }
    g_assert_cmpuint(stats.connections, ==, 0);
    close(descriptor);
    assert_serves(fixture);
}

static void
test_peer_leaves_in_mid_file(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});

    for (guint i = 0; i < 40; i++) {
        int descriptor = client_connect(fixture);
        char buffer[100];
        client_send(descriptor, "GET " FIXTURE_BIG " HTTP/1.1\r\nHost: h\r\n\r\n");
        g_assert_cmpint(recv(descriptor, buffer, sizeof buffer, 0), >, 0);
        close(descriptor);
    }
    assert_serves(fixture);
}

static void
test_cap_of_an_address(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){.connections_per_address = 5});
    int descriptors[6];
    HttpServerStats stats;
    g_autoptr(Reply) reply = NULL;

    for (guint i = 0; i < 5; i++) {
        g_autoptr(Reply) served = NULL;
        descriptors[i] = client_connect(fixture);
        client_send(descriptors[i], GET_HELLO);
        served = client_receive(descriptors[i], FALSE);
        g_assert_nonnull(served);
    }
    descriptors[5] = client_connect(fixture);
    g_assert_true(client_sees_end(descriptors[5]));
    http_server_get_stats(fixture->server, &stats);
    g_assert_cmpuint(stats.refused, ==, 1);
    close(descriptors[0]);
    for (guint i = 0; i < 5000 && stats.connections > 4; i++) {
        client_dawdle(descriptors[1], 1);
        http_server_get_stats(fixture->server, &stats);
    }
    reply = client_ask(fixture, "GET", "/hello", "");
    g_assert_cmpuint(reply->status, ==, 200);
    for (guint i = 1; i < 6; i++)
        close(descriptors[i]);
}

// Over the cap of all, the one that is idle longest gives way.
static void
test_cap_of_all(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){.connections = 10, .threads = 1});
    int descriptors[30];

    for (guint i = 0; i < G_N_ELEMENTS(descriptors); i++) {
        g_autoptr(Reply) reply = NULL;
        descriptors[i] = client_connect(fixture);
        client_send(descriptors[i], GET_HELLO);
        reply = client_receive(descriptors[i], FALSE);
        g_assert_nonnull(reply);
        g_assert_cmpuint(reply->status, ==, 200);
    }
    g_assert_true(client_sees_end(descriptors[0]));
    for (guint i = 0; i < G_N_ELEMENTS(descriptors); i++)
        close(descriptors[i]);
}

static const char *const bad_heads[] = {
    "GET / HTTP/1.1\r\n\r\n",
    "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
    "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "GET /hello HTTP/1.1\nHost: h\n\n",
    "GET /hello HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n",
    "GET /hello HTTP/1.1\r\nHost : h\r\n\r\n",
    "\x16\x03\x01\x02\r\n",
};

static void
test_bad_heads(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});
    HttpServerStats stats;

    for (guint i = 0; i < G_N_ELEMENTS(bad_heads); i++) {
        int descriptor = client_connect(fixture);
        g_autoptr(Reply) reply = NULL;
        g_autofree char *type = NULL;
        client_send(descriptor, bad_heads[i]);
        reply = client_receive(descriptor, FALSE);
        g_assert_nonnull(reply);
        type = reply_get(reply, "Content-Type");
        g_assert_cmpuint(reply->status, ==, 400);
        g_assert_cmpstr(type, ==, "application/problem+json");
        g_assert_true(client_sees_end(descriptor));
        close(descriptor);
    }
    http_server_get_stats(fixture->server, &stats);
    g_assert_cmpuint(stats.bad_heads, ==, G_N_ELEMENTS(bad_heads));
}

static void
test_address_in_use(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});
    HttpServerConfig config = {.address = "127.0.0.1",
                               .port = http_server_get_port(fixture->server)};
    HttpServerConfig nonsense = {.address = "localhost"};
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) second = NULL;

    g_assert_null(http_server_new(&config, fixture->router, fixture->bundles, fixture, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
    g_assert_null(http_server_new(&nonsense, fixture->router, fixture->bundles, fixture, &second));
    g_assert_error(second, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

typedef struct {
    int descriptor; //
    Reply *reply;   // (nullable)
} Reader;

static gpointer
read_answer(gpointer data)
{
    Reader *reader = data;

    reader->reply = client_receive(reader->descriptor, FALSE);
    return NULL;
}

// An answer under way is finished by a stop with grace; idle connections end at once.
static void
test_stop_drains(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});
    int idle = client_connect(fixture);
    Reader reader = {client_connect(fixture), NULL};
    GThread *thread;
    char first;

    client_send(reader.descriptor, "GET " FIXTURE_BIG " HTTP/1.1\r\nHost: h\r\n\r\n");
    g_assert_cmpint(recv(reader.descriptor, &first, 1, MSG_PEEK), ==, 1);
    thread = g_thread_new("reader", read_answer, &reader);
    http_server_stop(fixture->server, 5000);
    g_thread_join(thread);
    g_assert_nonnull(reader.reply);
    g_assert_cmpmem(reader.reply->body->data, reader.reply->body->len, fixture->big,
                    FIXTURE_BIG_BYTES);
    reply_free(reader.reply);
    g_assert_true(client_sees_end(idle));
    close(idle);
    close(reader.descriptor);
}

int
main(int argc, char **argv)
{
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/http/connections/idle-by-the-thousand", test_idle_by_the_thousand);
    g_test_add_func("/http/connections/slow-head", test_slow_head);
    g_test_add_func("/http/connections/silent-from-the-start", test_silent_from_the_start);
    g_test_add_func("/http/connections/idle-timeout", test_idle_timeout);
    g_test_add_func("/http/connections/slowloris", test_slowloris);
    g_test_add_func("/http/connections/stalled-reader", test_stalled_reader);
    g_test_add_func("/http/connections/peer-leaves-in-mid-file", test_peer_leaves_in_mid_file);
    g_test_add_func("/http/connections/cap-of-an-address", test_cap_of_an_address);
    g_test_add_func("/http/connections/cap-of-all", test_cap_of_all);
    g_test_add_func("/http/connections/bad-heads", test_bad_heads);
    g_test_add_func("/http/connections/address-in-use", test_address_in_use);
    g_test_add_func("/http/connections/stop-drains", test_stop_drains);
    return g_test_run();
}
