// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// where time starts (libav.c) → which tracks there are → one walk through the packets → one file a
// language. A first short walk looks for EIA-608, so that a file without it is not read for it.
#include "pipelines/captions/extract.h"

#include <string.h>

#include <libavformat/avformat.h>

#include "pipelines/captions/closed.h"
#include "pipelines/captions/userdata.h"
#include "pipelines/captions/webvtt.h"
#include "pipelines/package/disk.h"
#include "pipelines/source/failure.h"
#include "pipelines/source/reader.h"
#include "pipelines/source/timeline.h"

#define LOOK_PACKETS 1500 // pictures that are looked at for EIA-608: broadcasts have it in each
#define MAX_STREAMS 200
#define TELETEXT_PAGE_BYTES 2
#define TELETEXT_SUBTITLES 2
#define TELETEXT_IMPAIRED 5

typedef struct {
    int stream;           // (value)
    CaptionsTrack *track; // (owned)
} Listener;

typedef struct {
    const CaptionsExtractJob *job; // (unowned)
    AVFormatContext *format;       // (owned) (nullable)
    AVPacket *packet;              // (owned)
    int clock_stream;              // (value) picture or sound that tells running time; -1: none
    gint64 origin_us;              // (value)
    gint64 shift_us;               // (value) from the file's clock to running time, now
    SourceTimeline *timeline;      // (owned) (nullable) of clocks that jump
    GPtrArray *listeners;          // (owned) (element-type Listener)
    CaptionsClosed *closed;        // (owned) (nullable)
} Extraction;

static void
free_listener(gpointer data)
{
    Listener *listener = data;
    captions_track_free(listener->track);
    g_free(listener);
}

static void
free_file(gpointer data)
{
    CaptionsExtractFile *file = data;
    g_free(file->file);
    g_free(file->language);
    g_free(file->sha256);
    g_free(file);
}

static gboolean
is_stopped(const CaptionsExtractJob *job)
{
    return job->stop != NULL && job->stop(job->stop_data);
}

static int
on_format_interrupt(void *data)
{
    return is_stopped(data);
}

static gboolean
open_file(Extraction *extraction)
{
    avformat_close_input(&extraction->format);
    AVFormatContext *format = avformat_alloc_context();
    if (format == NULL)
        return FALSE;
    format->interrupt_callback = (AVIOInterruptCB){on_format_interrupt, (void *)extraction->job};
    format->max_streams = MAX_STREAMS;
    AVDictionary *options = NULL;
    av_dict_set(&options, "protocol_whitelist", "file", 0);
    g_autofree char *url = g_strconcat("file:", extraction->job->source, NULL);
    int code = avformat_open_input(&format, url, NULL, &options);
    av_dict_free(&options);
    if (code < 0)
        return FALSE;
    extraction->format = format;
    if (avformat_find_stream_info(format, NULL) < 0)
        return FALSE;
    int clock = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
    if (clock < 0)
        clock = av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
    extraction->clock_stream = clock;
    return TRUE;
}

static void
add_listener(Extraction *extraction, const AVStream *stream, const char *language, const char *page)
{
    const CaptionsTrackSource source = {stream->codecpar, stream->time_base, language, page};
    CaptionsTrack *track = extraction->listeners->len < CAPTIONS_EXTRACT_MAX_FILES
                               ? captions_track_new(&source)
                               : NULL;
    if (track == NULL)
        return;
    Listener *listener = g_new0(Listener, 1);
    listener->stream = stream->index;
    listener->track = track;
    g_ptr_array_add(extraction->listeners, listener);
}

/* The teletext descriptor's pages (ETSI EN 300 468 §6.2.43), as mpegts keeps them: type and
 * magazine, then the page in BCD. Languages stand in the same order, with commas. */
static void
add_teletext(Extraction *extraction, const AVStream *stream, const char *languages)
{
    const guint8 *pages = stream->codecpar->extradata;
    g_auto(GStrv) names = g_strsplit(languages != NULL ? languages : "", ",", -1);
    guint count = (guint)MAX(stream->codecpar->extradata_size, 0) / TELETEXT_PAGE_BYTES;
    guint known = g_strv_length(names);
    for (guint i = 0; pages != NULL && i < count; i++) {
        guint type = pages[2 * i] >> 3, magazine = pages[2 * i] & 7, number = pages[2 * i + 1];
        if (type != TELETEXT_SUBTITLES && type != TELETEXT_IMPAIRED)
            continue;
        g_autofree char *page = g_strdup_printf("%u%02x", magazine != 0 ? magazine : 8, number);
        add_listener(extraction, stream, i < known ? names[i] : NULL, page);
    }
    if (count == 0)
        add_listener(extraction, stream, known > 0 ? names[0] : NULL, NULL);
}

