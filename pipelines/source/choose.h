// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Which source reads a file: the policy, in one place.
#pragma once

#include "pipelines/source/reader.h"

typedef enum {
    SOURCE_CHOOSE_GSTREAMER, // GStreamer when it understands the file; needs source_plugins_load()
    SOURCE_CHOOSE_LIBAV,     // libavformat
} SourceChoosePolicy;

/** As source_libav_open(); the reader is of whichever implementation understood the file. */
SourceReader *source_choose_open(const char *path, SourceChoosePolicy policy, guint64 limit_pixels,
                                 SourceReaderStop stop, gpointer stop_data, GError **error);
