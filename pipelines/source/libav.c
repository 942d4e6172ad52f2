// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One demuxer, at most two decoders. Going back to the start opens the file afresh, since not every
// demuxer seeks to where it began; seeking elsewhere is left to formats with an index, the others
// decode from the start, so that time stays true.
#include "pipelines/source/libav.h"

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

typedef struct {
    char *path;                    // (owned)
    guint64 limit_pixels;          // (value)
    SourceReaderStop stop;         // (nullable)
    gpointer stop_data;            // (unowned)
    SourceInfo *info;              // (owned)
    AVFormatContext *format;       // (owned) (nullable)
    SourceStreams streams[TRACKS]; // (owned) by SourceTimelineTrack
    int chosen[TRACKS];            // (value) stream indexes, fixed at open; -1: none
    gboolean active[TRACKS];       // (value)
    gboolean fresh;                // (value) nothing was read since the file was opened
    gboolean draining;             // (value) the file ended; decoders give their last frames
    gboolean drained[TRACKS];      // (value)
    SourceTimeline *timeline;      // (owned) (nullable)
    AVPacket *packet;              // (owned)
    SourceReaderTally tally;       // (value)
    gint64 end_us;                 // (value)
} Libav;

static gboolean
is_stopped(Libav *libav, GError **error)
{
    if (libav->stop == NULL || !libav->stop(libav->stop_data))
        return FALSE;
    g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_CANCELLED, "cancelled");
    return TRUE;
}

static int
on_format_interrupt(void *data)
{
    Libav *libav = data;
    return libav->stop != NULL && libav->stop(libav->stop_data);
}

static void
close_file(Libav *libav)
{
    for (int i = 0; i < TRACKS; i++)
        avcodec_free_context(&libav->streams[i].decoder);
    avformat_close_input(&libav->format);
    g_clear_pointer(&libav->timeline, source_timeline_free);
    libav->draining = FALSE;
    memset(libav->drained, 0, sizeof libav->drained);
    libav->fresh = TRUE;
}

static gboolean
open_format(Libav *libav, GError **error)
{
    close_file(libav);
    AVIOInterruptCB interrupt = {on_format_interrupt, libav};
    libav->format = source_container_open(libav->path, interrupt, error);
    return libav->format != NULL;
}

static gint64
stream_to_us(const AVStream *stream, gint64 stamp)
{
    if (stamp == AV_NOPTS_VALUE)
        return SOURCE_TIMELINE_NONE;
    return av_rescale_q(stamp, stream->time_base, AV_TIME_BASE_Q);
}

static int
find_track(Libav *libav, int index)
{
    for (int i = 0; i < TRACKS; i++) {
        if (libav->chosen[i] == index)
            return i;
    }
    return -1;
}

static void
note_damage(Libav *libav)
{
    if (libav->tally.damaged++ == 0)
        libav->tally.first_bad_us = libav->end_us;
}

/* What an undecoded stream tells about how long the file is. */
static void
note_packet_end(Libav *libav, int track)
{
    const AVStream *stream = libav->format->streams[libav->packet->stream_index];
    if (libav->active[track] || libav->packet->pts == AV_NOPTS_VALUE || libav->timeline == NULL)
        return;
    if ((libav->packet->flags & AV_PKT_FLAG_DISCARD) != 0)
        return;
    gint64 length_us = stream_to_us(stream, MAX(libav->packet->duration, 0));
    gint64 start_us = source_timeline_place(libav->timeline, (SourceTimelineTrack)track,
                                            stream_to_us(stream, libav->packet->pts), length_us);
    libav->end_us = MAX(libav->end_us, start_us + length_us);
}

/* Takes one packet of the file and gives it to its decoder. Returns FALSE at the end or on error.
 */
