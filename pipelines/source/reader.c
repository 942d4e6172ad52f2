// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One demuxer, at most two decoders. Going back to the start opens the file afresh, since not every
// demuxer seeks to where it began; seeking elsewhere is left to formats with an index, the others
// decode from the start, so that time stays true.
#include "pipelines/source/reader.h"

#include <string.h>

#include "pipelines/source/container.h"
#include "pipelines/source/failure.h"
#include "pipelines/source/streams.h"
#include "pipelines/source/timeline.h"

#define TRACKS 2
#define PRIME_PACKETS 6000
#define PRIME_DAMAGED 400
#define SEEK_MARGIN_US (2 * G_USEC_PER_SEC)
#define ORIGIN_SPREAD_US (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define LONGEST_PICTURE_US (60 * (gint64)G_USEC_PER_SEC)

struct _SourceReader {
    char *path;                    // (owned)
    guint64 limit_pixels;          // (value)
    SourceReaderStop stop;         // (nullable)
    gpointer stop_data;            // (unowned)
    SourceInfo *info;              // (owned)
    AVFormatContext *format;       // (owned) (nullable)
    SourceStreams streams[TRACKS]; // (owned) by SourceTimelineTrack
    int chosen[TRACKS];            // (value) stream indexes, fixed at open; -1: none
    gboolean active[TRACKS];       // (value)
    gboolean draining;             // (value) the file ended; decoders give their last frames
    gboolean drained[TRACKS];      // (value)
    SourceTimeline *timeline;      // (owned) (nullable)
    AVPacket *packet;              // (owned)
    SourceReaderTally tally;       // (value)
    gint64 end_us;                 // (value)
};

static gboolean
is_stopped(SourceReader *reader, GError **error)
{
    if (reader->stop == NULL || !reader->stop(reader->stop_data))
        return FALSE;
    g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_CANCELLED, "cancelled");
    return TRUE;
}

static int
on_format_interrupt(void *data)
{
    SourceReader *reader = data;
    return reader->stop != NULL && reader->stop(reader->stop_data);
}

static void
close_file(SourceReader *reader)
{
    for (int i = 0; i < TRACKS; i++)
        avcodec_free_context(&reader->streams[i].decoder);
    avformat_close_input(&reader->format);
    g_clear_pointer(&reader->timeline, source_timeline_free);
    reader->draining = FALSE;
    memset(reader->drained, 0, sizeof reader->drained);
}

static gboolean
open_format(SourceReader *reader, GError **error)
{
    close_file(reader);
    AVIOInterruptCB interrupt = {on_format_interrupt, reader};
    reader->format = source_container_open(reader->path, interrupt, error);
    return reader->format != NULL;
}

static gint64
stream_to_us(const AVStream *stream, gint64 stamp)
{
    if (stamp == AV_NOPTS_VALUE)
        return SOURCE_TIMELINE_NONE;
    return av_rescale_q(stamp, stream->time_base, AV_TIME_BASE_Q);
}

static int
find_track(SourceReader *reader, int index)
{
    for (int i = 0; i < TRACKS; i++) {
        if (reader->chosen[i] == index)
            return i;
    }
    return -1;
}

static void
note_damage(SourceReader *reader)
{
    if (reader->tally.damaged++ == 0)
        reader->tally.first_bad_us = reader->end_us;
}

/* What an undecoded stream tells about how long the file is. */
static void
note_packet_end(SourceReader *reader, int track)
{
    const AVStream *stream = reader->format->streams[reader->packet->stream_index];
    if (reader->active[track] || reader->packet->pts == AV_NOPTS_VALUE || reader->timeline == NULL)
        return;
    if ((reader->packet->flags & AV_PKT_FLAG_DISCARD) != 0)
        return;
    gint64 length_us = stream_to_us(stream, MAX(reader->packet->duration, 0));
    gint64 start_us = source_timeline_place(reader->timeline, (SourceTimelineTrack)track,
                                            stream_to_us(stream, reader->packet->pts), length_us);
    reader->end_us = MAX(reader->end_us, start_us + length_us);
}

/* Takes one packet of the file and gives it to its decoder. Returns FALSE at the end or on error.
 */
