// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// buffersrc, the described filters, buffersink.
#include "pipelines/encode/graph.h"

#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/pixdesc.h>

#include "pipelines/encode/failure.h"

#define THREADS 2

struct _EncodeGraph {
    AVFilterGraph *graph;  // (owned)
    AVFilterContext *from; // (unowned) in graph
    AVFilterContext *to;   // (unowned) in graph
    int width;             // (value)
    int height;            // (value)
    int format;            // (value)
};

static int
open_ends(EncodeGraph *graph, const AVFrame *like)
{
    g_autofree char *arguments =
        g_strdup_printf("video_size=%dx%d:pix_fmt=%d:time_base=1/1000000:pixel_aspect=1/1",
                        like->width, like->height, like->format);
    int code = avfilter_graph_create_filter(&graph->from, avfilter_get_by_name("buffer"), "in",
                                            arguments, NULL, graph->graph);
    if (code < 0)
        return code;
    return avfilter_graph_create_filter(&graph->to, avfilter_get_by_name("buffersink"), "out", NULL,
                                        NULL, graph->graph);
}

static int
link_filters(EncodeGraph *graph, const char *filters)
{
    AVFilterInOut *outputs = avfilter_inout_alloc();
    AVFilterInOut *inputs = avfilter_inout_alloc();
    int code = AVERROR(ENOMEM);
    if (outputs != NULL && inputs != NULL) {
        *outputs = (AVFilterInOut){av_strdup("in"), graph->from, 0, NULL};
        *inputs = (AVFilterInOut){av_strdup("out"), graph->to, 0, NULL};
        code = avfilter_graph_parse_ptr(graph->graph, filters, &inputs, &outputs, NULL);
    }
    avfilter_inout_free(&inputs);
    avfilter_inout_free(&outputs);
    return code < 0 ? code : avfilter_graph_config(graph->graph, NULL);
}

EncodeGraph *
encode_graph_new(const AVFrame *like, const char *filters, GError **error)
{
    g_autoptr(EncodeGraph) graph = g_new0(EncodeGraph, 1);
    graph->graph = avfilter_graph_alloc();
    graph->width = like->width;
    graph->height = like->height;
    graph->format = like->format;
    int code = graph->graph != NULL ? 0 : AVERROR(ENOMEM);
    if (code >= 0) {
        graph->graph->nb_threads = THREADS;
        code = open_ends(graph, like);
    }
    if (code >= 0)
        code = link_filters(graph, filters);
    if (code >= 0)
        return g_steal_pointer(&graph);
    encode_failure_set(error, code, filters);
    return NULL;
}

void
encode_graph_free(EncodeGraph *graph)
{
    if (graph == NULL)
        return;
    avfilter_graph_free(&graph->graph);
    g_free(graph);
}

gboolean
encode_graph_takes(const EncodeGraph *graph, const AVFrame *frame)
{
    return graph->width == frame->width && graph->height == frame->height &&
           graph->format == frame->format;
}

gboolean
encode_graph_push(EncodeGraph *graph, const AVFrame *frame, GError **error)
{
    int code = av_buffersrc_add_frame_flags(graph->from, (AVFrame *)frame,
                                            AV_BUFFERSRC_FLAG_KEEP_REF | AV_BUFFERSRC_FLAG_PUSH);
    return code >= 0 || encode_failure_set(error, code, "filter");
}

gboolean
encode_graph_pull(EncodeGraph *graph, AVFrame *frame)
{
    if (av_buffersink_get_frame(graph->to, frame) < 0)
        return FALSE;
    frame->pts = av_rescale_q(frame->pts, av_buffersink_get_time_base(graph->to),
                              (AVRational){1, G_USEC_PER_SEC});
    return TRUE;
}