static gboolean
feed_packet(Libav *libav, GError **error)
{
    if (is_stopped(libav, error))
        return FALSE;
    libav->fresh = FALSE;
    int code = av_read_frame(libav->format, libav->packet);
    if (code == AVERROR_EXIT) {
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_CANCELLED, "cancelled");
        return FALSE;
    }
    if (code < 0) {
        if (code != AVERROR_EOF)
            note_damage(libav);
        libav->draining = TRUE;
        for (int i = 0; i < TRACKS; i++) {
            if (libav->active[i])
                avcodec_send_packet(libav->streams[i].decoder, NULL);
        }
        return TRUE;
    }
    int track = find_track(libav, libav->packet->stream_index);
    if (track >= 0) {
        note_packet_end(libav, track);
        if (libav->active[track] &&
            avcodec_send_packet(libav->streams[track].decoder, libav->packet) < 0)
            note_damage(libav);
    }
    av_packet_unref(libav->packet);
    return TRUE;
}

static gint64
frame_length_us(Libav *libav, int track, const AVFrame *frame)
{
    const AVStream *stream = libav->format->streams[libav->chosen[track]];
    if (track == SOURCE_TIMELINE_SOUND)
        return frame->sample_rate > 0
                   ? (gint64)frame->nb_samples * G_USEC_PER_SEC / frame->sample_rate
                   : 0;
    if (frame->pkt_duration > 0)
        return MIN(stream_to_us(stream, frame->pkt_duration), LONGEST_PICTURE_US);
    if (libav->info->rate_numerator > 0)
        return (gint64)G_USEC_PER_SEC * libav->info->rate_denominator / libav->info->rate_numerator;
    return G_USEC_PER_SEC / 25;
}

static gboolean
is_usable(const Libav *libav, int track, const AVFrame *frame)
{
    if (track == SOURCE_TIMELINE_SOUND)
        return frame->nb_samples > 0 && frame->sample_rate > 0 && frame->ch_layout.nb_channels > 0;
    guint64 pixels = (guint64)MAX(frame->width, 0) * (guint64)MAX(frame->height, 0);
    return pixels > 0 && (libav->limit_pixels == 0 || pixels <= libav->limit_pixels);
}

/* The next decoded frame of any active track, its stamps still the stream's. -1: more is needed. */
static int
take_frame(Libav *libav, AVFrame *frame)
{
    for (int i = 0; i < TRACKS; i++) {
        if (!libav->active[i] || libav->drained[i])
            continue;
        int code = avcodec_receive_frame(libav->streams[i].decoder, frame);
        if (code >= 0 && is_usable(libav, i, frame))
            return i;
        if (code >= 0)
            av_frame_unref(frame);
        if (code >= 0 || (code != AVERROR(EAGAIN) && code != AVERROR_EOF))
            note_damage(libav);
        // After the end of the file anything but a frame ends this decoder: no endless errors.
        libav->drained[i] = libav->draining && code < 0;
    }
    return -1;
}

static gboolean
all_drained(const Libav *libav)
{
    for (int i = 0; i < TRACKS; i++) {
        if (libav->active[i] && !libav->drained[i])
            return FALSE;
    }
    return TRUE;
}

static void
note_truncation(Libav *libav)
{
    if (source_info_is_truncated(libav->info, libav->end_us)) {
        libav->tally.truncated = TRUE;
        if (libav->tally.first_bad_us == 0)
            libav->tally.first_bad_us = libav->end_us;
    }
}

/* MP4 says with the last packet's duration how much of it is sound (an edit list's end); the rest
 * is the encoder's padding. GStreamer leaves it out too, and both must end at the same time. */
static void
leave_padding_out(const Libav *libav, int track, AVFrame *frame)
{
    const AVStream *stream = libav->format->streams[libav->chosen[track]];
    if (track != SOURCE_TIMELINE_SOUND || frame->pkt_duration <= 0 || frame->sample_rate <= 0 ||
        strstr(libav->format->iformat->name, "mp4") == NULL)
        return;
    // One tick more: where ticks are longer than samples, every duration is rounded.
    gint64 samples = av_rescale_q(frame->pkt_duration + 1, stream->time_base,
                                  (AVRational){1, frame->sample_rate});
    if (samples < frame->nb_samples)
        frame->nb_samples = (int)samples;
}

