// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// libavformat looks first, and its refusal is final, since it reads all that GStreamer reads. Then
// GStreamer gets the file, if it finds the same streams at the same times within its bound; else,
// or when it fails before a rung was published, libavformat reads it. An attempt that goes on from
// a checkpoint is always read by libavformat, which seeks exactly.
#include "pipelines/source/choose.h"

#include "pipelines/source/gstreamer.h"
#include "pipelines/source/libav.h"

SourceReader *
source_choose_open(const char *path, SourceChoosePolicy policy, guint64 limit_pixels,
                   SourceReaderStop stop, gpointer stop_data, GError **error)
{
    g_autoptr(SourceReader) libav = source_libav_open(path, limit_pixels, stop, stop_data, error);
    if (libav == NULL || policy == SOURCE_CHOOSE_LIBAV)
        return g_steal_pointer(&libav);
    g_autoptr(GError) reason = NULL;
    SourceReader *gstreamer =
        source_gstreamer_open(path, source_reader_get_info(libav), stop, stop_data, &reason);
    if (gstreamer != NULL)
        return gstreamer;
    g_debug("%s: %s", path, reason->message);
    return g_steal_pointer(&libav);
}
