// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A libavfilter graph for each kind of picture that comes: tone mapping where needed, scaling
// before turning, a border where the shape changed.
#include "pipelines/encode/picture.h"

#include <math.h>
#include <string.h>
#include <libavutil/frame.h>
#include <libavutil/pixdesc.h>

#include "pipelines/encode/failure.h"
#include "pipelines/encode/graph.h"

#define HD_LINES 720

struct _EncodePicture {
    const SourceInfo *info;  // (unowned)
    guint width;             // (value)
    guint height;            // (value)
    EncodeH264Colour colour; // (value)
    EncodeGraph *graph;      // (owned) (nullable)
    int range;               // (value) what the graph was made for
    int matrix;              // (value)
};

static gboolean
is_high_range(int transfer)
{
    return transfer == AVCOL_TRC_SMPTE2084 || transfer == AVCOL_TRC_ARIB_STD_B67;
}

EncodeH264Colour
encode_picture_choose_colour(const SourceInfo *info)
{
    static const EncodeH264Colour hd = {AVCOL_PRI_BT709, AVCOL_TRC_BT709, AVCOL_SPC_BT709};
    static const EncodeH264Colour sd = {AVCOL_PRI_SMPTE170M, AVCOL_TRC_SMPTE170M,
                                        AVCOL_SPC_SMPTE170M};
    static const EncodeH264Colour pal = {AVCOL_PRI_BT470BG, AVCOL_TRC_SMPTE170M, AVCOL_SPC_BT470BG};
    if (is_high_range(info->transfer) || info->matrix == AVCOL_SPC_BT709)
        return hd;
    if (info->matrix == AVCOL_SPC_SMPTE170M)
        return sd;
    if (info->matrix == AVCOL_SPC_BT470BG)
        return pal;
    if (info->matrix == AVCOL_SPC_UNSPECIFIED)
        return MIN(info->width, info->height) >= HD_LINES ? hd : sd;
    return hd;
}

EncodePicture *
encode_picture_new(const SourceInfo *info, guint width, guint height)
{
    EncodePicture *picture = g_new0(EncodePicture, 1);
    picture->info = info;
    picture->width = width;
    picture->height = height;
    picture->colour = encode_picture_choose_colour(info);
    return picture;
}

void
encode_picture_free(EncodePicture *picture)
{
    if (picture == NULL)
        return;
    encode_graph_free(picture->graph);
    g_free(picture);
}

static const char *
matrix_to_name(int matrix, const char *otherwise)
{
    switch (matrix) {
    case AVCOL_SPC_BT709:
        return "bt709";
    case AVCOL_SPC_SMPTE170M:
    case AVCOL_SPC_BT470BG:
        return "bt601";
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
        return "bt2020";
    case AVCOL_SPC_SMPTE240M:
        return "smpte240m";
    case AVCOL_SPC_FCC:
        return "fcc";
    default:
        return otherwise;
    }
}

static gboolean
is_full_range(const AVFrame *frame)
{
    return frame->color_range == AVCOL_RANGE_JPEG || frame->format == AV_PIX_FMT_YUVJ420P ||
           frame->format == AV_PIX_FMT_YUVJ422P || frame->format == AV_PIX_FMT_YUVJ444P ||
           frame->format == AV_PIX_FMT_YUVJ440P || frame->format == AV_PIX_FMT_YUVJ411P;
}

/* The size of @frame before turning, inside the canvas. */
static void
fit_frame(const EncodePicture *picture, const AVFrame *frame, guint *width, guint *height)
{
    gboolean lies = picture->info->turn_degrees == 90 || picture->info->turn_degrees == 270;
    guint canvas_width = lies ? picture->height : picture->width;
    guint canvas_height = lies ? picture->width : picture->height;
    *width = canvas_width;
    *height = canvas_height;
    if ((guint)frame->width == picture->info->coded_width &&
        (guint)frame->height == picture->info->coded_height)
        return;
    double ratio = 1.0;
    if (frame->sample_aspect_ratio.num > 0 && frame->sample_aspect_ratio.den > 0)
        ratio = CLAMP(av_q2d(frame->sample_aspect_ratio), 1.0 / 16, 16);
    double shape = frame->width * ratio / frame->height;
    if (shape * canvas_height > canvas_width)
        *height = (guint)CLAMP(lround(canvas_width / shape / 2) * 2, 2, (long)canvas_height);
    else
        *width = (guint)CLAMP(lround(canvas_height * shape / 2) * 2, 2, (long)canvas_width);
}

