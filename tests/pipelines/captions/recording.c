// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One small H.264 picture stream, and subtitle packets put beside it.
#include "tests/pipelines/captions/recording.h"

#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>

#include "tests/support/teletext.h"

#define SIDE 64
#define MAX_TRACKS 4
#define TEXT_MS 500

typedef struct {
    const RecordingOptions *options; // (unowned)
    AVFormatContext *format;         // (owned)
    AVCodecContext *encoder;         // (owned)
    AVStream *picture;               // (unowned)
    AVStream *texts[MAX_TRACKS];     // (unowned)
    guint count;                     // (value) of texts
    GByteArray *pairs;               // (owned) of EIA-608, one pair a picture
} Recording;

static void
add_pair(GByteArray *pairs, guint8 first, guint8 second)
{
    guint8 pair[] = {first, second};
    for (guint i = 0; i < G_N_ELEMENTS(pair); i++) {
        guint8 ones = 0;
        for (guint bit = 0; bit < 7; bit++)
            ones += (guint8)(pair[i] >> bit & 1);
        pair[i] |= (guint8)(ones % 2 == 0 ? 0x80 : 0); // odd parity
    }
    g_byte_array_append(pairs, pair, 2);
}

/* Roll-up with two rows: each line comes a second after the one before. */
static void
write_closed(GByteArray *pairs, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "|", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        while (pairs->len / 2 < (i + 1) * RECORDING_FPS)
            add_pair(pairs, 0, 0);
        add_pair(pairs, 0x14, 0x25); // roll up, two rows
        add_pair(pairs, 0x14, 0x2D); // carriage return
        add_pair(pairs, 0x14, 0x70); // the bottom row
        for (const char *at = lines[i]; *at != '\0'; at += at[1] != '\0' ? 2 : 1)
            add_pair(pairs, (guint8)at[0], (guint8)at[1]);
    }
    while (pairs->len / 2 < (g_strv_length(lines) + 1) * RECORDING_FPS)
        add_pair(pairs, 0, 0);
    add_pair(pairs, 0x14, 0x2C); // erase
}

static void
open_encoder(Recording *recording)
{
    const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
    g_assert_nonnull(codec);
    AVCodecContext *encoder = avcodec_alloc_context3(codec);
    recording->encoder = encoder;
    encoder->width = encoder->height = SIDE;
    encoder->pix_fmt = AV_PIX_FMT_YUV420P;
    encoder->time_base = (AVRational){1, RECORDING_FPS};
    encoder->framerate = (AVRational){RECORDING_FPS, 1};
    encoder->max_b_frames = 2; // so that captions come out of order
    if ((recording->format->oformat->flags & AVFMT_GLOBALHEADER) != 0)
        encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    av_opt_set(encoder->priv_data, "preset", "veryfast", 0);
    av_opt_set(encoder->priv_data, "a53cc", "1", 0);
    g_assert_cmpint(avcodec_open2(encoder, codec, NULL), ==, 0);
    recording->picture = avformat_new_stream(recording->format, NULL);
    avcodec_parameters_from_context(recording->picture->codecpar, encoder);
    recording->picture->time_base = encoder->time_base;
}

static void
set_header(AVCodecParameters *parameters)
{
    static const char ass[] =
        "[Script Info]\r\nScriptType: v4.00+\r\n\r\n[Events]\r\nFormat: Layer, "
        "Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\r\n";
    if (parameters->codec_id != AV_CODEC_ID_ASS)
        return;
    parameters->extradata = av_mallocz(sizeof ass + AV_INPUT_BUFFER_PADDING_SIZE);
    memcpy(parameters->extradata, ass, sizeof ass);
    parameters->extradata_size = sizeof ass - 1;
}

/* The teletext descriptor's words on one page, as libavformat writes them: type and magazine, page.
 */
static void
set_page(AVCodecParameters *parameters, guint page)
{
    const guint8 words[] = {(guint8)(0x02 << 3 | (page >> 8 & 7)), (guint8)page};
    parameters->extradata = av_mallocz(sizeof words + AV_INPUT_BUFFER_PADDING_SIZE);
    memcpy(parameters->extradata, words, sizeof words);
    parameters->extradata_size = sizeof words;
}

