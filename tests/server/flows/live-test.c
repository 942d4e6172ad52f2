// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The supervisor of live channels: numbers over every death, states, what a person changes.
#include "tests/server/flows/live-harness.h"

#include <string.h>

#include <glib/gstdio.h>

#include "server/flows/window_files.h"

static void
test_goes_on(LiveHarness *fixture, gconstpointer unused)
{
    live_harness_order(fixture, "SSS");
    live_harness_await_number(fixture, 4);
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_ON_AIR, NULL);
    g_assert_cmpuint(fixture->service_number, ==, 101);
    live_harness_order(fixture, "D"); // the child dies of it
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_WAITING, "restarting");
    live_harness_order(fixture, "SS"); // to the next one
    live_harness_await_number(fixture, 6);
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_ON_AIR, NULL);
    live_harness_stop(fixture);
    live_harness_start(fixture); // the daemon, too
    live_harness_order(fixture, "S");
    live_harness_await_number(fixture, 7);
    g_autofree char *text = live_harness_read_playlist(fixture);
    g_assert_nonnull(strstr(text, "#EXT-X-MEDIA-SEQUENCE:1\n"));
    g_assert_cmpuint(live_harness_count_words(text, "#EXTINF"), ==, 6);
    g_assert_cmpuint(live_harness_count_words(text, "#EXT-X-DISCONTINUITY\n"), ==,
                     2); // one a new child
    g_assert_cmpuint(live_harness_count_words(text, "#EXT-X-MAP"), ==, 3);
    g_assert_cmpuint(live_harness_count_words(text, "#EXT-X-GAP"), ==, 0);
}

static void
test_states(LiveHarness *fixture, gconstpointer unused)
{
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_WAITING, "starting");
    live_harness_order(fixture, "Z");
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_SCRAMBLED, "scrambled");
    live_harness_order(fixture, "S");
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_ON_AIR, NULL);
    live_harness_order(fixture, "Z"); // and back
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_SCRAMBLED, "scrambled");
    live_harness_order(fixture, "S");
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_ON_AIR, NULL);
    live_harness_order(fixture, "L"); // a number twice: that child is not believed any more
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_WAITING, "restarting");
    live_harness_order(fixture, "S");
    live_harness_await_number(fixture, 4);
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_ON_AIR, NULL);
    for (guint i = 0; i < 3; i++) {
        live_harness_order(fixture, "D");
        while (fixture->feed >= 0)
            g_main_context_iteration(NULL, TRUE);
    }
    // Two of them died without a segment; the third time it is more than a stumble.
    live_harness_order(fixture, "D");
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_FAILED, "restarting");
}

static void
test_a_person_changes_it(LiveHarness *fixture, gconstpointer unused)
{
    live_harness_order(fixture, "SS");
    live_harness_await_number(fixture, 3);
    live_harness_change(fixture, (LiveHarnessChange){.enabled = 0});
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_OFF, NULL);
    g_assert_null(flows_live_find_window(fixture->live, "class-1"));
    g_assert_cmpint(fixture->feed, ==, -1);
    live_harness_change(fixture, (LiveHarnessChange){.enabled = 1, .no_service = TRUE});
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_FAILED, "no-service");
    g_autofree char *old = live_harness_read_playlist(fixture); // what there was can still be seen
    g_assert_cmpuint(live_harness_count_words(old, "#EXTINF"), ==, 2);
    live_harness_change(fixture, (LiveHarnessChange){.enabled = 1});
    live_harness_order(fixture, "S");
    live_harness_await_number(fixture, 4);
    g_autofree char *folder =
        server_storage_build_channel_path(fixture->storage, fixture->channel_id);
    g_assert_true(g_file_test(folder, G_FILE_TEST_IS_DIR));
    live_harness_change(fixture, (LiveHarnessChange){.remove = TRUE});
    while (g_file_test(folder, G_FILE_TEST_EXISTS))
        g_main_context_iteration(NULL, TRUE);
    live_harness_await_state(fixture, FLOWS_LIVE_STATE_OFF, NULL);
    g_assert_null(flows_live_find_window(fixture->live, "class-1"));
}

static void
await_language(LiveHarness *fixture, const char *language)
{
    g_autoptr(FlowsWindow) window = flows_live_find_window(fixture->live, "class-1");
    g_assert_nonnull(window);
    for (;;) {
        g_autofree char *told = flows_window_get_language(window);
        if (strcmp(told, language) == 0)
            return;
        g_main_context_iteration(NULL, TRUE);
    }
}

/* Subtitles that a person wants drawn are the job of another child, which comes at once; so it is
 * when they are wanted no more. */
static void
test_subtitles(LiveHarness *fixture, gconstpointer unused)
{
    static const char *const wanted[] = {"lao", "tha", ""};
    live_harness_order(fixture, "BS");
    live_harness_await_number(fixture, 2);
    await_language(fixture, "");
    for (guint i = 0; i < G_N_ELEMENTS(wanted); i++) {
        guint before = fixture->subscriptions;
        live_harness_change(fixture, (LiveHarnessChange){.enabled = -1, .subtitles = wanted[i]});
        while (fixture->subscriptions == before)
            g_main_context_iteration(NULL, TRUE);
        live_harness_order(fixture, "BS");
        live_harness_await_number(fixture, 3 + i);
        await_language(fixture, wanted[i]);
    }
}

/* What a kill in the middle of a removal leaves goes at the next start; what else lies there stays.
 */
static void
test_folders_without_a_row(LiveHarness *fixture, gconstpointer unused)
{
    live_harness_order(fixture, "S");
    live_harness_await_number(fixture, 2);
    live_harness_stop(fixture);
    g_autofree char *orphan =
        server_storage_build_channel_path(fixture->storage, "01900000-0000-7000-8000-000000000000");
    g_autofree char *channels = server_storage_build_channels_path(fixture->storage);
    g_autofree char *other = g_build_filename(channels, "notes", NULL);
    g_assert_true(flows_window_files_make(orphan, NULL));
    g_assert_cmpint(g_mkdir(other, 0700), ==, 0);
    live_harness_start(fixture);
    while (g_file_test(orphan, G_FILE_TEST_EXISTS))
        g_main_context_iteration(NULL, TRUE);
    live_harness_order(fixture, "S");
    live_harness_await_number(fixture, 3);
    g_assert_true(g_file_test(other, G_FILE_TEST_IS_DIR));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, ==, 2);
#define ADD(path, test)                                                                            \
    g_test_add(path, LiveHarness, argv[1], live_harness_set_up, test, live_harness_tear_down)
    ADD("/flows/live/goes-on", test_goes_on);
    ADD("/flows/live/states", test_states);
    ADD("/flows/live/changes", test_a_person_changes_it);
    ADD("/flows/live/subtitles", test_subtitles);
    ADD("/flows/live/orphans", test_folders_without_a_row);
    return g_test_run();
}