static SourceReaderResult
libav_read(gpointer self, AVFrame *frame, GError **error)
{
    Libav *libav = self;
    int track;
    while ((track = take_frame(libav, frame)) < 0) {
        if (libav->draining && all_drained(libav)) {
            note_truncation(libav);
            return SOURCE_READER_END;
        }
        g_autoptr(GError) failure = NULL;
        if (!libav->draining && !feed_packet(libav, &failure)) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return SOURCE_READER_FAILED;
        }
    }
    const AVStream *stream = libav->format->streams[libav->chosen[track]];
    leave_padding_out(libav, track, frame);
    gint64 length_us = frame_length_us(libav, track, frame);
    gint64 stamp =
        frame->best_effort_timestamp != AV_NOPTS_VALUE ? frame->best_effort_timestamp : frame->pts;
    frame->pts = source_timeline_place(libav->timeline, (SourceTimelineTrack)track,
                                       stream_to_us(stream, stamp), length_us);
    frame->pkt_duration = length_us;
    libav->end_us = MAX(libav->end_us, frame->pts + length_us);
    libav->tally.jumps = source_timeline_get_jumps(libav->timeline);
    return track == SOURCE_TIMELINE_PICTURE ? SOURCE_READER_PICTURE : SOURCE_READER_SOUND;
}

static void
describe_picture(Libav *libav, const AVFrame *frame)
{
    SourceInfo *info = libav->info;
    AVStream *stream = libav->format->streams[libav->chosen[SOURCE_TIMELINE_PICTURE]];
    info->coded_width = (guint)frame->width;
    info->coded_height = (guint)frame->height;
    info->primaries = (int)frame->color_primaries;
    info->transfer = (int)frame->color_trc;
    info->matrix = (int)frame->colorspace;
    AVRational ratio = av_guess_sample_aspect_ratio(libav->format, stream, (AVFrame *)frame);
    source_info_set_shown_size(info, ratio.num, ratio.den);
}

static gboolean
is_primed(const Libav *libav, const gint64 *starts)
{
    for (int i = 0; i < TRACKS; i++) {
        if (libav->active[i] && starts[i] == SOURCE_TIMELINE_NONE)
            return FALSE;
    }
    return TRUE;
}

/* Decodes the first frame of each track; @starts get their times on the file's clock. */
static gboolean
find_starts(Libav *libav, gint64 *starts, GError **error)
{
    AVFrame *frame = av_frame_alloc();
    gboolean found[TRACKS] = {FALSE, FALSE};
    for (guint count = 0; count < PRIME_PACKETS && !is_primed(libav, starts); count++) {
        int track = take_frame(libav, frame);
        if (track < 0 && libav->draining && all_drained(libav))
            break;
        if (track < 0 && !libav->draining && !feed_packet(libav, error)) {
            av_frame_free(&frame);
            return FALSE;
        }
        if (track >= 0 && !found[track]) {
            const AVStream *stream = libav->format->streams[libav->chosen[track]];
            found[track] = TRUE;
            gint64 stamp_us = stream_to_us(stream, frame->best_effort_timestamp);
            starts[track] = stamp_us == SOURCE_TIMELINE_NONE ? 0 : stamp_us;
            if (track == SOURCE_TIMELINE_PICTURE)
                describe_picture(libav, frame);
        }
        av_frame_unref(frame);
        if (libav->tally.damaged > PRIME_DAMAGED && (found[0] || found[1]))
            break;
    }
    av_frame_free(&frame);
    return TRUE;
}

static gboolean
fail_empty(Libav *libav, GError **error)
{
    if (libav->format->probe_score <= AVPROBE_SCORE_RETRY)
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_NOT_MEDIA,
                            "nothing in it decodes and no format recognises it well");
    else
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_DAMAGED, "nothing in it decodes");
    return FALSE;
}

