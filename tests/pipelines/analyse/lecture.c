// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Still scenes are drawn once; each picture is a copy with what moves on it. Aborts when a library
// refuses: a test cannot go on then.
#include "tests/pipelines/analyse/lecture.h"

#include <math.h>
#include <string.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>

#include "tests/pipelines/analyse/board.h"

#define FIRST_LINES 1
#define SAMPLE_RATE 48000
#define BEEP_MS 100
#define BEEP_HZ 1000
#define SPEECH_BLOCK (SAMPLE_RATE / 10)

typedef struct {
    const Lecture *lecture;  // (unowned)
    AVFormatContext *format; // (owned)
    AVCodecContext *encoder; // (owned)
    AVStream *stream;        // (unowned)
    AVStream *sound;         // (unowned) (nullable)
    gint64 samples;          // (value) of sound written
    AVFrame *still;          // (owned) the present scene without what moves
    AVFrame *before;         // (owned) the scene before it
    AVFrame *frame;          // (owned) the picture
    AVFrame *other;          // (owned) its second field
    guint scene;             // (value)
    guint slide;             // (value) number of the present slide
    guint lines;             // (value) of it
} Writer;

Lecture
lecture_usual(const LectureScene *scenes, guint count)
{
    return (Lecture){.scenes = scenes,
                     .count = count,
                     .encoder = "libx264",
                     .width = 640,
                     .height = 360,
                     .rate_numerator = 25,
                     .rate_denominator = 1,
                     .gop = 250};
}

static AVFrame *
new_frame(const Lecture *lecture)
{
    AVFrame *frame = av_frame_alloc();
    frame->format = AV_PIX_FMT_YUV420P;
    frame->width = lecture->width;
    frame->height = lecture->height;
    g_assert_cmpint(av_frame_get_buffer(frame, 0), >=, 0);
    board_draw_black(frame);
    return frame;
}

static void
open_encoder(Writer *writer)
{
    const Lecture *lecture = writer->lecture;
    const AVCodec *codec = avcodec_find_encoder_by_name(lecture->encoder);
    g_assert_nonnull(codec);
    AVCodecContext *encoder = writer->encoder = avcodec_alloc_context3(codec);
    encoder->width = lecture->width;
    encoder->height = lecture->height;
    encoder->pix_fmt = codec->pix_fmts != NULL ? codec->pix_fmts[0] : AV_PIX_FMT_YUV420P;
    encoder->time_base = (AVRational){lecture->rate_denominator, lecture->rate_numerator};
    encoder->framerate = av_inv_q(encoder->time_base);
    encoder->gop_size = lecture->gop;
    encoder->bit_rate = 1500000;
    encoder->color_range = AVCOL_RANGE_MPEG;
    encoder->strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL;
    if (lecture->fields && lecture->flagged)
        encoder->flags |= AV_CODEC_FLAG_INTERLACED_DCT | AV_CODEC_FLAG_INTERLACED_ME;
    if ((writer->format->oformat->flags & AVFMT_GLOBALHEADER) != 0)
        encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    if (strcmp(lecture->encoder, "libx264") == 0) {
        // Key pictures only where the lecture wants them.
        av_opt_set(encoder->priv_data, "preset", "superfast", 0);
        av_opt_set(encoder->priv_data, "x264-params", "scenecut=0:bframes=3:crf=26:threads=2", 0);
        encoder->bit_rate = 0;
    }
    g_assert_cmpint(avcodec_open2(encoder, codec, NULL), >=, 0);
    writer->stream = avformat_new_stream(writer->format, NULL);
    avcodec_parameters_from_context(writer->stream->codecpar, encoder);
    writer->stream->time_base = encoder->time_base;
    writer->stream->avg_frame_rate = encoder->framerate;
}

