// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Pictures of any size and shape drawn at the sizes of the rungs of one epoch; each is scaled once
// a size, however often it is held. One thread.
#pragma once

#include "pipelines/encode/h264.h"
#include "pipelines/source/info.h"

struct AVFrame;
typedef struct _LiveCanvas LiveCanvas;

/** @width, @height: the largest rung's. Copies @info. */
LiveCanvas *live_canvas_new(const SourceInfo *info, guint width, guint height);
void live_canvas_free(LiveCanvas *canvas);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveCanvas, live_canvas_free)

/** What it was made for. */
void live_canvas_get_size(const LiveCanvas *canvas, guint *width, guint *height);

/** How colours are coded on it. */
EncodeH264Colour live_canvas_get_colour(const LiveCanvas *canvas);

/** @frame: (nullable): NULL: the slate. Its pts says which picture it is. One that the filters
 * refuse leaves the one before it standing. Returns: (transfer none): good until the next call;
 * NULL with ENCODE_FAILURE. */
const struct AVFrame *live_canvas_draw(LiveCanvas *canvas, const struct AVFrame *frame, guint width,
                                       guint height, GError **error);
