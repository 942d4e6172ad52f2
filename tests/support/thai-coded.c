// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Writes the Thai multiplex with true pictures and sound, so that it can be watched:
// `thai-coded SECONDS FILE` has them in its first service (small MPEG-2, MP2) and sound in its
// radio; `thai-coded --full SECONDS FILE` is as a satellite sends it: MPEG-2 576i, MP2 and teletext
// in the first, H.264, AAC in ADTS and in LATM and DVB subtitles in the second; `--described` the
// same with a second sound that tells what is seen in place of another language.
#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
#include <math.h>
#include <string.h>

#include "tests/pipelines/live/units.h"
#include "tests/support/dvbsub.h"
#include "tests/support/teletext.h"
#include "tests/support/thai.h"

#define RATE 48000
#define MP2_MS 120 // 5 frames, 3 ticks of the multiplex
#define AAC_MS 320 // 15 frames, 8 ticks
#define TEXT_MS 2000
#define TEXT_LASTS_MS 1000
#define BITS_PER_SECOND 6000000
#define FULL_BITS_PER_SECOND 9000000
#define START_MS G_GINT64_CONSTANT(1795276800000)
#define STREAMS_MAX 6

typedef void (*PutFunc)(GByteArray *unit, const guint8 *data, guint bytes);

/** How a stream is coded. */
typedef struct {
    guint16 pid;       // (value)
    const char *coder; // (static) of libavcodec
    int width;         // (value) 0: sound
    int height;        // (value)
    PutFunc put;       // (nullable) puts what each frame is wrapped in around it
} Kind;

typedef struct {
    Kind kind;               // (value)
    AVCodecContext *context; // (owned)
    AVFrame *frame;          // (owned)
    gint64 done;             // (value) pictures or samples
} Stream;

typedef struct {
    Stream streams[STREAMS_MAX]; // (owned)
    guint count;                 // (value)
    guint16 teletext_pid;        // (value) 0: none
    guint16 bitmap_pid;          // (value) 0: none
} Streams;

static void
open_picture(Stream *stream)
{
    AVCodecContext *context = stream->context;
    AVFrame *frame = stream->frame;
    gboolean full = stream->kind.height == 576;
    context->bit_rate = full ? 2500000 : 900000;
    context->time_base = (AVRational){1, 25};
    context->framerate = (AVRational){25, 1};
    context->gop_size = 12;
    context->max_b_frames = 0;
    context->width = frame->width = stream->kind.width;
    context->height = frame->height = stream->kind.height;
    context->pix_fmt = AV_PIX_FMT_YUV420P;
    frame->format = AV_PIX_FMT_YUV420P;
    if (full) {
        context->flags |= AV_CODEC_FLAG_INTERLACED_DCT | AV_CODEC_FLAG_INTERLACED_ME;
        context->sample_aspect_ratio = (AVRational){64, 45}; // 16:9
        frame->interlaced_frame = frame->top_field_first = 1;
    }
    if (strcmp(stream->kind.coder, "libx264") == 0) {
        av_opt_set(context->priv_data, "preset", "ultrafast", 0);
        av_opt_set(context->priv_data, "tune", "zerolatency", 0);
    }
}

static void
open_sound(Stream *stream)
{
    AVCodecContext *context = stream->context;
    AVFrame *frame = stream->frame;
    gboolean planar = strcmp(stream->kind.coder, "aac") == 0;
    context->bit_rate = 128000;
    context->time_base = (AVRational){1, RATE};
    context->sample_rate = frame->sample_rate = RATE;
    context->sample_fmt = planar ? AV_SAMPLE_FMT_FLTP : AV_SAMPLE_FMT_S16;
    frame->format = context->sample_fmt;
    av_channel_layout_default(&context->ch_layout, 2);
    av_channel_layout_copy(&frame->ch_layout, &context->ch_layout);
}

static void
add_stream(Streams *streams, const Kind *kind)
{
    g_assert_cmpuint(streams->count, <, STREAMS_MAX);
    Stream *stream = &streams->streams[streams->count++];
    const AVCodec *codec = avcodec_find_encoder_by_name(kind->coder);
    g_assert_nonnull(codec);
    *stream = (Stream){*kind, avcodec_alloc_context3(codec), av_frame_alloc(), 0};
    if (kind->width > 0)
        open_picture(stream);
    else
        open_sound(stream);
    stream->context->thread_count = 1;
    g_assert_cmpint(avcodec_open2(stream->context, codec, NULL), >=, 0);
    if (kind->width == 0)
        stream->frame->nb_samples = stream->context->frame_size;
    g_assert_cmpint(av_frame_get_buffer(stream->frame, 0), >=, 0);
}

