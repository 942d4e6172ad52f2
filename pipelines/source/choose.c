// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// libavformat reads every file.
#include "pipelines/source/choose.h"

#include "pipelines/source/libav.h"

SourceReader *
source_choose_open(const char *path, guint64 limit_pixels, SourceReaderStop stop,
                   gpointer stop_data, GError **error)
{
    return source_libav_open(path, limit_pixels, stop, stop_data, error);
}
