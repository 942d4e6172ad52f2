// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The raw client of the fixture: blocking sockets, so that a test decides every byte and its
// moment.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/server/http/fixture.h"

#define PATIENCE_S 120

void
reply_free(Reply *reply)
{
    g_free(reply->head);
    g_byte_array_unref(reply->body);
    g_free(reply);
}

int
client_connect(Fixture *fixture)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(http_server_get_port(fixture->server)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    struct timeval patience = {PATIENCE_S, 0};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_assert_cmpint(descriptor, >=, 0);
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    g_assert_cmpint(connect(descriptor, (struct sockaddr *)&address, sizeof address), ==, 0);
    return descriptor;
}

gboolean
client_send(int descriptor, const char *text)
{
    gsize length = strlen(text);

    while (length > 0) {
        gssize n = send(descriptor, text, length, MSG_NOSIGNAL);
        if (n <= 0)
            return FALSE;
        text += n;
        length -= n;
    }
    return TRUE;
}

static gboolean
receive_head(int descriptor, GString *head)
{
    char c;

    while (!g_str_has_suffix(head->str, "\r\n\r\n")) {
        if (recv(descriptor, &c, 1, 0) != 1)
            return FALSE;
        g_string_append_c(head, c);
    }
    return TRUE;
}

char *
reply_get(const Reply *reply, const char *name)
{
    g_auto(GStrv) lines = g_strsplit(reply->head, "\r\n", -1);

    for (guint i = 1; lines[i]; i++) {
        gsize n = strlen(name);
        if (g_ascii_strncasecmp(lines[i], name, n) == 0 && lines[i][n] == ':')
            return g_strdup(g_strstrip(lines[i] + n + 1));
    }
    return NULL;
}

static void
receive_body(int descriptor, Reply *reply)
{
    g_autofree char *length_text = reply_get(reply, "Content-Length");
    gint64 left = length_text ? g_ascii_strtoll(length_text, NULL, 10) : G_MAXINT64;
    guint8 buffer[65536];

    if (reply->status == 304 || reply->status == 204 || reply->status < 200)
        return;
    while (left > 0) {
        gssize n = recv(descriptor, buffer, MIN((gint64)sizeof buffer, left), 0);
        if (n <= 0)
            return;
        g_byte_array_append(reply->body, buffer, n);
        left -= n;
    }
}

Reply *
client_receive(int descriptor, gboolean is_head)
{
    g_autoptr(GString) head = g_string_new(NULL);
    Reply *reply;

    if (!receive_head(descriptor, head))
        return NULL;
    reply = g_new0(Reply, 1);
    reply->head = g_strdup(head->str);
    reply->status = strtoul(head->str + strlen("HTTP/1.1 "), NULL, 10);
    reply->body = g_byte_array_new();
    if (!is_head)
        receive_body(descriptor, reply);
    return reply;
}

Reply *
client_ask(Fixture *fixture, const char *method, const char *path, const char *fields)
{
    int descriptor = client_connect(fixture);
    g_autofree char *text =
        g_strdup_printf("%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", method, path, fields);
    Reply *reply;

    client_send(descriptor, text);
    reply = client_receive(descriptor, strcmp(method, "HEAD") == 0);
    g_assert_nonnull(reply);
    close(descriptor);
    return reply;
}

gboolean
client_sees_end(int descriptor)
{
    char c;

    return recv(descriptor, &c, 1, 0) == 0;
}

void
client_dawdle(int descriptor, int ms)
{
    struct pollfd watched = {.fd = descriptor, .events = POLLRDHUP};

    poll(&watched, 1, ms);
}

void
fixture_count(Fixture *fixture, gint *counter)
{
    g_mutex_lock(&fixture->lock);
    g_atomic_int_inc(counter);
    g_cond_broadcast(&fixture->changed);
    g_mutex_unlock(&fixture->lock);
}

gboolean
fixture_wait(Fixture *fixture, gint *counter, gint n)
{
    gint64 limit_us = g_get_monotonic_time() + PATIENCE_S * G_USEC_PER_SEC;
    gboolean reached;

    g_mutex_lock(&fixture->lock);
    while (!(reached = g_atomic_int_get(counter) >= n) &&
           g_cond_wait_until(&fixture->changed, &fixture->lock, limit_us))
        ;
    g_mutex_unlock(&fixture->lock);
    return reached;
}
