// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One libavfilter graph with one picture input and one output, described by text: the little that
// the picture stages need of libavfilter. One thread.
#pragma once

#include <glib.h>

struct AVFrame;
typedef struct _EncodeGraph EncodeGraph;

/** @like: a picture of the kind that will be pushed. Returns: (transfer full): NULL with
 * ENCODE_FAILURE when the filters refuse. Times stay in microseconds. */
EncodeGraph *encode_graph_new(const struct AVFrame *like, const char *filters, GError **error);
void encode_graph_free(EncodeGraph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeGraph, encode_graph_free)

/** TRUE when @frame is of the kind the graph was made for. */
gboolean encode_graph_takes(const EncodeGraph *graph, const struct AVFrame *frame);

/** @frame: (nullable): not changed; NULL: no more come. */
gboolean encode_graph_push(EncodeGraph *graph, const struct AVFrame *frame, GError **error);

/** Moves the next picture into the blank @frame. Returns: FALSE when there is none yet. */
gboolean encode_graph_pull(EncodeGraph *graph, struct AVFrame *frame);
