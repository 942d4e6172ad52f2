// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Stream choice and decoder set-up for libavformat.
#include "pipelines/source/streams.h"

#include <string.h>
#include <libavutil/display.h>

#include "pipelines/source/failure.h"

#define DECODER_THREADS 2
// Up to here one thread is fast enough, and two cost a third more.
#define SINGLE_PIXELS ((guint64)1280 * 720)
// Each thread holds pictures of its own: of very large ones, one set is enough.
#define THREADED_PIXELS ((guint64)4096 * 2304)
#define LOWEST_BPS 200

gboolean
source_streams_is_recording(const AVInputFormat *input)
{
    static const char *const others[] = {
        "image2",    "ico",        "tty",        "bin",    "xbin",       "adf",       "idf",
        "concat",    "hls",        "dash",       "imf",    "srt",        "ass",       "webvtt",
        "subviewer", "microdvd",   "jacosub",    "sami",   "realtext",   "mpl2",      "vplayer",
        "pjs",       "stl",        "scc",        "lrc",    "ffmetadata", "sdp",       "rtsp",
        "mpsub",     "subviewer1", "aqtitle",    "vobsub", "rawvideo",   "alias_pix", "brender_pix",
        "txd",       "fits",       "libopenmpt", "libgme", NULL};
    if (input == NULL || g_str_has_suffix(input->name, "_pipe"))
        return FALSE;
    return !g_strv_contains(others, input->name);
}

static gboolean
is_cover(const AVStream *stream)
{
    return (stream->disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS |
                                   AV_DISPOSITION_STILL_IMAGE)) != 0;
}

static gboolean
is_encrypted(const AVStream *stream)
{
    guint32 tag = stream->codecpar->codec_tag;
    return tag == MKTAG('e', 'n', 'c', 'v') || tag == MKTAG('e', 'n', 'c', 'a') ||
           tag == MKTAG('d', 'r', 'm', 'i') || tag == MKTAG('d', 'r', 'm', 's') ||
           av_stream_get_side_data(stream, AV_PKT_DATA_ENCRYPTION_INIT_INFO, NULL) != NULL;
}

static gboolean
is_candidate(const AVStream *stream, enum AVMediaType kind)
{
    const AVCodecParameters *parameters = stream->codecpar;
    if (parameters->codec_type != kind || is_cover(stream))
        return FALSE;
    return kind == AVMEDIA_TYPE_VIDEO ||
           (parameters->sample_rate > 0 && parameters->ch_layout.nb_channels > 0) ||
           parameters->codec_id != AV_CODEC_ID_NONE;
}

static int
choose_threads(guint64 width, guint64 height)
{
    guint64 pixels = width * height;
    return pixels > SINGLE_PIXELS && pixels <= THREADED_PIXELS ? DECODER_THREADS : 1;
}

AVCodecContext *
source_streams_open_decoder(AVFormatContext *format, int index)
{
    AVStream *stream = format->streams[index];
    const AVCodec *codec = avcodec_find_decoder(stream->codecpar->codec_id);
    if (codec == NULL)
        return NULL;
    AVCodecContext *decoder = avcodec_alloc_context3(codec);
    if (decoder == NULL)
        return NULL;
    gboolean video = codec->type == AVMEDIA_TYPE_VIDEO;
    guint64 width = (guint64)MAX(stream->codecpar->width, 0);
    guint64 height = (guint64)MAX(stream->codecpar->height, 0);
    decoder->thread_count = video ? choose_threads(width, height) : 1;
    decoder->flags |= AV_CODEC_FLAG_OUTPUT_CORRUPT;
    if (avcodec_parameters_to_context(decoder, stream->codecpar) < 0) {
        avcodec_free_context(&decoder);
        return NULL;
    }
    decoder->pkt_timebase = stream->time_base;
    if (avcodec_open2(decoder, codec, NULL) < 0)
        avcodec_free_context(&decoder);
    return decoder;
}

