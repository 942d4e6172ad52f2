// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the stages of one job share, and the lines they send alike. A plain value that transcode.c
// fills; nothing in it is owned.
#pragma once

#include "pipelines/child/channel.h"
#include "pipelines/encode/grid.h"
#include "pipelines/encode/output.h"
#include "pipelines/encode/progress.h"
#include "pipelines/encode/treat.h"
#include "pipelines/encode/watchdog.h"
#include "pipelines/source/reader.h"

typedef struct {
    ChildChannel *channel;    // (unowned)
    const ChildJob *job;      // (unowned)
    SourceReader *reader;     // (unowned)
    EncodeProgress *progress; // (unowned)
    EncodeWatchdog *watchdog; // (unowned)
    EncodeGrid grid;          // (value)
    EncodeDecideFacts facts;  // (value) what the picture rungs are decided from, but `info`
    EncodeTreatPlan treat;    // (value) of the sound
    gboolean poster_sent;     // (value) by this attempt
    gboolean slides_sent;     // (value) by this attempt
    gint64 end_us;            // (value) best knowledge of where the lesson ends; 0: none
} EncodeRun;

/** Call for each frame: beats the watchdog, notices a cancel, holds the limit of duration against
 * @media_us. Returns: FALSE when the job must end. */
gboolean encode_run_go_on(EncodeRun *run, gint64 media_us, GError **error);

/** A stop function of readers: @run beats the watchdog. Returns: whether the job was cancelled. */
gboolean encode_run_is_stopped(gpointer run);

/** Sends `rung`. @picture: (nullable): NULL for sound alone; @ssim: 0: not measured. */
void encode_run_report_rung(EncodeRun *run, EncodeRungsId rung, const PackageResult *result,
                            const EncodeDecidePicture *picture, double ssim);
void encode_run_report_rung_failed(EncodeRun *run, EncodeRungsId rung, const GError *failure);
void encode_run_report_checkpoint(EncodeRun *run, EncodeOutput *output);

/** Sends a `warning` for each kind of damage the reader met. */
void encode_run_report_damage(EncodeRun *run);

/** SOURCE_FAILURE_DAMAGED when the reader met damage and less than a second was decoded. */
gboolean encode_run_check_kept(EncodeRun *run, gint64 decoded_us, GError **error);
