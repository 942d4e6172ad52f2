// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The gaps of a recorded lesson and a repeat of its programme, through the real child: what is
// missing comes from the repeat to the moment, all rungs alike; another programme fills nothing;
// what is shown is whole before, meanwhile and after. Arguments: daorian-media, python3,
// check_bundle.py, node, playlists.mjs, the web folder.
#include <string.h>

#include "catalog/gap.h"
#include "server/flows/window_files.h"
#include "tests/server/flows/patch-checks.h"

typedef struct {
    PatchHarness *harness; // (owned)
    char **arguments;      // (unowned) of the program
} Bench;

static void
set_up(Bench *bench, gconstpointer arguments)
{
    bench->arguments = (char **)arguments;
    bench->harness = patch_harness_new(g_dir_make_tmp("daorian-patch-XXXXXX", NULL),
                                       bench->arguments[1], PATCH_HARNESS_NOW_MS);
    patch_harness_keep_own(bench->harness);
    patch_harness_start(bench->harness);
    patch_harness_await_lesson(bench->harness, bench->harness->own);
}

static void
tear_down(Bench *bench, gconstpointer unused)
{
    g_autofree char *folder = g_strdup(bench->harness->folder);
    patch_harness_free(bench->harness);
    flows_window_files_remove(folder);
}

static void
run_tool(char **command)
{
    GError *error = NULL;
    int status = 0;
    g_autofree char *said = NULL, *wrong = NULL;
    g_spawn_sync(NULL, command, NULL, G_SPAWN_DEFAULT, NULL, NULL, &said, &wrong, &status, &error);
    g_assert_no_error(error);
    g_test_message("%s%s", said, wrong);
    g_assert_cmpint(status, ==, 0);
}

/* As any bundle: the rules of packaging, and a strict reader of playlists. */
static void
assert_playable(Bench *bench)
{
    char **given = bench->arguments;
    g_autofree char *folder = patch_harness_build_path(bench->harness, NULL);
    char *check[] = {given[2], given[3], folder, NULL};
    char *parse[] = {given[4], given[5], given[6], folder, NULL};
    run_tool(check);
    run_tool(parse);
}

static void
test_fills(Bench *bench, gconstpointer unused)
{
    PatchHarness *harness = bench->harness;
    patch_harness_keep_repeat(harness, NULL, 0);
    patch_harness_order(harness);
    patch_checks_assert_patched(harness);
    patch_checks_assert_captions(harness);
    g_autoptr(CatalogLesson) after = patch_harness_read_lesson(harness);
    g_assert_true(after->refining);
    patch_harness_stop(harness);
    patch_checks_assert_described(harness);
    patch_checks_assert_no_folder(harness);
    assert_playable(bench);
}

static void
test_other_programme(Bench *bench, gconstpointer unused)
{
    static const PatchHarnessStretch other[] = {
        {PATCH_HARNESS_PROGRAMME + 1, PATCH_HARNESS_REPEAT_MS, PATCH_HARNESS_REPEAT_S}};
    PatchHarness *harness = bench->harness;
    g_autoptr(CatalogLesson) before = patch_harness_read_lesson(harness);
    g_autofree char *described = patch_harness_read_file(harness, "lesson.json");
    patch_harness_keep_repeat(harness, other, G_N_ELEMENTS(other));
    patch_harness_order(harness);
    g_autoptr(CatalogPatches) patch = patch_harness_await_end(harness);
    g_assert_cmpstr(patch->error_code, ==, "no-match");
    g_autoptr(CatalogLesson) after = patch_harness_read_lesson(harness);
    g_assert_cmpint(after->generation, ==, before->generation);
    g_assert_cmpint(after->duration_ms, ==, before->duration_ms);
    g_assert_true(after->refining); // what was called off for the patch is ordered again
    g_autofree char *now = patch_harness_read_file(harness, "lesson.json");
    g_assert_cmpstr(now, ==, described);
    patch_harness_stop(harness);
    patch_checks_assert_no_folder(harness);
}

/* The repeat lacks five seconds of the gap, too. */
static void
test_repeat_has_a_gap(Bench *bench, gconstpointer unused)
{
    static const PatchHarnessStretch parts[] = {
        {PATCH_HARNESS_PROGRAMME, PATCH_HARNESS_REPEAT_MS, 19},
        {PATCH_HARNESS_PROGRAMME, 21640, 20}};
    PatchHarness *harness = bench->harness;
    patch_harness_keep_repeat(harness, parts, G_N_ELEMENTS(parts));
    patch_harness_order(harness);
    g_autoptr(CatalogPatches) patch = patch_harness_await_end(harness);
    g_assert_cmpstr(patch->error_code, ==, NULL);
    g_autoptr(CatalogLesson) lesson = patch_harness_read_lesson(harness);
    g_assert_cmpuint(lesson->gaps->len, ==, 3);
    const CatalogGap *gaps = (const CatalogGap *)(gpointer)lesson->gaps->data;
    g_assert_true(catalog_gap_is_patched(&gaps[0]) && catalog_gap_is_patched(&gaps[2]));
    g_assert_false(catalog_gap_is_patched(&gaps[1]));
    g_assert_cmpint(ABS(gaps[1].to_ms - gaps[1].from_ms - 5000), <=, 10);
    g_assert_cmpint(ABS(gaps[1].from_ms - harness->first_ms - 16640), <=, 60);
    g_assert_cmpint(ABS(gaps[1].media_ms - 16640), <=, 100);
    g_assert_cmpint(
        ABS(lesson->duration_ms - (PATCH_HARNESS_GAP_TO_MS + PATCH_HARNESS_RIGHT_S * 1000 - 5000)),
        <=, 120);
    patch_checks_assert_whole(harness, lesson, "small", 2);
}

/* It waits for a repeat that is still to be kept; a stop in the middle costs nothing. */
static void
test_goes_on(Bench *bench, gconstpointer unused)
{
    PatchHarness *harness = bench->harness;
    patch_harness_stop(harness);
    patch_harness_keep_repeat(harness, NULL, 0);
    patch_harness_order(harness);
    g_autoptr(CatalogPatches) waiting = patch_harness_read_patch(harness);
    g_assert_cmpint(waiting->state, ==, CATALOG_PATCHES_STATE_WAITING);
    patch_harness_start(harness);
    for (;;) {
        g_autoptr(CatalogPatches) patch = patch_harness_read_patch(harness);
        if (patch->state != CATALOG_PATCHES_STATE_WAITING)
            break;
        patch_harness_await_tick(harness);
    }
    patch_harness_stop(harness);
    g_autoptr(CatalogLesson) shown = patch_harness_read_lesson(harness);
    g_autofree char *described = patch_harness_read_file(harness, "lesson.json");
    const CatalogRung *voice = patch_harness_find_rung(shown, "voice");
    g_assert_nonnull(strstr(described, voice->file));
    patch_harness_start(harness);
    patch_checks_assert_patched(harness);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, ==, 7);
    g_test_add("/flows/patch/fills", Bench, argv, set_up, test_fills, tear_down);
    g_test_add("/flows/patch/other-programme", Bench, argv, set_up, test_other_programme,
               tear_down);
    g_test_add("/flows/patch/repeat-has-a-gap", Bench, argv, set_up, test_repeat_has_a_gap,
               tear_down);
    g_test_add("/flows/patch/goes-on", Bench, argv, set_up, test_goes_on, tear_down);
    return g_test_run();
}
