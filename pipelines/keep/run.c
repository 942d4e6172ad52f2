// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// hello → job → plan → a `rung` or `rung-failed` each, with `progress` between → an `asset` each of
// what is beside them → done or failed.
#include "pipelines/keep/run.h"

#include <gio/gio.h>

#include "pipelines/encode/failure.h"
#include "pipelines/keep/extras.h"
#include "pipelines/keep/fragment.h"
#include "pipelines/keep/join.h"
#include "pipelines/keep/plan.h"
#include "pipelines/keep/poster.h"
#include "pipelines/package/index.h"

#define PROGRESS_US (G_USEC_PER_SEC / 2)

typedef struct {
    ChildChannel *channel; // (unowned)
    const ChildJob *job;   // (unowned)
    const char *rung;      // (unowned) at work
    char *plan;            // (owned)
    gsize plan_bytes;      // of plan
    guint pieces;          // of all rungs
    guint done;            // of pieces
    guint made;            // rungs
    const char *best;      // (unowned) (nullable) the last that has a picture
    char *sound;           // (owned) (nullable) file of the first rung
    char *picture;         // (owned) (nullable) file of the first that has a picture
    guint64 duration_ms;   // of the longest rung
    gint64 told_us;        // when progress was told last
} Run;

static gboolean
on_piece(gpointer user_data)
{
    Run *run = user_data;
    gint64 now_us = g_get_monotonic_time();
    run->done++;
    if (child_channel_is_cancelled(run->channel))
        return FALSE;
    if (now_us - run->told_us < PROGRESS_US)
        return TRUE;
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_PROGRESS);
    report->permille = MIN(run->done * 1000 / run->pieces, 999);
    report->stage = g_strdup(run->rung);
    run->told_us = now_us;
    return child_channel_send(run->channel, report);
}

/* As most segments have it; the writer's own figures say the rest. */
static double
measure_rate(const Run *run, const GPtrArray *pieces)
{
    const KeepPlanPiece *piece = pieces->pdata[0];
    g_autofree char *init_path = g_build_filename(run->job->bundle, piece->init, NULL);
    g_autofree char *path = g_build_filename(run->job->bundle, piece->segment, NULL);
    g_autofree char *init_data = NULL, *data = NULL;
    gsize init_bytes = 0, bytes = 0;
    if (!g_file_get_contents(init_path, &init_data, &init_bytes, NULL) ||
        !g_file_get_contents(path, &data, &bytes, NULL))
        return 0;
    g_autoptr(KeepFragmentInit) init =
        keep_fragment_parse_init((guint8 *)init_data, init_bytes, NULL);
    g_autoptr(KeepFragment) fragment =
        init != NULL ? keep_fragment_parse(init, (guint8 *)data, bytes, NULL) : NULL;
    if (fragment == NULL || fragment->pictures->len == 0)
        return 0;
    return (double)fragment->pictures->len * PACKAGE_INDEX_TIMESCALE / (double)piece->duration;
}

static void
tell_rung(Run *run, const GPtrArray *pieces, const PackageResult *result,
          const PackageTracks *tracks)
{
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_RUNG);
    report->name = g_strdup(run->rung);
    report->file = g_strdup(result->file);
    report->index = g_strdup(result->index);
    report->sha256 = g_strdup(result->sha256);
    report->codecs = g_strdup(result->codecs);
    report->bytes = result->bytes;
    report->duration_ms = result->duration_ms;
    report->bandwidth_bps = result->bandwidth_bps;
    report->average_bandwidth_bps = result->average_bandwidth_bps;
    report->width = tracks->width;
    report->height = tracks->height;
    report->frame_rate = measure_rate(run, pieces);
    run->made++;
    if (run->sound == NULL)
        run->sound = g_strdup(result->file);
    if (tracks->width > 0)
        run->best = run->rung;
    if (tracks->width > 0 && run->picture == NULL)
        run->picture = g_strdup(result->file);
    run->duration_ms = MAX(run->duration_ms, result->duration_ms);
    child_channel_send(run->channel, report);
}

