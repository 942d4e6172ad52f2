// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Descriptors come in the order of the feed lines that they belong to, each with the first byte of
// its line or before the line is whole.
#include "pipelines/child/intake_channel.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pipelines/child/report.h"

#define DRAIN_MS 2000
#define ROOM_BYTES (256 * 1024)
#define MAX_DESCRIPTORS 64 // that wait for their lines

struct _ChildIntakeChannel {
    int descriptor;                // (owned)
    ChildIntakeChannelFuncs funcs; // (value)
    gpointer data;                 // (unowned) for funcs
    GMainContext *context;         // (owned)
    GSource *source;               // (owned) (nullable)
    GString *received;             // (owned) not yet a whole line
    GString *to_send;              // (owned)
    GArray *descriptors;           // (owned) (element-type int)
};

static void
clear_source(ChildIntakeChannel *channel)
{
    if (channel->source != NULL)
        g_source_destroy(channel->source);
    g_clear_pointer(&channel->source, g_source_unref);
}

void
child_intake_channel_free(ChildIntakeChannel *channel)
{
    clear_source(channel);
    for (guint i = 0; i < channel->descriptors->len; i++)
        close(g_array_index(channel->descriptors, int, i));
    g_array_unref(channel->descriptors);
    g_main_context_unref(channel->context);
    g_string_free(channel->received, TRUE);
    g_string_free(channel->to_send, TRUE);
    close(channel->descriptor);
    g_free(channel);
}

/* Keeps the descriptors of @message; FALSE when there are too many. */
static gboolean
take_descriptors(ChildIntakeChannel *channel, struct msghdr *message)
{
    for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head != NULL;
         head = CMSG_NXTHDR(message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
            continue;
        gsize count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (gsize i = 0; i < count; i++) {
            int descriptor = -1;
            memcpy(&descriptor, CMSG_DATA(head) + i * sizeof(int), sizeof(int));
            g_array_append_val(channel->descriptors, descriptor);
        }
    }
    return (message->msg_flags & MSG_CTRUNC) == 0 && channel->descriptors->len <= MAX_DESCRIPTORS;
}

/* Takes what is there; FALSE when the parent is gone or breaks the contract. */
static gboolean
receive(ChildIntakeChannel *channel)
{
    char buffer[4096];
    struct iovec piece = {buffer, sizeof buffer};
    union {
        char room[CMSG_SPACE(sizeof(int) * 4)]; // (value)
        struct cmsghdr align;                   // (value)
    } control;
    struct msghdr message = {
        .msg_iov = &piece,
        .msg_iovlen = 1,
        .msg_control = control.room,
        .msg_controllen = sizeof control.room,
    };
    ssize_t got = recvmsg(channel->descriptor, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR;
    if (!take_descriptors(channel, &message) || got == 0 ||
        channel->received->len + (gsize)got > CHILD_REPORT_MAX_LINE)
        return FALSE;
    g_string_append_len(channel->received, buffer, got);
    return TRUE;
}

/* FALSE for a line that is none, or a feed without its descriptor. */
static gboolean
take_line(ChildIntakeChannel *channel, const char *line, gsize length)
{
    g_autoptr(ChildIntakeJob) job = child_intake_job_parse(line, length, NULL);
    int descriptor = -1;
    if (job == NULL)
        return FALSE;
    if (job->line == CHILD_INTAKE_JOB_LINE_FEED || job->line == CHILD_INTAKE_JOB_LINE_CLASS_FEED) {
        if (channel->descriptors->len == 0)
            return FALSE;
        descriptor = g_array_index(channel->descriptors, int, 0);
        g_array_remove_index(channel->descriptors, 0);
    }
    channel->funcs.on_line(job, descriptor, channel->data);
    return TRUE;
}

static gboolean
take_lines(ChildIntakeChannel *channel)
{
    const char *feed = NULL;
    gboolean good = TRUE;
    while (good && (feed = memchr(channel->received->str, '\n', channel->received->len)) != NULL) {
        gsize length = (gsize)(feed - channel->received->str);
        g_autofree char *line = g_strndup(channel->received->str, length);
        g_string_erase(channel->received, 0, (gssize)length + 1);
        good = take_line(channel, line, length);
    }
    return good;
}

static void
send_some(ChildIntakeChannel *channel)
{
    while (channel->to_send->len > 0) {
        ssize_t sent = send(channel->descriptor, channel->to_send->str, channel->to_send->len,
                            MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        g_string_erase(channel->to_send, 0, sent);
    }
}

static void watch(ChildIntakeChannel *channel);

static gboolean
on_ready(int descriptor, GIOCondition condition, gpointer data)
{
    ChildIntakeChannel *channel = data;
    gboolean sending = channel->to_send->len > 0;
    if ((condition & G_IO_OUT) != 0)
        send_some(channel);
    if ((condition & (G_IO_IN | G_IO_HUP | G_IO_ERR)) != 0 &&
        (!receive(channel) || !take_lines(channel))) {
        clear_source(channel);
        channel->funcs.on_gone(channel->data);
        return G_SOURCE_REMOVE;
    }
    if (sending && channel->to_send->len == 0)
        watch(channel);
    return G_SOURCE_CONTINUE;
}

/* For writing only while there is something to send. */
static void
watch(ChildIntakeChannel *channel)
{
    clear_source(channel);
    GIOCondition condition = G_IO_IN | (channel->to_send->len > 0 ? G_IO_OUT : 0);
    channel->source = g_unix_fd_source_new(channel->descriptor, condition);
    g_source_set_callback(channel->source, G_SOURCE_FUNC(on_ready), channel, NULL);
    g_source_attach(channel->source, channel->context);
}

ChildIntakeChannel *
child_intake_channel_new(int descriptor, const ChildIntakeChannelFuncs *funcs, gpointer data)
{
    ChildIntakeChannel *channel = g_new0(ChildIntakeChannel, 1);
    channel->descriptor = descriptor;
    channel->funcs = *funcs;
    channel->data = data;
    channel->context = g_main_context_ref_thread_default();
    channel->received = g_string_new(NULL);
    channel->to_send = g_string_new(NULL);
    channel->descriptors = g_array_new(FALSE, FALSE, sizeof(int));
    watch(channel);
    return channel;
}

void
child_intake_channel_send(ChildIntakeChannel *channel, const ChildIntakeReport *report)
{
    g_autofree char *line = child_intake_report_to_line(report);
    gboolean waiting = channel->to_send->len > 0;
    g_string_append(channel->to_send, line);
    g_string_append_c(channel->to_send, '\n');
    if (waiting)
        return;
    send_some(channel);
    if (channel->to_send->len > 0 && channel->source != NULL)
        watch(channel);
}

gboolean
child_intake_channel_has_room(const ChildIntakeChannel *channel)
{
    return channel->to_send->len < ROOM_BYTES;
}

void
child_intake_channel_drain(ChildIntakeChannel *channel)
{
    gint64 deadline_us = g_get_monotonic_time() + DRAIN_MS * G_GINT64_CONSTANT(1000);
    send_some(channel);
    while (channel->to_send->len > 0) {
        gint64 left_ms = (deadline_us - g_get_monotonic_time()) / 1000;
        struct pollfd ready = {channel->descriptor, POLLOUT, 0};
        if (left_ms <= 0 || poll(&ready, 1, (int)left_ms) <= 0 || (ready.revents & POLLERR) != 0)
            return;
        send_some(channel);
    }
}
