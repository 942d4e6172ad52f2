// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One track of DVB bitmap subtitles (ETSI EN 300 743): PES packets in, what is to be seen at a time
// laid over pictures. Takes any bytes; what waits is bounded. One thread.
#pragma once

#include "pipelines/live/overlay.h"
#include "pipelines/live/pes.h"

typedef struct _LiveBitmap LiveBitmap;

/** @page, @ancillary: composition and ancillary page id, as the PMT names them. Returns: (transfer
 * full) (nullable): NULL when no decoder is there. */
LiveBitmap *live_bitmap_new(guint16 page, guint16 ancillary);
void live_bitmap_free(LiveBitmap *bitmap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveBitmap, live_bitmap_free)

/** @time: where the unit's stamp belongs on the channel's time, 90 kHz. */
void live_bitmap_push(LiveBitmap *bitmap, const LivePesUnit *unit, gint64 time);

/** @time: never goes back. Returns: (transfer none) (nullable): what to lay over a picture of
 * @time; NULL: nothing. Good until the next call. */
const LiveOverlay *live_bitmap_find(LiveBitmap *bitmap, gint64 time,
                                    const LiveOverlayCanvas *canvas);
