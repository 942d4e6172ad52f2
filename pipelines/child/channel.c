// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Lines over the inherited socket: reading into a bounded buffer, sending whole lines under a lock.
#include "pipelines/child/channel.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define JOB_DEADLINE_MS 30000

struct _ChildChannel {
    int descriptor;     // (owned)
    GMutex send_lock;   // so that lines of two threads do not mix
    GString *received;  // (owned) (reading thread) not yet a whole line
    gboolean cancelled; // (atomic)
};

ChildChannel *
child_channel_new(int descriptor)
{
    ChildChannel *channel = g_new0(ChildChannel, 1);
    channel->descriptor = descriptor;
    channel->received = g_string_new(NULL);
    g_mutex_init(&channel->send_lock);
    return channel;
}

void
child_channel_free(ChildChannel *channel)
{
    close(channel->descriptor);
    g_string_free(channel->received, TRUE);
    g_mutex_clear(&channel->send_lock);
    g_free(channel);
}

/* Takes what is there. FALSE when the parent is gone or says too much without a line feed. */
static gboolean
receive(ChildChannel *channel)
{
    char buffer[4096];
    ssize_t got = recv(channel->descriptor, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    if (got == 0 || channel->received->len + (gsize)got > CHILD_REPORT_MAX_LINE)
        return FALSE;
    g_string_append_len(channel->received, buffer, got);
    return TRUE;
}

/* Returns: (transfer full) (nullable): the next whole line. */
static char *
take_line(ChildChannel *channel)
{
    const char *feed = memchr(channel->received->str, '\n', channel->received->len);
    if (feed == NULL)
        return NULL;
    gsize length = (gsize)(feed - channel->received->str);
    char *line = g_strndup(channel->received->str, length);
    g_string_erase(channel->received, 0, (gssize)length + 1);
    return line;
}

static ChildJob *
parse_job(const char *line, GError **error)
{
    ChildJobLine kind = CHILD_JOB_LINE_CANCEL;
    ChildJob *job = NULL;
    if (!child_job_parse(line, strlen(line), &kind, &job, error))
        return NULL;
    if (job == NULL)
        g_set_error(error, CHILD_ERROR, CHILD_ERROR_CLOSED, "cancelled before the job was given");
    return job;
}

char *
child_channel_read_line(ChildChannel *channel, GError **error)
{
    gint64 deadline_us = g_get_monotonic_time() + JOB_DEADLINE_MS * G_GINT64_CONSTANT(1000);
    g_autofree char *line = take_line(channel);
    while (line == NULL) {
        gint64 left_ms = (deadline_us - g_get_monotonic_time()) / 1000;
        struct pollfd ready = {channel->descriptor, POLLIN, 0};
        int count = left_ms <= 0 ? 0 : poll(&ready, 1, (int)left_ms);
        if (count == 0 || (count < 0 && errno != EINTR) || !receive(channel)) {
            g_set_error(error, CHILD_ERROR, CHILD_ERROR_CLOSED, "no job from the parent");
            return NULL;
        }
        line = take_line(channel);
    }
    return g_steal_pointer(&line);
}

ChildJob *
child_channel_read_job(ChildChannel *channel, GError **error)
{
    g_autofree char *line = child_channel_read_line(channel, error);
    return line == NULL ? NULL : parse_job(line, error);
}

static gboolean
send_all(int descriptor, const char *text, gsize bytes)
{
    while (bytes > 0) {
        ssize_t sent = send(descriptor, text, bytes, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return FALSE;
        text += sent;
        bytes -= (gsize)sent;
    }
    return TRUE;
}

gboolean
child_channel_send_line(ChildChannel *channel, const char *line)
{
    g_autofree char *text = g_strconcat(line, "\n", NULL);
    g_mutex_lock(&channel->send_lock);
    gboolean sent = send_all(channel->descriptor, text, strlen(text));
    g_mutex_unlock(&channel->send_lock);
    return sent;
}

gboolean
child_channel_send(ChildChannel *channel, const ChildReport *report)
{
    g_autofree char *line = child_report_to_line(report);
    return child_channel_send_line(channel, line);
}

gboolean
child_channel_is_cancelled(ChildChannel *channel)
{
    if (g_atomic_int_get(&channel->cancelled))
        return TRUE;
    gboolean gone = !receive(channel);
    g_autofree char *line = take_line(channel);
    ChildJobLine kind = CHILD_JOB_LINE_JOB;
    g_autoptr(ChildJob) job = NULL;
    gboolean asked = line != NULL && child_job_parse(line, strlen(line), &kind, &job, NULL) &&
                     kind == CHILD_JOB_LINE_CANCEL;
    if (gone || asked)
        g_atomic_int_set(&channel->cancelled, TRUE);
    return gone || asked;
}
