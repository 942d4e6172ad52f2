// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Our own file, though another process may have written it: it is demuxed as strictly as any. Of
// each segment with samples, pictures are decoded from its start to the last sample.
#include "pipelines/encode/measure.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>

#include "pipelines/encode/ssim.h"

struct _EncodeMeasure {
    EncodeSamples *samples; // (unowned)
    GPtrArray *pictures;    // (owned) (element-type AVFrame) (nullable elements) a sample each
};

typedef struct {
    AVFormatContext *format; // (owned)
    AVCodecContext *decoder; // (owned)
    AVPacket *packet;        // (owned) blank between calls
    AVFrame *frame;          // (owned) blank between calls
    AVRational time_base;    // (value)
    int stream;              // (value)
} Reader;

static void
free_picture(gpointer data)
{
    AVFrame *picture = data;
    av_frame_free(&picture);
}

static gboolean
open_decoder(Reader *reader)
{
    const AVCodecParameters *parameters = reader->format->streams[reader->stream]->codecpar;
    const AVCodec *codec = avcodec_find_decoder(parameters->codec_id);
    reader->decoder = codec != NULL ? avcodec_alloc_context3(codec) : NULL;
    if (reader->decoder == NULL || avcodec_parameters_to_context(reader->decoder, parameters) < 0)
        return FALSE;
    reader->decoder->thread_count = 1;
    return avcodec_open2(reader->decoder, codec, NULL) >= 0;
}

