// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// libavformat, and what its refusals mean.
#include "pipelines/source/container.h"

#include <errno.h>

#include "pipelines/source/failure.h"
#include "pipelines/source/streams.h"

#define LOWEST_SCORE 5
#define MAX_STREAMS 200

static void
set_failure(int code, GError **error)
{
    if (code == AVERROR(ENOMEM))
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOMEM, "out of memory");
    else if (code == AVERROR(ENOENT) || code == AVERROR(EACCES) || code == AVERROR(EIO))
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(AVUNERROR(code)), "%s",
                    g_strerror(AVUNERROR(code)));
    else if (code == AVERROR_EXIT)
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_CANCELLED, "cancelled");
    else
        g_set_error(error, SOURCE_FAILURE, SOURCE_FAILURE_NOT_MEDIA, "not a media file: %s",
                    av_err2str(code));
}

static gboolean
find_streams(AVFormatContext *format, GError **error)
{
    if (!source_streams_is_recording(format->iformat)) {
        g_set_error(error, SOURCE_FAILURE, SOURCE_FAILURE_NOT_MEDIA, "%s is not a recording",
                    format->iformat->name);
        return FALSE;
    }
    if (format->probe_score < LOWEST_SCORE) {
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_NOT_MEDIA,
                            "no format recognises it");
        return FALSE;
    }
    int code = avformat_find_stream_info(format, NULL);
    if (code < 0)
        set_failure(code, error);
    return code >= 0;
}

AVFormatContext *
source_container_open(const char *path, AVIOInterruptCB interrupt, GError **error)
{
    AVFormatContext *format = avformat_alloc_context();
    if (format == NULL) {
        set_failure(AVERROR(ENOMEM), error);
        return NULL;
    }
    format->interrupt_callback = interrupt;
    format->max_streams = MAX_STREAMS;
    AVDictionary *options = NULL;
    av_dict_set(&options, "protocol_whitelist", "file", 0);
    g_autofree char *url = g_strconcat("file:", path, NULL);
    int code = avformat_open_input(&format, url, NULL, &options);
    av_dict_free(&options);
    if (code < 0) {
        // The library freed the context.
        set_failure(code, error);
        return NULL;
    }
    if (!find_streams(format, error))
        avformat_close_input(&format);
    return format;
}
