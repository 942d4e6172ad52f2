// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// libavcodec's parser cuts access units, its decoder does the rest. Stamps travel as packet times,
// which decoders only reorder. Pictures before the first that can be decoded whole are not shown.
#include "pipelines/live/decode.h"

#include <libavcodec/avcodec.h>
#include <string.h>

#include "pipelines/encode/failure.h"

#define PIXELS_MAX (4096 * 2304)
#define PICTURE_PTS90K 3600 // one, when nobody says how long it lasts
#define RATE_MIN 5
#define RATE_MAX 121
#define SOUND_PTS90K_MAX 90000
#define MEASURED_MIN 16 // steps between stamps, before they are believed
#define BLIND_MAX 250   // pictures, before a stream without key pictures is shown all the same

struct _LiveDecode {
    AVCodecParserContext *parser; // (owned)
    AVCodecContext *context;      // (owned)
    AVPacket *packet;             // (owned)
    LiveDecodeSink sink;          // (unowned)
    gpointer data;                // (unowned) for sink
    gboolean picture;             // (value)
    guint blind;                  // (value) pictures before the first key picture
    gboolean seeing;              // (value) a key picture came, or none will
    guint64 damaged;              // (value)
    gint64 last_pts90k;           // (value) of the last picture, -1: none
    gint64 least_step;            // (value) between two pictures, 0: not known
    guint measured;               // (value) steps so far
};

static const struct {
    const char *word;  // (static)
    enum AVCodecID id; // (value)
} codecs[] = {
    {"mpeg1video", AV_CODEC_ID_MPEG2VIDEO},
    {"mpeg2video", AV_CODEC_ID_MPEG2VIDEO},
    {"h264", AV_CODEC_ID_H264},
    {"hevc", AV_CODEC_ID_HEVC},
    {"mp2", AV_CODEC_ID_MP2},
    {"aac", AV_CODEC_ID_AAC},
    {"aac-latm", AV_CODEC_ID_AAC_LATM},
    {"ac3", AV_CODEC_ID_AC3},
    {"eac3", AV_CODEC_ID_EAC3},
};

static int
open_codec(LiveDecode *decode, enum AVCodecID id)
{
    const AVCodec *codec = avcodec_find_decoder(id);
    if (codec == NULL)
        return AVERROR_DECODER_NOT_FOUND;
    decode->picture = codec->type == AVMEDIA_TYPE_VIDEO;
    decode->context = avcodec_alloc_context3(codec);
    decode->packet = av_packet_alloc();
    decode->parser = av_parser_init((int)id);
    if (decode->context == NULL || decode->packet == NULL || decode->parser == NULL)
        return AVERROR(ENOMEM);
    decode->context->pkt_timebase = (AVRational){1, 90000};
    decode->context->max_pixels = PIXELS_MAX;
    // Frame threads would hold pictures back.
    decode->context->thread_count = 1;
    return avcodec_open2(decode->context, codec, NULL);
}

LiveDecode *
live_decode_new(const char *codec, LiveDecodeSink sink, gpointer data, GError **error)
{
    g_autoptr(LiveDecode) decode = g_new0(LiveDecode, 1);
    enum AVCodecID id = AV_CODEC_ID_NONE;
    decode->sink = sink;
    decode->data = data;
    decode->last_pts90k = -1;
    for (guint i = 0; i < G_N_ELEMENTS(codecs); i++)
        if (strcmp(codecs[i].word, codec) == 0)
            id = codecs[i].id;
    int code = open_codec(decode, id);
    if (code >= 0)
        return g_steal_pointer(&decode);
    encode_failure_set(error, code, codec);
    return NULL;
}

void
live_decode_free(LiveDecode *decode)
{
    if (decode == NULL)
        return;
    if (decode->parser != NULL)
        av_parser_close(decode->parser);
    avcodec_free_context(&decode->context);
    av_packet_free(&decode->packet);
    g_free(decode);
}

gboolean
live_decode_get_rate(const LiveDecode *decode, guint *numerator, guint *denominator)
{
    AVRational rate = decode->context->framerate;
    double fps = rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 0;
    if ((fps < RATE_MIN || fps > RATE_MAX) && decode->measured >= MEASURED_MIN)
        rate = (AVRational){90000, (int)decode->least_step};
    else if (fps < RATE_MIN || fps > RATE_MAX)
        return FALSE;
    *numerator = (guint)rate.num;
    *denominator = (guint)rate.den;
    return TRUE;
}

