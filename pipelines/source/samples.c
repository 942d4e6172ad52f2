// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Copies rather than borrows: FFmpeg's filters read past the end of a line, which GStreamer's
// buffers do not allow for.
#include "pipelines/source/samples.h"

#include <gst/audio/audio.h>
#include <gst/video/video.h>
#include <libavutil/channel_layout.h>
#include <libavutil/frame.h>
#include <libavutil/imgutils.h>

static const struct {
    GstVideoFormat from;   // (value)
    enum AVPixelFormat to; // (value)
} formats[] = {
    {GST_VIDEO_FORMAT_I420, AV_PIX_FMT_YUV420P},
    {GST_VIDEO_FORMAT_Y42B, AV_PIX_FMT_YUV422P},
    {GST_VIDEO_FORMAT_Y444, AV_PIX_FMT_YUV444P},
    {GST_VIDEO_FORMAT_NV12, AV_PIX_FMT_NV12},
    {GST_VIDEO_FORMAT_I420_10LE, AV_PIX_FMT_YUV420P10LE},
    {GST_VIDEO_FORMAT_I422_10LE, AV_PIX_FMT_YUV422P10LE},
    {GST_VIDEO_FORMAT_Y444_10LE, AV_PIX_FMT_YUV444P10LE},
    {GST_VIDEO_FORMAT_P010_10LE, AV_PIX_FMT_P010LE},
    {GST_VIDEO_FORMAT_GRAY8, AV_PIX_FMT_GRAY8},
    {GST_VIDEO_FORMAT_RGB, AV_PIX_FMT_RGB24},
    {GST_VIDEO_FORMAT_BGRA, AV_PIX_FMT_BGRA},
    {GST_VIDEO_FORMAT_RGBA, AV_PIX_FMT_RGBA},
};

static enum AVPixelFormat
find_format(GstVideoFormat format)
{
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (formats[i].from == format)
            return formats[i].to;
    }
    return AV_PIX_FMT_NONE;
}

/* Both follow ITU-T H.273 where GStreamer has a number for it. */
static void
describe_colours(const GstVideoInfo *info, AVFrame *frame)
{
    const GstVideoColorimetry *colours = &info->colorimetry;
    frame->color_range =
        colours->range == GST_VIDEO_COLOR_RANGE_0_255 ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    frame->colorspace = (enum AVColorSpace)gst_video_color_matrix_to_iso(colours->matrix);
    frame->color_primaries =
        (enum AVColorPrimaries)gst_video_color_primaries_to_iso(colours->primaries);
    frame->color_trc =
        (enum AVColorTransferCharacteristic)gst_video_transfer_function_to_iso(colours->transfer);
}

static void
describe_fields(const GstVideoInfo *info, GstBuffer *buffer, AVFrame *frame)
{
    gboolean mixed = GST_VIDEO_INFO_INTERLACE_MODE(info) == GST_VIDEO_INTERLACE_MODE_MIXED;
    gboolean flagged = GST_BUFFER_FLAG_IS_SET(buffer, GST_VIDEO_BUFFER_FLAG_INTERLACED);
    frame->interlaced_frame = GST_VIDEO_INFO_IS_INTERLACED(info) && (mixed ? flagged : TRUE);
    frame->top_field_first =
        GST_BUFFER_FLAG_IS_SET(buffer, GST_VIDEO_BUFFER_FLAG_TFF) ||
        GST_VIDEO_INFO_FIELD_ORDER(info) == GST_VIDEO_FIELD_ORDER_TOP_FIELD_FIRST;
}

