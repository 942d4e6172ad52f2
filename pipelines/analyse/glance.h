// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A first look at the pictures of a file, in seconds however long it is: what kind of lesson it is
// must be known before anything is encoded, since the grid of segments depends on it. Called once
// by pipelines/encode/transcode.c; the same file gives the same answer.
#pragma once

#include "pipelines/analyse/result.h"
#include "pipelines/source/reader.h"

typedef struct {
    AnalyseResultContent content; // (value) of most of what was looked at; NONE: no picture decoded
    AnalyseResultRect inset;      // (value) what moves beside the slides, when sure
    AnalyseResultRect crop; // (value) what is left without black bars; the whole: none, or not sure
    gboolean interlaced;    // (value)
    guint samples;          // (value) places looked at
} AnalyseGlance;

/**
 * analyse_glance_run:
 * @path: a local file, the one @info is about
 * @stop: (nullable): asked between packets
 * @glance: (out): what was seen; untouched on failure
 *
 * Looks at up to a hundred places spread over the file, fewer when pictures are large. Blocks on
 * the local file only. Returns: FALSE with SOURCE_FAILURE or an errno's G_FILE_ERROR; a file
 * without decodable pictures is no failure.
 */
gboolean analyse_glance_run(const char *path, const SourceInfo *info, SourceReaderStop stop,
                            gpointer stop_data, AnalyseGlance *glance, GError **error);
