// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Media are decoded: a splice that is right on paper alone does not pass.
#include "tests/server/flows/patch-checks.h"

#include <math.h>
#include <string.h>

#include "pipelines/keep/match.h"
#include "pipelines/package/index.h"
#include "tests/pipelines/keep/heard.h"
#include "tests/pipelines/keep/kept.h"
#include "tests/pipelines/package/coded.h"
#include "tests/pipelines/package/mp4.h"

void
patch_checks_assert_whole(PatchHarness *harness, const CatalogLesson *lesson, const char *name,
                          guint kinds)
{
    guint64 next[2] = {0, 0};
    g_autofree char *path =
        patch_harness_build_path(harness, patch_harness_find_rung(lesson, name)->file);
    g_autoptr(PackageMp4) mp4 = package_mp4_read(path);
    for (guint i = 0; i < mp4->runs->len; i++) {
        const PackageMp4Run *run = &g_array_index(mp4->runs, PackageMp4Run, i);
        g_assert_cmpuint(run->start, ==, next[i % kinds]);
        g_assert_true(run->first_key || kinds == 1 || i % kinds == 1);
        next[i % kinds] += run->duration;
    }
    guint64 end_ms = kinds == 1 ? next[0] / 48 : next[0] / 90;
    g_assert_cmpint(ABS((gint64)end_ms - lesson->duration_ms), <=, 22);
}

void
patch_checks_assert_heard(PatchHarness *harness, const CatalogLesson *lesson, const char *name,
                          const PatchChecksHeard *meant)
{
    g_autofree char *bundle = server_storage_build_bundle_path(harness->storage, harness->own);
    g_autoptr(GArray) heard = keep_heard_read(bundle, patch_harness_find_rung(lesson, name)->file);
    guint rate = KEEP_MATCH_RATE, span = 4 * KEEP_MATCH_RATE;
    guint count = (guint)(lesson->duration_ms / 1000 + 1) * rate;
    g_autofree float *levels = g_new(float, count);
    for (guint i = 0; i < count; i++)
        levels[i] = 20 * log10f(package_coded_get_loudness(meant->programme, i * 1000 / rate));
    g_assert_cmpuint(heard->len + rate, >=, meant->until_s * rate);
    for (guint at = meant->from_s * rate; at + span <= MIN(heard->len, meant->until_s * rate);
         at += rate) {
        const KeepMatchStretch sought = {&g_array_index(heard, float, at), span};
        const KeepMatchStretch where = {levels, count};
        KeepMatchPlace found = {0};
        g_assert_cmpint(keep_match_find(&sought, &where, &found), ==, KEEP_MATCH_FOUND);
        double away_ms = (found.place - at) * 1000 / rate;
        g_test_message("%s at %u s: %.0f ms away", name, at / rate, away_ms);
        g_assert_cmpfloat(ABS(away_ms), <=, 100);
    }
}

void
patch_checks_assert_no_folder(PatchHarness *harness)
{
    g_autofree char *folder = server_storage_build_recording_path(harness->storage, harness->own);
    g_assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));
}

