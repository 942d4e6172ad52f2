// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Golden table of heads: what is understood, and what is refused with which status.
#include "server/http/head.h"

#include <string.h>

#define LIMIT 16384
#define H "Host: h\r\n"

typedef struct {
    const char *name; //
    const char *text; //
    guint status;     // 0 when it is whole, 1 when it is incomplete
} Case;

static const Case cases[] = {
    {"plain", "GET / HTTP/1.1\r\n" H "\r\n", 0},
    {"leading-empty-line", "\r\nGET / HTTP/1.1\r\n" H "\r\n", 0},
    {"two-leading-empty-lines", "\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n", 400},
    {"incomplete-line", "GET / HT", 1},
    {"incomplete-head", "GET / HTTP/1.1\r\n" H, 1},
    {"incomplete-last-feed", "GET / HTTP/1.1\r\n" H "\r", 1},
    {"1.0-without-host", "GET / HTTP/1.0\r\n\r\n", 0},
    {"1.1-without-host", "GET / HTTP/1.1\r\n\r\n", 400},
    {"two-hosts", "GET / HTTP/1.1\r\n" H H "\r\n", 400},
    {"two-hosts-1.0", "GET / HTTP/1.0\r\n" H H "\r\n", 400},
    {"bad-host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
    {"host-with-user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400},
    {"empty-host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
    {"host-v6", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", 0},
    {"length-and-encoding",
     "POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    {"encoding-and-length",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 400},
    {"two-lengths", "POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nContent-Length: 4\r\n\r\n", 400},
    {"same-length-twice", "POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nContent-Length: 3\r\n\r\n",
     400},
    {"list-of-lengths", "POST / HTTP/1.1\r\n" H "Content-Length: 3, 3\r\n\r\n", 400},
    {"negative-length", "POST / HTTP/1.1\r\n" H "Content-Length: -3\r\n\r\n", 400},
    {"plus-length", "POST / HTTP/1.1\r\n" H "Content-Length: +3\r\n\r\n", 400},
    {"hex-length", "POST / HTTP/1.1\r\n" H "Content-Length: 0x3\r\n\r\n", 400},
    {"empty-length", "POST / HTTP/1.1\r\n" H "Content-Length:\r\n\r\n", 400},
    {"huge-length", "POST / HTTP/1.1\r\n" H "Content-Length: 9999999999999999999\r\n\r\n", 413},
    {"chunked", "POST / HTTP/1.1\r\n" H "Transfer-Encoding: Chunked\r\n\r\n", 0},
    {"chunked-twice",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
     400},
    {"gzip-chunked", "POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
    {"chunked-tab",
     "POST / HTTP/1.1\r\n" H "Transfer-Encoding: \x0b"
     "chunked\r\n\r\n",
     400},
    {"chunked-1.0", "POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n", 400},
    {"space-before-colon", "GET / HTTP/1.1\r\n" H "Content-Length : 3\r\n\r\n", 400},
    {"no-colon", "GET / HTTP/1.1\r\n" H "Nonsense\r\n\r\n", 400},
    {"empty-name", "GET / HTTP/1.1\r\n" H ": x\r\n\r\n", 400},
    {"name-with-umlaut", "GET / HTTP/1.1\r\n" H "\xc3\xa4: x\r\n\r\n", 400},
    {"bare-feed", "GET / HTTP/1.1\n" H "\r\n", 400},
    {"bare-feed-in-field", "GET / HTTP/1.1\r\nHost: h\n\r\n", 400},
    {"bare-feed-at-end", "GET / HTTP/1.1\r\n" H "\n", 400},
    {"bare-return", "GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", 400},
    {"folded", "GET / HTTP/1.1\r\n" H "X: a\r\n b\r\n\r\n", 400},
    {"folded-first", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400},
    {"control-in-value", "GET / HTTP/1.1\r\n" H "X: a\x01\r\n\r\n", 400},
    {"delete-in-value", "GET / HTTP/1.1\r\n" H "X: a\x7f\r\n\r\n", 400},
    {"thai-in-value", "GET / HTTP/1.1\r\n" H "X: \xe0\xb8\x94\r\n\r\n", 0},
    {"tab-in-value", "GET / HTTP/1.1\r\n" H "X:\t a\tb \r\n\r\n", 0},
    {"lower-case-method", "get / HTTP/1.1\r\n" H "\r\n", 400},
    {"no-method", " / HTTP/1.1\r\n" H "\r\n", 400},
    {"long-method", "ABCDEFGHIJKLMNOPQ / HTTP/1.1\r\n" H "\r\n", 501},
    {"connect", "CONNECT h:1 HTTP/1.1\r\n" H "\r\n", 501},
    {"trace", "TRACE / HTTP/1.1\r\n" H "\r\n", 501},
    {"unknown-method", "BREW / HTTP/1.1\r\n" H "\r\n", 501},
    {"two-spaces", "GET  / HTTP/1.1\r\n" H "\r\n", 400},
    {"space-in-target", "GET /a b HTTP/1.1\r\n" H "\r\n", 400},
    {"no-version", "GET /\r\n" H "\r\n", 400},
    {"bad-version", "GET / HTTP/1.1x\r\n" H "\r\n", 400},
    {"lower-version", "GET / http/1.1\r\n" H "\r\n", 400},
    {"version-2", "PRI * HTTP/2.0\r\n\r\n", 505},
    {"version-1.2", "GET / HTTP/1.2\r\n" H "\r\n", 505},
    {"tls-hello", "\x16\x03\x01\x02\x01\x01\r\n", 400},
    {"fragment", "GET /#x HTTP/1.1\r\n" H "\r\n", 400},
    {"backslash", "GET /\\x HTTP/1.1\r\n" H "\r\n", 400},
    {"non-ascii-target", "GET /\xe0\xb8\x94 HTTP/1.1\r\n" H "\r\n", 400},
    {"bad-escape", "GET /%zz HTTP/1.1\r\n" H "\r\n", 400},
    {"cut-escape", "GET /%e HTTP/1.1\r\n" H "\r\n", 400},
    {"zero-escape", "GET /%00 HTTP/1.1\r\n" H "\r\n", 400},
    {"relative", "GET x HTTP/1.1\r\n" H "\r\n", 400},
    {"absolute", "GET http://h/x?y HTTP/1.1\r\n" H "\r\n", 0},
    {"absolute-no-path", "GET http://h HTTP/1.1\r\n" H "\r\n", 400},
    {"absolute-no-host", "GET http:///x HTTP/1.1\r\n" H "\r\n", 400},
    {"asterisk", "OPTIONS * HTTP/1.1\r\n" H "\r\n", 0},
    {"asterisk-get", "GET * HTTP/1.1\r\n" H "\r\n", 400},
    {"expect", "PUT / HTTP/1.1\r\n" H "Expect: 100-Continue\r\n\r\n", 0},
    {"expect-other", "PUT / HTTP/1.1\r\n" H "Expect: tea\r\n\r\n", 417},
};

static void
test_case(gconstpointer data)
{
    const Case *c = data;
    HttpHead head;
    HttpHeadRefusal refusal = {0};
    HttpHeadState state = http_head_parse(c->text, strlen(c->text), LIMIT, &head, &refusal);

    if (c->status == 0) {
        g_assert_cmpint(state, ==, HTTP_HEAD_WHOLE);
        g_assert_cmpuint(head.end, ==, strlen(c->text));
    } else if (c->status == 1) {
        g_assert_cmpint(state, ==, HTTP_HEAD_INCOMPLETE);
    } else {
        g_assert_cmpint(state, ==, HTTP_HEAD_REFUSED);
        g_assert_cmpuint(refusal.status, ==, c->status);
        g_assert_nonnull(refusal.detail);
    }
}

// Whatever is whole must be incomplete at each shorter length, never refused.
static void
test_prefixes(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        for (gsize n = 0; cases[i].status == 0 && n < strlen(cases[i].text); n++) {
            g_autofree char *exact = g_memdup2(cases[i].text, n);
            HttpHead head;
            HttpHeadRefusal refusal;
            g_assert_cmpint(http_head_parse(exact, n, LIMIT, &head, &refusal), ==,
                            HTTP_HEAD_INCOMPLETE);
        }
}

static void
test_zero_byte(void)
{
    static const char text[] = "GET / HTTP/1.1\r\nHost: h\0\r\n\r\n";
    HttpHead head;
    HttpHeadRefusal refusal;

    g_assert_cmpint(http_head_parse(text, sizeof text - 1, LIMIT, &head, &refusal), ==,
                    HTTP_HEAD_REFUSED);
    g_assert_cmpuint(refusal.status, ==, 400);
}

static void
assert_refused(GString *text, guint status)
{
    HttpHead head;
    HttpHeadRefusal refusal;

    g_assert_cmpint(http_head_parse(text->str, text->len, LIMIT, &head, &refusal), ==,
                    HTTP_HEAD_REFUSED);
    g_assert_cmpuint(refusal.status, ==, status);
    g_string_free(text, TRUE);
}

static void
test_too_much(void)
{
    GString *many = g_string_new("GET / HTTP/1.1\r\n" H);
    GString *wide = g_string_new("GET / HTTP/1.1\r\n" H "X: ");
    GString *deep = g_string_new("GET /");
    GString *endless = g_string_new("GET /");
    GString *slow = g_string_new("GET / HTTP/1.1\r\n" H);

    for (guint i = 0; i < HTTP_HEAD_FIELDS_MAX; i++)
        g_string_append_printf(many, "X-%u: y\r\n", i);
    for (guint i = 0; i < 9000; i++) {
        g_string_append_c(wide, 'x');
        g_string_append_c(deep, 'x');
    }
    for (guint i = 0; i < 20000; i++)
        g_string_append_c(endless, 'x');
    for (guint i = 0; i < 20; i++) {
        g_string_append_printf(slow, "X-%u: ", i);
        g_string_append_printf(slow, "%01000d\r\n", i);
    }
    assert_refused(many, 431);
    assert_refused(g_string_append(wide, "\r\n\r\n"), 431);
    assert_refused(g_string_append(deep, " HTTP/1.1\r\n" H "\r\n"), 414);
    assert_refused(endless, 414);
    assert_refused(slow, 431);
}

static void
test_what_it_says(void)
{
    static const char text[] = "POST http://h/a%20b?c=d?e HTTP/1.1\r\nhOST: h\r\n"
                               "Content-Length: 0012\r\nConnection: x, CLOSE\r\n"
                               "Range: \t bytes=0-1 \t\r\n\r\nbody";
    HttpHead head;
    HttpHeadRefusal refusal;
    const HttpHeadText *range;

    g_assert_cmpint(http_head_parse(text, strlen(text), LIMIT, &head, &refusal), ==,
                    HTTP_HEAD_WHOLE);
    g_assert_cmpmem(head.method.text, head.method.length, "POST", 4);
    g_assert_cmpmem(head.path.text, head.path.length, "/a%20b", 6);
    g_assert_cmpmem(head.query.text, head.query.length, "c=d?e", 5);
    g_assert_cmpint(head.content_length, ==, 12);
    g_assert_false(head.keeps_alive);
    g_assert_false(head.is_chunked);
    g_assert_cmpuint(head.end, ==, strlen(text) - 4);
    range = http_head_find(&head, "range");
    g_assert_cmpmem(range->text, range->length, "bytes=0-1", 9);
    g_assert_null(http_head_find(&head, "If-Range"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/http/head/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/http/head/prefixes", test_prefixes);
    g_test_add_func("/http/head/zero-byte", test_zero_byte);
    g_test_add_func("/http/head/too-much", test_too_much);
    g_test_add_func("/http/head/what-it-says", test_what_it_says);
    return g_test_run();
}