static gboolean
feed_packet(SourceReader *reader, GError **error)
{
    if (is_stopped(reader, error))
        return FALSE;
    int code = av_read_frame(reader->format, reader->packet);
    if (code == AVERROR_EXIT) {
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_CANCELLED, "cancelled");
        return FALSE;
    }
    if (code < 0) {
        if (code != AVERROR_EOF)
            note_damage(reader);
        reader->draining = TRUE;
        for (int i = 0; i < TRACKS; i++) {
            if (reader->active[i])
                avcodec_send_packet(reader->streams[i].decoder, NULL);
        }
        return TRUE;
    }
    int track = find_track(reader, reader->packet->stream_index);
    if (track >= 0) {
        note_packet_end(reader, track);
        if (reader->active[track] &&
            avcodec_send_packet(reader->streams[track].decoder, reader->packet) < 0)
            note_damage(reader);
    }
    av_packet_unref(reader->packet);
    return TRUE;
}

static gint64
frame_length_us(SourceReader *reader, int track, const AVFrame *frame)
{
    const AVStream *stream = reader->format->streams[reader->chosen[track]];
    if (track == SOURCE_TIMELINE_SOUND)
        return frame->sample_rate > 0
                   ? (gint64)frame->nb_samples * G_USEC_PER_SEC / frame->sample_rate
                   : 0;
    if (frame->pkt_duration > 0)
        return MIN(stream_to_us(stream, frame->pkt_duration), LONGEST_PICTURE_US);
    if (reader->info->rate_numerator > 0)
        return (gint64)G_USEC_PER_SEC * reader->info->rate_denominator /
               reader->info->rate_numerator;
    return G_USEC_PER_SEC / 25;
}

static gboolean
is_usable(const SourceReader *reader, int track, const AVFrame *frame)
{
    if (track == SOURCE_TIMELINE_SOUND)
        return frame->nb_samples > 0 && frame->sample_rate > 0 && frame->ch_layout.nb_channels > 0;
    guint64 pixels = (guint64)MAX(frame->width, 0) * (guint64)MAX(frame->height, 0);
    return pixels > 0 && (reader->limit_pixels == 0 || pixels <= reader->limit_pixels);
}

/* The next decoded frame of any active track, its stamps still the stream's. -1: more is needed. */
static int
take_frame(SourceReader *reader, AVFrame *frame)
{
    for (int i = 0; i < TRACKS; i++) {
        if (!reader->active[i] || reader->drained[i])
            continue;
        int code = avcodec_receive_frame(reader->streams[i].decoder, frame);
        if (code >= 0 && is_usable(reader, i, frame))
            return i;
        if (code >= 0)
            av_frame_unref(frame);
        if (code >= 0 || (code != AVERROR(EAGAIN) && code != AVERROR_EOF))
            note_damage(reader);
        // After the end of the file anything but a frame ends this decoder: no endless errors.
        reader->drained[i] = reader->draining && code < 0;
    }
    return -1;
}

static gboolean
all_drained(const SourceReader *reader)
{
    for (int i = 0; i < TRACKS; i++) {
        if (reader->active[i] && !reader->drained[i])
            return FALSE;
    }
    return TRUE;
}

static void
note_truncation(SourceReader *reader)
{
    if (source_info_is_truncated(reader->info, reader->end_us)) {
        reader->tally.truncated = TRUE;
        if (reader->tally.first_bad_us == 0)
            reader->tally.first_bad_us = reader->end_us;
    }
}

/* MP4 says with the last packet's duration how much of it is sound (an edit list's end); the rest
 * is the encoder's padding. */
static void
leave_padding_out(const SourceReader *reader, int track, AVFrame *frame)
{
    const AVStream *stream = reader->format->streams[reader->chosen[track]];
    if (track != SOURCE_TIMELINE_SOUND || frame->pkt_duration <= 0 || frame->sample_rate <= 0 ||
        strstr(reader->format->iformat->name, "mp4") == NULL)
        return;
    // One tick more: where ticks are longer than samples, every duration is rounded.
    gint64 samples = av_rescale_q(frame->pkt_duration + 1, stream->time_base,
                                  (AVRational){1, frame->sample_rate});
    if (samples < frame->nb_samples)
        frame->nb_samples = (int)samples;
}