void
patch_checks_assert_patched(PatchHarness *harness)
{
    g_autoptr(CatalogPatches) patch = patch_harness_await_end(harness);
    g_assert_cmpstr(patch->error_code, ==, NULL);
    g_assert_cmpint(patch->state, ==, CATALOG_PATCHES_STATE_DONE);
    g_assert_cmpint(patch->filled, ==, 1);
    g_assert_cmpint(patch->filled_ms, ==, PATCH_HARNESS_GAP_TO_MS - PATCH_HARNESS_GAP_FROM_MS);
    g_autoptr(CatalogLesson) lesson = patch_harness_read_lesson(harness);
    gint64 whole_ms = PATCH_HARNESS_GAP_TO_MS + PATCH_HARNESS_RIGHT_S * 1000;
    g_assert_cmpint(ABS(lesson->duration_ms - whole_ms), <=, 80);
    g_assert_cmpint(lesson->generation, ==, 2);
    g_assert_true(lesson->complete);
    g_assert_cmpuint(lesson->rungs->len, ==, KEPT_RUNGS);
    g_assert_cmpuint(lesson->gaps->len, ==, 1);
    const CatalogGap *gap = &g_array_index(lesson->gaps, CatalogGap, 0);
    g_assert_cmpstr(gap->patched_from, ==, harness->repeat);
    g_assert_cmpint(gap->from_ms, ==, harness->first_ms + PATCH_HARNESS_GAP_FROM_MS);
    g_assert_cmpint(gap->to_ms, ==, harness->first_ms + PATCH_HARNESS_GAP_TO_MS);
    gint64 repeated_ms = harness->repeated_ms + PATCH_HARNESS_GAP_FROM_MS;
    g_assert_cmpint(ABS(gap->patched_ms - repeated_ms), <=, 60);
    patch_checks_assert_whole(harness, lesson, "voice", 1);
    patch_checks_assert_whole(harness, lesson, "small", 2);
    const PatchChecksHeard all = {PATCH_HARNESS_PROGRAMME, 0, (guint)(whole_ms / 1000)};
    patch_checks_assert_heard(harness, lesson, "voice", &all);
    patch_checks_assert_heard(harness, lesson, "small", &all);
}

/* What was said keeps its moment, and what the repeat says in the gap is there. */
void
patch_checks_assert_captions(PatchHarness *harness)
{
    g_autoptr(CatalogLesson) lesson = patch_harness_read_lesson(harness);
    g_assert_cmpuint(lesson->captions->len, ==, 1);
    const CatalogCaptions *captions = lesson->captions->pdata[0];
    g_autofree char *text = patch_harness_read_file(harness, captions->file);
    const char *between = strstr(text, "00:00:17.8"), *after = strstr(text, "00:00:26.");
    g_assert_nonnull(between);
    g_assert_nonnull(after);
    g_assert_nonnull(strstr(between, "กลาง"));
    g_assert_nonnull(strstr(after, "หลัง"));
}

void
patch_checks_assert_described(PatchHarness *harness)
{
    g_autoptr(CatalogLesson) lesson = patch_harness_read_lesson(harness);
    g_autofree char *described = patch_harness_read_file(harness, "lesson.json");
    g_assert_nonnull(strstr(described, harness->repeat));
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        g_autofree char *name = g_strconcat(rung->name, ".m3u8", NULL);
        g_autofree char *playlist = patch_harness_read_file(harness, name);
        g_assert_nonnull(strstr(playlist, rung->file));
        g_assert_nonnull(strstr(described, rung->file));
    }
}

/* A file that rows name is there with the bytes that they say. */
static void
assert_file(PatchHarness *harness, const char *file, const char *sha256)
{
    gsize bytes = 0;
    g_autofree char *content = NULL;
    g_autofree char *path = patch_harness_build_path(harness, file);
    g_assert_true(g_file_get_contents(path, &content, &bytes, NULL));
    g_autofree char *sum =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)content, bytes);
    g_assert_cmpstr(sum, ==, sha256);
}

void
patch_checks_assert_files(PatchHarness *harness, const CatalogLesson *lesson)
{
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        gsize bytes = 0;
        g_autofree char *text = NULL;
        g_autofree char *path = patch_harness_build_path(harness, rung->index_file);
        assert_file(harness, rung->file, rung->sha256);
        g_assert_true(g_file_get_contents(path, &text, &bytes, NULL));
        g_autoptr(PackageIndex) index =
            package_index_parse(text, bytes, (guint64)rung->bytes, NULL);
        g_assert_nonnull(index);
    }
    for (guint i = 0; i < lesson->assets->len; i++) {
        const CatalogAsset *asset = lesson->assets->pdata[i];
        assert_file(harness, asset->file, asset->sha256);
    }
    for (guint i = 0; i < lesson->captions->len; i++) {
        const CatalogCaptions *captions = lesson->captions->pdata[i];
        assert_file(harness, captions->file, captions->sha256);
    }
}