static void
code(Stream *stream, GByteArray *out)
{
    AVPacket *packet = av_packet_alloc();
    stream->frame->pts = stream->done;
    g_assert_cmpint(avcodec_send_frame(stream->context, stream->frame), >=, 0);
    while (avcodec_receive_packet(stream->context, packet) >= 0) {
        if (stream->kind.put != NULL)
            stream->kind.put(out, packet->data, (guint)packet->size);
        else
            g_byte_array_append(out, packet->data, (guint)packet->size);
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
}

/* Stripes that wander, so that every picture is another. */
static void
code_picture(Stream *stream, GByteArray *out)
{
    AVFrame *frame = stream->frame;
    g_assert_cmpint(av_frame_make_writable(frame), >=, 0);
    for (int y = 0; y < frame->height; y++)
        for (int x = 0; x < frame->width; x++)
            frame->data[0][y * frame->linesize[0] + x] = (guint8)(x + y / 2 + 3 * stream->done);
    for (int y = 0; y < frame->height / 2; y++) {
        memset(frame->data[1] + y * frame->linesize[1], 110, (gsize)frame->width / 2);
        memset(frame->data[2] + y * frame->linesize[2], 140, (gsize)frame->width / 2);
    }
    code(stream, out);
    stream->done++;
}

static void
code_sound(Stream *stream, GByteArray *out)
{
    AVFrame *frame = stream->frame;
    g_assert_cmpint(av_frame_make_writable(frame), >=, 0);
    for (int i = 0; i < 2 * frame->nb_samples; i++) {
        gint64 place = stream->done + i / 2;
        double wave = 0.25 * sin(2 * M_PI * 440 * (double)place / RATE);
        if (frame->format == AV_SAMPLE_FMT_FLTP)
            ((float *)frame->data[i % 2])[i / 2] = (float)wave;
        else
            ((gint16 *)frame->data[0])[i] = (gint16)(32000 * wave);
    }
    code(stream, out);
    stream->done += frame->nb_samples;
}

static void
make_sound(Stream *stream, gint64 ms, GByteArray *out)
{
    gint64 step_ms = stream->frame->format == AV_SAMPLE_FMT_FLTP ? AAC_MS : MP2_MS;
    gint64 until = stream->done + step_ms * RATE / 1000;
    while (ms % step_ms == 0 && stream->done < until)
        code_sound(stream, out);
}

/* A line of teletext, or a red bar, each second of two. */
static GByteArray *
make_text(const Streams *streams, guint16 pid, gint64 ms)
{
    gint64 into_ms = ms % TEXT_MS;
    g_autofree char *line = g_strdup_printf("second %d", (int)(ms / 1000));
    const TeletextPage text = {8, 0x01, TELETEXT_ENGLISH, into_ms == 0 ? line : ""};
    const DvbsubPage bar = {.page = 1,
                            .version = (guint8)(ms / TEXT_LASTS_MS & 15),
                            .timeout_s = 10,
                            .x = 80,
                            .y = 480,
                            .lines = into_ms == 0 ? 48 : 0,
                            .luma = 81,
                            .blue = 90,
                            .red = 240};
    if (into_ms != 0 && into_ms != TEXT_LASTS_MS)
        return NULL;
    return pid == streams->teletext_pid ? teletext_make_packet(&text) : dvbsub_make_packet(&bar);
}

static GByteArray *
make_unit(guint16 pid, gint64 ms, gpointer data)
{
    Streams *streams = data;
    if (pid == streams->teletext_pid || pid == streams->bitmap_pid)
        return make_text(streams, pid, ms);
    GByteArray *out = g_byte_array_new();
    for (guint i = 0; i < streams->count; i++) {
        Stream *stream = &streams->streams[i];
        if (stream->kind.pid != pid)
            continue;
        if (stream->kind.width > 0)
            code_picture(stream, out);
        else
            make_sound(stream, ms, out);
    }
    if (out->len == 0)
        g_clear_pointer(&out, g_byte_array_unref);
    return out;
}

static void
open_all(Streams *streams, gboolean full)
{
    const ThaiService *first = thai_get_service(0), *second = thai_get_service(1);
    const Kind kinds[] = {
        {first->video_pid, "mpeg2video", full ? 720 : 352, full ? 576 : 288, NULL},
        {first->audio_pid, "mp2", 0, 0, NULL},
        {thai_get_service(2)->audio_pid, "mp2", 0, 0, NULL},
        {second->video_pid, "libx264", 640, 360, NULL},
        {second->audio_pid, "aac", 0, 0, units_put_adts},
        {second->audio_pid + 1, "aac", 0, 0, units_put_latm},
    };
    for (guint i = 0; i < (full ? G_N_ELEMENTS(kinds) : 3); i++)
        add_stream(streams, &kinds[i]);
    if (!full)
        return;
    streams->teletext_pid = first->text_pid;
    streams->bitmap_pid = second->text_pid;
}

int
main(int argc, char **argv)
{
    gboolean described = argc > 1 && strcmp(argv[1], "--described") == 0;
    gboolean full = described || (argc > 1 && strcmp(argv[1], "--full") == 0);
    guint64 seconds = 0;
    if (argc != (full ? 4 : 3) ||
        !g_ascii_string_to_unsigned(argv[argc - 2], 10, 1, 3600, &seconds, NULL))
        return 64;
    Streams streams = {0};
    av_log_set_level(AV_LOG_ERROR);
    open_all(&streams, full);
    const ThaiOptions options = {
        .bits_per_second = full ? FULL_BITS_PER_SECOND : BITS_PER_SECOND,
        .first_pcr27m = G_GUINT64_CONSTANT(27000000) * 10,
        .start_ms = START_MS,
        .described = described,
        .unit = make_unit,
        .data = &streams,
    };
    g_autoptr(Thai) thai = thai_new(&options);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    thai_run(thai, (guint)seconds * 1000, stream);
    for (guint i = 0; i < streams.count; i++) {
        avcodec_free_context(&streams.streams[i].context);
        av_frame_free(&streams.streams[i].frame);
    }
    return g_file_set_contents(argv[argc - 1], (const char *)stream->data, stream->len, NULL) ? 0
                                                                                              : 74;
}
