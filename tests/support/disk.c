// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The namespace comes once; in it the program is its own root.
#include "tests/support/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static void
write_text(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    g_assert_cmpint(file, >=, 0);
    g_assert_cmpint(write(file, text, strlen(text)), ==, (gssize)strlen(text));
    close(file);
}

void
disk_enter(void)
{
    g_autofree char *users = g_strdup_printf("0 %u 1", geteuid());
    g_autofree char *groups = g_strdup_printf("0 %u 1", getegid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        g_error("no user namespace: %s", g_strerror(errno));
    write_text("/proc/self/setgroups", "deny");
    write_text("/proc/self/uid_map", users);
    write_text("/proc/self/gid_map", groups);
}

void
disk_mount_on(const char *folder, const char *options)
{
    if (mount("daorian", folder, "tmpfs", MS_NODEV | MS_NOSUID, options) != 0)
        g_error("no tmpfs: %s", g_strerror(errno));
}

char *
disk_mount_small(const char *options)
{
    // GLib would remember TMPDIR, which a test may want to set to this folder.
    const char *base = g_getenv("TMPDIR") != NULL ? g_getenv("TMPDIR") : "/tmp";
    char *folder = g_build_filename(base, "daorian-disk-XXXXXX", NULL);
    g_assert_nonnull(g_mkdtemp(folder));
    disk_enter();
    disk_mount_on(folder, options);
    return folder;
}

char *
disk_fill(const char *folder)
{
    static const char zeros[65536];
    char *path = g_build_filename(folder, "others", NULL);
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    g_assert_cmpint(file, >=, 0);
    while (write(file, zeros, sizeof zeros) > 0)
        continue;
    while (write(file, zeros, 1) > 0)
        continue;
    g_assert_cmpint(errno, ==, ENOSPC);
    close(file);
    return path;
}

void
disk_unmount(char *folder)
{
    g_assert_cmpint(umount2(folder, MNT_DETACH), ==, 0);
    g_rmdir(folder);
    g_free(folder);
}
