// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Bodies, buffered and streamed: chunked, Expect, backpressure, early refusals, and peers that go
// away.
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/server/http/fixture.h"

#define BODY_BYTES (5 * 1024 * 1024 + 3)
#define SLOW_BODIES 5000

static char *
make_body(void)
{
    char *body = g_malloc(BODY_BYTES + 1);

    for (gsize i = 0; i < BODY_BYTES; i++)
        body[i] = 'a' + (i * 7919 >> 5) % 26;
    body[BODY_BYTES] = '\0';
    return body;
}

static char *
expect_text(const char *body)
{
    g_autofree char *sum =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)body, BODY_BYTES);

    return g_strdup_printf("%d %s", BODY_BYTES, sum);
}

static void
upload(Fixture *fixture, int pauses)
{
    g_autofree char *body = make_body();
    g_autofree char *want = expect_text(body);
    g_autofree char *head = g_strdup_printf(
        "PATCH /upload HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", BODY_BYTES);
    int descriptor = client_connect(fixture);
    g_autoptr(Reply) reply = NULL;
    g_autoptr(Reply) next = NULL;

    g_atomic_int_set(&fixture->pauses, pauses);
    client_send(descriptor, head);
    client_send(descriptor, body);
    reply = client_receive(descriptor, FALSE);
    g_assert_nonnull(reply);
    g_assert_cmpuint(reply->status, ==, 200);
    g_assert_cmpmem(reply->body->data, reply->body->len, want, strlen(want));
    client_send(descriptor, "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
    next = client_receive(descriptor, FALSE);
    g_assert_nonnull(next);
    g_assert_cmpuint(next->status, ==, 200);
    close(descriptor);
}

static void
test_streamed(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});

    upload(fixture, FALSE);
}

static void
test_backpressure(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});

    upload(fixture, TRUE);
}

static void
send_chunked(int descriptor, const char *body)
{
    for (gsize at = 0; at < BODY_BYTES;) {
        gsize n = MIN(1 + at % 70000, BODY_BYTES - at);
        g_autofree char *size = g_strdup_printf("%zx;x=y\r\n", n);
        g_autofree char *piece = g_strndup(body + at, n);
        client_send(descriptor, size);
        client_send(descriptor, piece);
        client_send(descriptor, "\r\n");
        at += n;
    }
    client_send(descriptor, "0\r\nTrailer: x\r\n\r\nGET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
}

static void
test_chunked(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});
    g_autofree char *body = make_body();
    g_autofree char *want = expect_text(body);
    int descriptor = client_connect(fixture);
    g_autoptr(Reply) reply = NULL;
    g_autoptr(Reply) next = NULL;

    client_send(descriptor, "POST /upload HTTP/1.1\r\nHost: h\r\nX-HTTP-Method-Override: PATCH\r\n"
                            "Transfer-Encoding: chunked\r\n\r\n");
    send_chunked(descriptor, body);
    reply = client_receive(descriptor, FALSE);
    g_assert_nonnull(reply);
    g_assert_cmpmem(reply->body->data, reply->body->len, want, strlen(want));
    next = client_receive(descriptor, FALSE); // what followed the last chunk is the next request
    g_assert_nonnull(next);
    g_assert_cmpmem(next->body->data, next->body->len, "hello world", 11);
    close(descriptor);
}

static void
test_chunked_in_one_piece(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});
    int descriptor = client_connect(fixture);

    client_send(descriptor, "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
                            "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
    for (guint i = 0; i < 2; i++) {
        g_autoptr(Reply) reply = client_receive(descriptor, FALSE);
        g_assert_nonnull(reply);
        g_assert_cmpmem(reply->body->data, reply->body->len, "hello world", 11);
    }
    close(descriptor);
}

static void
test_bad_chunks(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});
    int descriptor = client_connect(fixture);

    client_send(descriptor, "PATCH /upload HTTP/1.1\r\nHost: h\r\n"
                            "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n");
    g_assert_true(fixture_wait(fixture, &fixture->n_aborts, 1));
    close(descriptor);
}

