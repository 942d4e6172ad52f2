// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The gap of a recording that has other sounds beside its own: each is as long as the lesson and
// has no hole; what is missing comes from the repeat's sound of that name, or from the repeat's own
// where it has none. Arguments: daorian-media, python3, check_bundle.py.
#include <string.h>

#include "server/flows/window_files.h"
#include "tests/server/flows/patch-checks.h"

#define ENGLISH (PATCH_HARNESS_PROGRAMME + 1)
#define DESCRIBED (PATCH_HARNESS_PROGRAMME + 2)
#define GAP_FROM_S (PATCH_HARNESS_GAP_FROM_MS / 1000)
#define GAP_TO_S (PATCH_HARNESS_GAP_TO_MS / 1000)
#define END_S (GAP_TO_S + PATCH_HARNESS_RIGHT_S)

typedef struct {
    PatchHarness *harness; // (owned)
    char **arguments;      // (unowned) of the program
} Bench;

static void
set_up(Bench *bench, gconstpointer arguments)
{
    static const char *const both[] = {"voice-eng", "voice-tha-ad", NULL};
    bench->arguments = (char **)arguments;
    bench->harness = patch_harness_new(g_dir_make_tmp("daorian-patch-XXXXXX", NULL),
                                       bench->arguments[1], PATCH_HARNESS_NOW_MS);
    bench->harness->sounds = both;
    patch_harness_keep_own(bench->harness);
}

static void
tear_down(Bench *bench, gconstpointer unused)
{
    g_autofree char *folder = g_strdup(bench->harness->folder);
    patch_harness_free(bench->harness);
    flows_window_files_remove(folder);
}

/* As any bundle: the rules of packaging, and what playlists and lesson.json say of sounds. */
static void
assert_packaged(Bench *bench)
{
    GError *error = NULL;
    int status = 0;
    g_autofree char *said = NULL, *wrong = NULL;
    g_autofree char *folder = patch_harness_build_path(bench->harness, NULL);
    char *check[] = {bench->arguments[2], bench->arguments[3], folder, NULL};
    g_spawn_sync(NULL, check, NULL, G_SPAWN_DEFAULT, NULL, NULL, &said, &wrong, &status, &error);
    g_assert_no_error(error);
    g_test_message("%s%s", said, wrong);
    g_assert_cmpint(status, ==, 0);
}

/* @filler: the programme whose sound is heard in what was the gap. */
static void
assert_sound(PatchHarness *harness, const CatalogLesson *lesson, const char *name, guint programme,
             guint filler)
{
    const PatchChecksHeard parts[] = {{programme, 0, GAP_FROM_S},
                                      {filler, GAP_FROM_S + 1, GAP_TO_S},
                                      {programme, GAP_TO_S + 1, END_S}};
    patch_checks_assert_whole(harness, lesson, name, 1);
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        patch_checks_assert_heard(harness, lesson, name, &parts[i]);
}

static void
assert_filled(PatchHarness *harness)
{
    g_autoptr(CatalogPatches) patch = patch_harness_await_end(harness);
    g_assert_cmpstr(patch->error_code, ==, NULL);
    g_assert_cmpint(patch->filled, ==, 1);
    g_assert_cmpint(patch->filled_ms, ==, PATCH_HARNESS_GAP_TO_MS - PATCH_HARNESS_GAP_FROM_MS);
}

static void
test_sounds(Bench *bench, gconstpointer unused)
{
    static const char *const english[] = {"voice-eng", NULL};
    PatchHarness *harness = bench->harness;
    harness->sounds = english;
    patch_harness_keep_repeat(harness, NULL, 0);
    patch_harness_start(harness);
    patch_harness_await_lesson(harness, harness->own);
    patch_harness_order(harness);
    assert_filled(harness);
    g_autoptr(CatalogLesson) lesson = patch_harness_read_lesson(harness);
    g_assert_cmpint(lesson->generation, ==, 2);
    g_assert_true(lesson->complete);
    g_assert_cmpuint(lesson->rungs->len, ==, 4);
    g_assert_cmpint(
        ABS(lesson->duration_ms - PATCH_HARNESS_GAP_TO_MS - PATCH_HARNESS_RIGHT_S * 1000), <=, 80);
    assert_sound(harness, lesson, "voice", PATCH_HARNESS_PROGRAMME, PATCH_HARNESS_PROGRAMME);
    assert_sound(harness, lesson, "voice-eng", ENGLISH, ENGLISH);
    assert_sound(harness, lesson, "voice-tha-ad", DESCRIBED, PATCH_HARNESS_PROGRAMME);
    patch_checks_assert_files(harness, lesson);
    patch_harness_stop(harness);
    patch_checks_assert_described(harness);
    patch_checks_assert_no_folder(harness);
    assert_packaged(bench);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, ==, 4);
    g_test_add("/flows/patch/sounds", Bench, argv, set_up, test_sounds, tear_down);
    return g_test_run();
}