SourceReaderResult
source_reader_read(SourceReader *reader, AVFrame *frame, GError **error)
{
    int track;
    while ((track = take_frame(reader, frame)) < 0) {
        if (reader->draining && all_drained(reader)) {
            note_truncation(reader);
            return SOURCE_READER_END;
        }
        g_autoptr(GError) failure = NULL;
        if (!reader->draining && !feed_packet(reader, &failure)) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return SOURCE_READER_FAILED;
        }
    }
    const AVStream *stream = reader->format->streams[reader->chosen[track]];
    leave_padding_out(reader, track, frame);
    gint64 length_us = frame_length_us(reader, track, frame);
    gint64 stamp =
        frame->best_effort_timestamp != AV_NOPTS_VALUE ? frame->best_effort_timestamp : frame->pts;
    frame->pts = source_timeline_place(reader->timeline, (SourceTimelineTrack)track,
                                       stream_to_us(stream, stamp), length_us);
    frame->pkt_duration = length_us;
    reader->end_us = MAX(reader->end_us, frame->pts + length_us);
    reader->tally.jumps = source_timeline_get_jumps(reader->timeline);
    return track == SOURCE_TIMELINE_PICTURE ? SOURCE_READER_PICTURE : SOURCE_READER_SOUND;
}

static void
describe_picture(SourceReader *reader, const AVFrame *frame)
{
    SourceInfo *info = reader->info;
    AVStream *stream = reader->format->streams[reader->chosen[SOURCE_TIMELINE_PICTURE]];
    info->coded_width = (guint)frame->width;
    info->coded_height = (guint)frame->height;
    info->primaries = (int)frame->color_primaries;
    info->transfer = (int)frame->color_trc;
    info->matrix = (int)frame->colorspace;
    AVRational ratio = av_guess_sample_aspect_ratio(reader->format, stream, (AVFrame *)frame);
    source_info_set_shown_size(info, ratio.num, ratio.den);
}

static gboolean
is_primed(const SourceReader *reader, const gint64 *starts)
{
    for (int i = 0; i < TRACKS; i++) {
        if (reader->active[i] && starts[i] == SOURCE_TIMELINE_NONE)
            return FALSE;
    }
    return TRUE;
}

/* Decodes the first frame of each track; @starts get their times on the file's clock. */
static gboolean
find_starts(SourceReader *reader, gint64 *starts, GError **error)
{
    AVFrame *frame = av_frame_alloc();
    gboolean found[TRACKS] = {FALSE, FALSE};
    for (guint count = 0; count < PRIME_PACKETS && !is_primed(reader, starts); count++) {
        int track = take_frame(reader, frame);
        if (track < 0 && reader->draining && all_drained(reader))
            break;
        if (track < 0 && !reader->draining && !feed_packet(reader, error)) {
            av_frame_free(&frame);
            return FALSE;
        }
        if (track >= 0 && !found[track]) {
            const AVStream *stream = reader->format->streams[reader->chosen[track]];
            found[track] = TRUE;
            gint64 stamp_us = stream_to_us(stream, frame->best_effort_timestamp);
            starts[track] = stamp_us == SOURCE_TIMELINE_NONE ? 0 : stamp_us;
            if (track == SOURCE_TIMELINE_PICTURE)
                describe_picture(reader, frame);
        }
        av_frame_unref(frame);
        if (reader->tally.damaged > PRIME_DAMAGED && (found[0] || found[1]))
            break;
    }
    av_frame_free(&frame);
    return TRUE;
}

static gboolean
fail_empty(SourceReader *reader, GError **error)
{
    if (reader->format->probe_score <= AVPROBE_SCORE_RETRY)
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_NOT_MEDIA,
                            "nothing in it decodes and no format recognises it well");
    else
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_DAMAGED, "nothing in it decodes");
    return FALSE;
}

