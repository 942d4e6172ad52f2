// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The rewind window on a disk that is really full: a small file system of this program's own, in a
// user namespace of its own. What others write takes the window's place down to a minute; numbers
// go on, nothing told is lost, and when there is room again it grows.
#include <sys/statvfs.h>

#include <glib/gstdio.h>

#include "server/storage.h"
#include "tests/server/flows/window-maker.h"
#include "tests/support/disk.h"

#define DISK_BYTES "size=24m"
#define SEGMENT_BYTES (100 * 1024) // and twice that in the second rung

static gint64
measure_free(const char *folder)
{
    struct statvfs status;
    g_assert_cmpint(statvfs(folder, &status), ==, 0);
    return (gint64)status.f_bavail * (gint64)status.f_frsize;
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
    char *disk = disk_mount_small(DISK_BYTES);
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
    g_autofree char *others = disk_fill(disk);
    g_autoptr(GError) error = NULL;
    flows_window_take(maker.window, report, FALSE, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(get_figures(&maker).next_number, ==, 122);
    // Full to the last byte it opens again, with all that was told.
    g_free(disk_fill(disk));
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
    disk_unmount(disk);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/flows/window/really-full", test_full);
    return g_test_run();
}