static void
tell_rung_failed(Run *run, const GError *error)
{
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_RUNG_FAILED);
    report->name = g_strdup(run->rung);
    report->code = g_strdup(encode_failure_to_code(error));
    report->detail = g_strdup(error->message);
    child_channel_send(run->channel, report);
}

/* Returns: FALSE when nothing more is to be tried. */
static gboolean
make_rung(Run *run, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(GPtrArray) pieces = keep_plan_parse(run->plan, run->plan_bytes, run->rung, &local);
    if (pieces != NULL && pieces->len == 0)
        return TRUE;
    const KeepJoin join = {run->job->bundle, run->job->staging, run->rung, pieces, on_piece, run};
    PackageTracks *made = NULL;
    g_autoptr(PackageResult) result = pieces != NULL ? keep_join_run(&join, &made, &local) : NULL;
    g_autoptr(PackageTracks) tracks = made;
    if (result != NULL) {
        tell_rung(run, pieces, result, tracks);
        return TRUE;
    }
    if (!g_error_matches(local, PACKAGE_ERROR, PACKAGE_ERROR_INVALID)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    tell_rung_failed(run, local);
    return TRUE;
}

/* Of the richest rung that has a picture. */
static void
make_poster(Run *run)
{
    if (run->best == NULL)
        return;
    g_autoptr(GPtrArray) pieces = keep_plan_parse(run->plan, run->plan_bytes, run->best, NULL);
    if (pieces != NULL)
        keep_poster_make(run->channel, run->job, pieces);
}

static void
make_extras(const Run *run)
{
    const KeepExtras extras = {run->channel, run->job,     run->plan,       run->plan_bytes,
                               run->sound,   run->picture, run->duration_ms};
    keep_extras_make(&extras);
}

static gboolean
make_rungs(Run *run, GError **error)
{
    if (run->job->bundle == NULL ||
        !g_file_get_contents(run->job->source, &run->plan, &run->plan_bytes, error))
        return FALSE;
    for (gsize i = 0; i < run->plan_bytes; i++)
        run->pieces += run->plan[i] == '\n';
    run->pieces = MAX(run->pieces * g_strv_length(run->job->rungs), 1);
    for (guint i = 0; run->job->rungs[i] != NULL; i++) {
        run->rung = run->job->rungs[i];
        if (!make_rung(run, error))
            return FALSE;
    }
    make_poster(run);
    if (run->made > 0) {
        make_extras(run);
        if (!child_channel_is_cancelled(run->channel))
            return TRUE;
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "told to stop");
        return FALSE;
    }
    g_set_error_literal(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID, "no rung could be made");
    return FALSE;
}

static void
tell_end(const Run *run, const GError *error)
{
    g_autoptr(ChildReport) report =
        child_report_new(error == NULL ? CHILD_REPORT_DONE : CHILD_REPORT_FAILED);
    report->duration_ms = run->duration_ms;
    if (error != NULL) {
        report->code = g_strdup(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                                    ? "cancelled"
                                    : encode_failure_to_code(error));
        report->detail = g_strdup(error->message);
    }
    child_channel_send(run->channel, report);
}

gboolean
keep_run(ChildChannel *channel)
{
    Run run = {.channel = channel};
    g_autoptr(GError) error = NULL;
    g_autoptr(ChildReport) hello = child_report_new(CHILD_REPORT_HELLO);
    child_channel_send(channel, hello);
    g_autoptr(ChildJob) job = child_channel_read_job(channel, &error);
    run.job = job;
    gboolean fine = job != NULL && make_rungs(&run, &error);
    if (!fine && error == NULL)
        g_set_error_literal(&error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID, "no folder to read");
    tell_end(&run, error);
    g_free(run.plan);
    g_free(run.sound);
    g_free(run.picture);
    return fine;
}