static gboolean
try_stream(AVFormatContext *format, int index, SourceStreams *chosen)
{
    AVCodecContext *decoder = source_streams_open_decoder(format, index);
    if (decoder == NULL)
        return FALSE;
    chosen->index = index;
    chosen->decoder = decoder;
    return TRUE;
}

gboolean
source_streams_choose(AVFormatContext *format, enum AVMediaType kind, int related,
                      SourceStreams *chosen, GError **error)
{
    *chosen = (SourceStreams){.index = -1};
    int best = av_find_best_stream(format, kind, -1, related, NULL, 0);
    gboolean usable = best >= 0 && is_candidate(format->streams[best], kind) &&
                      !is_encrypted(format->streams[best]);
    if (usable && try_stream(format, best, chosen))
        return TRUE;

    guint found = 0, locked = 0;
    for (guint i = 0; i < format->nb_streams; i++) {
        if (!is_candidate(format->streams[i], kind))
            continue;
        found++;
        if (is_encrypted(format->streams[i]))
            locked++;
        else if ((int)i != best && try_stream(format, (int)i, chosen))
            return TRUE;
    }
    if (found == 0)
        return TRUE;
    if (locked > 0)
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_ENCRYPTED, "stream is encrypted");
    else
        g_set_error(error, SOURCE_FAILURE, SOURCE_FAILURE_UNSUPPORTED_CODEC,
                    "no decoder for the %s stream", av_get_media_type_string(kind));
    return FALSE;
}

/* A transport stream's programmes have a clock each: only what the chosen streams say counts. */
static gint64
measure_duration(AVFormatContext *format, int picture, int sound)
{
    const int chosen[] = {picture, sound};
    gint64 first_us = G_MAXINT64, last_us = G_MININT64;
    if ((format->iformat->flags & AVFMT_TS_DISCONT) == 0)
        return format->duration == AV_NOPTS_VALUE ? 0 : format->duration;
    for (guint i = 0; i < G_N_ELEMENTS(chosen); i++) {
        const AVStream *stream = chosen[i] >= 0 ? format->streams[chosen[i]] : NULL;
        if (stream == NULL || stream->start_time == AV_NOPTS_VALUE ||
            stream->duration == AV_NOPTS_VALUE)
            continue;
        gint64 start_us = av_rescale_q(stream->start_time, stream->time_base, AV_TIME_BASE_Q);
        first_us = MIN(first_us, start_us);
        last_us = MAX(last_us,
                      start_us + av_rescale_q(stream->duration, stream->time_base, AV_TIME_BASE_Q));
    }
    return first_us < last_us ? last_us - first_us : 0;
}

void
source_streams_describe(AVFormatContext *format, int picture, int sound, SourceInfo *info)
{
    info->container = g_strdup(format->iformat->name);
    gint64 duration_us = measure_duration(format, picture, sound);
    // A duration that would leave next to no bytes for a second is a broken number.
    gint64 bits = format->pb != NULL ? MAX(avio_size(format->pb), 0) * 8 : 0;
    info->estimated = format->duration_estimation_method != AVFMT_DURATION_FROM_STREAM;
    if (duration_us > 0 && bits / LOWEST_BPS * AV_TIME_BASE > duration_us)
        info->duration_us = duration_us;
    if (picture < 0)
        return;
    AVStream *stream = format->streams[picture];
    AVRational rate =
        stream->avg_frame_rate.num > 0 ? stream->avg_frame_rate : stream->r_frame_rate;
    if (rate.num > 0 && rate.den > 0) {
        info->rate_numerator = (guint)rate.num;
        info->rate_denominator = (guint)rate.den;
    }
    size_t bytes = 0;
    const guint8 *matrix = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &bytes);
    if (matrix != NULL && bytes >= 9 * sizeof(gint32)) {
        gint32 copy[9];
        memcpy(copy, matrix, sizeof copy);
        source_info_set_orientation(info, copy);
    }
}
