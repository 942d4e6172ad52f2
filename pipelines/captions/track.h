// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One track of captions on its way out of a recording: packets into libavcodec's decoder, cues out.
// Used by extract.c, and by live channels (pipelines/live/text.c).
#pragma once

#include <libavcodec/avcodec.h>

#include "pipelines/captions/cues.h"

#define CAPTIONS_TRACK_OPEN_MS 10000 // a cue whose end nobody tells

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

/** What came so far, in the order it came. @open: (out): whether the last one still stands, at most
 * CAPTIONS_TRACK_OPEN_MS; its end is then none. Returns: (transfer none). */
const CaptionsCues *captions_track_peek(const CaptionsTrack *track, gboolean *open);

/** Running time is counted from @ms later on: cues move back, those over before it are forgotten.
 */
void captions_track_move_origin(CaptionsTrack *track, gint64 ms);

/** Nothing more comes. @end_us: where the lesson ends, 0: not known. Returns: (transfer none): the
 * cues in order, maybe none. */
CaptionsCues *captions_track_finish(CaptionsTrack *track, gint64 end_us);

/** Returns: (transfer none): canonical, `und` when not known. */
const char *captions_track_get_language(CaptionsTrack *track);

void captions_track_free(CaptionsTrack *track);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaptionsTrack, captions_track_free)