static void
test_expect(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});
    int descriptor = client_connect(fixture);
    g_autoptr(Reply) go_on = NULL;
    g_autoptr(Reply) reply = NULL;

    client_send(descriptor, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n"
                            "Expect: 100-continue\r\n\r\n");
    go_on = client_receive(descriptor, FALSE);
    g_assert_nonnull(go_on);
    g_assert_cmpuint(go_on->status, ==, 100);
    client_send(descriptor, "hello");
    reply = client_receive(descriptor, FALSE);
    g_assert_nonnull(reply);
    g_assert_cmpmem(reply->body->data, reply->body->len, "hello", 5);
    close(descriptor);
}

static void
test_expect_refused(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});
    const char *paths[] = {"PATCH /upload HTTP/1.1\r\nX-Refuse: 1\r\n", "POST /upload HTTP/1.1\r\n",
                           "POST /none HTTP/1.1\r\n"};
    guint want[] = {409, 401, 404};

    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        int descriptor = client_connect(fixture);
        g_autoptr(Reply) reply = NULL;
        client_send(descriptor, paths[i]);
        client_send(descriptor,
                    "Host: h\r\nContent-Length: 500000\r\nExpect: 100-continue\r\n\r\n");
        reply = client_receive(descriptor, FALSE); // never a 100 first
        g_assert_nonnull(reply);
        g_assert_cmpuint(reply->status, ==, want[i]);
        g_assert_true(client_sees_end(descriptor));
        close(descriptor);
    }
}

// The whole body is on its way already: the answer must still be readable, and the connection ends.
static void
test_refused_in_mid_body(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});
    g_autofree char *body = make_body();
    const char *heads[] = {
        "PATCH /upload HTTP/1.1\r\nX-Refuse: 1\r\nHost: h\r\nContent-Length: 5242883\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5242883\r\n\r\n",
    };
    guint want[] = {409, 413};
    int small = 32768;

    body[2 * 1024 * 1024] = '\0';
    for (guint i = 0; i < G_N_ELEMENTS(heads); i++) {
        int descriptor = client_connect(fixture);
        g_autoptr(Reply) reply = NULL;
        // So that sending ends only when the server reads.
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
        client_send(descriptor, heads[i]);
        g_assert_true(client_send(descriptor, body)); // read away, not reset
        reply = client_receive(descriptor, FALSE);
        g_assert_nonnull(reply);
        g_assert_cmpuint(reply->status, ==, want[i]);
        g_assert_true(client_sees_end(descriptor));
        close(descriptor);
    }
}

static void
test_chunked_over_limit(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});
    g_autofree char *body = make_body();
    int descriptor = client_connect(fixture);
    g_autoptr(Reply) reply = NULL;

    body[1100000] = '\0';
    client_send(descriptor, "POST /echo HTTP/1.1\r\nHost: h\r\n"
                            "Transfer-Encoding: chunked\r\n\r\n10C8E0\r\n");
    client_send(descriptor, body);
    reply = client_receive(descriptor, FALSE);
    g_assert_nonnull(reply);
    g_assert_cmpuint(reply->status, ==, 413);
    close(descriptor);
}

static void
test_peer_leaves(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});

    for (gint i = 1; i <= 20; i++) {
        int descriptor = client_connect(fixture);
        client_send(descriptor,
                    "PATCH /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\nabc");
        close(descriptor);
        g_assert_true(fixture_wait(fixture, &fixture->n_aborts, i));
    }
}

static void
test_stalled_body(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){.stall_timeout_ms = 100});
    int descriptor = client_connect(fixture);

    client_send(descriptor,
                "PATCH /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\nabc");
    g_assert_true(fixture_wait(fixture, &fixture->n_aborts, 1));
    g_assert_true(client_sees_end(descriptor));
    close(descriptor);
}

// A byte now and then is not enough: such bodies would hold connections for days.
static void
test_trickled_body(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){.stall_timeout_ms = 200});
    int descriptor = client_connect(fixture);
    int status = 0;

    client_send(descriptor,
                "PATCH /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\nabc");
    for (guint i = 0; i < 1000 && g_atomic_int_get(&fixture->n_aborts) == 0; i++) {
        status = (int)send(descriptor, "x", 1, MSG_NOSIGNAL);
        client_dawdle(descriptor, 10);
    }
    g_assert_cmpint(g_atomic_int_get(&fixture->n_aborts), ==, 1);
    g_assert_cmpint(status, <=, 1);
    close(descriptor);
}

