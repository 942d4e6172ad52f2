// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Requests and answers over one connection and many: keep-alive, pipelining, HEAD, conditions,
// ranges, routing errors, bodies. Everything is asked twice: through the fast parser and through
// libsoup.
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/server/http/fixture.h"

#define PASSWORDLESS "Authorization: Bearer good\r\n"

static Fixture *
start(gconstpointer data)
{
    return fixture_new((HttpServerConfig){.no_fast_parser = GPOINTER_TO_INT(data)});
}

static void
assert_body(const Reply *reply, const char *text)
{
    g_assert_cmpmem(reply->body->data, reply->body->len, text, strlen(text));
}

static void
test_many_requests_on_one_connection(gconstpointer data)
{
    g_autoptr(Fixture) fixture = start(data);
    int descriptor = client_connect(fixture);

    for (guint i = 0; i < 300; i++) {
        g_autoptr(Reply) reply = NULL;
        client_send(descriptor, i % 2 ? "GET " FIXTURE_PLAYLIST " HTTP/1.1\r\nHost: h\r\n\r\n"
                                      : "GET /hello?name=%E0%B8%94 HTTP/1.1\r\nHost: h\r\n\r\n");
        reply = client_receive(descriptor, FALSE);
        g_assert_nonnull(reply);
        g_assert_cmpuint(reply->status, ==, 200);
        if (i % 2 == 0)
            assert_body(reply, "hello ด");
    }
    close(descriptor);
}

static void
test_pipelined(gconstpointer data)
{
    g_autoptr(Fixture) fixture = start(data);
    int descriptor = client_connect(fixture);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < 100; i++)
        g_string_append(text, i % 3 == 0   ? "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n"
                              : i % 3 == 1 ? "POST /echo HTTP/1.1\r\nHost: h\r\n"
                                             "Content-Length: 5\r\n\r\nabcde"
                                           : "GET " FIXTURE_PLAYLIST
                                             " HTTP/1.1\r\nHost: h\r\n\r\n");
    client_send(descriptor, text->str);
    for (guint i = 0; i < 100; i++) {
        g_autoptr(Reply) reply = client_receive(descriptor, FALSE);
        g_assert_nonnull(reply);
        g_assert_cmpuint(reply->status, ==, 200);
        assert_body(reply, i % 3 == 0   ? "hello world"
                           : i % 3 == 1 ? "abcde"
                                        : "#EXTM3U\n#EXT-X-VERSION:7\n");
    }
    close(descriptor);
}

static void
test_byte_by_byte(gconstpointer data)
{
    g_autoptr(Fixture) fixture = start(data);
    int descriptor = client_connect(fixture);
    const char *text = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz";
    g_autoptr(Reply) reply = NULL;

    for (const char *c = text; *c; c++) {
        g_assert_cmpint(send(descriptor, c, 1, MSG_NOSIGNAL), ==, 1);
        client_dawdle(descriptor, 1);
    }
    reply = client_receive(descriptor, FALSE);
    g_assert_nonnull(reply);
    assert_body(reply, "xyz");
    close(descriptor);
}

typedef struct {
    const char *range; //
    guint status;      //
    gsize first;       //
    gsize length;      //
} RangeCase;

static const RangeCase range_cases[] = {
    {"Range: bytes=0-0\r\n", 206, 0, 1},
    {"Range: bytes=0-99999\r\n", 206, 0, 100000},
    {"Range: bytes=1000000-\r\n", 206, 1000000, FIXTURE_BIG_BYTES - 1000000},
    {"Range: bytes=-17\r\n", 206, FIXTURE_BIG_BYTES - 17, 17},
    {"Range: bytes=-99999999\r\n", 206, 0, FIXTURE_BIG_BYTES},
    {"Range: bytes=3145744-99999999\r\n", 206, 3145744, 1},
    {"Range: bytes=0-1,5-6\r\n", 200, 0, FIXTURE_BIG_BYTES},
    {"Range: bytes=5-4\r\n", 200, 0, FIXTURE_BIG_BYTES},
    {"Range: lines=1-2\r\n", 200, 0, FIXTURE_BIG_BYTES},
    {"Range: bytes=0-9\r\nIf-Range: \"other\"\r\n", 200, 0, FIXTURE_BIG_BYTES},
    {"Range: bytes=0-9\r\nIf-Range: Sat, 21 Nov 2026 00:00:00 GMT\r\n", 200, 0, FIXTURE_BIG_BYTES},
    {"", 200, 0, FIXTURE_BIG_BYTES},
};