static gboolean
open_reader(Reader *reader, const char *path)
{
    AVDictionary *options = NULL;
    av_dict_set(&options, "protocol_whitelist", "file", 0);
    g_autofree char *url = g_strconcat("file:", path, NULL);
    int code = avformat_open_input(&reader->format, url, av_find_input_format("mov"), &options);
    av_dict_free(&options);
    if (code < 0)
        return FALSE;
    reader->stream = av_find_best_stream(reader->format, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
    if (reader->stream < 0)
        return FALSE;
    reader->time_base = reader->format->streams[reader->stream]->time_base;
    reader->packet = av_packet_alloc();
    reader->frame = av_frame_alloc();
    return open_decoder(reader);
}

static void
close_reader(Reader *reader)
{
    avcodec_free_context(&reader->decoder);
    av_packet_free(&reader->packet);
    av_frame_free(&reader->frame);
    avformat_close_input(&reader->format);
}

static gint64
get_tick(const EncodeMeasure *measure, const Reader *reader, gint64 pts)
{
    gint64 pts90k = av_rescale_q(pts, reader->time_base, (AVRational){1, 90000});
    return encode_grid_pts90k_to_tick(encode_samples_get_grid(measure->samples), pts90k);
}

static void
take_pictures(EncodeMeasure *measure, Reader *reader)
{
    while (avcodec_receive_frame(reader->decoder, reader->frame) >= 0) {
        gint64 tick = get_tick(measure, reader, reader->frame->pts);
        for (guint i = 0; i < measure->pictures->len; i++) {
            if (encode_samples_get_tick(measure->samples, i) != tick ||
                measure->pictures->pdata[i] != NULL || reader->frame->format != AV_PIX_FMT_YUV420P)
                continue;
            measure->pictures->pdata[i] = av_frame_clone(reader->frame);
        }
        av_frame_unref(reader->frame);
    }
}

/* Decodes from the key picture at or before tick @from up to tick @to. */
static void
decode_stretch(EncodeMeasure *measure, Reader *reader, gint64 from, gint64 to)
{
    const EncodeGrid *grid = encode_samples_get_grid(measure->samples);
    gint64 start = av_rescale_q(encode_grid_tick_to_pts90k(grid, from), (AVRational){1, 90000},
                                reader->time_base);
    gboolean over = av_seek_frame(reader->format, reader->stream, start, AVSEEK_FLAG_BACKWARD) < 0;
    while (!over && av_read_frame(reader->format, reader->packet) >= 0) {
        gboolean ours = reader->packet->stream_index == reader->stream;
        over = ours && get_tick(measure, reader, reader->packet->pts) > to;
        if (ours && !over && avcodec_send_packet(reader->decoder, reader->packet) >= 0)
            take_pictures(measure, reader);
        av_packet_unref(reader->packet);
    }
    avcodec_send_packet(reader->decoder, NULL);
    take_pictures(measure, reader);
    avcodec_flush_buffers(reader->decoder);
}

/* Samples of one segment are decoded in one go. */
static void
decode_all(EncodeMeasure *measure, Reader *reader)
{
    gint64 ticks = encode_samples_get_grid(measure->samples)->ticks;
    guint count = measure->pictures->len;
    for (guint i = 0, next = 0; i < count; i = next) {
        gint64 from = encode_samples_get_tick(measure->samples, i), to = from;
        for (next = i; next < count; next++) {
            gint64 tick = encode_samples_get_tick(measure->samples, next);
            if (tick / ticks != from / ticks)
                break;
            to = tick;
        }
        decode_stretch(measure, reader, from, to);
    }
}

EncodeMeasure *
encode_measure_new(const char *path, EncodeSamples *samples)
{
    EncodeMeasure *measure = g_new0(EncodeMeasure, 1);
    Reader reader = {0};
    measure->samples = samples;
    measure->pictures = g_ptr_array_new_with_free_func(free_picture);
    g_ptr_array_set_size(measure->pictures, (gint)encode_samples_count(samples));
    if (open_reader(&reader, path))
        decode_all(measure, &reader);
    close_reader(&reader);
    return measure;
}

void
encode_measure_free(EncodeMeasure *measure)
{
    if (measure == NULL)
        return;
    g_ptr_array_unref(measure->pictures);
    g_free(measure);
}

/* Returns: (transfer full) (nullable): @picture at another size. */
static AVFrame *
resize(const AVFrame *picture, int width, int height)
{
    if (picture->width == width && picture->height == height)
        return av_frame_clone(picture);
    struct SwsContext *scaler =
        sws_getContext(picture->width, picture->height, AV_PIX_FMT_YUV420P, width, height,
                       AV_PIX_FMT_YUV420P, SWS_BICUBIC, NULL, NULL, NULL);
    AVFrame *resized = av_frame_alloc();
    resized->format = AV_PIX_FMT_YUV420P;
    resized->width = width;
    resized->height = height;
    int code = scaler != NULL ? av_frame_get_buffer(resized, 0) : AVERROR(EINVAL);
    if (code >= 0)
        code = sws_scale(scaler, (const guint8 *const *)picture->data, picture->linesize, 0,
                         picture->height, resized->data, resized->linesize);
    sws_freeContext(scaler);
    if (code < 0)
        av_frame_free(&resized);
    return resized;
}

/* The SSIM of @shown, at the size of @picture, against the sample. Returns: FALSE: none. */
static gboolean
compare(const EncodeMeasure *measure, guint number, const AVFrame *picture, const AVFrame *shown,
        double *ssim)
{
    AVFrame *source = encode_samples_load(measure->samples, number, (guint)picture->width,
                                          (guint)picture->height);
    AVFrame *resized = resize(shown, picture->width, picture->height);
    gboolean fine = source != NULL && resized != NULL;
    if (fine) {
        EncodeSsimPlane first = {source->data[0], source->linesize[0]};
        EncodeSsimPlane second = {resized->data[0], resized->linesize[0]};
        *ssim = encode_ssim_compare(first, second, (guint)picture->width, (guint)picture->height);
    }
    av_frame_free(&source);
    av_frame_free(&resized);
    return fine;
}

double
encode_measure_get_ssim(const EncodeMeasure *measure)
{
    return encode_measure_compare(measure, measure);
}

double
encode_measure_compare(const EncodeMeasure *measure, const EncodeMeasure *lower)
{
    double sum = 0;
    guint count = 0;
    for (guint i = 0; i < measure->pictures->len; i++) {
        const AVFrame *picture = measure->pictures->pdata[i];
        const AVFrame *shown = lower->pictures->pdata[i];
        double ssim = 0;
        if (picture == NULL || shown == NULL || !compare(measure, i, picture, shown, &ssim))
            continue;
        sum += ssim;
        count++;
    }
    return count > 0 ? sum / count : 0;
}
