// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Which pictures are compared depends on the grid alone, so that all rungs compare the same ones.
#include "pipelines/encode/measure.h"

#include <libavcodec/avcodec.h>
#include <libswscale/swscale.h>

#include "pipelines/encode/ssim.h"

// One segment in so many, at least one, and no more than this.
#define ONE_IN 8
#define MOST_SEGMENTS 4
// In each of them, pictures a quarter of the segment apart, in its first half.
#define SEGMENT_SAMPLES 3
// A multiple of every rung's step.
#define COMMON_STEP 12

typedef struct {
    gint64 tick;      // (value)
    AVFrame *source;  // (owned) (nullable) what went in
    AVFrame *decoded; // (owned) (nullable) what came out
} Sample;

struct _EncodeMeasure {
    AVCodecContext *decoder; // (owned) (nullable) NULL: cannot be measured
    AVPacket *packet;        // (owned)
    AVFrame *frame;          // (owned) blank between calls
    gint64 segment_ticks;    // (value)
    GArray *samples;         // (owned) (element-type Sample)
    gboolean decoding;       // (value) a key picture of a wanted segment was met
};

static void
clear_sample(gpointer data)
{
    Sample *sample = data;
    av_frame_free(&sample->source);
    av_frame_free(&sample->decoded);
}

static AVCodecContext *
open_decoder(EncodeRungsFamily family)
{
    enum AVCodecID id = family == ENCODE_RUNGS_AV1 ? AV_CODEC_ID_AV1 : AV_CODEC_ID_H264;
    const AVCodec *codec = avcodec_find_decoder(id);
    AVCodecContext *decoder = codec != NULL ? avcodec_alloc_context3(codec) : NULL;
    if (decoder == NULL)
        return NULL;
    decoder->thread_count = 1;
    decoder->flags |= AV_CODEC_FLAG_LOW_DELAY;
    if (avcodec_open2(decoder, codec, NULL) < 0)
        avcodec_free_context(&decoder);
    return decoder;
}

static void
choose_samples(EncodeMeasure *measure, const EncodeGrid *grid, gint64 from_tick, gint64 end_us)
{
    gint64 first = from_tick / grid->ticks;
    gint64 last = MAX(encode_grid_us_to_tick(grid, end_us) / grid->ticks, first + 1);
    gint64 count = CLAMP((last - first) / ONE_IN, 1, MOST_SEGMENTS);
    for (gint64 i = 0; i < count; i++) {
        gint64 segment = first + (2 * i + 1) * (last - first) / (2 * count);
        for (gint64 j = 0; j < SEGMENT_SAMPLES; j++) {
            gint64 apart = j * grid->ticks / 4 / COMMON_STEP * COMMON_STEP;
            Sample sample = {.tick = segment * grid->ticks + apart};
            g_array_append_val(measure->samples, sample);
        }
    }
}

EncodeMeasure *
encode_measure_new(EncodeRungsFamily family, const EncodeGrid *grid, gint64 from_tick,
                   gint64 end_us)
{
    EncodeMeasure *measure = g_new0(EncodeMeasure, 1);
    measure->packet = av_packet_alloc();
    measure->frame = av_frame_alloc();
    measure->segment_ticks = grid->ticks;
    measure->samples = g_array_new(FALSE, FALSE, sizeof(Sample));
    g_array_set_clear_func(measure->samples, clear_sample);
    measure->decoder = open_decoder(family);
    if (measure->decoder != NULL)
        choose_samples(measure, grid, from_tick, end_us);
    return measure;
}

void
encode_measure_free(EncodeMeasure *measure)
{
    if (measure == NULL)
        return;
    avcodec_free_context(&measure->decoder);
    av_packet_free(&measure->packet);
    av_frame_free(&measure->frame);
    g_array_unref(measure->samples);
    g_free(measure);
}

static Sample *
find_sample(EncodeMeasure *measure, gint64 tick)
{
    for (guint i = 0; i < measure->samples->len; i++) {
        Sample *sample = &g_array_index(measure->samples, Sample, i);
        if (sample->tick == tick)
            return sample;
    }
    return NULL;
}

void
encode_measure_keep(EncodeMeasure *measure, const AVFrame *picture, gint64 tick)
{
    Sample *sample = find_sample(measure, tick);
    if (sample != NULL && sample->source == NULL)
        sample->source = av_frame_clone(picture);
}