static void
find_tracks(Extraction *extraction)
{
    for (guint i = 0; i < extraction->format->nb_streams; i++) {
        const AVStream *stream = extraction->format->streams[i];
        const AVDictionaryEntry *entry = av_dict_get(stream->metadata, "language", NULL, 0);
        const char *language = entry != NULL ? entry->value : NULL;
        if (stream->codecpar->codec_type != AVMEDIA_TYPE_SUBTITLE)
            continue;
        if (stream->codecpar->codec_id == AV_CODEC_ID_DVB_TELETEXT)
            add_teletext(extraction, stream, language);
        else
            add_listener(extraction, stream, language, NULL);
    }
}

static gboolean
is_heard(const Extraction *extraction, int stream)
{
    for (guint i = 0; i < extraction->listeners->len; i++) {
        const Listener *listener = extraction->listeners->pdata[i];
        if (listener->stream == stream)
            return TRUE;
    }
    return FALSE;
}

/* Streams that nobody needs are not even read where the format allows that. */
static void
discard_others(Extraction *extraction)
{
    gboolean clock = extraction->timeline != NULL || extraction->closed != NULL;
    for (guint i = 0; i < extraction->format->nb_streams; i++) {
        gboolean wanted =
            is_heard(extraction, (int)i) || (clock && (int)i == extraction->clock_stream);
        extraction->format->streams[i]->discard = wanted ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    }
}

static gint64
get_stamp_us(const Extraction *extraction, gint64 stamp)
{
    const AVStream *stream = extraction->format->streams[extraction->packet->stream_index];
    return av_rescale_q(stamp, stream->time_base, AV_TIME_BASE_Q);
}

/* A packet of the stream that tells time: follows its jumps, gives its closed captions. */
static void
take_clock_packet(Extraction *extraction)
{
    const AVPacket *packet = extraction->packet;
    if (packet->pts == AV_NOPTS_VALUE)
        return;
    gint64 stamp_us = get_stamp_us(extraction, packet->pts);
    if (extraction->timeline != NULL) {
        gint64 length_us = get_stamp_us(extraction, MAX(packet->duration, 0));
        extraction->shift_us = source_timeline_place(extraction->timeline, SOURCE_TIMELINE_PICTURE,
                                                     stamp_us, length_us) -
                               stamp_us;
    }
    if (extraction->closed != NULL)
        captions_closed_take(extraction->closed, packet, stamp_us + extraction->shift_us);
}

static void
take_packet(Extraction *extraction)
{
    const AVPacket *packet = extraction->packet;
    if (packet->stream_index == extraction->clock_stream)
        take_clock_packet(extraction);
    for (guint i = 0; i < extraction->listeners->len; i++) {
        const Listener *listener = extraction->listeners->pdata[i];
        if (listener->stream == packet->stream_index)
            captions_track_take(listener->track, packet, extraction->shift_us);
    }
}

/* FALSE at the end, on damage, or when asked to stop. */
static gboolean
read_packet(Extraction *extraction)
{
    return !is_stopped(extraction->job) &&
           av_read_frame(extraction->format, extraction->packet) >= 0;
}

