// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A page of bitmap subtitles made ready for pictures of one size, then laid over them. Its colours
// are what a decoder of foreign bytes says; all places are held inside the picture. One thread.
#pragma once

#include <glib.h>

struct AVFrame;
struct AVSubtitle;
typedef struct _LiveOverlay LiveOverlay;

/** What it is drawn on. */
typedef struct {
    guint width;  // (value) even
    guint height; // (value) even
    int matrix;   // (value) of its colours, as libavutil numbers them
} LiveOverlayCanvas;

/** @width, @height: what the places in @page are counted in, the whole of it being the whole
 * picture. Returns: (transfer full). */
LiveOverlay *live_overlay_new(const struct AVSubtitle *page, guint width, guint height,
                              const LiveOverlayCanvas *canvas);
void live_overlay_free(LiveOverlay *overlay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveOverlay, live_overlay_free)

/** @frame: yuv420p of the canvas's size, writable. */
void live_overlay_draw(const LiveOverlay *overlay, struct AVFrame *frame);