static void
receive(EncodeMeasure *measure)
{
    while (avcodec_receive_frame(measure->decoder, measure->frame) >= 0) {
        Sample *sample = find_sample(measure, measure->frame->pts);
        if (sample != NULL && sample->decoded == NULL &&
            measure->frame->format == AV_PIX_FMT_YUV420P)
            sample->decoded = av_frame_clone(measure->frame);
        av_frame_unref(measure->frame);
    }
}

/* Gives up on what is being decoded, and is ready for the next segment. */
static void
end_decoding(EncodeMeasure *measure)
{
    avcodec_send_packet(measure->decoder, NULL);
    receive(measure);
    avcodec_flush_buffers(measure->decoder);
    measure->decoding = FALSE;
}

/* TRUE when the segment of @tick has a sample at or after it. */
static gboolean
is_wanted(EncodeMeasure *measure, gint64 tick)
{
    for (guint i = 0; i < measure->samples->len; i++) {
        gint64 sample = g_array_index(measure->samples, Sample, i).tick;
        if (sample >= tick && sample / measure->segment_ticks == tick / measure->segment_ticks)
            return TRUE;
    }
    return FALSE;
}

void
encode_measure_take(EncodeMeasure *measure, const guint8 *data, gsize bytes, gint64 tick,
                    gboolean key)
{
    gboolean wanted = is_wanted(measure, tick);
    if (measure->decoding && !wanted)
        end_decoding(measure);
    if (!wanted || (!measure->decoding && !key))
        return;
    measure->decoding = TRUE;
    if (av_new_packet(measure->packet, (int)bytes) < 0)
        return;
    memcpy(measure->packet->data, data, bytes);
    measure->packet->pts = measure->packet->dts = tick;
    measure->packet->flags = key ? AV_PKT_FLAG_KEY : 0;
    if (avcodec_send_packet(measure->decoder, measure->packet) >= 0)
        receive(measure);
    av_packet_unref(measure->packet);
}

static double
compare_luma(const AVFrame *a, const AVFrame *b)
{
    EncodeSsimPlane first = {a->data[0], a->linesize[0]};
    EncodeSsimPlane second = {b->data[0], b->linesize[0]};
    return encode_ssim_compare(first, second, (guint)a->width, (guint)a->height);
}

double
encode_measure_get_ssim(EncodeMeasure *measure)
{
    double sum = 0;
    guint count = 0;
    if (measure->decoding)
        end_decoding(measure);
    for (guint i = 0; i < measure->samples->len; i++) {
        const Sample *sample = &g_array_index(measure->samples, Sample, i);
        if (sample->source == NULL || sample->decoded == NULL ||
            sample->source->width != sample->decoded->width ||
            sample->source->height != sample->decoded->height)
            continue;
        sum += compare_luma(sample->source, sample->decoded);
        count++;
    }
    return count > 0 ? sum / count : 0;
}

/* Returns: (transfer full) (nullable): @small at the size of @large. */
static AVFrame *
enlarge(const AVFrame *small, const AVFrame *large)
{
    struct SwsContext *scaler =
        sws_getContext(small->width, small->height, AV_PIX_FMT_YUV420P, large->width, large->height,
                       AV_PIX_FMT_YUV420P, SWS_BICUBIC, NULL, NULL, NULL);
    AVFrame *enlarged = av_frame_alloc();
    enlarged->format = AV_PIX_FMT_YUV420P;
    enlarged->width = large->width;
    enlarged->height = large->height;
    int code = scaler != NULL ? av_frame_get_buffer(enlarged, 0) : AVERROR(EINVAL);
    if (code >= 0)
        code = sws_scale(scaler, (const guint8 *const *)small->data, small->linesize, 0,
                         small->height, enlarged->data, enlarged->linesize);
    sws_freeContext(scaler);
    if (code < 0)
        av_frame_free(&enlarged);
    return enlarged;
}

double
encode_measure_compare(EncodeMeasure *measure, EncodeMeasure *lower)
{
    double sum = 0;
    guint count = 0;
    if (lower->decoding)
        end_decoding(lower);
    for (guint i = 0; i < measure->samples->len; i++) {
        const Sample *sample = &g_array_index(measure->samples, Sample, i);
        const Sample *other = find_sample(lower, sample->tick);
        if (sample->source == NULL || other == NULL || other->decoded == NULL)
            continue;
        AVFrame *enlarged = enlarge(other->decoded, sample->source);
        if (enlarged == NULL)
            continue;
        sum += compare_luma(sample->source, enlarged);
        count++;
        av_frame_free(&enlarged);
    }
    return count > 0 ? sum / count : 0;
}