static void
open_sound(Writer *writer)
{
    writer->sound = avformat_new_stream(writer->format, NULL);
    AVCodecParameters *parameters = writer->sound->codecpar;
    parameters->codec_type = AVMEDIA_TYPE_AUDIO;
    parameters->codec_id = AV_CODEC_ID_PCM_S16LE;
    parameters->format = AV_SAMPLE_FMT_S16;
    parameters->sample_rate = SAMPLE_RATE;
    parameters->bits_per_coded_sample = 16;
    parameters->block_align = 2;
    av_channel_layout_default(&parameters->ch_layout, 1);
    writer->sound->time_base = (AVRational){1, SAMPLE_RATE};
}

/* Sound up to picture @number. */
static void
write_sound(Writer *writer, gint64 number)
{
    const Lecture *lecture = writer->lecture;
    gint64 until = number * SAMPLE_RATE * lecture->rate_denominator / lecture->rate_numerator;
    while (writer->sound != NULL && writer->samples < until) {
        gint64 count = MIN(until - writer->samples, SPEECH_BLOCK);
        AVPacket *packet = av_packet_alloc();
        g_assert_cmpint(av_new_packet(packet, (int)count * 2), >=, 0);
        for (gint64 i = 0; i < count; i++) {
            gint64 at = (writer->samples + i) % SAMPLE_RATE;
            gboolean loud = at < SAMPLE_RATE * BEEP_MS / 1000;
            double wave = loud ? sin(2 * G_PI * BEEP_HZ * (double)at / SAMPLE_RATE) : 0;
            ((gint16 *)(gpointer)packet->data)[i] = GINT16_TO_LE((gint16)(wave * 16000));
        }
        packet->stream_index = writer->sound->index;
        packet->pts = packet->dts = writer->samples;
        packet->duration = count;
        av_packet_rescale_ts(packet, (AVRational){1, SAMPLE_RATE}, writer->sound->time_base);
        g_assert_cmpint(av_interleaved_write_frame(writer->format, packet), >=, 0);
        av_packet_free(&packet);
        writer->samples += count;
    }
}

static void
write_packets(Writer *writer)
{
    AVPacket *packet = av_packet_alloc();
    while (avcodec_receive_packet(writer->encoder, packet) >= 0) {
        packet->stream_index = 0;
        packet->duration = 1;
        av_packet_rescale_ts(packet, writer->encoder->time_base, writer->stream->time_base);
        g_assert_cmpint(av_interleaved_write_frame(writer->format, packet), >=, 0);
    }
    av_packet_free(&packet);
}

static void
enter_scene(Writer *writer)
{
    const LectureScene *scene = &writer->lecture->scenes[writer->scene];
    g_assert_cmpint(av_frame_copy(writer->before, writer->still), >=, 0);
    if (scene->kind == LECTURE_SLIDE) {
        writer->slide++;
        writer->lines = FIRST_LINES;
    } else if (scene->kind == LECTURE_BUILD) {
        writer->lines++;
    }
    if (scene->kind == LECTURE_BLACK)
        board_draw_black(writer->still);
    else if (scene->kind != LECTURE_CAMERA)
        board_draw_slide(writer->still, writer->slide, writer->lines);
}

static void
draw_picture(const Writer *writer, AVFrame *frame, double seconds, double since_ms)
{
    const Lecture *lecture = writer->lecture;
    const LectureScene *scene = &lecture->scenes[writer->scene];
    if (scene->kind == LECTURE_CAMERA)
        board_draw_camera(frame, seconds);
    else
        av_frame_copy(frame, writer->still);
    if (scene->fade_ms > 0 && since_ms < scene->fade_ms)
        board_mix(writer->before, frame, since_ms / scene->fade_ms);
    if (lecture->inset && scene->kind <= LECTURE_BUILD)
        board_draw_inset(frame, seconds);
    if (lecture->pointer && scene->kind <= LECTURE_BUILD)
        board_draw_pointer(frame, seconds);
    if (lecture->bars)
        board_draw_bars(frame);
}

static void
convert_range(AVFrame *frame, const AVCodecContext *encoder)
{
    // Motion JPEG wants another name for nearly the same.
    frame->format = encoder->pix_fmt;
}