static gint64
measure(const LiveDecode *decode, const AVFrame *frame)
{
    guint numerator = 25, denominator = 1;
    if (!decode->picture && frame->sample_rate > 0)
        return MIN((gint64)frame->nb_samples * 90000 / frame->sample_rate, SOUND_PTS90K_MAX);
    if (!decode->picture || !live_decode_get_rate(decode, &numerator, &denominator))
        return PICTURE_PTS90K;
    gint64 one = (gint64)90000 * denominator / numerator;
    return one + one * CLAMP(frame->repeat_pict, 0, 4) / 2;
}

/* The shortest step is one picture: some may be missing, none comes early. */
static void
measure_step(LiveDecode *decode, gint64 pts90k)
{
    gint64 step = decode->last_pts90k < 0 || pts90k < 0 ? 0 : pts90k - decode->last_pts90k;
    decode->last_pts90k = pts90k;
    if (step < 90000 / RATE_MAX || step > 90000 / RATE_MIN)
        return;
    decode->least_step = decode->measured == 0 ? step : MIN(decode->least_step, step);
    decode->measured += decode->measured < MEASURED_MIN;
}

/* What comes before the first key picture is guesswork of the decoder's. */
static gboolean
is_fit(LiveDecode *decode, const AVFrame *frame)
{
    if (decode->picture && !decode->seeing)
        decode->seeing = frame->key_frame || ++decode->blind > BLIND_MAX;
    return !decode->picture || decode->seeing;
}

static void
drain(LiveDecode *decode)
{
    for (;;) {
        AVFrame *frame = av_frame_alloc();
        int code = avcodec_receive_frame(decode->context, frame);
        if (code < 0) {
            av_frame_free(&frame);
            gboolean told = code != AVERROR(EAGAIN) && code != AVERROR_EOF;
            decode->damaged += told && (decode->seeing || !decode->picture);
            return;
        }
        gboolean whole =
            frame->decode_error_flags == 0 && (frame->flags & AV_FRAME_FLAG_CORRUPT) == 0;
        gint64 pts90k = frame->pts == AV_NOPTS_VALUE ? -1 : frame->pts;
        if (!is_fit(decode, frame)) {
            av_frame_free(&frame);
            continue;
        }
        decode->damaged += !whole;
        measure_step(decode, pts90k);
        decode->sink(frame, pts90k, measure(decode, frame), decode->data);
    }
}

static void
decode_packet(LiveDecode *decode, guint8 *data, int bytes)
{
    decode->packet->data = data;
    decode->packet->size = bytes;
    decode->packet->pts = decode->parser->pts;
    decode->packet->dts = decode->parser->dts;
    int code = avcodec_send_packet(decode->context, decode->packet);
    if (code == AVERROR(EAGAIN)) {
        drain(decode);
        code = avcodec_send_packet(decode->context, decode->packet);
    }
    gboolean told = code < 0 && code != AVERROR(EAGAIN) && code != AVERROR_EOF;
    decode->damaged += told && (decode->seeing || !decode->picture);
    drain(decode);
}

/* @data: NULL: the parser gives its last unit. */
static void
parse(LiveDecode *decode, const guint8 *data, int bytes, gint64 pts90k, gint64 dts90k)
{
    do {
        guint8 *unit = NULL;
        int unit_bytes = 0;
        int used = av_parser_parse2(decode->parser, decode->context, &unit, &unit_bytes, data,
                                    bytes, pts90k, dts90k, 0);
        if (used < 0)
            return;
        data += used;
        bytes -= used;
        pts90k = dts90k = AV_NOPTS_VALUE;
        if (unit_bytes > 0)
            decode_packet(decode, unit, unit_bytes);
        else if (used == 0)
            return;
    } while (bytes > 0);
}

void
live_decode_push(LiveDecode *decode, const LivePesUnit *unit)
{
    // Parsers read a little beyond the end.
    g_autofree guint8 *padded = g_malloc0(unit->bytes + AV_INPUT_BUFFER_PADDING_SIZE);
    memcpy(padded, unit->data, unit->bytes);
    parse(decode, padded, (int)unit->bytes, unit->pts90k < 0 ? AV_NOPTS_VALUE : unit->pts90k,
          unit->dts90k < 0 ? AV_NOPTS_VALUE : unit->dts90k);
}

void
live_decode_flush(LiveDecode *decode)
{
    guint8 nothing[AV_INPUT_BUFFER_PADDING_SIZE] = {0};
    parse(decode, nothing, 0, AV_NOPTS_VALUE, AV_NOPTS_VALUE);
    if (avcodec_send_packet(decode->context, NULL) >= 0)
        drain(decode);
    avcodec_flush_buffers(decode->context);
    decode->seeing = FALSE;
    decode->blind = 0;
}

guint64
live_decode_get_damaged(const LiveDecode *decode)
{
    return decode->damaged;
}