// Thousands of bodies that crawl: others are served meanwhile, and each of the slow ones is ended.
static void
test_slow_bodies_by_the_thousand(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){.stall_timeout_ms = 3000});
    g_autofree int *descriptors = g_new(int, SLOW_BODIES);

    for (guint i = 0; i < SLOW_BODIES; i++) {
        descriptors[i] = client_connect(fixture);
        client_send(descriptors[i],
                    "PATCH /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\na");
    }
    for (guint round = 0; round < 5; round++) {
        g_autoptr(Reply) hello = client_ask(fixture, "GET", "/hello", "");
        g_autoptr(Reply) file = client_ask(fixture, "GET", FIXTURE_PLAYLIST, "");

        g_assert_cmpuint(hello->status, ==, 200);
        g_assert_cmpuint(file->status, ==, 200);
        for (guint i = 0; i < SLOW_BODIES; i++)
            (void)send(descriptors[i], "x", 1, MSG_NOSIGNAL);
    }
    g_assert_true(fixture_wait(fixture, &fixture->n_aborts, SLOW_BODIES));
    for (guint i = 0; i < SLOW_BODIES; i++)
        close(descriptors[i]);
}

// Small pieces, but enough of them in each stall time.
static void
test_slow_but_steady_body(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){.stall_timeout_ms = 2000});
    int descriptor = client_connect(fixture);
    g_autofree char *piece = g_strnfill(4096, 'x');
    g_autoptr(Reply) reply = NULL;

    client_send(descriptor, "PATCH /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 122880\r\n\r\n");
    for (guint i = 0; i < 30; i++) {
        client_send(descriptor, piece);
        client_dawdle(descriptor, 100);
    }
    reply = client_receive(descriptor, FALSE);
    g_assert_nonnull(reply);
    g_assert_cmpuint(reply->status, <, 300);
    close(descriptor);
}

static void
test_handler_hears_of_the_end(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});
    struct linger reset = {1, 0};
    int descriptor = client_connect(fixture);

    client_send(descriptor, "GET /never HTTP/1.1\r\nHost: h\r\n\r\n");
    g_assert_true(fixture_wait(fixture, &fixture->n_waiting, 1));
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(descriptor);
    g_assert_true(fixture_wait(fixture, &fixture->n_cancelled, 1));
}

static void
test_handler_takes_too_long(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){.answer_timeout_ms = 100});
    int descriptor = client_connect(fixture);
    g_autoptr(Reply) reply = NULL;
    g_autoptr(Reply) next = NULL;

    client_send(descriptor, "GET /never HTTP/1.1\r\nHost: h\r\n\r\n");
    reply = client_receive(descriptor, FALSE);
    g_assert_nonnull(reply);
    g_assert_cmpuint(reply->status, ==, 503);
    g_assert_true(fixture_wait(fixture, &fixture->n_cancelled, 1));
    client_send(descriptor, "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
    next = client_receive(descriptor, FALSE);
    g_assert_nonnull(next);
    g_assert_cmpuint(next->status, ==, 200);
    close(descriptor);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/http/bodies/streamed", test_streamed);
    g_test_add_func("/http/bodies/backpressure", test_backpressure);
    g_test_add_func("/http/bodies/chunked", test_chunked);
    g_test_add_func("/http/bodies/chunked-in-one-piece", test_chunked_in_one_piece);
    g_test_add_func("/http/bodies/bad-chunks", test_bad_chunks);
    g_test_add_func("/http/bodies/expect", test_expect);
    g_test_add_func("/http/bodies/expect-refused", test_expect_refused);
    g_test_add_func("/http/bodies/refused-in-mid-body", test_refused_in_mid_body);
    g_test_add_func("/http/bodies/chunked-over-limit", test_chunked_over_limit);
    g_test_add_func("/http/bodies/peer-leaves", test_peer_leaves);
    g_test_add_func("/http/bodies/stalled-body", test_stalled_body);
    g_test_add_func("/http/bodies/trickled-body", test_trickled_body);
    g_test_add_func("/http/bodies/slow-bodies-by-the-thousand", test_slow_bodies_by_the_thousand);
    g_test_add_func("/http/bodies/slow-but-steady-body", test_slow_but_steady_body);
    g_test_add_func("/http/bodies/handler-hears-of-the-end", test_handler_hears_of_the_end);
    g_test_add_func("/http/bodies/handler-takes-too-long", test_handler_takes_too_long);
    return g_test_run();
}
