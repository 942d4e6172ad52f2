// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// hello → job → plan → indexes of both → both are listened to → where each gap's edges are in the
// repeat (align.h) → which segments follow one another (splice.h) → a `splice` each → rungs and
// what is beside them, as the keep role makes them (rungs.h) → done. Where no gap can be filled
// nothing is made, and `failed` says why.
#include "pipelines/keep/patch.h"

#include <gio/gio.h>

#include "pipelines/child/live_track.h"
#include "pipelines/keep/align.h"
#include "pipelines/keep/envelope.h"
#include "pipelines/keep/fragment.h"
#include "pipelines/keep/match.h"
#include "pipelines/keep/patch_plan.h"
#include "pipelines/keep/plan.h"
#include "pipelines/keep/rungs.h"
#include "pipelines/package/index.h"

#define INDEX_BYTES_MAX (8 * 1024 * 1024)
#define LISTEN_PERMILLE 300 // of the whole, for both
#define GRID_MAX 90000      // 90 kHz
#define GRID_SOUND 3600     // 90 kHz, where there are no pictures
#define SIDES 2             // the recording, the repeat

/** One rung with what its files say of themselves. */
typedef struct {
    const KeepPatchPlanRung *plan; // (unowned)
    PackageIndex *indexes[SIDES];  // (owned)
} Rung;

typedef struct {
    KeepRungs rungs;       // (value)
    KeepPatchPlan *plan;   // (owned) (nullable)
    GPtrArray *all;        // (owned) (element-type Rung)
    GArray *levels[SIDES]; // (owned) (nullable) (element-type float)
    guint64 grids[SIDES];  // 90 kHz
    guint side;            // that is listened to
    GArray *stretches;     // (owned) (nullable) (element-type KeepAlignStretch)
    GArray *pieces;        // (owned) (nullable) (element-type KeepSplicePiece)
    const char *code;      // (unowned) static: why nothing is filled
} Patch;

static gboolean
refuse(GError **error, const char *what, const char *why)
{
    g_set_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID, "%s: %s", what, why);
    return FALSE;
}

static void
free_rung(gpointer data)
{
    Rung *rung = data;
    for (guint side = 0; side < SIDES; side++)
        g_clear_pointer(&rung->indexes[side], package_index_free);
    g_free(rung);
}

static void
clear(Patch *patch)
{
    keep_rungs_clear(&patch->rungs);
    g_clear_pointer(&patch->plan, keep_patch_plan_free);
    g_clear_pointer(&patch->all, g_ptr_array_unref);
    for (guint side = 0; side < SIDES; side++)
        g_clear_pointer(&patch->levels[side], g_array_unref);
    g_clear_pointer(&patch->stretches, g_array_unref);
    g_clear_pointer(&patch->pieces, g_array_unref);
}

static PackageIndex *
load_index(const Patch *patch, const char *name, GError **error)
{
    const KeepLoadSpan whole = {0};
    gsize bytes = 0;
    g_autofree char *text = keep_load_span(patch->rungs.job->bundle, name, &whole, &bytes, error);
    if (text == NULL || bytes > INDEX_BYTES_MAX)
        return NULL;
    return package_index_parse(text, bytes, 0, error);
}

/* Cuts are the same in all rungs of a lesson; the last may end a frame of sound earlier. */
static gboolean
is_cut_alike(const PackageIndex *a, const PackageIndex *b)
{
    if (a->segments->len != b->segments->len)
        return FALSE;
    for (guint i = 0; i < a->segments->len; i++) {
        if (g_array_index(a->segments, PackageIndexSegment, i).start_pts90k !=
            g_array_index(b->segments, PackageIndexSegment, i).start_pts90k)
            return FALSE;
    }
    return a->segments->len > 0;
}

static gboolean
load_rungs(Patch *patch, GError **error)
{
    patch->all = g_ptr_array_new_with_free_func(free_rung);
    for (guint i = 0; i < patch->plan->rungs->len; i++) {
        Rung *rung = g_new0(Rung, 1);
        rung->plan = patch->plan->rungs->pdata[i];
        g_ptr_array_add(patch->all, rung);
        const Rung *last = patch->all->pdata[0];
        for (guint side = 0; side < SIDES; side++) {
            if (rung->plan->indexes[side] == NULL)
                continue; // silence
            rung->indexes[side] = load_index(patch, rung->plan->indexes[side], error);
            if (rung->indexes[side] == NULL)
                return FALSE;
            if (!is_cut_alike(rung->indexes[side], last->indexes[side]))
                return refuse(error, rung->plan->files[side], "not cut as the other rungs");
        }
    }
    return TRUE;
}

/* The rung whose last segment ends latest: that of the pictures. Other sounds come behind. */
static const GArray *
get_segments(const Patch *patch, guint side)
{
    const Rung *last = patch->all->pdata[0];
    for (guint i = 1; i < patch->all->len; i++) {
        const Rung *rung = patch->all->pdata[i];
        if (!child_live_track_is_extra(rung->plan->name))
            last = rung;
    }
    return last->indexes[side]->segments;
}

