// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One after another; one that fails does not keep the others from being made.
#include "pipelines/encode/extras.h"

#include "pipelines/captions/extract.h"
#include "pipelines/encode/failure.h"
#include "pipelines/encode/storyboard.h"
#include "pipelines/encode/waveform.h"
#include "pipelines/source/failure.h"

static gboolean
on_stop(gpointer data)
{
    EncodeRun *run = data;
    encode_watchdog_beat(run->watchdog);
    return child_channel_is_cancelled(run->channel);
}

static void
skip_slides(EncodeRun *run)
{
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_RUNG_SKIPPED);
    report->name = g_strdup(encode_rungs_get(ENCODE_RUNGS_SLIDES)->name);
    report->code = g_strdup("no-gain");
    report->detail = g_strdup("no slides were found");
    child_channel_send(run->channel, report);
}

static void
send_captions(EncodeRun *run, const CaptionsExtractFile *file)
{
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_ASSET);
    report->asset = CHILD_ASSET_CAPTIONS;
    report->file = g_strdup(file->file);
    report->language = g_strdup(file->language);
    report->sha256 = g_strdup(file->sha256);
    report->bytes = file->bytes;
    child_channel_send(run->channel, report);
}

static gboolean
extract_captions(EncodeRun *run, GError **error)
{
    CaptionsExtractJob job = {
        .source = run->job->source,
        .staging = run->job->staging,
        .end_us = run->end_us,
        .limit_pixels = run->job->limit_pixels,
        .stop = on_stop,
        .stop_data = run,
    };
    g_autoptr(GPtrArray) files = captions_extract_run(&job, error);
    if (files == NULL)
        return FALSE;
    for (guint i = 0; i < files->len; i++)
        send_captions(run, g_ptr_array_index(files, i));
    return TRUE;
}

/* Trouble with what is in the file, which ends only what it touches. */
static gboolean
is_of_contents(const GError *failure)
{
    if (failure->domain == SOURCE_FAILURE)
        return failure->code != SOURCE_FAILURE_CANCELLED &&
               failure->code != SOURCE_FAILURE_TIMED_OUT;
    return g_error_matches(failure, ENCODE_FAILURE, ENCODE_FAILURE_INTERNAL);
}

/* @stills: (out) (transfer full) (nullable): what was made. */
static gboolean
make_slides(EncodeRun *run, const AnalyseResult *known, EncodeProgressStage stage,
            EncodeStills **stills, GError **error)
{
    GError *failure = NULL;
    if (!known->has_picture || known->picture.slides->len == 0) {
        skip_slides(run);
        return TRUE;
    }
    *stills = encode_stills_run(run, &known->picture, stage, &failure);
    if (*stills != NULL)
        return TRUE;
    if (!is_of_contents(failure)) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    encode_run_report_rung_failed(run, ENCODE_RUNGS_SLIDES, failure);
    g_error_free(failure);
    return TRUE;
}

gboolean
encode_extras_run(EncodeRun *run, const AnalyseResult *known, gboolean slides,
                  EncodeProgressStage stage, GError **error)
{
    encode_progress_begin(run->progress, &stage);
    g_autoptr(EncodeStills) stills = NULL;
    if (slides && !make_slides(run, known, stage, &stills, error))
        return FALSE;
    encode_waveform_report(run);
    if (known->has_picture && !encode_storyboard_run(run, stills, error))
        return FALSE;
    return extract_captions(run, error);
}
