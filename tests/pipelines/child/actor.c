// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A child that plays a part, for the tests of the launcher and the walls: what it does is the name
// of the file it is given as its source. It speaks the real protocol over the real channel.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gio/gio.h>

#include "pipelines/child/channel.h"
#include "pipelines/child/lockdown.h"

static void
say(ChildChannel *channel, ChildReportKind kind, const char *code, const char *detail)
{
    g_autoptr(ChildReport) report = child_report_new(kind);
    report->code = g_strdup(code);
    report->detail = g_strdup(detail);
    report->stage = g_strdup("voice");
    child_channel_send(channel, report);
}

/* Nothing more; ends when the parent is gone. */
static void
be_silent(void)
{
    for (;;)
        pause();
}

/* Asks for 1 GiB in pieces; the ceiling of the tests is a quarter of it. */
static void
be_greedy(void)
{
    g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < 64; i++) {
        char *piece = g_malloc(16 * 1024 * 1024);
        memset(piece, 1, 16 * 1024 * 1024);
        g_ptr_array_add(pieces, piece);
    }
}

static void
flood(ChildChannel *channel)
{
    for (guint i = 0; i < 1000000; i++)
        say(channel, CHILD_REPORT_PROGRESS, NULL, NULL);
}

static void
wait_for_cancel(ChildChannel *channel, int descriptor)
{
    struct pollfd ready = {descriptor, POLLIN, 0};
    while (!child_channel_is_cancelled(channel))
        poll(&ready, 1, 30000);
    say(channel, CHILD_REPORT_FAILED, "internal", "stopped");
}

static void
add(GString *found, gboolean wrong, const char *what)
{
    if (wrong)
        g_string_append_printf(found, "%s ", what);
}

static gboolean
can_connect(void)
{
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9)};
    inet_pton(AF_INET, "192.0.2.1", &address.sin_addr);
    gboolean unreachable =
        descriptor < 0 || (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0 &&
                           errno == ENETUNREACH);
    return !unreachable;
}

static gboolean
can_write(const char *path)
{
    int descriptor = open(path, O_WRONLY | O_CREAT, 0600);
    if (descriptor >= 0)
        close(descriptor);
    return descriptor >= 0;
}

/* What the walls should keep from us, tried; says what was possible all the same. */
static void
try_walls(ChildChannel *channel, const ChildJob *job)
{
    g_autoptr(GString) found = g_string_new(NULL);
    g_autofree char *own = g_build_filename(job->staging, "mine", NULL);
    add(found, can_connect(), "network");
    add(found, can_write("/usr/intruder"), "usr");
    add(found, can_write("/source"), "source");
    add(found, access("/root", F_OK) == 0, "root");
    add(found, access("/home", F_OK) == 0, "home");
    add(found, access("/etc/passwd", F_OK) == 0, "passwd");
    add(found, kill(getppid() > 1 ? getppid() : 2, 0) == 0 && getppid() > 2, "parent");
    add(found, !can_write(own), "no-staging");
    say(channel, CHILD_REPORT_FAILED, found->len == 0 ? "walls-hold" : "walls-leak", found->str);
}

static gpointer
run_thread(gpointer data)
{
    return data;
}

/* What the lockdown should refuse, tried. */
static void
try_lockdown(ChildChannel *channel)
{
    g_autoptr(GString) found = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    add(found, !child_lockdown_enter(&error), "not-entered");
    add(found, socket(AF_INET, SOCK_STREAM, 0) >= 0, "socket");
    char *const arguments[] = {(char *)"/usr/bin/true", NULL};
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    add(found, pid > 0, "fork");
    int result = execv(arguments[0], arguments); // returns only when it is refused
    add(found, result != -1, "exec");
    g_autoptr(GThread) thread = g_thread_try_new("t", run_thread, channel, NULL);
    add(found, thread == NULL, "no-thread");
    if (thread != NULL)
        g_thread_join(g_steal_pointer(&thread));
    say(channel, CHILD_REPORT_FAILED, found->len == 0 ? "lockdown-holds" : "lockdown-leaks",
        found->str);
}

static int
play(ChildChannel *channel, const ChildJob *job, int descriptor, const char *part)
{
    if (strcmp(part, "silent") == 0)
        be_silent();
    else if (strcmp(part, "flood") == 0)
        flood(channel);
    else if (strcmp(part, "rubbish") == 0)
        return write(descriptor, "{]\n", 3) == 3 ? 0 : 1;
    else if (strcmp(part, "crash") == 0)
        raise(SIGSEGV);
    else if (strcmp(part, "starve") == 0)
        raise(SIGKILL);
    else if (strcmp(part, "leave") == 0)
        return 3;
    else if (strcmp(part, "cancel") == 0)
        wait_for_cancel(channel, descriptor);
    else if (strcmp(part, "greedy") == 0)
        be_greedy();
    else if (strcmp(part, "walls") == 0)
        try_walls(channel, job);
    else if (strcmp(part, "lockdown") == 0)
        try_lockdown(channel);
    else
        say(channel, CHILD_REPORT_DONE, NULL, NULL);
    return 0;
}

int
main(int argc, char **argv)
{
    if (argc != 3)
        return 64;
    int descriptor = atoi(argv[2]);
    g_autoptr(ChildChannel) channel = child_channel_new(descriptor);
    say(channel, CHILD_REPORT_HELLO, NULL, NULL);
    g_autoptr(ChildJob) job = child_channel_read_job(channel, NULL);
    g_autofree char *part = NULL;
    if (job == NULL || !g_file_get_contents(job->source, &part, NULL, NULL))
        return 65;
    return play(channel, job, descriptor, part);
}