static void
test_ranges(gconstpointer data)
{
    g_autoptr(Fixture) fixture = start(data);

    for (guint i = 0; i < G_N_ELEMENTS(range_cases); i++) {
        const RangeCase *c = &range_cases[i];
        g_autoptr(Reply) reply = client_ask(fixture, "GET", FIXTURE_BIG, c->range);
        g_autofree char *cors = reply_get(reply, "Access-Control-Allow-Origin");
        g_autofree char *type = reply_get(reply, "Content-Type");
        g_autofree char *caching = reply_get(reply, "Cache-Control");
        g_assert_cmpuint(reply->status, ==, c->status);
        g_assert_cmpmem(reply->body->data, reply->body->len, fixture->big + c->first, c->length);
        g_assert_cmpstr(cors, ==, "*");
        g_assert_cmpstr(type, ==, "video/mp4");
        g_assert_cmpstr(caching, ==, "public, max-age=31536000, immutable");
        if (c->status == 206) {
            g_autofree char *got = reply_get(reply, "Content-Range");
            g_autofree char *want = g_strdup_printf("bytes %zu-%zu/%d", c->first,
                                                    c->first + c->length - 1, FIXTURE_BIG_BYTES);
            g_assert_cmpstr(got, ==, want);
        }
    }
}

static void
test_unsatisfiable(gconstpointer data)
{
    g_autoptr(Fixture) fixture = start(data);
    g_autoptr(Reply) first = client_ask(fixture, "GET", FIXTURE_BIG, "");
    g_autoptr(Reply) reply = client_ask(fixture, "GET", FIXTURE_BIG, "Range: bytes=3145745-\r\n");
    g_autofree char *range = reply_get(reply, "Content-Range");

    g_assert_cmpuint(first->status, ==, 200);
    g_assert_cmpuint(reply->status, ==, 416);
    g_assert_cmpstr(range, ==, "bytes */3145745");
}

static void
test_conditions(gconstpointer data)
{
    g_autoptr(Fixture) fixture = start(data);
    g_autoptr(Reply) whole = client_ask(fixture, "GET", FIXTURE_BIG, "");
    g_autofree char *etag = reply_get(whole, "ETag");
    g_autofree char *same = g_strdup_printf("If-None-Match: \"x\", W/%s\r\n", etag);
    g_autofree char *part = g_strdup_printf("Range: bytes=2-5\r\nIf-Range: %s\r\n", etag);
    g_autoptr(Reply) unchanged = client_ask(fixture, "GET", FIXTURE_BIG, same);
    g_autoptr(Reply) resumed = client_ask(fixture, "GET", FIXTURE_BIG, part);
    g_autoptr(Reply) changed = client_ask(fixture, "GET", FIXTURE_BIG, "If-None-Match: \"x\"\r\n");
    g_autoptr(Reply) hello = client_ask(fixture, "GET", "/hello", "If-None-Match: \"h1\"\r\n");

    g_assert_true(etag[0] == '"');
    g_assert_cmpuint(unchanged->status, ==, 304);
    g_assert_cmpuint(resumed->status, ==, 206);
    g_assert_cmpmem(resumed->body->data, resumed->body->len, fixture->big + 2, 4);
    g_assert_cmpuint(changed->status, ==, 200);
    g_assert_cmpuint(hello->status, ==, 304);
}

static void
test_head(gconstpointer data)
{
    g_autoptr(Fixture) fixture = start(data);
    int descriptor = client_connect(fixture);
    const char *paths[] = {FIXTURE_BIG, "/hello", FIXTURE_PLAYLIST};
    const char *lengths[] = {"3145745", "11", "25"};

    for (guint round = 0; round < 6; round++) { // on one connection: no stray body byte may follow
        g_autofree char *text =
            g_strdup_printf("HEAD %s HTTP/1.1\r\nHost: h\r\n\r\n", paths[round % 3]);
        g_autoptr(Reply) reply = NULL;
        g_autofree char *length = NULL;
        client_send(descriptor, text);
        reply = client_receive(descriptor, TRUE);
        g_assert_nonnull(reply);
        length = reply_get(reply, "Content-Length");
        g_assert_cmpuint(reply->status, ==, 200);
        g_assert_cmpstr(length, ==, lengths[round % 3]);
    }
    close(descriptor);
}