static gboolean
has_closed(Extraction *extraction)
{
    g_autoptr(GByteArray) found = g_byte_array_new();
    guint seen = 0;
    int picture = av_find_best_stream(extraction->format, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
    while (picture >= 0 && seen < LOOK_PACKETS && found->len == 0 && read_packet(extraction)) {
        const AVPacket *packet = extraction->packet;
        if (packet->stream_index == picture && packet->size > 0) {
            captions_userdata_find(packet->data, (gsize)packet->size, found);
            seen++;
        }
        av_packet_unref(extraction->packet);
    }
    return found->len > 0;
}

static void
walk(Extraction *extraction)
{
    gboolean jumps = (extraction->format->iformat->flags & AVFMT_TS_DISCONT) != 0;
    extraction->shift_us = -extraction->origin_us;
    if (jumps && extraction->clock_stream >= 0)
        extraction->timeline =
            source_timeline_new(extraction->origin_us, TRUE, extraction->job->end_us);
    discard_others(extraction);
    while (read_packet(extraction)) {
        take_packet(extraction);
        av_packet_unref(extraction->packet);
    }
}

static gboolean
write_file(const CaptionsExtractJob *job, CaptionsTrack *track, GPtrArray *files, GError **error)
{
    const CaptionsCues *cues = captions_track_finish(track, job->end_us);
    CaptionsExtractFile *file = g_new0(CaptionsExtractFile, 1);
    g_ptr_array_add(files, file);
    g_autofree char *text = captions_webvtt_write(cues);
    file->language = g_strdup(captions_track_get_language(track));
    file->file = g_strdup_printf("captions-%s.vtt", file->language);
    file->bytes = strlen(text);
    file->sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, (gssize)file->bytes);
    file->cues = cues->cues->len;
    return package_disk_replace(job->staging, file->file, text, file->bytes, error);
}

/* Of two tracks of one language the one that says more. */
static gint
compare_listeners(gconstpointer a, gconstpointer b, gpointer data)
{
    const Extraction *extraction = data;
    const Listener *first = *(Listener *const *)a, *second = *(Listener *const *)b;
    gint order = strcmp(captions_track_get_language(first->track),
                        captions_track_get_language(second->track));
    if (order != 0)
        return order;
    guint firsts = captions_track_finish(first->track, extraction->job->end_us)->cues->len;
    guint seconds = captions_track_finish(second->track, extraction->job->end_us)->cues->len;
    return (firsts < seconds) - (firsts > seconds);
}

static GPtrArray *
write_files(Extraction *extraction, GError **error)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(free_file);
    const char *last = "";
    g_ptr_array_sort_with_data(extraction->listeners, compare_listeners, extraction);
    for (guint i = 0; i < extraction->listeners->len; i++) {
        const Listener *listener = extraction->listeners->pdata[i];
        const char *language = captions_track_get_language(listener->track);
        const CaptionsCues *cues = captions_track_finish(listener->track, extraction->job->end_us);
        if (cues->cues->len == 0 || strcmp(language, last) == 0)
            continue;
        last = language;
        if (!write_file(extraction->job, listener->track, files, error))
            return NULL;
    }
    return g_steal_pointer(&files);
}

static void
take_closed(Extraction *extraction)
{
    if (extraction->closed == NULL)
        return;
    g_autoptr(GPtrArray) tracks = captions_closed_finish(extraction->closed);
    for (guint i = 0; i < tracks->len; i++) {
        Listener *listener = g_new0(Listener, 1);
        listener->stream = -1;
        listener->track = tracks->pdata[i];
        g_ptr_array_add(extraction->listeners, listener);
    }
}

static void
extract(Extraction *extraction)
{
    const CaptionsExtractJob *job = extraction->job;
    g_autoptr(SourceReader) reader =
        source_reader_open(job->source, job->limit_pixels, job->stop, job->stop_data, NULL);
    if (reader == NULL || !open_file(extraction))
        return;
    extraction->origin_us = source_reader_get_info(reader)->origin_us;
    if (has_closed(extraction))
        extraction->closed = captions_closed_new();
    find_tracks(extraction);
    if ((extraction->closed == NULL && extraction->listeners->len == 0) || !open_file(extraction))
        return;
    walk(extraction);
    take_closed(extraction);
}

static void
clear(Extraction *extraction)
{
    g_clear_pointer(&extraction->timeline, source_timeline_free);
    g_clear_pointer(&extraction->closed, captions_closed_free);
    g_ptr_array_unref(extraction->listeners);
    avformat_close_input(&extraction->format);
    av_packet_free(&extraction->packet);
}

GPtrArray *
captions_extract_run(const CaptionsExtractJob *job, GError **error)
{
    Extraction extraction = {.job = job, .packet = av_packet_alloc(), .clock_stream = -1};
    GPtrArray *files = NULL;
    extraction.listeners = g_ptr_array_new_with_free_func(free_listener);
    extract(&extraction);
    if (is_stopped(job))
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_CANCELLED, "cancelled");
    else
        files = write_files(&extraction, error);
    clear(&extraction);
    return files;
}