static guint64
find_common(guint64 a, guint64 b)
{
    guint64 greater = a, smaller = b;
    while (smaller != 0) {
        guint64 rest = greater % smaller;
        greater = smaller;
        smaller = rest;
    }
    return a / greater * b;
}

/* Returns: how long its first picture lasts, 0: it has none. */
static guint64
measure_picture(const Patch *patch, const Rung *rung, guint side)
{
    const PackageIndex *index = rung->indexes[side];
    if (child_live_track_is_extra(rung->plan->name))
        return 0;
    const PackageIndexSegment *first = &g_array_index(index->segments, PackageIndexSegment, 0);
    const KeepLoadSpan init_span = {0, index->init_bytes};
    const KeepLoadSpan span = {first->offset_bytes, first->bytes};
    const char *folder = patch->rungs.job->bundle, *file = rung->plan->files[side];
    gsize init_bytes = 0, bytes = 0;
    g_autofree char *init_data = keep_load_span(folder, file, &init_span, &init_bytes, NULL);
    g_autofree char *data = keep_load_span(folder, file, &span, &bytes, NULL);
    if (init_data == NULL || data == NULL)
        return 0;
    g_autoptr(KeepFragmentInit) init =
        keep_fragment_parse_init((guint8 *)init_data, init_bytes, NULL);
    g_autoptr(KeepFragment) fragment =
        init != NULL ? keep_fragment_parse(init, (guint8 *)data, bytes, NULL) : NULL;
    if (fragment == NULL || fragment->pictures->len == 0)
        return 0;
    return g_array_index(fragment->pictures, KeepFragmentSample, 0).duration;
}

static void
measure_grids(Patch *patch)
{
    for (guint side = 0; side < SIDES; side++) {
        guint64 grid = 0;
        for (guint i = 0; i < patch->all->len; i++) {
            guint64 lasts = measure_picture(patch, patch->all->pdata[i], side);
            guint64 common = grid > 0 && lasts > 0 ? find_common(grid, lasts) : MAX(grid, lasts);
            grid = common <= GRID_MAX ? common : MAX(grid, lasts);
        }
        patch->grids[side] = grid > 0 ? grid : GRID_SOUND;
    }
}

static guint64
get_end(const GArray *segments)
{
    const PackageIndexSegment *last =
        &g_array_index(segments, PackageIndexSegment, segments->len - 1);
    return last->start_pts90k + last->duration_pts90k;
}

static gboolean
on_time(gint64 time_us, gpointer user_data)
{
    Patch *patch = user_data;
    guint64 end_us = get_end(get_segments(patch, patch->side)) * 100 / 9;
    guint64 part = (guint64)MAX(time_us, 0) * LISTEN_PERMILLE / SIDES / MAX(end_us, 1);
    guint permille = (guint)MIN(part, LISTEN_PERMILLE / SIDES);
    return keep_rungs_tell_progress(&patch->rungs,
                                    patch->side * LISTEN_PERMILLE / SIDES + permille);
}

static gboolean
listen_to_both(Patch *patch, GError **error)
{
    const Rung *lowest = patch->all->pdata[0];
    for (patch->side = 0; patch->side < SIDES; patch->side++) {
        const KeepEnvelopeWish wish = {patch->rungs.channel, patch->rungs.job,
                                       lowest->plan->files[patch->side], on_time, patch};
        patch->levels[patch->side] = keep_envelope_read(&wish, error);
        if (patch->levels[patch->side] == NULL)
            return FALSE;
    }
    return TRUE;
}

/* @stretches: (out) (transfer full) (element-type KeepSpliceStretch): those that can be filled. */
static void
splice(Patch *patch)
{
    g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(KeepSpliceStretch));
    for (guint i = 0; i < patch->stretches->len; i++) {
        const KeepAlignStretch *stretch = &g_array_index(patch->stretches, KeepAlignStretch, i);
        if (stretch->code == NULL)
            g_array_append_val(known, stretch->splice);
    }
    patch->pieces =
        keep_splice_plan(get_segments(patch, 0), get_segments(patch, 1), known, patch->grids);
    for (guint i = 0, at = 0; i < patch->stretches->len; i++) {
        KeepAlignStretch *stretch = &g_array_index(patch->stretches, KeepAlignStretch, i);
        if (stretch->code == NULL)
            stretch->splice = g_array_index(known, KeepSpliceStretch, at++);
        if (stretch->code == NULL && stretch->splice.skipped)
            stretch->code = "too-short";
    }
}

