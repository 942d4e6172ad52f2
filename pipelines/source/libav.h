// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The source that reads with libavformat and libavcodec: what GStreamer cannot read, and what tells
// whether GStreamer understood a file. Blocks on nothing but the local file.
#pragma once

#include "pipelines/source/reader.h"

/**
 * source_libav_open:
 * @path: a local file
 * @limit_pixels: SOURCE_FAILURE_TOO_LARGE above it; 0: no limit
 * @stop: (nullable): asked between packets
 *
 * Decodes the first frame of each chosen stream to know where time starts. Returns: (transfer
 * full): the reader, or NULL with SOURCE_FAILURE or an errno's G_FILE_ERROR.
 */
SourceReader *source_libav_open(const char *path, guint64 limit_pixels, SourceReaderStop stop,
                                gpointer stop_data, GError **error);
