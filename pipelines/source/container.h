// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Opens a local file with libavformat the one way that is safe for foreign bytes: no protocol but
// files, nothing that is not a recording.
#pragma once

#include <glib.h>
#include <libavformat/avformat.h>

/**
 * source_container_open:
 * @interrupt: asked while the library reads; AVERROR_EXIT ends in SOURCE_FAILURE_CANCELLED
 *
 * Returns: (transfer full): with its streams found, for avformat_close_input(); NULL with
 * SOURCE_FAILURE or an errno's G_FILE_ERROR.
 */
AVFormatContext *source_container_open(const char *path, AVIOInterruptCB interrupt, GError **error);