static void
encode_picture(Writer *writer, gint64 number, double since_ms)
{
    const Lecture *lecture = writer->lecture;
    double length = av_q2d(writer->encoder->time_base), seconds = number * length;
    writer->frame->format = AV_PIX_FMT_YUV420P;
    g_assert_cmpint(av_frame_make_writable(writer->frame), >=, 0);
    draw_picture(writer, writer->frame, seconds, since_ms);
    if (lecture->fields) {
        draw_picture(writer, writer->other, seconds + length / 2, since_ms + length * 500);
        board_weave(writer->frame, writer->other);
    }
    writer->frame->pts = number;
    writer->frame->interlaced_frame = lecture->fields && lecture->flagged;
    writer->frame->top_field_first = writer->frame->interlaced_frame;
    convert_range(writer->frame, writer->encoder);
    g_assert_cmpint(avcodec_send_frame(writer->encoder, writer->frame), >=, 0);
    write_packets(writer);
}

static gint64
ms_to_number(const Lecture *lecture, gint64 ms)
{
    gint64 per = (gint64)1000 * lecture->rate_denominator;
    return (ms * lecture->rate_numerator + per - 1) / per;
}

static gint64
number_to_ms(const Lecture *lecture, gint64 number)
{
    return (number * 1000 * lecture->rate_denominator + lecture->rate_numerator / 2) /
           lecture->rate_numerator;
}

static void
write_scenes(Writer *writer)
{
    gint64 start_ms = 0, number = 0;
    for (writer->scene = 0; writer->scene < writer->lecture->count; writer->scene++) {
        gint64 end_ms = start_ms + writer->lecture->scenes[writer->scene].ms;
        gint64 first = ms_to_number(writer->lecture, start_ms);
        enter_scene(writer);
        for (number = first; number < ms_to_number(writer->lecture, end_ms); number++)
            encode_picture(writer, number, (double)number_to_ms(writer->lecture, number - first));
        write_sound(writer, number);
        start_ms = end_ms;
    }
    avcodec_send_frame(writer->encoder, NULL);
    write_packets(writer);
}

static void
set_turn(const Writer *writer)
{
    if (writer->lecture->turn_degrees == 0)
        return;
    guint8 *matrix =
        av_stream_new_side_data(writer->stream, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(gint32));
    av_display_rotation_set((gint32 *)(gpointer)matrix, writer->lecture->turn_degrees);
}

void
lecture_write(const Lecture *lecture, const char *path)
{
    Writer writer = {.lecture = lecture, .slide = G_MAXUINT};
    av_log_set_level(AV_LOG_FATAL);
    g_assert_cmpint(avformat_alloc_output_context2(&writer.format, NULL, NULL, path), >=, 0);
    writer.still = new_frame(lecture);
    writer.before = new_frame(lecture);
    writer.frame = new_frame(lecture);
    writer.other = new_frame(lecture);
    open_encoder(&writer);
    set_turn(&writer);
    if (lecture->spoken)
        open_sound(&writer);
    g_assert_cmpint(avio_open(&writer.format->pb, path, AVIO_FLAG_WRITE), >=, 0);
    g_assert_cmpint(avformat_write_header(writer.format, NULL), >=, 0);
    write_scenes(&writer);
    g_assert_cmpint(av_write_trailer(writer.format), >=, 0);
    avio_closep(&writer.format->pb);
    av_frame_free(&writer.still);
    av_frame_free(&writer.before);
    av_frame_free(&writer.frame);
    av_frame_free(&writer.other);
    avcodec_free_context(&writer.encoder);
    avformat_free_context(writer.format);
}

GArray *
lecture_get_truth(const Lecture *lecture)
{
    GArray *truth = g_array_new(FALSE, FALSE, sizeof(LectureTruth));
    gint64 start_ms = 0;
    for (guint i = 0; i < lecture->count; i++) {
        gint64 end_ms = start_ms + lecture->scenes[i].ms;
        LectureTruth one = {number_to_ms(lecture, ms_to_number(lecture, start_ms)),
                            number_to_ms(lecture, ms_to_number(lecture, end_ms)),
                            lecture->scenes[i].kind};
        if (one.kind != LECTURE_BLACK)
            g_array_append_val(truth, one);
        start_ms = end_ms;
    }
    return truth;
}
