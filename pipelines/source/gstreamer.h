// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The source that reads with GStreamer: decodebin with streams chosen here, into two appsinks. It
// never waits longer than it says: a pipeline that stands still is SOURCE_FAILURE_TIMED_OUT.
#pragma once

#include "pipelines/source/reader.h"

/**
 * source_gstreamer_open:
 * @path: a local file
 * @like: what libavformat found in it: how many streams, their shape and names; copied
 * @stop: (nullable): asked while waiting
 *
 * Waits at most 5 s for the first frames. Needs source_plugins_load(). Returns: (transfer full):
 * the reader; NULL with SOURCE_FAILURE when it does not find what @like says.
 */
SourceReader *source_gstreamer_open(const char *path, const SourceInfo *like, SourceReaderStop stop,
                                    gpointer stop_data, GError **error);