gboolean
source_samples_to_picture(GstSample *sample, AVFrame *frame)
{
    GstVideoInfo info;
    GstVideoFrame mapped;
    GstBuffer *buffer = gst_sample_get_buffer(sample);
    GstCaps *caps = gst_sample_get_caps(sample);
    if (buffer == NULL || caps == NULL || !gst_video_info_from_caps(&info, caps))
        return FALSE;
    frame->format = find_format(GST_VIDEO_INFO_FORMAT(&info));
    frame->width = GST_VIDEO_INFO_WIDTH(&info);
    frame->height = GST_VIDEO_INFO_HEIGHT(&info);
    if (frame->format == AV_PIX_FMT_NONE || av_frame_get_buffer(frame, 0) < 0)
        return FALSE;
    if (!gst_video_frame_map(&mapped, &info, buffer, GST_MAP_READ))
        return FALSE;
    const guint8 *planes[4] = {NULL};
    int strides[4] = {0};
    for (guint i = 0; i < GST_VIDEO_FRAME_N_PLANES(&mapped); i++) {
        planes[i] = GST_VIDEO_FRAME_PLANE_DATA(&mapped, i);
        strides[i] = GST_VIDEO_FRAME_PLANE_STRIDE(&mapped, i);
    }
    av_image_copy(frame->data, frame->linesize, planes, strides, frame->format, frame->width,
                  frame->height);
    gst_video_frame_unmap(&mapped);
    frame->sample_aspect_ratio =
        (AVRational){GST_VIDEO_INFO_PAR_N(&info), GST_VIDEO_INFO_PAR_D(&info)};
    describe_colours(&info, frame);
    describe_fields(&info, buffer, frame);
    return TRUE;
}

static int
describe_channels(const GstAudioInfo *info, AVChannelLayout *layout)
{
    guint64 mask = 0;
    int channels = GST_AUDIO_INFO_CHANNELS(info);
    gboolean known = !GST_AUDIO_INFO_IS_UNPOSITIONED(info) && channels <= 8;
    for (int i = 0; known && i < channels; i++) {
        int position = GST_AUDIO_INFO_POSITION(info, i);
        // GStreamer has a second low-frequency channel at 9; what follows is one further.
        if (position < 0 || position == 9 || position > 11)
            known = FALSE;
        else
            mask |= G_GUINT64_CONSTANT(1) << (position > 9 ? position - 1 : position);
    }
    if (known && channels > 1 && av_channel_layout_from_mask(layout, mask) >= 0 &&
        layout->nb_channels == channels)
        return 0;
    av_channel_layout_uninit(layout);
    av_channel_layout_default(layout, channels);
    return 0;
}

gboolean
source_samples_to_sound(GstSample *sample, AVFrame *frame)
{
    GstAudioInfo info;
    GstBuffer *buffer = gst_sample_get_buffer(sample);
    GstCaps *caps = gst_sample_get_caps(sample);
    if (buffer == NULL || caps == NULL || !gst_audio_info_from_caps(&info, caps))
        return FALSE;
    gsize bytes = gst_buffer_get_size(buffer);
    frame->format = AV_SAMPLE_FMT_FLT;
    frame->sample_rate = GST_AUDIO_INFO_RATE(&info);
    frame->nb_samples = (int)(bytes / (gsize)GST_AUDIO_INFO_BPF(&info));
    if (frame->nb_samples <= 0 || describe_channels(&info, &frame->ch_layout) < 0 ||
        av_frame_get_buffer(frame, 0) < 0)
        return FALSE;
    gsize wanted = (gsize)frame->nb_samples * (gsize)GST_AUDIO_INFO_BPF(&info);
    return gst_buffer_extract(buffer, 0, frame->data[0], wanted) == wanted;
}

gint64
source_samples_get_time_us(GstSample *sample)
{
    GstBuffer *buffer = gst_sample_get_buffer(sample);
    const GstSegment *segment = gst_sample_get_segment(sample);
    guint64 time = 0;
    if (buffer == NULL || !GST_BUFFER_PTS_IS_VALID(buffer))
        return G_MININT64;
    int sign =
        gst_segment_to_stream_time_full(segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer), &time);
    return sign == 0 ? G_MININT64 : sign * (gint64)(time / GST_USECOND);
}
