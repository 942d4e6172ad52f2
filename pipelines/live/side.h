// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What else is made of each segment of a ladder, beside the rungs: extras.c fills it in, ladder.c
// calls it.
#pragma once

#include "pipelines/encode/rungs.h"
#include "pipelines/live/store.h"

struct AVFrame;

/** Whether what it has of @start to @end is there; @now: the next tick, G_MAXINT64: no more comes.
 */
typedef gboolean (*LiveSideIsReady)(gint64 start, gint64 end, gint64 now, gpointer data);

/** Adds its parts to the segment's line. Returns: FALSE with an error of the disk. */
typedef gboolean (*LiveSideWrite)(LiveStore *store, ChildLiveReport *report, gpointer data,
                                  GError **error);

/** A picture that is about to be coded for @rung. @matrix: of its colours, as libavutil numbers
 * them. Returns: (transfer none) (nullable): what is coded in its place, NULL: itself. */
typedef const struct AVFrame *(*LiveSideDraw)(EncodeRungsId rung, gint64 time,
                                              const struct AVFrame *canvas, int matrix,
                                              gpointer data);

/** A segment's first picture: whether it is wanted, and at what size (in: the largest). */
typedef gboolean (*LiveSideChoose)(gint64 time, guint *width, guint *height, gpointer data);

/** Takes that picture. @matrix: of its colours, as libavutil numbers them. */
typedef void (*LiveSideTake)(gint64 time, const struct AVFrame *canvas, int matrix, gpointer data);

typedef struct {
    LiveSideIsReady is_ready; // (nullable) all NULL: there is nothing else
    LiveSideWrite write;      // (nullable)
    LiveSideChoose choose;    // (nullable)
    LiveSideTake take;        // (nullable)
    LiveSideDraw draw;        // (nullable)
    gpointer data;            // (unowned) for all of them
} LiveSide;
