// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One track of captions on its way out of a recording: packets into libavcodec's decoder, cues out.
// Used by extract.c alone.
#pragma once

#include <libavcodec/avcodec.h>

#include "pipelines/captions/cues.h"

typedef struct _CaptionsTrack CaptionsTrack;

typedef struct {
    const AVCodecParameters *parameters; // (unowned) of the stream, or of none for EIA-608
    AVRational time_base;                // (value) of the packets to come
    const char *language;                // (unowned) (nullable) as the container says
    const char *page;                    // (unowned) (nullable) teletext page, decimal
} CaptionsTrackSource;

/** Returns: (transfer full) (nullable): NULL when there is no decoder that gives text. */
CaptionsTrack *captions_track_new(const CaptionsTrackSource *source);

/** EIA-608 in triplets, see userdata.h. */
CaptionsTrack *captions_track_new_closed(void);

/** Cues that were decoded elsewhere. @cues: (transfer full). */
CaptionsTrack *captions_track_new_cues(CaptionsCues *cues);

/** @shift_us: from the packet's clock to running time. A packet that does not decode is passed
 * over.
 */
void captions_track_take(CaptionsTrack *track, const AVPacket *packet, gint64 shift_us);

/** Nothing more comes. @end_us: where the lesson ends, 0: not known. Returns: (transfer none): the
 * cues in order, maybe none. */
CaptionsCues *captions_track_finish(CaptionsTrack *track, gint64 end_us);

/** Returns: (transfer none): canonical, `und` when not known. */
const char *captions_track_get_language(CaptionsTrack *track);

void captions_track_free(CaptionsTrack *track);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaptionsTrack, captions_track_free)
