// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A channel with nobody at its other end is enough.
#include "tests/pipelines/keep/heard.h"

#include <sys/socket.h>
#include <unistd.h>

#include "pipelines/keep/envelope.h"

static gboolean
on_time(gint64 time_us, gpointer user_data)
{
    return TRUE;
}

GArray *
keep_heard_read(const char *folder, const char *file)
{
    int ends[2];
    GError *error = NULL;
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
    g_autoptr(ChildChannel) channel = child_channel_new(ends[0]);
    const ChildJob job = {.bundle = (char *)folder};
    const KeepEnvelopeWish wish = {channel, &job, file, on_time, NULL};
    GArray *levels = keep_envelope_read(&wish, &error);
    g_assert_no_error(error);
    close(ends[1]);
    return levels;
}
