// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The picture half of the analysis: reads a file once, decodes key frames and only those stretches
// in full where something may have changed between them, and says what was seen. Times are running
// time, as sources give it. Called by pipelines/encode/transcode.c after the voice is published.
#pragma once

#include "pipelines/analyse/result.h"
#include "pipelines/source/reader.h"

typedef struct {
    const char *path;                                 // (unowned) a local file
    const SourceInfo *info;                           // (unowned) of that file
    gint64 end_us;                                    // (value) where the lesson ends; 0: as found
    SourceReaderStop stop;                            // (nullable) asked between packets
    void (*progress)(gint64 media_us, gpointer data); // (nullable) at least once a second of work
    gpointer data;                                    // (unowned) for both functions
} AnalysePictureJob;

/**
 * analyse_picture_run:
 * @picture: (out): with its arrays as analyse_result_new() makes them; both are emptied and filled;
 * `glance` is left alone
 *
 * Costs at most one decode of the file, a small part of it where key frames tell enough; memory is
 * bounded. The same file gives the same answer. Slides cover every slide and screen stretch, with
 * one still for a camera stretch among them; a lesson that is camera throughout has none.
 * Returns: FALSE with SOURCE_FAILURE (DAMAGED: no picture decodes) or an errno's G_FILE_ERROR.
 */
gboolean analyse_picture_run(const AnalysePictureJob *job, AnalyseResultPicture *picture,
                             GError **error);
