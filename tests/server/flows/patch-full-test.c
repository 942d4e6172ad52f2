// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A gap is filled on a disk that is really full (a small file system of this program's own, in a
// user namespace of its own): full before anything is done, full while the child runs, full when
// its files are taken in. The patch runs on, says why it rests, and comes to its end when there is
// room. The moment is told by this program's own rename(), for the libraries that it loads too.
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "server/flows/record_retry.h"
#include "server/flows/window_files.h"
#include "tests/server/flows/patch-checks.h"
#include "tests/support/disk.h"

#define DISK_BYTES "size=24m"
#define OTHERS_BYTES (21 << 20) // leaves room for rows, and none for a patch

/* Fills the disk once, when what the environment says is first renamed. */
int
rename(const char *from, const char *to)
{
    const char *disk = getenv("PATCH_FULL_DISK"), *name = getenv("PATCH_FULL_NAME");
    if (disk != NULL && name != NULL && strstr(to, name) != NULL) {
        g_autofree char *others = g_build_filename(disk, "others", NULL);
        if (access(others, F_OK) != 0)
            g_free(disk_fill(disk));
    }
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

typedef struct {
    PatchHarness *harness; // (owned)
    CatalogLesson *before; // (owned) as it was shown
    char *others;          // (owned) path of what fills the disk
} Bench;

static void
set_up(Bench *bench, gconstpointer program)
{
    char *folder = g_dir_make_tmp("daorian-patch-XXXXXX", NULL);
    disk_mount_on(folder, DISK_BYTES);
    bench->others = g_build_filename(folder, "others", NULL);
    PatchHarness *harness = patch_harness_new(folder, program, PATCH_HARNESS_NOW_MS);
    bench->harness = harness;
    patch_harness_keep_own(harness);
    patch_harness_keep_repeat(harness, NULL, 0);
    patch_harness_start(harness);
    patch_harness_await_lesson(harness, harness->own);
    patch_harness_await_lesson(harness, harness->repeat);
    patch_harness_stop(harness);
    bench->before = patch_harness_read_lesson(harness);
    patch_harness_order(harness);
    harness->pace_ms = FLOWS_RECORD_RETRY_ROOM_MS;
}

static void
tear_down(Bench *bench, gconstpointer unused)
{
    g_autofree char *folder = g_strdup(bench->harness->folder);
    g_unsetenv("PATCH_FULL_DISK");
    g_unsetenv("PATCH_FULL_NAME");
    patch_harness_free(bench->harness);
    catalog_lesson_free(bench->before);
    g_free(bench->others);
    g_assert_cmpint(umount2(folder, MNT_DETACH), ==, 0);
    g_rmdir(folder);
}

static void
assert_as_before(Bench *bench)
{
    PatchHarness *harness = bench->harness;
    g_autoptr(CatalogLesson) lesson = patch_harness_read_lesson(harness);
    g_assert_cmpint(lesson->generation, ==, bench->before->generation);
    patch_checks_assert_files(harness, lesson);
}

static void
await_reason(Bench *bench, const char *code)
{
    for (;;) {
        g_autoptr(CatalogPatches) patch = patch_harness_read_patch(bench->harness);
        g_assert_cmpint(patch->state, ==, CATALOG_PATCHES_STATE_RUNNING);
        if (g_strcmp0(patch->error_code, code) == 0)
            return;
        patch_harness_await_tick(bench->harness);
    }
}

static gboolean
has_folder(PatchHarness *harness)
{
    g_autofree char *folder = server_storage_build_recording_path(harness->storage, harness->own);
    return g_file_test(folder, G_FILE_TEST_EXISTS);
}

static guint
count_lasting(PatchHarness *harness)
{
    g_autofree char *bundle = patch_harness_build_path(harness, NULL);
    g_autoptr(GDir) dir = g_dir_open(bundle, 0, NULL);
    const char *name = NULL;
    guint count = 0;
    while ((name = g_dir_read_name(dir)) != NULL)
        count += g_str_has_suffix(name, ".mp4");
    return count;
}

/* It says why once there is room for that; nothing half made takes room meanwhile; then it ends. */
static void
assert_goes_on(Bench *bench)
{
    PatchHarness *harness = bench->harness;
    while (!g_file_test(bench->others, G_FILE_TEST_EXISTS))
        patch_harness_await_tick(harness);
    for (guint i = 0; i < 8; i++) {
        patch_harness_await_tick(harness);
        assert_as_before(bench);
    }
    g_assert_cmpint(truncate(bench->others, OTHERS_BYTES), ==, 0);
    await_reason(bench, "no-space");
    harness->pace_ms = 0; // no further try
    while (has_folder(harness))
        patch_harness_await_tick(harness);
    assert_as_before(bench);
    g_assert_cmpuint(count_lasting(harness), ==, bench->before->rungs->len);
    g_unsetenv("PATCH_FULL_DISK");
    g_assert_cmpint(g_unlink(bench->others), ==, 0);
    harness->pace_ms = FLOWS_RECORD_RETRY_ROOM_MS;
    patch_checks_assert_patched(harness);
    patch_checks_assert_captions(harness);
    patch_checks_assert_files(harness, bench->before); // for those who watch
    patch_harness_stop(harness);
    patch_checks_assert_described(harness);
    patch_checks_assert_no_folder(harness);
}

static void
test_at_the_beginning(Bench *bench, gconstpointer unused)
{
    g_free(disk_fill(bench->harness->folder));
    patch_harness_start(bench->harness);
    assert_goes_on(bench);
}

static gboolean
has_child(void)
{
    g_autofree char *path = g_strdup_printf("/proc/self/task/%d/children", (int)getpid());
    g_autofree char *text = NULL;
    return g_file_get_contents(path, &text, NULL, NULL) && *text != '\0';
}

/* Its staging folder is there, and it listens still. */
static void
test_while_the_child_runs(Bench *bench, gconstpointer unused)
{
    PatchHarness *harness = bench->harness;
    g_autofree char *folder = server_storage_build_recording_path(harness->storage, harness->own);
    g_autofree char *plan = server_storage_build_recording_plan_path(folder);
    patch_harness_start(harness);
    while (!has_child() || !g_file_test(plan, G_FILE_TEST_EXISTS))
        g_main_context_iteration(NULL, TRUE);
    g_free(disk_fill(harness->folder));
    assert_goes_on(bench);
}

/* @data of these: what is renamed then. */
static void
fill_at(Bench *bench, const char *name)
{
    g_setenv("PATCH_FULL_DISK", bench->harness->folder, TRUE);
    g_setenv("PATCH_FULL_NAME", name, TRUE);
    patch_harness_start(bench->harness);
    assert_goes_on(bench);
}

static void
test_when_taken_in(Bench *bench, gconstpointer unused)
{
    fill_at(bench, ".incoming.");
}

static void
test_when_described(Bench *bench, gconstpointer unused)
{
    fill_at(bench, "/voice.m3u8");
}

static void
test_before_its_rows(Bench *bench, gconstpointer unused)
{
    fill_at(bench, "/lesson.json");
}

int
main(int argc, char **argv)
{
    disk_enter(); // before there are threads
    g_test_init(&argc, &argv, NULL);
    g_test_add("/flows/patch/full/at-the-beginning", Bench, argv[1], set_up, test_at_the_beginning,
               tear_down);
    g_test_add("/flows/patch/full/while-the-child-runs", Bench, argv[1], set_up,
               test_while_the_child_runs, tear_down);
    g_test_add("/flows/patch/full/when-taken-in", Bench, argv[1], set_up, test_when_taken_in,
               tear_down);
    g_test_add("/flows/patch/full/when-described", Bench, argv[1], set_up, test_when_described,
               tear_down);
    g_test_add("/flows/patch/full/before-its-rows", Bench, argv[1], set_up, test_before_its_rows,
               tear_down);
    return g_test_run();
}
