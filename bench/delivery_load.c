// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The delivery bench's load at a fixed rate: N clients keep their connections and ask in turn, so
// that the whole makes RATE requests a second. A late answer counts from the moment it was due.
// Arguments: PORT PATH CLIENTS RATE SECONDS. With RATE 0 each client asks once, then all are idle
// until the end of input. Prints one JSON line.
#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_US (20 * G_USEC_PER_SEC)

typedef struct {
    int descriptor; // (owned)
    gint64 due_us;  // 0 when nothing is asked
    gsize received; // of the answer under way
} Client;

typedef struct {
    Client *clients;    // (owned)
    guint n_clients;    //
    int epoll;          // (owned)
    char *request;      // (owned)
    gsize answer_bytes; // of every answer, known from the first
    guint n_waiting;    // answers under way
    guint n_failed;     // answers that never came
    GArray *latencies;  // (owned) (element-type gint64), microseconds
} Load;

static void
fail(const char *what)
{
    g_printerr("%s: %s\n", what, g_strerror(errno));
    exit(1);
}

static void
connect_client(Load *load, guint i, guint16 port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;

    if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0)
        fail("connect");
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    load->clients[i].descriptor = descriptor;
    if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, descriptor, &event) < 0)
        fail("epoll_ctl");
}

static void
ask(Load *load, guint i, gint64 due_us)
{
    Client *client = &load->clients[i];
    gsize length = strlen(load->request);

    if (client->due_us != 0 ||
        client->descriptor < 0) { // still waiting: that answer is lost time enough
        load->n_failed++;
        return;
    }
    client->due_us = due_us;
    client->received = 0;
    load->n_waiting++;
    if (send(client->descriptor, load->request, length, MSG_NOSIGNAL) != (gssize)length)
        load->n_failed++;
}

static gsize
measure_answer(const char *text, gssize length)
{
    const char *end = g_strstr_len(text, length, "\r\n\r\n");
    const char *field = g_strstr_len(text, length, "Content-Length: ");

    if (!end || !field || !g_str_has_prefix(text, "HTTP/1.1 2")) {
        g_printerr("unexpected answer: %.*s\n", (int)MIN(length, 200), text);
        exit(1);
    }
    return (end + 4 - text) + strtoul(field + strlen("Content-Length: "), NULL, 10);
}

static void
take(Load *load, guint i)
{
    static const gsize size = 1 << 18;
    g_autofree char *buffer = g_malloc(size);
    Client *client = &load->clients[i];
    gssize n = recv(client->descriptor, buffer, size, MSG_DONTWAIT);
    gint64 latency_us;

    if (n <= 0 && errno == EAGAIN && n < 0)
        return;
    if (n <= 0) {
        close(client->descriptor);
        client->descriptor = -1;
        load->n_failed++;
        load->n_waiting -= client->due_us != 0;
        return;
    }
    if (load->answer_bytes == 0)
        load->answer_bytes = measure_answer(buffer, n);
    client->received += n;
    if (client->received < load->answer_bytes || client->due_us == 0)
        return;
    latency_us = g_get_monotonic_time() - client->due_us;
    g_array_append_val(load->latencies, latency_us);
    client->due_us = 0;
    load->n_waiting--;
}

static void
turn(Load *load, gint64 until_us)
{
    struct epoll_event events[256];
    gint64 left_us = until_us - g_get_monotonic_time();
    int n = epoll_wait(load->epoll, events, G_N_ELEMENTS(events), (int)MAX(left_us / 1000, 0));

    for (int i = 0; i < n; i++)
        take(load, events[i].data.u32);
}

static void
finish(Load *load)
{
    gint64 limit_us = g_get_monotonic_time() + PATIENCE_US;

    while (load->n_waiting > 0 && g_get_monotonic_time() < limit_us)
        turn(load, limit_us);
    load->n_failed += load->n_waiting;
}

static void
run_at_rate(Load *load, double rate, double seconds)
{
    gint64 start_us = g_get_monotonic_time();
    guint64 total = (guint64)(rate * seconds);

    for (guint64 j = 0; j < total;) {
        gint64 due_us = start_us + (gint64)(j * 1e6 / rate);
        if (g_get_monotonic_time() >= due_us) {
            ask(load, j % load->n_clients, due_us);
            if (++j % 16 == 0)
                turn(load, 0);
        } else {
            turn(load, due_us);
        }
    }
    finish(load);
}

static void
run_once(Load *load)
{
    for (guint i = 0; i < load->n_clients; i++) {
        ask(load, i, g_get_monotonic_time());
        if (i % 64 == 0)
            finish(load);
    }
    finish(load);
}

static gint
compare(gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

    return (x > y) - (x < y);
}

static double
percentile_ms(GArray *sorted, double part)
{
    return sorted->len ? g_array_index(sorted, gint64, (guint)((sorted->len - 1) * part)) / 1000.0
                       : 0;
}

int
main(int argc, char **argv)
{
    Load load = {.epoll = epoll_create1(EPOLL_CLOEXEC)};
    struct rlimit limit;
    double rate;
    char end;

    if (argc != 6) {
        g_printerr("usage: %s PORT PATH CLIENTS RATE SECONDS\n", argv[0]);
        return 64;
    }
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    load.n_clients = (guint)g_ascii_strtoull(argv[3], NULL, 10);
    load.clients = g_new0(Client, load.n_clients);
    load.request = g_strdup_printf("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", argv[2]);
    load.latencies = g_array_new(FALSE, FALSE, sizeof(gint64));
    rate = g_ascii_strtod(argv[4], NULL);
    for (guint i = 0; i < load.n_clients; i++)
        connect_client(&load, i, (guint16)g_ascii_strtoull(argv[1], NULL, 10));
    g_print("{\"connected\":%u}\n", load.n_clients);
    if (read(STDIN_FILENO, &end, 1) > 0 && rate > 0)
        run_at_rate(&load, rate, g_ascii_strtod(argv[5], NULL));
    else
        run_once(&load);
    g_array_sort(load.latencies, compare);
    g_print("{\"answers\":%u,\"failed\":%u,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}\n",
            load.latencies->len, load.n_failed, percentile_ms(load.latencies, 0.5),
            percentile_ms(load.latencies, 0.99), percentile_ms(load.latencies, 1.0));
    while (read(STDIN_FILENO, &end, 1) > 0)
        ;
    return 0;
}
