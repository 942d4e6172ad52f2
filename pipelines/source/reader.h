// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A foreign file in, decoded frames with trustworthy running time out, by libavformat and
// libavcodec. Frames are AVFrames whose pts and pkt_duration are microseconds of running time,
// which begins with the first frame of either track. One thread at a time; blocks on nothing but
// the local file.
#pragma once

#include "pipelines/source/info.h"

struct AVFrame;
typedef struct _SourceReader SourceReader;

typedef enum {
    SOURCE_READER_PICTURE, // a picture was read
    SOURCE_READER_SOUND,   // some sound was read
    SOURCE_READER_END,     // the file is at its end
    SOURCE_READER_FAILED,  // an error was set
} SourceReaderResult;

/** Asked between packets, from the reading thread: TRUE to give up with SOURCE_FAILURE_CANCELLED.
 */
typedef gboolean (*SourceReaderStop)(gpointer data);

/** What went wrong without ending the file. */
typedef struct {
    guint damaged;       // pieces that did not decode
    guint jumps;         // jumps of the clock that were closed
    gboolean truncated;  // the file ends before its container says
    gint64 first_bad_us; // running time of the first of them; 0: none
} SourceReaderTally;

/**
 * source_reader_open:
 * @path: a local file
 * @limit_pixels: SOURCE_FAILURE_TOO_LARGE above it; 0: no limit
 * @stop: (nullable): asked between packets
 *
 * Decodes the first frame of each chosen stream to know where time starts. Returns: (transfer
 * full): the reader, or NULL with SOURCE_FAILURE or an errno's G_FILE_ERROR.
 */
SourceReader *source_reader_open(const char *path, guint64 limit_pixels, SourceReaderStop stop,
                                 gpointer stop_data, GError **error);
void source_reader_free(SourceReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SourceReader, source_reader_free)

const SourceInfo *source_reader_get_info(SourceReader *reader);

/** Returns: whether a start goes to its time by an index; else it decodes all that lies before. */
gboolean source_reader_can_seek(const SourceReader *reader);

/**
 * source_reader_start: chooses what is decoded and goes to a time. Call before the first read; may
 * be called again at any time.
 * @from_us: every frame that plays at or after it will come; earlier ones may come too. Of pictures
 *   without sound the first may be one a little later: indexes are in the order of decoding
 */
gboolean source_reader_start(SourceReader *reader, gboolean pictures, gboolean sound,
                             gint64 from_us, GError **error);

/** Reads the next frame of any started kind into the blank @frame, in about the order of time. */
SourceReaderResult source_reader_read(SourceReader *reader, struct AVFrame *frame, GError **error);

void source_reader_get_tally(SourceReader *reader, SourceReaderTally *tally);

/** Returns: the latest end, in running time, of anything met since start, decoded or not. */
gint64 source_reader_get_end_us(SourceReader *reader);
