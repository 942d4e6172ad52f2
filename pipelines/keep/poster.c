// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Each segment begins with a key picture that needs no other: it is decoded alone.
#include "pipelines/keep/poster.h"

#include <libavcodec/avcodec.h>
#include <string.h>

#include "pipelines/encode/asset.h"
#include "pipelines/encode/poster.h"
#include "pipelines/keep/fragment.h"
#include "pipelines/keep/load.h"
#include "pipelines/keep/plan.h"

#define LOOKS_MAX 24
#define EDGE_PARTS 12  // the first and the last are padding, and other programmes, often enough
#define HIGH_LINES 720 // from here on pictures that say nothing are of ITU-R BT.709

/* Returns: (transfer full) (nullable): a decoder that knows the configuration of @init. */
static AVCodecContext *
open_decoder(const KeepFragmentInit *init)
{
    gsize bytes = 0;
    const AVCodec *codec = avcodec_find_decoder(AV_CODEC_ID_H264);
    if (codec == NULL || init->picture_id == 0)
        return NULL;
    const guint8 *config = g_bytes_get_data(init->tracks->picture_config, &bytes);
    AVCodecContext *decoder = avcodec_alloc_context3(codec);
    decoder->extradata = av_mallocz(bytes + AV_INPUT_BUFFER_PADDING_SIZE);
    decoder->thread_count = 1;
    if (decoder->extradata != NULL) {
        memcpy(decoder->extradata, config, bytes);
        decoder->extradata_size = (int)bytes;
    }
    if (decoder->extradata == NULL || avcodec_open2(decoder, codec, NULL) < 0)
        avcodec_free_context(&decoder);
    return decoder;
}

static void
weigh(EncodePoster *poster, AVCodecContext *decoder, const guint8 *data, gsize bytes)
{
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();
    if (packet != NULL && frame != NULL && av_new_packet(packet, (int)bytes) >= 0) {
        memcpy(packet->data, data, bytes);
        packet->flags = AV_PKT_FLAG_KEY;
        if (avcodec_send_packet(decoder, packet) >= 0 && avcodec_send_packet(decoder, NULL) >= 0 &&
            avcodec_receive_frame(decoder, frame) >= 0 && frame->format == AV_PIX_FMT_YUV420P)
            encode_poster_weigh(poster, frame);
    }
    av_frame_free(&frame);
    av_packet_free(&packet);
}

static void
look(EncodePoster *poster, const ChildJob *job, const KeepPlanPiece *piece)
{
    gsize init_bytes = 0, bytes = 0;
    g_autofree char *init_data =
        keep_load_span(job->bundle, piece->init, &piece->init_span, &init_bytes, NULL);
    g_autofree char *data = keep_load_span(job->bundle, piece->segment, &piece->span, &bytes, NULL);
    if (init_data == NULL || data == NULL)
        return;
    g_autoptr(KeepFragmentInit) init =
        keep_fragment_parse_init((guint8 *)init_data, init_bytes, NULL);
    g_autoptr(KeepFragment) fragment =
        init != NULL ? keep_fragment_parse(init, (guint8 *)data, bytes, NULL) : NULL;
    AVCodecContext *decoder = fragment != NULL ? open_decoder(init) : NULL;
    if (decoder == NULL)
        return;
    const KeepFragmentSample *key = &g_array_index(fragment->pictures, KeepFragmentSample, 0);
    weigh(poster, decoder, (const guint8 *)data + key->offset, key->bytes);
    avcodec_free_context(&decoder);
}

void
keep_poster_make(ChildChannel *channel, const ChildJob *job, const GPtrArray *pieces)
{
    g_autoptr(EncodePoster) poster = encode_poster_new();
    g_autoptr(GError) failure = NULL;
    guint edge = pieces->len / EDGE_PARTS, step = MAX(pieces->len / LOOKS_MAX, 1);
    for (guint i = edge; i < pieces->len - edge; i += step)
        look(poster, job, pieces->pdata[i]);
    const AVFrame *best = encode_poster_get_best(poster);
    if (best == NULL)
        return;
    int matrix = best->colorspace;
    if (matrix == AVCOL_SPC_UNSPECIFIED)
        matrix = best->height >= HIGH_LINES ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
    if (!encode_poster_write(poster, job->staging, matrix, &failure)) {
        g_debug("poster: %s", failure->message);
        return;
    }
    EncodeRun run = {.job = job, .channel = channel};
    g_autoptr(ChildReport) report = encode_asset_new(CHILD_ASSET_POSTER, ENCODE_POSTER_FILE);
    encode_asset_send(&run, report);
}
