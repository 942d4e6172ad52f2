// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The rewind window on a disk that is really full: a small file system of this program's own, in a
// user namespace of its own. What others write takes the window's place down to a minute; numbers
// go on, nothing told is lost, and when there is room again it grows.
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "server/storage.h"
#include "tests/server/flows/window-maker.h"

#define DISK_BYTES "size=24m"
#define SEGMENT_BYTES (100 * 1024) // and twice that in the second rung

static void
write_text(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    g_assert_cmpint(file, >=, 0);
    g_assert_cmpint(write(file, text, strlen(text)), ==, (gssize)strlen(text));
    close(file);
}

static char *
mount_small_disk(void)
{
    char *folder = g_dir_make_tmp("daorian-full-XXXXXX", NULL);
    g_autofree char *users = g_strdup_printf("0 %u 1", geteuid());
    g_autofree char *groups = g_strdup_printf("0 %u 1", getegid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        g_error("no user namespace: %s", g_strerror(errno));
    write_text("/proc/self/setgroups", "deny");
    write_text("/proc/self/uid_map", users);
    write_text("/proc/self/gid_map", groups);
    if (mount("daorian", folder, "tmpfs", MS_NODEV | MS_NOSUID, DISK_BYTES) != 0)
        g_error("no tmpfs: %s", g_strerror(errno));
    return folder;
}

static gint64
measure_free(const char *folder)
{
    struct statvfs status;
    g_assert_cmpint(statvfs(folder, &status), ==, 0);
    return (gint64)status.f_bavail * (gint64)status.f_frsize;
}

/* Takes all there is. Returns: the file. */
static char *
fill_disk(const char *folder)
{
    char *path = g_build_filename(folder, "others", NULL);
    static const char zeros[65536];
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

static FlowsWindowFigures
get_figures(const WindowMaker *maker)
{
    FlowsWindowFigures figures = {0};
    flows_window_get_figures(maker->window, &figures);
    return figures;
}

static void
take(WindowMaker *maker, guint count)
{
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < count; i++) {
        window_maker_take(maker, FALSE, &error);
        g_assert_no_error(error);
    }
}

static void
test_full(void)
{
    const FlowsWindowLimits limits = {24, G_MAXINT64, 0};
    g_autofree char *disk = mount_small_disk();
    g_autofree char *folder = g_build_filename(disk, "channel", NULL);
    WindowMaker maker = {.bytes = SEGMENT_BYTES};
    window_maker_open(&maker, folder, &limits);
    window_maker_add_inits(&maker);
    // More than fits, and no floor is configured: the oldest goes in time.
    take(&maker, 120);
    FlowsWindowFigures grown = get_figures(&maker);
    g_assert_cmpuint(grown.next_number, ==, 121);
    g_assert_true(grown.disk_is_full);
    g_assert_cmpint(measure_free(disk), >=, 2 * SEGMENT_BYTES);
    g_assert_cmpuint(grown.duration_ms, >=, 60000);
    // The line of what is in staging already finds no room for itself.
    g_autoptr(ChildLiveReport) report = window_maker_prepare(&maker, FALSE);
    g_autofree char *others = fill_disk(disk);
    g_autoptr(GError) error = NULL;
    flows_window_take(maker.window, report, FALSE, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(get_figures(&maker).next_number, ==, 122);
    // Full to the last byte it opens again, with all that was told.
    g_autofree char *more = fill_disk(disk);
    FlowsWindowFigures before = get_figures(&maker);
    window_maker_close(&maker);
    window_maker_open(&maker, folder, &limits);
    g_assert_cmpuint(get_figures(&maker).next_number, ==, before.next_number);
    g_assert_cmpuint(get_figures(&maker).duration_ms, ==, before.duration_ms);
    g_assert_cmpint(g_unlink(others), ==, 0);
    take(&maker, 10);
    g_assert_cmpuint(get_figures(&maker).next_number, ==, 132);
    g_assert_false(get_figures(&maker).disk_is_full);
    window_maker_close(&maker);
    g_assert_cmpint(umount2(disk, MNT_DETACH), ==, 0);
    g_rmdir(disk);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/flows/window/really-full", test_full);
    return g_test_run();
}