static gboolean
set_origin(Libav *libav, const gint64 *starts, GError **error)
{
    gint64 origin_us = SOURCE_TIMELINE_NONE;
    for (int i = 0; i < TRACKS; i++) {
        if (starts[i] == SOURCE_TIMELINE_NONE) {
            gboolean lost = libav->chosen[i] >= 0;
            if (i == SOURCE_TIMELINE_PICTURE)
                libav->info->lost_picture = libav->info->lost_picture || lost;
            else
                libav->info->lost_sound = libav->info->lost_sound || lost;
            libav->chosen[i] = -1;
            libav->active[i] = FALSE;
            continue;
        }
        if (origin_us == SOURCE_TIMELINE_NONE || starts[i] < origin_us)
            origin_us = starts[i];
    }
    if (origin_us == SOURCE_TIMELINE_NONE)
        return fail_empty(libav, error);
    SourceInfo *info = libav->info;
    info->has_picture = libav->chosen[SOURCE_TIMELINE_PICTURE] >= 0;
    info->has_sound = libav->chosen[SOURCE_TIMELINE_SOUND] >= 0;
    info->origin_us = origin_us;
    if (info->has_picture)
        info->picture_start_us = starts[SOURCE_TIMELINE_PICTURE] - origin_us;
    if (info->has_sound)
        info->sound_start_us = starts[SOURCE_TIMELINE_SOUND] - origin_us;
    return TRUE;
}

static gboolean
check_pixels(Libav *libav, GError **error)
{
    int picture = libav->chosen[SOURCE_TIMELINE_PICTURE];
    if (picture < 0 || libav->limit_pixels == 0)
        return TRUE;
    const AVCodecParameters *parameters = libav->format->streams[picture]->codecpar;
    guint64 pixels = (guint64)MAX(parameters->width, 0) * (guint64)MAX(parameters->height, 0);
    if (pixels <= libav->limit_pixels)
        return TRUE;
    g_set_error(error, SOURCE_FAILURE, SOURCE_FAILURE_TOO_LARGE, "%d × %d pixels",
                parameters->width, parameters->height);
    return FALSE;
}

static gboolean
choose_tracks(Libav *libav, GError **error)
{
    SourceStreams *picture = &libav->streams[SOURCE_TIMELINE_PICTURE];
    SourceStreams *sound = &libav->streams[SOURCE_TIMELINE_SOUND];
    g_autoptr(GError) picture_error = NULL;
    g_autoptr(GError) sound_error = NULL;
    source_streams_choose(libav->format, AVMEDIA_TYPE_VIDEO, -1, picture, &picture_error);
    source_streams_choose(libav->format, AVMEDIA_TYPE_AUDIO, picture->index, sound, &sound_error);
    libav->chosen[SOURCE_TIMELINE_PICTURE] = picture->index;
    libav->chosen[SOURCE_TIMELINE_SOUND] = sound->index;
    libav->info->lost_picture = picture_error != NULL;
    libav->info->lost_sound = sound_error != NULL;
    if (picture->index >= 0 || sound->index >= 0)
        return check_pixels(libav, error);
    if (picture_error != NULL)
        g_propagate_error(error, g_steal_pointer(&picture_error));
    else if (sound_error != NULL)
        g_propagate_error(error, g_steal_pointer(&sound_error));
    else if (libav->format->probe_score <= AVPROBE_SCORE_RETRY)
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_NOT_MEDIA, "no media in it");
    else
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_NO_STREAMS,
                            "neither picture nor sound");
    return FALSE;
}

static void
discard_others(Libav *libav)
{
    for (guint i = 0; i < libav->format->nb_streams; i++) {
        gboolean wanted = find_track(libav, (int)i) >= 0;
        libav->format->streams[i]->discard = wanted ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    }
}

static gboolean
open_and_prime(Libav *libav, GError **error)
{
    if (!open_format(libav, error) || !choose_tracks(libav, error))
        return FALSE;
    for (int i = 0; i < TRACKS; i++)
        libav->active[i] = libav->chosen[i] >= 0;
    source_streams_describe(libav->format, libav->chosen[SOURCE_TIMELINE_PICTURE],
                            libav->chosen[SOURCE_TIMELINE_SOUND], libav->info);
    discard_others(libav);
    gint64 starts[TRACKS] = {SOURCE_TIMELINE_NONE, SOURCE_TIMELINE_NONE};
    if (!find_starts(libav, starts, error))
        return FALSE;
    // Clocks an hour apart are not one clock; each track then starts at its own beginning.
    if (is_primed(libav, starts) && libav->active[0] && libav->active[1] &&
        ABS(starts[0] - starts[1]) > ORIGIN_SPREAD_US)
        starts[1] = starts[0];
    return set_origin(libav, starts, error);
}

