// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One after another; one that fails does not keep the others from being made.
#include "pipelines/encode/extras.h"

#include "pipelines/captions/extract.h"
#include "pipelines/encode/failure.h"
#include "pipelines/encode/stills.h"
#include "pipelines/encode/storyboard.h"
#include "pipelines/encode/waveform.h"
#include "pipelines/source/failure.h"

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

/* A lesson whose captions cannot be read is still a lesson. */
static gboolean
extract_captions(EncodeRun *run, GError **error)
{
    CaptionsExtractJob job = {
        .source = run->job->source,
        .staging = run->job->staging,
        .end_us = run->end_us,
        .limit_pixels = run->job->limit_pixels,
        .stop = encode_run_is_stopped,
        .stop_data = run,
    };
    g_autoptr(GError) failure = NULL;
    g_autoptr(GPtrArray) files = captions_extract_run(&job, &failure);
    for (guint i = 0; files != NULL && i < files->len; i++)
        send_captions(run, g_ptr_array_index(files, i));
    if (files == NULL)
        g_debug("captions: %s", failure->message);
    return encode_run_go_on(run, 0, error);
}

/* The slides rung, and what is to be seen while scrubbing. */
static gboolean
make_pictures(EncodeRun *run, const AnalyseResult *known, gboolean slides,
              EncodeProgressStage stage, GError **error)
{
    g_autoptr(EncodeStills) stills = NULL;
    if (slides && known->picture.slides->len > 0) {
        stills = encode_stills_run(run, &known->picture, stage, error);
        if (stills == NULL)
            return FALSE;
    } else if (slides) {
        skip_slides(run);
    }
    return encode_storyboard_run(run, stills, error);
}

gboolean
encode_extras_run(EncodeRun *run, const AnalyseResult *known, gboolean slides,
                  EncodeProgressStage stage, GError **error)
{
    encode_progress_begin(run->progress, &stage);
    encode_waveform_report(run);
    return extract_captions(run, error) && make_pictures(run, known, slides, stage, error);
}
