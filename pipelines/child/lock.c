// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// flock() on a file of the folder: the kernel gives it up with the last descriptor.
#include "pipelines/child/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "pipelines/child/report.h"

int
child_lock_take(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "lock", NULL);
    int descriptor = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        return descriptor;
    int error_number = errno;
    gboolean busy = descriptor >= 0 && error_number == EWOULDBLOCK;
    g_set_error(error, CHILD_ERROR, busy ? CHILD_ERROR_BUSY : CHILD_ERROR_CLOSED, "%s: %s", path,
                g_strerror(error_number));
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

void
child_lock_break(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "lock", NULL);
    g_unlink(path); // the next child locks a new file
}
