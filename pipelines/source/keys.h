// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The pictures of a file as groups that can be decoded by themselves: for whoever wants to see key
// pictures and only some of the rest. One pass over the packets, a group held at a time or two;
// running time is the same that a SourceReader gives. One thread.
#pragma once

#include "pipelines/source/reader.h"

typedef struct _SourceKeys SourceKeys;

/** Coded pictures from a key picture to before a later one, 2 s or more when keys are dense. Where
 * keys are too far apart to be held, the pictures between come in several groups. */
typedef struct {
    GPtrArray *packets; // (owned) (element-type AVPacket) in order of decoding
    GArray *stamps;     // (owned) (element-type SourceKeysStamp) by stamp
    gint64 start_us;    // (value) running time of the first picture
    gint64 end_us;      // (value) of the end of the last
    gboolean starts;    // (value) the first packet is a key picture
    gboolean goes_on;   // (value) the next group does not start: decode this one first
    gint64 surprise_us; // (value) start of the last packet much larger than most; -1: none
} SourceKeysGroup;

typedef struct {
    gint64 stamp;   // (value) in units of the stream; AV_NOPTS_VALUE: none
    gint64 time_us; // (value) running time
} SourceKeysStamp;

void source_keys_free_group(SourceKeysGroup *group);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SourceKeysGroup, source_keys_free_group)

/** @frame: its pts and pkt_duration are microseconds of running time. Returns: FALSE: enough. */
typedef gboolean (*SourceKeysVisit)(struct AVFrame *frame, gpointer data);

/** @info: of the same file, from a reader. Returns: (transfer full): NULL with SOURCE_FAILURE or an
 * errno's G_FILE_ERROR. */
SourceKeys *source_keys_open(const char *path, const SourceInfo *info, SourceReaderStop stop,
                             gpointer stop_data, GError **error);
void source_keys_free(SourceKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SourceKeys, source_keys_free)

/**
 * source_keys_read:
 * @longest_us: the rest of a longer group is passed over; 0: nothing is
 *
 * Returns: (transfer full): the next group, NULL at the end, or NULL with an error.
 */
SourceKeysGroup *source_keys_read(SourceKeys *keys, gint64 longest_us, GError **error);

/** Goes to about @time_us; groups after it have approximate times. Returns: FALSE: cannot. */
gboolean source_keys_seek(SourceKeys *keys, gint64 time_us);

/**
 * source_keys_decode:
 * @until_us: nothing later than the first picture at or after it is decoded
 *
 * Gives each picture of @group to @visit, in order of time. A group that does not start follows a
 * group that was decoded to its end. Damaged pictures are left out. Returns: FALSE when stopped.
 */
gboolean source_keys_decode(SourceKeys *keys, const SourceKeysGroup *group, gint64 until_us,
                            SourceKeysVisit visit, gpointer data, GError **error);
