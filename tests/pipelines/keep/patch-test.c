// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The decisions of a patch: where sound is found, where it is not, and which pieces follow one
// another so that times have no hole and no piece is too short.
#include <glib.h>

#include "pipelines/keep/match.h"
#include "pipelines/keep/patch_plan.h"
#include "pipelines/keep/splice.h"
#include "pipelines/package/index.h"

#define SECONDS 120
#define COUNT (SECONDS * KEEP_MATCH_RATE)
#define SEGMENT 273600 // 3.04 s

/* Two programmes, each level unlike its neighbours. */
static void
fill(float *programme, guint32 seed)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    for (guint i = 0; i < COUNT; i++)
        programme[i] = i % 4 == 0 ? (float)g_rand_double_range(random, -50, -10) : programme[i - 1];
}

static KeepMatchVerdict
find(const float *sought, const float *where, KeepMatchPlace *found)
{
    const KeepMatchStretch what = {sought, 30 * KEEP_MATCH_RATE}, all = {where, COUNT};
    return keep_match_find(&what, &all, found);
}

static void
test_match(void)
{
    KeepMatchPlace found = {0};
    float levels[2][COUNT], quiet[COUNT], again[COUNT];
    fill(levels[0], 1);
    fill(levels[1], 2);
    g_assert_cmpint(find(levels[0] + 1000, levels[0], &found), ==, KEEP_MATCH_FOUND);
    g_assert_cmpfloat(ABS(found.place - 1000), <, 0.5);
    g_assert_cmpint(find(levels[0] + 1000, levels[1], &found), ==, KEEP_MATCH_NOWHERE);
    for (guint i = 0; i < COUNT; i++) {
        quiet[i] = KEEP_MATCH_FLOOR_DB;
        again[i] = levels[0][i % (40 * KEEP_MATCH_RATE)];
    }
    g_assert_cmpint(find(quiet, levels[0], &found), ==, KEEP_MATCH_QUIET);
    g_assert_cmpint(find(again, again, &found), ==, KEEP_MATCH_UNSURE);
}

static GArray *
make_segments(guint count)
{
    GArray *segments = g_array_new(FALSE, FALSE, sizeof(PackageIndexSegment));
    for (guint i = 0; i < count; i++) {
        PackageIndexSegment segment = {.start_pts90k = (guint64)i * SEGMENT,
                                       .duration_pts90k = SEGMENT};
        g_array_append_val(segments, segment);
    }
    return segments;
}

/* A gap after ten segments; the repeat is @phase later in its segments. */
static void
splice_at(guint64 phase)
{
    const guint64 grids[2] = {7200, 7200};
    g_autoptr(GArray) own = make_segments(20);
    g_autoptr(GArray) other = make_segments(40);
    g_autoptr(GArray) stretches = g_array_new(FALSE, FALSE, sizeof(KeepSpliceStretch));
    KeepSpliceStretch stretch = {.from = 10 * SEGMENT,
                                 .to = 10 * SEGMENT,
                                 .begin = 12 * SEGMENT + phase,
                                 .end = 16 * SEGMENT + phase};
    g_array_append_val(stretches, stretch);
    g_autoptr(GArray) pieces = keep_splice_plan(own, other, stretches, grids);
    guint64 total = 0, joined = 0;
    for (guint i = 0; i < pieces->len; i++) {
        const KeepSplicePiece *piece = &g_array_index(pieces, KeepSplicePiece, i);
        g_assert_cmpuint(piece->duration % 7200, ==, 0);
        g_assert_true(piece->joined == (piece->duration < 45000));
        joined += piece->joined;
        total += piece->duration;
    }
    guint64 wanted = 24 * SEGMENT;
    g_assert_cmpuint(MAX(total, wanted) - MIN(total, wanted), <=, 7200);
    const KeepSpliceStretch *done = &g_array_index(stretches, KeepSpliceStretch, 0);
    g_assert_false(done->skipped);
    g_assert_cmpuint(done->goes_on + 10 * SEGMENT, ==, total);
    g_assert_cmpuint(joined, <=, 2);
}

static void
test_splice(void)
{
    for (guint64 phase = 0; phase < SEGMENT; phase += 3600)
        splice_at(phase);
}

static void
test_plan(void)
{
    static const char *const wrong[] = {"",
                                        "gap 0 90000\n",
                                        "rung small a b c d\n",
                                        "rung small a b c ../d\ngap 0 1\n",
                                        "rung small a b c d\ngap 0 0\n",
                                        "rung small a b c d\ngap 9 1\ngap 8 1\n",
                                        "rung small a b c d\ngap 0 1",
                                        "rung small a b - -\ngap 0 1\n",
                                        "rung voice-eng - - c d\ngap 0 1\n",
                                        "rung voice-eng a b - d\ngap 0 1\n"};
    g_autoptr(GError) error = NULL;
    g_autoptr(KeepPatchPlan) plan = keep_patch_plan_parse(
        "rung voice a b c d\nrung voice-eng e f - -\ngap 90000 180000\nhole 5 6\n", &error);
    g_assert_no_error(error);
    const KeepPatchPlanRung *sound = plan->rungs->pdata[1];
    g_assert_cmpstr(sound->files[0], ==, "e");
    g_assert_null(sound->files[1]); // silence
    g_assert_null(sound->indexes[1]);
    g_assert_cmpuint(plan->gaps->len, ==, 1);
    g_assert_cmpuint(plan->holes->len, ==, 1);
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_assert_null(keep_patch_plan_parse(wrong[i], &error));
        g_assert_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID);
        g_clear_error(&error);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/keep/patch/match", test_match);
    g_test_add_func("/keep/patch/splice", test_splice);
    g_test_add_func("/keep/patch/plan", test_plan);
    return g_test_run();
}