static void
describe_scaling(const EncodePicture *picture, const AVFrame *frame, GString *text)
{
    guint width, height;
    fit_frame(picture, frame, &width, &height);
    const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);
    gboolean rgb = format != NULL && (format->flags & AV_PIX_FMT_FLAG_RGB) != 0;
    const char *out = matrix_to_name(picture->colour.matrix, "bt709");
    if (is_high_range(picture->info->transfer) && !rgb) {
        const char *transfer =
            picture->info->transfer == AVCOL_TRC_SMPTE2084 ? "smpte2084" : "arib-std-b67";
        g_string_append_printf(text,
                               "scale=%u:%u:flags=bilinear,zscale=tin=%s:pin=2020:min=2020_ncl:rin="
                               "%s:t=linear:npl=100,"
                               "format=gbrpf32le,zscale=p=709,tonemap=tonemap=hable:desat=0,"
                               "zscale=t=709:m=709:r=limited,format=yuv420p",
                               width, height, transfer, is_full_range(frame) ? "full" : "limited");
        return;
    }
    const char *in = matrix_to_name(frame->colorspace, out);
    g_string_append_printf(text, "scale=%u:%u:flags=bicubic", width, height);
    if (!rgb)
        g_string_append_printf(text, ":in_color_matrix=%s:in_range=%s", in,
                               is_full_range(frame) ? "pc" : "tv");
    g_string_append_printf(text, ":out_color_matrix=%s:out_range=tv,format=yuv420p", out);
}

static void
describe_turn(const EncodePicture *picture, GString *text)
{
    if (picture->info->mirrored)
        g_string_append(text, ",hflip");
    if (picture->info->turn_degrees == 90)
        g_string_append(text, ",transpose=clock");
    else if (picture->info->turn_degrees == 180)
        g_string_append(text, ",hflip,vflip");
    else if (picture->info->turn_degrees == 270)
        g_string_append(text, ",transpose=cclock");
}

static gboolean
set_up_graph(EncodePicture *picture, const AVFrame *frame, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    describe_scaling(picture, frame, text);
    describe_turn(picture, text);
    g_string_append_printf(text, ",pad=%u:%u:(ow-iw)/2:(oh-ih)/2", picture->width, picture->height);
    g_clear_pointer(&picture->graph, encode_graph_free);
    picture->graph = encode_graph_new(frame, text->str, error);
    picture->range = frame->color_range;
    picture->matrix = (int)frame->colorspace;
    return picture->graph != NULL;
}

/* TRUE for a frame that is its own canvas. */
static gboolean
stands(const EncodePicture *picture, const AVFrame *frame)
{
    guint width, height;
    fit_frame(picture, frame, &width, &height);
    const char *out = matrix_to_name(picture->colour.matrix, "bt709");
    return frame->format == AV_PIX_FMT_YUV420P && !is_full_range(frame) &&
           !is_high_range(picture->info->transfer) && picture->info->turn_degrees == 0 &&
           !picture->info->mirrored && width == picture->width && height == picture->height &&
           (guint)frame->width == width && (guint)frame->height == height &&
           strcmp(matrix_to_name(frame->colorspace, out), out) == 0;
}

gboolean
encode_picture_draw(EncodePicture *picture, const AVFrame *frame, AVFrame *canvas, GError **error)
{
    if (stands(picture, frame)) {
        int code = av_frame_ref(canvas, frame);
        canvas->interlaced_frame = 0;
        return code >= 0 || encode_failure_set(error, code, "picture");
    }
    gboolean fits = picture->graph != NULL && encode_graph_takes(picture->graph, frame) &&
                    picture->range == (int)frame->color_range &&
                    picture->matrix == (int)frame->colorspace;
    if (!fits && !set_up_graph(picture, frame, error))
        return FALSE;
    if (!encode_graph_push(picture->graph, frame, error))
        return FALSE;
    if (!encode_graph_pull(picture->graph, canvas))
        return encode_failure_set(error, AVERROR_BUG, "picture filter");
    canvas->interlaced_frame = 0;
    return TRUE;
}