typedef struct {
    const char *method; //
    const char *path;   //
    const char *fields; //
    guint status;       //
} ErrorCase;

static const ErrorCase error_cases[] = {
    {"GET", "/nothing", "", 404},
    {"DELETE", "/hello", "", 405},
    {"GET", "/who/me", "", 401},
    {"GET", "/lessons/" FIXTURE_LESSON "/notes.txt", "", 404},
    {"GET", "/lessons/" FIXTURE_LESSON "/evil.mp4", "", 404},
    {"GET", "/lessons/" FIXTURE_LESSON "/absent.mp4", "", 404},
    {"GET", "/lessons/" FIXTURE_LESSON "/..%2f..%2fetc%2fpasswd", "", 404},
    {"GET", "/lessons/%2e%2e/index.m3u8", "", 400},
    {"GET", "/lessons/01890000-0000-7000-8000-000000000009/index.m3u8", "", 404},
    {"GET", "/lessons/" FIXTURE_PRIVATE "/index.m3u8", "", 401},
    {"GET", "/lessons/" FIXTURE_DRAFT "/index.m3u8", "", 404},
    {"POST", "/echo", "Content-Length: 1000001\r\n", 413},
    {"GET", "/hello", "Content-Length: 4\r\n", 413},
    {"GET", "/hello%ff", "", 400},
};

static void
test_errors(gconstpointer data)
{
    g_autoptr(Fixture) fixture = start(data);

    for (guint i = 0; i < G_N_ELEMENTS(error_cases); i++) {
        const ErrorCase *c = &error_cases[i];
        g_autoptr(Reply) reply = client_ask(fixture, c->method, c->path, c->fields);
        g_autofree char *type = reply_get(reply, "Content-Type");
        g_autofree char *allow = reply_get(reply, "Allow");
        g_assert_cmpuint(reply->status, ==, c->status);
        g_assert_cmpstr(type, ==, "application/problem+json");
        g_assert_true((c->status == 405) == (allow != NULL));
    }
}

static void
test_access(gconstpointer data)
{
    g_autoptr(Fixture) fixture = start(data);
    g_autoptr(Reply) who = client_ask(fixture, "GET", "/who/%E0%B8%94+x", PASSWORDLESS);
    g_autoptr(Reply) fixed = client_ask(fixture, "GET", "/who/fixed", "");
    g_autoptr(Reply) private =
        client_ask(fixture, "GET", "/lessons/" FIXTURE_PRIVATE "/index.m3u8", PASSWORDLESS);

    assert_body(who, "somchai ด+x 127.0.0.1");
    assert_body(fixed, "hello world");
    g_assert_cmpuint(private->status, ==, 200);
}

/* On a shared computer what one viewer's browser keeps is of no use to the next. */
static void
test_private_media_is_asked_for_each_time(gconstpointer data)
{
    static const char *const paths[] = {"/lessons/" FIXTURE_PRIVATE "/index.m3u8",
                                        "/lessons/" FIXTURE_PRIVATE "/voice.0123abcd.mp4"};
    g_autoptr(Fixture) fixture = start(data);

    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autoptr(Reply) reply = client_ask(fixture, "GET", paths[i], PASSWORDLESS);
        g_autofree char *caching = reply_get(reply, "Cache-Control");
        g_autofree char *etag = reply_get(reply, "ETag");
        g_autofree char *known = g_strdup_printf("If-None-Match: %s\r\n", etag);
        g_autofree char *signed_in = g_strconcat(PASSWORDLESS, known, NULL);
        g_autoptr(Reply) same = client_ask(fixture, "GET", paths[i], signed_in);
        g_autofree char *same_caching = reply_get(same, "Cache-Control");
        g_autoptr(Reply) signed_out = client_ask(fixture, "GET", paths[i], known);
        g_assert_cmpuint(reply->status, ==, 200);
        g_assert_cmpstr(caching, ==, "private, no-cache");
        g_assert_cmpuint(same->status, ==, 304);
        g_assert_cmpstr(same_caching, ==, "private, no-cache");
        g_assert_cmpuint(signed_out->status, ==, 401);
    }
}

