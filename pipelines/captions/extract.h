// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Captions that a recording brings along: text subtitle streams, EIA-608 in the picture's user
// data, teletext subtitle pages. Runs in the child, after lockdown; reads the source once more
// without decoding pictures. What it cannot read it leaves out: a lesson never fails for its
// captions.
#pragma once

#include "pipelines/source/reader.h"

#define CAPTIONS_EXTRACT_MAX_FILES 16

typedef struct {
    const char *source;    // (unowned) path of the recording
    const char *staging;   // (unowned) folder that takes the files
    gint64 end_us;         // (value) where the lesson ends; cues beyond it are cut; 0: not known
    guint64 limit_pixels;  // (value) as for source_reader_open()
    SourceReaderStop stop; // (nullable) asked between packets; also the place for a watchdog's beat
    gpointer stop_data;    // (unowned)
} CaptionsExtractJob;

/** A finished file: complete, synced, under its own name. Fits an `asset` line. */
typedef struct {
    char *file;     // (owned) `captions-<language>.vtt`, in staging
    char *language; // (owned) BCP 47 tag, `und` when the recording does not say
    char *sha256;   // (owned) hexadecimal
    guint64 bytes;  // (value)
    guint cues;     // (value)
} CaptionsExtractFile;

/**
 * captions_extract_run:
 *
 * Returns: (transfer full) (element-type CaptionsExtractFile): at most one file a language, maybe
 * none; NULL with SOURCE_FAILURE_CANCELLED or an error of the disk.
 */
GPtrArray *captions_extract_run(const CaptionsExtractJob *job, GError **error);