static void
add_tracks(Recording *recording)
{
    const RecordingTrack *tracks = recording->options->tracks;
    for (guint i = 0; tracks != NULL && tracks[i].codec != NULL; i++) {
        AVStream *stream = avformat_new_stream(recording->format, NULL);
        recording->texts[recording->count++] = stream;
        stream->codecpar->codec_type = AVMEDIA_TYPE_SUBTITLE;
        stream->codecpar->codec_id = avcodec_descriptor_get_by_name(tracks[i].codec)->id;
        stream->time_base = (AVRational){1, 1000};
        if (tracks[i].page > 0)
            set_page(stream->codecpar, tracks[i].page);
        if (tracks[i].language != NULL)
            av_dict_set(&stream->metadata, "language", tracks[i].language, 0);
        set_header(stream->codecpar);
    }
}

static void
write_packet(Recording *recording, AVPacket *packet, AVRational from, AVStream *to)
{
    packet->stream_index = to->index;
    av_packet_rescale_ts(packet, from, to->time_base);
    gint64 shift =
        av_rescale_q(recording->options->offset_ms, (AVRational){1, 1000}, to->time_base);
    packet->pts += shift;
    packet->dts += shift;
    g_assert_cmpint(av_interleaved_write_frame(recording->format, packet), ==, 0);
}

static void
drain(Recording *recording, const AVFrame *frame)
{
    AVPacket *packet = av_packet_alloc();
    g_assert_cmpint(avcodec_send_frame(recording->encoder, frame), ==, 0);
    while (avcodec_receive_packet(recording->encoder, packet) == 0)
        write_packet(recording, packet, recording->encoder->time_base, recording->picture);
    av_packet_free(&packet);
}

/* Returns: (transfer full): the bytes of one packet. mov_text has its length before it. */
static GByteArray *
make_packet(const RecordingTrack *track, const char *text)
{
    const TeletextPage page = {track->page >> 8, track->page & 0xFF, TELETEXT_GERMAN, text};
    if (track->page > 0)
        return teletext_make_packet(&page);
    GByteArray *bytes = g_byte_array_new();
    gsize length = strlen(text);
    const guint8 prefix[] = {(guint8)(length >> 8), (guint8)length};
    if (strcmp(track->codec, "mov_text") == 0)
        g_byte_array_append(bytes, prefix, sizeof prefix);
    g_byte_array_append(bytes, (const guint8 *)text, (guint)length);
    return bytes;
}

/* Texts begin with the second @second. */
static void
write_texts(Recording *recording, guint second)
{
    for (guint i = 0; i < recording->count; i++) {
        const RecordingTrack *track = &recording->options->tracks[i];
        const char *text =
            second >= 1 && second <= G_N_ELEMENTS(track->texts) ? track->texts[second - 1] : NULL;
        if (text == NULL)
            continue;
        g_autoptr(GByteArray) bytes = make_packet(track, text);
        AVPacket *packet = av_packet_alloc();
        g_assert_cmpint(av_new_packet(packet, (int)bytes->len), ==, 0);
        if (bytes->len > 0)
            memcpy(packet->data, bytes->data, bytes->len);
        packet->pts = packet->dts = second * 1000;
        packet->duration = TEXT_MS;
        write_packet(recording, packet, (AVRational){1, 1000}, recording->texts[i]);
        av_packet_free(&packet);
    }
}

/* A packet with one service block: a window that is shown, empty, and a line in it; at the end
 * windows go. */
