// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Progress is of pieces: each costs about the same to read and write.
#include "pipelines/keep/rungs.h"

#include <gio/gio.h>

#include "pipelines/child/live_track.h"
#include "pipelines/encode/failure.h"
#include "pipelines/keep/extras.h"
#include "pipelines/keep/fragment.h"
#include "pipelines/keep/join.h"
#include "pipelines/keep/plan.h"
#include "pipelines/keep/poster.h"
#include "pipelines/package/index.h"

#define PROGRESS_US (G_USEC_PER_SEC / 2)

void
keep_rungs_clear(KeepRungs *rungs)
{
    g_clear_pointer(&rungs->sound, g_free);
    g_clear_pointer(&rungs->picture, g_free);
}

gboolean
keep_rungs_tell_progress(KeepRungs *rungs, guint permille)
{
    gint64 now_us = g_get_monotonic_time();
    if (child_channel_is_cancelled(rungs->channel))
        return FALSE;
    if (now_us - rungs->told_us < PROGRESS_US)
        return TRUE;
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_PROGRESS);
    report->permille = MIN(permille, 999);
    report->stage = g_strdup(rungs->rung != NULL ? rungs->rung : "voice");
    rungs->told_us = now_us;
    return child_channel_send(rungs->channel, report);
}

static gboolean
on_piece(gpointer user_data)
{
    KeepRungs *rungs = user_data;
    rungs->done++;
    guint rest = 1000 - rungs->base_permille;
    return keep_rungs_tell_progress(
        rungs, rungs->base_permille + (guint)((guint64)rungs->done * rest / rungs->pieces));
}

/* As most segments have it; the writer's own figures say the rest. */
static double
measure_rate(const KeepRungs *rungs, const GPtrArray *pieces)
{
    const KeepPlanPiece *piece = pieces->pdata[0];
    const char *folder = rungs->job->bundle;
    if (piece->segment == NULL)
        return 0;
    gsize init_bytes = 0, bytes = 0;
    g_autofree char *init_data =
        keep_load_span(folder, piece->init, &piece->init_span, &init_bytes, NULL);
    g_autofree char *data = keep_load_span(folder, piece->segment, &piece->span, &bytes, NULL);
    if (init_data == NULL || data == NULL)
        return 0;
    g_autoptr(KeepFragmentInit) init =
        keep_fragment_parse_init((guint8 *)init_data, init_bytes, NULL);
    g_autoptr(KeepFragment) fragment =
        init != NULL ? keep_fragment_parse(init, (guint8 *)data, bytes, NULL) : NULL;
    if (fragment == NULL || fragment->pictures->len == 0)
        return 0;
    guint64 duration = 0;
    for (guint i = 0; i < fragment->pictures->len; i++)
        duration += g_array_index(fragment->pictures, KeepFragmentSample, i).duration;
    return (double)fragment->pictures->len * PACKAGE_INDEX_TIMESCALE / (double)duration;
}

static void
tell(KeepRungs *rungs, const GPtrArray *pieces, const PackageResult *result,
     const PackageTracks *tracks)
{
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_RUNG);
    report->name = g_strdup(rungs->rung);
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
    report->frame_rate = measure_rate(rungs, pieces);
    if (!child_live_track_is_extra(rungs->rung))
        rungs->made++;
    if (rungs->sound == NULL)
        rungs->sound = g_strdup(result->file);
    if (tracks->width > 0)
        rungs->best = rungs->rung;
    if (tracks->width > 0 && rungs->picture == NULL)
        rungs->picture = g_strdup(result->file);
    rungs->duration_ms = MAX(rungs->duration_ms, result->duration_ms);
    child_channel_send(rungs->channel, report);
}

void
keep_rungs_tell_failed(const KeepRungs *rungs, const char *name, const GError *failure)
{
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_RUNG_FAILED);
    report->name = g_strdup(name);
    report->code = g_strdup(encode_failure_to_code(failure));
    report->detail = g_strdup(failure->message);
    child_channel_send(rungs->channel, report);
}

gboolean
keep_rungs_make(KeepRungs *rungs, const char *name, const GPtrArray *pieces, GError **error)
{
    const KeepJoin join = {rungs->job->bundle, rungs->job->staging, name, pieces, on_piece, rungs};
    PackageTracks *made = NULL;
    rungs->rung = name;
    g_autoptr(PackageResult) result = keep_join_run(&join, &made, error);
    g_autoptr(PackageTracks) tracks = made;
    if (result == NULL)
        return FALSE;
    tell(rungs, pieces, result, tracks);
    return TRUE;
}

gboolean
keep_rungs_make_extras(KeepRungs *rungs, const GPtrArray *best, const char *plan, gsize plan_bytes,
                       GError **error)
{
    const KeepExtras extras = {rungs->channel, rungs->job,        plan, plan_bytes, rungs->sound,
                               rungs->picture, rungs->duration_ms};
    if (best != NULL)
        keep_poster_make(rungs->channel, rungs->job, best);
    keep_extras_make(&extras);
    if (!child_channel_is_cancelled(rungs->channel))
        return TRUE;
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "told to stop");
    return FALSE;
}

void
keep_rungs_tell_end(const KeepRungs *rungs, const char *code, const GError *failure)
{
    gboolean fine = failure == NULL && code == NULL;
    g_autoptr(ChildReport) report =
        child_report_new(fine ? CHILD_REPORT_DONE : CHILD_REPORT_FAILED);
    report->duration_ms = rungs->duration_ms;
    if (!fine) {
        if (code == NULL)
            code = g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                       ? "cancelled"
                       : encode_failure_to_code(failure);
        report->code = g_strdup(code);
        report->detail = g_strdup(failure != NULL ? failure->message : "");
    }
    child_channel_send(rungs->channel, report);
}
