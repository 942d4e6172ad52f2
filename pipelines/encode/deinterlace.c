// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// bwdif on the frames that say they are interlaced. It gives a frame when the next one came.
#include "pipelines/encode/deinterlace.h"

#include <libavutil/frame.h>

#include "pipelines/encode/graph.h"

#define FILTER "bwdif=mode=send_frame:parity=auto:deint=interlaced"

struct _EncodeDeinterlace {
    EncodeGraph *graph; // (owned) (nullable) before the first interlaced picture
    GQueue ready;       // (owned) (element-type AVFrame)
};

static void
free_frame(gpointer data)
{
    AVFrame *frame = data;
    av_frame_free(&frame);
}

EncodeDeinterlace *
encode_deinterlace_new(void)
{
    EncodeDeinterlace *deinterlace = g_new0(EncodeDeinterlace, 1);
    g_queue_init(&deinterlace->ready);
    return deinterlace;
}

void
encode_deinterlace_free(EncodeDeinterlace *deinterlace)
{
    if (deinterlace == NULL)
        return;
    g_queue_clear_full(&deinterlace->ready, free_frame);
    encode_graph_free(deinterlace->graph);
    g_free(deinterlace);
}

static void
collect(EncodeDeinterlace *deinterlace)
{
    AVFrame *frame = av_frame_alloc();
    while (encode_graph_pull(deinterlace->graph, frame)) {
        g_queue_push_tail(&deinterlace->ready, frame);
        frame = av_frame_alloc();
    }
    av_frame_free(&frame);
}

static gboolean
flush_graph(EncodeDeinterlace *deinterlace, GError **error)
{
    gboolean flushed = encode_graph_push(deinterlace->graph, NULL, error);
    collect(deinterlace);
    g_clear_pointer(&deinterlace->graph, encode_graph_free);
    return flushed;
}

gboolean
encode_deinterlace_push(EncodeDeinterlace *deinterlace, AVFrame *frame, GError **error)
{
    gboolean running = deinterlace->graph != NULL;
    if (running && (frame == NULL || !encode_graph_takes(deinterlace->graph, frame)) &&
        !flush_graph(deinterlace, error))
        return FALSE;
    if (frame == NULL)
        return TRUE;
    if (deinterlace->graph == NULL && (running || frame->interlaced_frame)) {
        deinterlace->graph = encode_graph_new(frame, FILTER, NULL);
        // Formats that bwdif cannot take stay as they are.
        running = deinterlace->graph != NULL;
    }
    if (deinterlace->graph == NULL) {
        AVFrame *moved = av_frame_alloc();
        av_frame_move_ref(moved, frame);
        g_queue_push_tail(&deinterlace->ready, moved);
        return TRUE;
    }
    gboolean pushed = encode_graph_push(deinterlace->graph, frame, NULL);
    av_frame_unref(frame);
    collect(deinterlace);
    // A picture that is refused is lost; the next one begins anew.
    if (!pushed)
        g_clear_pointer(&deinterlace->graph, encode_graph_free);
    return TRUE;
}

gboolean
encode_deinterlace_pull(EncodeDeinterlace *deinterlace, AVFrame *frame)
{
    AVFrame *ready = g_queue_pop_head(&deinterlace->ready);
    if (ready == NULL)
        return FALSE;
    av_frame_move_ref(frame, ready);
    av_frame_free(&ready);
    return TRUE;
}