static void
add_service(GByteArray *triplets, const char *line)
{
    static const guint8 window[] = {0x98, 0x20, 0x46, 0x00, 0x70, 0x1F, 0x11, 0x0C};
    g_autoptr(GByteArray) packet = g_byte_array_new();
    guint8 head[] = {0, 1 << 5}, reset = 0x8F, pad = 0;
    g_byte_array_append(packet, head, sizeof head);
    if (line != NULL) {
        g_byte_array_append(packet, window, sizeof window);
        g_byte_array_append(packet, (const guint8 *)line, (guint)strlen(line));
    } else {
        g_byte_array_append(packet, &reset, 1);
    }
    packet->data[1] |= (guint8)(packet->len - sizeof head);
    if (packet->len % 2 != 0)
        g_byte_array_append(packet, &pad, 1);
    packet->data[0] = (guint8)(packet->len / 2);
    for (guint at = 0; at < packet->len; at += 2) {
        guint8 triplet[] = {at == 0 ? 0xFF : 0xFE, packet->data[at], packet->data[at + 1]};
        g_byte_array_append(triplets, triplet, sizeof triplet);
    }
}

/* Returns: (transfer full): cc_data of picture @number, maybe none. */
static GByteArray *
make_triplets(const Recording *recording, guint number)
{
    const RecordingOptions *options = recording->options;
    GByteArray *triplets = g_byte_array_new();
    if (options->closed != NULL) {
        gboolean more = 2 * number + 1 < recording->pairs->len;
        guint8 field[] = {0xFC, 0x80, 0x80}; // field 1
        if (more)
            memcpy(field + 1, recording->pairs->data + (gsize)2 * number, 2);
        g_byte_array_append(triplets, field, sizeof field);
    }
    g_auto(GStrv) lines = g_strsplit(options->service != NULL ? options->service : "", "|", -1);
    guint second = number / RECORDING_FPS, count = g_strv_length(lines);
    if (number % RECORDING_FPS == 0 && second >= 1 && second <= count)
        add_service(triplets, lines[second - 1]);
    else if (number % RECORDING_FPS == 0 && count > 0 && second == count + 1)
        add_service(triplets, NULL);
    return triplets;
}

static void
write_pictures(Recording *recording)
{
    AVFrame *frame = av_frame_alloc();
    frame->format = AV_PIX_FMT_YUV420P;
    frame->width = frame->height = SIDE;
    g_assert_cmpint(av_frame_get_buffer(frame, 0), ==, 0);
    for (guint i = 0; i < recording->options->seconds * RECORDING_FPS; i++) {
        g_assert_cmpint(av_frame_make_writable(frame), ==, 0);
        for (guint plane = 0; plane < 3; plane++)
            memset(frame->data[plane], plane == 0 ? (int)(i % 200) : 128,
                   (gsize)frame->linesize[plane] * SIDE / (plane == 0 ? 1 : 2));
        frame->pts = i;
        av_frame_remove_side_data(frame, AV_FRAME_DATA_A53_CC);
        g_autoptr(GByteArray) triplets = make_triplets(recording, i);
        if (triplets->len > 0) {
            AVFrameSideData *side =
                av_frame_new_side_data(frame, AV_FRAME_DATA_A53_CC, triplets->len);
            memcpy(side->data, triplets->data, triplets->len);
        }
        if (i % RECORDING_FPS == 0)
            write_texts(recording, i / RECORDING_FPS);
        drain(recording, frame);
    }
    drain(recording, NULL);
    av_frame_free(&frame);
}

void
recording_make(const char *path, const RecordingOptions *options)
{
    Recording recording = {.options = options, .pairs = g_byte_array_new()};
    g_assert_cmpint(avformat_alloc_output_context2(&recording.format, NULL, options->format, path),
                    >=, 0);
    open_encoder(&recording);
    add_tracks(&recording);
    if (options->closed != NULL)
        write_closed(recording.pairs, options->closed);
    g_assert_cmpint(avio_open(&recording.format->pb, path, AVIO_FLAG_WRITE), >=, 0);
    g_assert_cmpint(avformat_write_header(recording.format, NULL), >=, 0);
    write_pictures(&recording);
    g_assert_cmpint(av_write_trailer(recording.format), ==, 0);
    avio_closep(&recording.format->pb);
    avcodec_free_context(&recording.encoder);
    avformat_free_context(recording.format);
    g_byte_array_unref(recording.pairs);
}