static void
tell_splice(const Patch *patch, const KeepAlignStretch *stretch)
{
    for (guint gap = stretch->first; gap < stretch->first + stretch->count; gap++) {
        g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_SPLICE);
        report->position = gap + 1;
        report->code = g_strdup(stretch->code != NULL ? stretch->code : "filled");
        report->detail = g_strdup_printf("score %.2f %.2f", stretch->scores[0], stretch->scores[1]);
        if (stretch->code == NULL) {
            report->start_ms = stretch->splice.begin / 90;
            report->end_ms = stretch->splice.end / 90;
            report->media_ms = stretch->splice.goes_on / 90;
        }
        child_channel_send(patch->rungs.channel, report);
    }
}

/* Returns: whether anything is filled. */
static gboolean
tell_splices(Patch *patch)
{
    gboolean any = FALSE;
    for (guint i = 0; i < patch->stretches->len; i++) {
        const KeepAlignStretch *stretch = &g_array_index(patch->stretches, KeepAlignStretch, i);
        tell_splice(patch, stretch);
        any = any || stretch->code == NULL;
        if (patch->code == NULL)
            patch->code = stretch->code;
    }
    return any;
}

static KeepPlanPiece *
make_piece(const Rung *rung, const KeepSplicePiece *piece, guint64 at)
{
    const PackageIndex *index = rung->indexes[piece->repeat];
    KeepPlanPiece *made = g_new0(KeepPlanPiece, 1);
    made->duration = piece->duration;
    made->at = at;
    made->joined = piece->joined;
    if (index == NULL)
        return made;
    const PackageIndexSegment *segment =
        &g_array_index(index->segments, PackageIndexSegment, piece->segment);
    made->time = segment->start_pts90k;
    made->init = g_strdup(rung->plan->files[piece->repeat]);
    made->segment = g_strdup(made->init);
    made->init_span = (KeepLoadSpan){0, index->init_bytes};
    made->span = (KeepLoadSpan){segment->offset_bytes, segment->bytes};
    made->shortened = piece->duration < segment->duration_pts90k;
    return made;
}

static GPtrArray *
list_pieces(const Patch *patch, const Rung *rung)
{
    guint64 at = 0;
    GPtrArray *pieces = g_ptr_array_new_with_free_func(keep_plan_free_piece);
    for (guint i = 0; i < patch->pieces->len; i++) {
        const KeepSplicePiece *piece = &g_array_index(patch->pieces, KeepSplicePiece, i);
        g_ptr_array_add(pieces, make_piece(rung, piece, at));
        at += piece->duration;
    }
    return pieces;
}

/* All of them or nothing: a lesson whose rungs differ would be none. */
static gboolean
make_rungs(Patch *patch, GError **error)
{
    g_autoptr(GPtrArray) best = NULL;
    patch->rungs.base_permille = LISTEN_PERMILLE;
    patch->rungs.pieces = MAX(patch->pieces->len * patch->all->len, 1);
    for (guint i = 0; i < patch->all->len; i++) {
        const Rung *rung = patch->all->pdata[i];
        g_autoptr(GPtrArray) pieces = list_pieces(patch, rung);
        if (!keep_rungs_make(&patch->rungs, rung->plan->name, pieces, error))
            return FALSE;
        if (g_strcmp0(patch->rungs.best, rung->plan->name) == 0) {
            g_clear_pointer(&best, g_ptr_array_unref);
            best = g_steal_pointer(&pieces);
        }
    }
    return keep_rungs_make_extras(&patch->rungs, best, "", 0, error);
}

/* Returns: FALSE with an error, or with the patch's code when no gap can be filled. */
static gboolean
run(Patch *patch, const char *text, GError **error)
{
    patch->plan = keep_patch_plan_parse(text, error);
    if (patch->plan == NULL || !load_rungs(patch, error) || !listen_to_both(patch, error))
        return FALSE;
    measure_grids(patch);
    const KeepAlignFacts facts = {
        .plan = patch->plan,
        .levels = {patch->levels[0], patch->levels[1]},
        .segments = {get_segments(patch, 0), get_segments(patch, 1)},
    };
    patch->stretches = keep_align_run(&facts);
    splice(patch);
    return tell_splices(patch) ? make_rungs(patch, error) : FALSE;
}

gboolean
keep_patch(ChildChannel *channel)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    g_autoptr(ChildReport) hello = child_report_new(CHILD_REPORT_HELLO);
    child_channel_send(channel, hello);
    g_autoptr(ChildJob) job = child_channel_read_job(channel, &error);
    Patch patch = {.rungs = {.channel = channel, .job = job}};
    gboolean fine = job != NULL && job->bundle != NULL &&
                    g_file_get_contents(job->source, &text, NULL, &error) &&
                    run(&patch, text, &error);
    if (!fine && error == NULL && patch.code == NULL)
        g_set_error_literal(&error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID, "no folder to read");
    keep_rungs_tell_end(&patch.rungs, fine || error != NULL ? NULL : patch.code, error);
    clear(&patch);
    return fine;
}
