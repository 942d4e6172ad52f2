// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The data folder's names and measures, and the counters of failed log-ins.
#include "server/storage.h"
#include "server/throttle.h"

#include <glib/gstdio.h>

#define LESSON "01900000-0000-7000-8000-000000000000"
#define MINUTE_MS (60 * (gint64)1000)

static void
test_names(void)
{
    static const char *const good[] = {
        "a",    "voice.m3u8", "voice.0123abcd.mp4", "captions/th.vtt", "slides/0001.0123abcd.webp",
        "x_y-z"};
    static const char *const bad[] = {"",      ".",    "..",     "/a",      "a/",
                                      "a/b/c", "../a", "a/../b", ".hidden", "a/.hidden",
                                      "a b",   "a\\b", "a%2fb",  "é"};
    g_autoptr(ServerStorage) storage = server_storage_new("/srv/x/../data");
    g_assert_cmpstr(server_storage_get_folder(storage), ==, "/srv/data");
    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *path = server_storage_build_bundle_file_path(storage, LESSON, good[i]);
        g_autofree char *wanted = g_strconcat("/srv/data/lessons/" LESSON "/", good[i], NULL);
        g_assert_cmpstr(path, ==, wanted);
    }
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_null(server_storage_build_bundle_file_path(storage, LESSON, bad[i]));
    g_assert_null(server_storage_build_bundle_file_path(storage, "../x", "a"));
    g_autofree char *upload = server_storage_build_upload_path(storage, LESSON);
    g_assert_cmpstr(upload, ==, "/srv/data/uploads/" LESSON ".part");
}

static void
test_measures(void)
{
    g_autofree char *folder = g_dir_make_tmp("daorian-storage-XXXXXX", NULL);
    g_autoptr(ServerStorage) storage = server_storage_new(folder);
    g_autoptr(GError) error = NULL;
    g_assert_true(server_storage_create(storage, &error));
    g_assert_true(server_storage_create(storage, &error));
    g_autofree char *originals = server_storage_build_originals_path(storage);
    g_autofree char *file = server_storage_build_original_path(storage, LESSON);
    g_autofree char *link = g_build_filename(originals, "link", NULL);
    g_assert_true(g_file_set_contents(file, "12345", 5, &error));
    g_autoptr(GFile) link_file = g_file_new_for_path(link);
    g_assert_true(g_file_make_symbolic_link(link_file, "/usr", NULL, &error));
    g_assert_cmpint(server_storage_measure_tree(originals), ==, 5);
    g_assert_cmpint(server_storage_measure_tree(folder), ==, 5);
    g_assert_cmpint(server_storage_measure_tree("/no/such/folder"), ==, 0);
    gint64 free_bytes = 0, total_bytes = 0;
    g_assert_true(server_storage_measure_disk(storage, &free_bytes, &total_bytes, &error));
    g_assert_true(free_bytes > 0 && free_bytes <= total_bytes);
    g_unlink(link);
    g_unlink(file);
    static const char *const names[] = {"uploads",  "originals",  "staging", "lessons",
                                        "channels", "recordings", "health",  ""};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_assert_cmpint(g_rmdir(path), ==, 0);
    }
}

static void
test_one_name(void)
{
    g_autoptr(ServerThrottle) throttle = server_throttle_new();
    for (guint i = 0; i < 5; i++) {
        g_assert_cmpuint(server_throttle_check(throttle, "Mali", "192.0.2.1", 1000), ==, 0);
        server_throttle_note_attempt(throttle, "mali", "192.0.2.1", 1000);
    }
    g_assert_cmpuint(server_throttle_check(throttle, "MALI", "192.0.2.1", 1000), ==, 300);
    g_assert_cmpuint(server_throttle_check(throttle, "mali", "192.0.2.2", 1000), ==, 0);
    g_assert_cmpuint(server_throttle_check(throttle, "somchai", "192.0.2.1", 1000), ==, 0);
    g_assert_cmpuint(server_throttle_check(throttle, "mali", "192.0.2.1", 1000 + 5 * MINUTE_MS), ==,
                     0);
}

static void
test_success_and_clock(void)
{
    g_autoptr(ServerThrottle) throttle = server_throttle_new();
    for (guint i = 0; i < 100; i++) {
        g_assert_cmpuint(server_throttle_check(throttle, "mali", "192.0.2.1", 5000), ==, 0);
        server_throttle_note_attempt(throttle, "mali", "192.0.2.1", 5000);
        server_throttle_note_success(throttle, "mali", "192.0.2.1");
    }
    for (guint i = 0; i < 5; i++)
        server_throttle_note_attempt(throttle, "mali", "192.0.2.1", 5000);
    g_assert_cmpuint(server_throttle_check(throttle, "mali", "192.0.2.1", 5000), >, 0);
    // A clock that was set back a day.
    g_assert_cmpuint(server_throttle_check(throttle, "mali", "192.0.2.1", 5000 - 1440 * MINUTE_MS),
                     ==, 0);
}

static void
test_one_address(void)
{
    g_autoptr(ServerThrottle) throttle = server_throttle_new();
    for (guint i = 0; i < 30; i++) {
        g_autofree char *name = g_strdup_printf("pupil%u", i);
        server_throttle_note_attempt(throttle, name, "192.0.2.1", 1000);
    }
    g_assert_cmpuint(server_throttle_check(throttle, "other", "192.0.2.1", 1000), >, 0);
    g_assert_cmpuint(server_throttle_check(throttle, "other", "192.0.2.2", 1000), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/server/storage/names", test_names);
    g_test_add_func("/server/storage/measures", test_measures);
    g_test_add_func("/server/throttle/one-name", test_one_name);
    g_test_add_func("/server/throttle/success-and-clock", test_success_and_clock);
    g_test_add_func("/server/throttle/one-address", test_one_address);
    return g_test_run();
}
