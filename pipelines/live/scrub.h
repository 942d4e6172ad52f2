// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Small pictures for the rewind bar: the first picture of a segment, about once in ten seconds. One
// thread.
#pragma once

#include "pipelines/live/store.h"

struct AVFrame;
typedef struct _LiveScrub LiveScrub;

LiveScrub *live_scrub_new(void);
void live_scrub_free(LiveScrub *scrub);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveScrub, live_scrub_free)

/** Returns: whether the picture of the segment that begins at @time is wanted; (out) at what size,
 * in the shape of @width and @height. */
gboolean live_scrub_choose(const LiveScrub *scrub, gint64 time, guint *width, guint *height);

/** Takes that picture; @matrix: of its colours, as libavutil numbers them. */
void live_scrub_take(LiveScrub *scrub, gint64 time, const struct AVFrame *canvas, int matrix);

/** Writes it as a part of @report, if it is of that segment. Returns: FALSE with an error of the
 * disk. */
gboolean live_scrub_write(LiveScrub *scrub, LiveStore *store, ChildLiveReport *report,
                          GError **error);
