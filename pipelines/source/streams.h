// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Chooses the one picture and the one sound stream of a container that libavformat has opened, and
// opens their decoders. Cover art, subtitles and data are never chosen.
#pragma once

#include "pipelines/source/info.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

typedef struct {
    int index;               // (value) of the stream; -1: none
    AVCodecContext *decoder; // (owned) (nullable)
} SourceStreams;

/**
 * source_streams_choose:
 * @kind: AVMEDIA_TYPE_VIDEO or AVMEDIA_TYPE_AUDIO
 * @related: index of a stream of the same programme, or -1
 * @chosen: (out): an open decoder, or index -1 when there is no such stream
 *
 * The default stream first, then any other that has a decoder. Returns: FALSE with SOURCE_FAILURE
 * when streams exist and none can be decoded.
 */
gboolean source_streams_choose(AVFormatContext *format, enum AVMediaType kind, int related,
                               SourceStreams *chosen, GError **error);

/** Opens a decoder for stream @index. Returns: (nullable): NULL when there is none for it. */
AVCodecContext *source_streams_open_decoder(AVFormatContext *format, int index);

/** Fills container, rate, duration and orientation. @picture, @sound: stream indexes, -1: none. */
void source_streams_describe(AVFormatContext *format, int picture, int sound, SourceInfo *info);

/** Returns: TRUE for formats that hold a recording: no still images, playlists, texts. */
gboolean source_streams_is_recording(const AVInputFormat *input);
