// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Sends a file over and over by SRT, about as fast as it was broadcast, and says what happens:
//   srt-send --port N [--listen] [--passphrase P] [--streamid S] [--rate BITS] [--bursts N] FILE
// Prints `connected`, `rejected CODE`, `gone`, `done`. Ends after so many bursts of 7 packets, when
// the other side ends, or by a signal.
#include <arpa/inet.h>
#include <glib.h>
#include <poll.h>
#include <srt/srt.h>
#include <stdio.h>
#include <string.h>

#define BURST (7 * 188)

typedef struct {
    int port;         // (value)
    gboolean listen;  // (value)
    char *passphrase; // (owned) (nullable)
    char *streamid;   // (owned) (nullable)
    int rate;         // (value) bits a second
    int bursts;       // (value) 0: without end
} Options;

static void
say(const char *what, int code)
{
    printf("%s %d\n", what, code);
    fflush(stdout);
}

static int
send_all(SRTSOCKET socket, const Options *options, const char *bytes, gsize length)
{
    gint64 begun_us = g_get_monotonic_time();
    for (gint64 sent = 0; options->bursts == 0 || sent < options->bursts; sent++) {
        gsize at = (gsize)sent * BURST % length;
        gint64 due_us = begun_us + sent * BURST * 8 * G_USEC_PER_SEC / options->rate;
        gint64 wait_ms = (due_us - g_get_monotonic_time()) / 1000;
        if (wait_ms > 0)
            poll(NULL, 0, (int)wait_ms); // the pace of a broadcast
        if (srt_sendmsg(socket, bytes + at, (int)MIN(BURST, length - at), -1, 1) < 0) {
            say("gone", 0);
            return 3;
        }
    }
    say("done", 0);
    return 0;
}

static SRTSOCKET
connect_socket(SRTSOCKET socket, const Options *options)
{
    struct sockaddr_in place = {.sin_family = AF_INET,
                                .sin_port = htons((guint16)options->port),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
    if (options->listen) {
        if (srt_bind(socket, (struct sockaddr *)&place, sizeof place) != 0 ||
            srt_listen(socket, 4) != 0)
            return SRT_INVALID_SOCK;
        say("listening", options->port);
        return srt_accept(socket, NULL, NULL);
    }
    if (srt_connect(socket, (struct sockaddr *)&place, sizeof place) == SRT_ERROR)
        return SRT_INVALID_SOCK;
    return socket;
}

int
main(int argc, char **argv)
{
    Options options = {.rate = 4000000};
    const GOptionEntry entries[] = {
        {"port", 0, 0, G_OPTION_ARG_INT, &options.port, "UDP port", "N"},
        {"listen", 0, 0, G_OPTION_ARG_NONE, &options.listen, "wait for a caller", NULL},
        {"passphrase", 0, 0, G_OPTION_ARG_FILENAME, &options.passphrase, "encrypt", "TEXT"},
        {"streamid", 0, 0, G_OPTION_ARG_FILENAME, &options.streamid, "say who it is", "TEXT"},
        {"rate", 0, 0, G_OPTION_ARG_INT, &options.rate, "bits a second", "N"},
        {"bursts", 0, 0, G_OPTION_ARG_INT, &options.bursts, "then end", "N"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("FILE");
    g_autofree char *bytes = NULL;
    gsize length = 0;
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, NULL) || argc != 2 ||
        !g_file_get_contents(argv[1], &bytes, &length, NULL) || length == 0)
        return 64;
    srt_startup();
    srt_setloglevel(0);
    SRTSOCKET socket = srt_create_socket();
    if (options.passphrase != NULL)
        srt_setsockflag(socket, SRTO_PASSPHRASE, options.passphrase,
                        (int)strlen(options.passphrase));
    if (options.streamid != NULL)
        srt_setsockflag(socket, SRTO_STREAMID, options.streamid, (int)strlen(options.streamid));
    SRTSOCKET peer = connect_socket(socket, &options);
    if (peer == SRT_INVALID_SOCK) {
        say("rejected", srt_getrejectreason(socket));
        return 2;
    }
    say("connected", 0);
    int exit_code = send_all(peer, &options, bytes, length);
    srt_close(peer);
    srt_close(socket);
    srt_cleanup();
    g_free(options.passphrase);
    g_free(options.streamid);
    return exit_code;
}
