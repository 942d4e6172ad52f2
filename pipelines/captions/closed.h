// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// EIA-608 and CEA-708 out of a picture stream's packets: they come in decoding order and are put
// into the order of showing before they go to the track. Used by extract.c alone.
#pragma once

#include "pipelines/captions/track.h"

typedef struct _CaptionsClosed CaptionsClosed;

/** Returns: (transfer full) (nullable): NULL when there is no decoder for it. */
CaptionsClosed *captions_closed_new(void);

/** @pts_us: running time of the picture in @packet. */
void captions_closed_take(CaptionsClosed *closed, const AVPacket *packet, gint64 pts_us);

/** Nothing more comes. Returns: (transfer full) (element-type CaptionsTrack): to be finished, the
 * one of EIA-608 first. */
GPtrArray *captions_closed_finish(CaptionsClosed *closed);

void captions_closed_free(CaptionsClosed *closed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaptionsClosed, captions_closed_free)