static gboolean
set_origin(SourceReader *reader, const gint64 *starts, GError **error)
{
    gint64 origin_us = SOURCE_TIMELINE_NONE;
    for (int i = 0; i < TRACKS; i++) {
        if (starts[i] == SOURCE_TIMELINE_NONE) {
            gboolean lost = reader->chosen[i] >= 0;
            if (i == SOURCE_TIMELINE_PICTURE)
                reader->info->lost_picture = reader->info->lost_picture || lost;
            else
                reader->info->lost_sound = reader->info->lost_sound || lost;
            reader->chosen[i] = -1;
            reader->active[i] = FALSE;
            continue;
        }
        if (origin_us == SOURCE_TIMELINE_NONE || starts[i] < origin_us)
            origin_us = starts[i];
    }
    if (origin_us == SOURCE_TIMELINE_NONE)
        return fail_empty(reader, error);
    SourceInfo *info = reader->info;
    info->has_picture = reader->chosen[SOURCE_TIMELINE_PICTURE] >= 0;
    info->has_sound = reader->chosen[SOURCE_TIMELINE_SOUND] >= 0;
    info->origin_us = origin_us;
    if (info->has_picture)
        info->picture_start_us = starts[SOURCE_TIMELINE_PICTURE] - origin_us;
    if (info->has_sound)
        info->sound_start_us = starts[SOURCE_TIMELINE_SOUND] - origin_us;
    return TRUE;
}

static gboolean
check_pixels(SourceReader *reader, GError **error)
{
    int picture = reader->chosen[SOURCE_TIMELINE_PICTURE];
    if (picture < 0 || reader->limit_pixels == 0)
        return TRUE;
    const AVCodecParameters *parameters = reader->format->streams[picture]->codecpar;
    guint64 pixels = (guint64)MAX(parameters->width, 0) * (guint64)MAX(parameters->height, 0);
    if (pixels <= reader->limit_pixels)
        return TRUE;
    g_set_error(error, SOURCE_FAILURE, SOURCE_FAILURE_TOO_LARGE, "%d × %d pixels",
                parameters->width, parameters->height);
    return FALSE;
}

static gboolean
choose_tracks(SourceReader *reader, GError **error)
{
    SourceStreams *picture = &reader->streams[SOURCE_TIMELINE_PICTURE];
    SourceStreams *sound = &reader->streams[SOURCE_TIMELINE_SOUND];
    g_autoptr(GError) picture_error = NULL;
    g_autoptr(GError) sound_error = NULL;
    source_streams_choose(reader->format, AVMEDIA_TYPE_VIDEO, -1, picture, &picture_error);
    source_streams_choose(reader->format, AVMEDIA_TYPE_AUDIO, picture->index, sound, &sound_error);
    reader->chosen[SOURCE_TIMELINE_PICTURE] = picture->index;
    reader->chosen[SOURCE_TIMELINE_SOUND] = sound->index;
    reader->info->lost_picture = picture_error != NULL;
    reader->info->lost_sound = sound_error != NULL;
    if (picture->index >= 0 || sound->index >= 0)
        return check_pixels(reader, error);
    if (picture_error != NULL)
        g_propagate_error(error, g_steal_pointer(&picture_error));
    else if (sound_error != NULL)
        g_propagate_error(error, g_steal_pointer(&sound_error));
    else if (reader->format->probe_score <= AVPROBE_SCORE_RETRY)
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_NOT_MEDIA, "no media in it");
    else
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_NO_STREAMS,
                            "neither picture nor sound");
    return FALSE;
}

static void
discard_others(SourceReader *reader)
{
    for (guint i = 0; i < reader->format->nb_streams; i++) {
        gboolean wanted = find_track(reader, (int)i) >= 0;
        reader->format->streams[i]->discard = wanted ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    }
}