/* Opens the file again with the streams chosen before. */
static gboolean
reopen(Libav *libav, GError **error)
{
    if (!open_format(libav, error))
        return FALSE;
    for (int i = 0; i < TRACKS; i++) {
        if (libav->chosen[i] < 0)
            continue;
        if ((guint)libav->chosen[i] >= libav->format->nb_streams) {
            g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_DAMAGED,
                                "the file changed while it was read");
            return FALSE;
        }
        libav->streams[i].decoder = source_streams_open_decoder(libav->format, libav->chosen[i]);
        if (libav->streams[i].decoder == NULL) {
            g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_UNSUPPORTED_CODEC,
                                "the decoder cannot be opened again");
            return FALSE;
        }
    }
    discard_others(libav);
    return TRUE;
}

static gboolean
has_index(const Libav *libav)
{
    return strstr(libav->format->iformat->name, "mp4") != NULL ||
           strstr(libav->format->iformat->name, "matroska") != NULL;
}

static gboolean
libav_start(gpointer self, gboolean pictures, gboolean sound, gint64 from_us, GError **error)
{
    Libav *libav = self;
    if (!reopen(libav, error))
        return FALSE;
    libav->active[SOURCE_TIMELINE_PICTURE] = pictures;
    libav->active[SOURCE_TIMELINE_SOUND] = sound;
    libav->tally = (SourceReaderTally){0};
    libav->end_us = 0;
    // Sound takes a while until it is what it would have been; a key picture is at once.
    gint64 target_us = sound ? from_us - SEEK_MARGIN_US : from_us;
    if (target_us > SEEK_MARGIN_US && has_index(libav) &&
        avformat_seek_file(libav->format, -1, INT64_MIN, target_us + libav->info->origin_us,
                           target_us + libav->info->origin_us, 0) < 0 &&
        !reopen(libav, error))
        return FALSE;
    gboolean clock_jumps = (libav->format->iformat->flags & AVFMT_TS_DISCONT) != 0;
    g_clear_pointer(&libav->timeline, source_timeline_free);
    libav->timeline =
        source_timeline_new(libav->info->origin_us, clock_jumps, libav->info->duration_us);
    return TRUE;
}

static const SourceInfo *
libav_get_info(gpointer self)
{
    return ((Libav *)self)->info;
}

static void
libav_get_tally(gpointer self, SourceReaderTally *tally)
{
    *tally = ((Libav *)self)->tally;
}

static gint64
libav_get_end_us(gpointer self)
{
    return ((Libav *)self)->end_us;
}

static void
libav_free(gpointer self)
{
    Libav *libav = self;
    close_file(libav);
    av_packet_free(&libav->packet);
    source_info_free(libav->info);
    g_free(libav->path);
    g_free(libav);
}

static const SourceReaderClass libav_class = {
    .name = "libav",
    .get_info = libav_get_info,
    .start = libav_start,
    .read = libav_read,
    .get_tally = libav_get_tally,
    .get_end_us = libav_get_end_us,
    .free = libav_free,
};

SourceReader *
source_libav_open(const char *path, guint64 limit_pixels, SourceReaderStop stop, gpointer stop_data,
                  GError **error)
{
    Libav *libav = g_new0(Libav, 1);
    libav->path = g_strdup(path);
    libav->limit_pixels = limit_pixels;
    libav->stop = stop;
    libav->stop_data = stop_data;
    libav->info = source_info_new();
    libav->packet = av_packet_alloc();
    libav->streams[0].index = libav->streams[1].index = -1;
    libav->chosen[0] = libav->chosen[1] = -1;
    if (!open_and_prime(libav, error)) {
        libav_free(libav);
        return NULL;
    }
    return source_reader_new(&libav_class, libav);
}