static void
test_lesson_is_remembered_and_forgotten(gconstpointer data)
{
    g_autoptr(Fixture) fixture = start(data);

    for (guint i = 0; i < 20; i++) {
        g_autoptr(Reply) reply = client_ask(fixture, "GET", FIXTURE_PLAYLIST, "");
        g_assert_cmpuint(reply->status, ==, 200);
    }
    g_assert_cmpint(g_atomic_int_get(&fixture->n_lookups), ==, 1);
    g_atomic_int_set(&fixture->is_hidden, TRUE);
    http_bundles_invalidate(fixture->bundles, FIXTURE_LESSON);
    for (guint i = 0; i < 3; i++) {
        g_autoptr(Reply) reply = client_ask(fixture, "GET", FIXTURE_PLAYLIST, "");
        g_assert_cmpuint(reply->status, ==, 404);
    }
    g_assert_cmpint(g_atomic_int_get(&fixture->n_lookups), ==, 2);
}

static void
test_cors(gconstpointer data)
{
    g_autoptr(Fixture) fixture = start(data);
    g_autoptr(Reply) preflight =
        client_ask(fixture, "OPTIONS", "/upload",
                   "Origin: https://x.example\r\nAccess-Control-Request-Method: PATCH\r\n");
    g_autoptr(Reply) plain = client_ask(fixture, "OPTIONS", "/hello", "");
    g_autoptr(Reply) asterisk = client_ask(fixture, "OPTIONS", "*", "");
    g_autofree char *headers = reply_get(preflight, "Access-Control-Allow-Headers");
    g_autofree char *methods = reply_get(preflight, "Access-Control-Allow-Methods");
    g_autofree char *allow = reply_get(plain, "Allow");

    g_assert_cmpuint(preflight->status, ==, 204);
    g_assert_nonnull(strstr(headers, "Upload-Offset"));
    g_assert_nonnull(strstr(methods, "PATCH"));
    g_assert_cmpuint(plain->status, ==, 204);
    g_assert_cmpstr(allow, ==, "OPTIONS, GET, HEAD");
    g_assert_cmpuint(asterisk->status, ==, 204);
}

static void
test_http_1_0(gconstpointer data)
{
    g_autoptr(Fixture) fixture = start(data);
    int descriptor = client_connect(fixture);
    g_autoptr(Reply) kept = NULL;
    g_autoptr(Reply) last = NULL;

    client_send(descriptor, "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    kept = client_receive(descriptor, FALSE);
    assert_body(kept, "hello world");
    client_send(descriptor, "GET /hello HTTP/1.0\r\n\r\n");
    last = client_receive(descriptor, FALSE);
    assert_body(last, "hello world");
    g_assert_true(client_sees_end(descriptor));
    close(descriptor);
}

static void
test_no_server_header(gconstpointer data)
{
    g_autoptr(Fixture) fixture = start(data);
    g_autoptr(Reply) reply = client_ask(fixture, "GET", "/hello", "");
    g_autofree char *server = reply_get(reply, "Server");
    g_autofree char *date = reply_get(reply, "Date");

    g_assert_null(server);
    g_assert_nonnull(date);
}

typedef struct {
    const char *name;       //
    GTestDataFunc function; //
} Case;

static const Case cases[] = {
    {"many-requests-on-one-connection", test_many_requests_on_one_connection},
    {"pipelined", test_pipelined},
    {"byte-by-byte", test_byte_by_byte},
    {"ranges", test_ranges},
    {"unsatisfiable", test_unsatisfiable},
    {"conditions", test_conditions},
    {"head", test_head},
    {"errors", test_errors},
    {"access", test_access},
    {"private-media-is-asked-for-each-time", test_private_media_is_asked_for_each_time},
    {"lesson-is-remembered-and-forgotten", test_lesson_is_remembered_and_forgotten},
    {"cors", test_cors},
    {"http-1.0", test_http_1_0},
    {"no-server-header", test_no_server_header},
};

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *fast = g_strdup_printf("/http/requests/fast/%s", cases[i].name);
        g_autofree char *full = g_strdup_printf("/http/requests/libsoup/%s", cases[i].name);
        g_test_add_data_func(fast, GINT_TO_POINTER(FALSE), cases[i].function);
        g_test_add_data_func(full, GINT_TO_POINTER(TRUE), cases[i].function);
    }
    return g_test_run();
}