static gboolean
open_and_prime(SourceReader *reader, GError **error)
{
    if (!open_format(reader, error) || !choose_tracks(reader, error))
        return FALSE;
    for (int i = 0; i < TRACKS; i++)
        reader->active[i] = reader->chosen[i] >= 0;
    source_streams_describe(reader->format, reader->chosen[SOURCE_TIMELINE_PICTURE],
                            reader->chosen[SOURCE_TIMELINE_SOUND], reader->info);
    discard_others(reader);
    gint64 starts[TRACKS] = {SOURCE_TIMELINE_NONE, SOURCE_TIMELINE_NONE};
    if (!find_starts(reader, starts, error))
        return FALSE;
    // Clocks an hour apart are not one clock; each track then starts at its own beginning.
    if (is_primed(reader, starts) && reader->active[0] && reader->active[1] &&
        ABS(starts[0] - starts[1]) > ORIGIN_SPREAD_US)
        starts[1] = starts[0];
    return set_origin(reader, starts, error);
}

/* Opens the file again with the streams chosen before. */
static gboolean
reopen(SourceReader *reader, GError **error)
{
    if (!open_format(reader, error))
        return FALSE;
    for (int i = 0; i < TRACKS; i++) {
        if (reader->chosen[i] < 0)
            continue;
        if ((guint)reader->chosen[i] >= reader->format->nb_streams) {
            g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_DAMAGED,
                                "the file changed while it was read");
            return FALSE;
        }
        reader->streams[i].decoder = source_streams_open_decoder(reader->format, reader->chosen[i]);
        if (reader->streams[i].decoder == NULL) {
            g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_UNSUPPORTED_CODEC,
                                "the decoder cannot be opened again");
            return FALSE;
        }
    }
    discard_others(reader);
    return TRUE;
}

gboolean
source_reader_can_seek(const SourceReader *reader)
{
    if (reader->format == NULL)
        return FALSE;
    return strstr(reader->format->iformat->name, "mp4") != NULL ||
           strstr(reader->format->iformat->name, "matroska") != NULL;
}

gboolean
source_reader_start(SourceReader *reader, gboolean pictures, gboolean sound, gint64 from_us,
                    GError **error)
{
    if (!reopen(reader, error))
        return FALSE;
    from_us = MAX(from_us, 0);
    reader->active[SOURCE_TIMELINE_PICTURE] = pictures && reader->info->has_picture;
    reader->active[SOURCE_TIMELINE_SOUND] = sound && reader->info->has_sound;
    reader->tally = (SourceReaderTally){0};
    reader->end_us = 0;
    // Sound takes a while until it is what it would have been; a key picture is at once.
    gint64 target_us = sound ? from_us - SEEK_MARGIN_US : from_us;
    if (target_us > SEEK_MARGIN_US && source_reader_can_seek(reader) &&
        avformat_seek_file(reader->format, -1, INT64_MIN, target_us + reader->info->origin_us,
                           target_us + reader->info->origin_us, 0) < 0 &&
        !reopen(reader, error))
        return FALSE;
    gboolean clock_jumps = (reader->format->iformat->flags & AVFMT_TS_DISCONT) != 0;
    g_clear_pointer(&reader->timeline, source_timeline_free);
    reader->timeline =
        source_timeline_new(reader->info->origin_us, clock_jumps, reader->info->duration_us);
    return TRUE;
}

const SourceInfo *
source_reader_get_info(SourceReader *reader)
{
    return reader->info;
}

void
source_reader_get_tally(SourceReader *reader, SourceReaderTally *tally)
{
    *tally = reader->tally;
}

gint64
source_reader_get_end_us(SourceReader *reader)
{
    return reader->end_us;
}

void
source_reader_free(SourceReader *reader)
{
    if (reader == NULL)
        return;
    close_file(reader);
    av_packet_free(&reader->packet);
    source_info_free(reader->info);
    g_free(reader->path);
    g_free(reader);
}

SourceReader *
source_reader_open(const char *path, guint64 limit_pixels, SourceReaderStop stop,
                   gpointer stop_data, GError **error)
{
    SourceReader *reader = g_new0(SourceReader, 1);
    reader->path = g_strdup(path);
    reader->limit_pixels = limit_pixels;
    reader->stop = stop;
    reader->stop_data = stop_data;
    reader->info = source_info_new();
    reader->packet = av_packet_alloc();
    reader->streams[0].index = reader->streams[1].index = -1;
    reader->chosen[0] = reader->chosen[1] = -1;
    if (!open_and_prime(reader, error)) {
        source_reader_free(reader);
        return NULL;
    }
    return reader;
}
