// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// filesrc ! decodebin ! appsink(s). Streaming threads only count and signal; frames are pulled by
// the reader's thread, whichever track has one, so that no track can block the other.
#include "pipelines/source/gstreamer.h"

#include <gst/app/gstappsink.h>
#include <libavutil/frame.h>
#include <string.h>

#include "pipelines/source/failure.h"
#include "pipelines/source/samples.h"
#include "pipelines/source/streams.h"
#include "pipelines/source/timeline.h"

#define TRACKS 2
#define OPEN_WAIT_US (5 * (gint64)G_USEC_PER_SEC)
#define READ_WAIT_US (20 * (gint64)G_USEC_PER_SEC)
#define ASK_US (G_USEC_PER_SEC / 5)
#define QUEUED_FRAMES 8
#define SAME_US 10000
#define LONGEST_PICTURE_US (60 * (gint64)G_USEC_PER_SEC)

typedef struct {
    char *path;                // (owned)
    SourceInfo *info;          // (owned)
    SourceReaderStop stop;     // (nullable)
    gpointer stop_data;        // (unowned)
    GstElement *pipeline;      // (owned) (nullable)
    GstElement *sinks[TRACKS]; // (owned) (nullable) by SourceTimelineTrack
    gboolean wanted[TRACKS];   // (value) fixed while the pipeline runs
    GstSample *next[TRACKS];   // (owned) (nullable) pulled, not yet given
    GMutex lock;               // (value)
    GCond wake;                // (value)
    guint signals;             // (guarded by lock) grows with everything that happens
    gboolean linked[TRACKS];   // (guarded by lock) a pad goes to the sink
    gboolean all_pads;         // (guarded by lock) no more pads will come
    gint64 skipped_end_us;     // (guarded by lock) end of streams that are not decoded
    SourceTimeline *timeline;  // (owned) (nullable)
    SourceReaderTally tally;   // (value)
    gint64 end_us;             // (value)
} Gstreamer;

static void
signal_reader(Gstreamer *gstreamer)
{
    g_mutex_lock(&gstreamer->lock);
    gstreamer->signals++;
    g_cond_signal(&gstreamer->wake);
    g_mutex_unlock(&gstreamer->lock);
}

static GstFlowReturn
on_sink_sample_streaming_cb(GstAppSink *sink, gpointer data)
{
    signal_reader(data);
    return GST_FLOW_OK;
}

static void
on_sink_eos_streaming_cb(GstAppSink *sink, gpointer data)
{
    signal_reader(data);
}

static GstBusSyncReply
on_bus_message_streaming_cb(GstBus *bus, GstMessage *message, gpointer data)
{
    signal_reader(data);
    return GST_BUS_PASS;
}

static int
caps_to_track(GstCaps *caps)
{
    if (caps == NULL || gst_caps_is_empty(caps) || gst_caps_is_any(caps))
        return -1;
    const char *name = gst_structure_get_name(gst_caps_get_structure(caps, 0));
    if (g_str_has_prefix(name, "video/"))
        return SOURCE_TIMELINE_PICTURE;
    return g_str_has_prefix(name, "audio/") ? SOURCE_TIMELINE_SOUND : -1;
}

/* TRUE for the pads that a demuxer makes while it reads. */
static gboolean
is_demuxed(GstPad *pad)
{
    g_autoptr(GstPadTemplate) template = gst_pad_get_pad_template(pad);
    return template != NULL && GST_PAD_TEMPLATE_PRESENCE(template) == GST_PAD_SOMETIMES;
}

/* Streams that nobody asked for leave the demuxer as they are; texts and cover art find no decoder
 * here either, so that decodebin does not wait for them. */
static gboolean
on_decodebin_autoplug_continue_streaming_cb(GstElement *decodebin, GstPad *pad, GstCaps *caps,
                                            gpointer data)
{
    Gstreamer *gstreamer = data;
    int track = caps_to_track(caps);
    return track < 0 || !is_demuxed(pad) || gstreamer->wanted[track];
}

/* 0: try this element, 2: pass it over (GstAutoplugSelectResult, which has no public header). */
static int
on_decodebin_autoplug_select_streaming_cb(GstElement *decodebin, GstPad *pad, GstCaps *caps,
                                          GstElementFactory *factory, gpointer data)
{
    const char *klass = gst_element_factory_get_metadata(factory, GST_ELEMENT_METADATA_KLASS);
    gboolean other = is_demuxed(pad) && caps_to_track(caps) < 0;
    gboolean text =
        klass != NULL && (strstr(klass, "Subtitle") != NULL || strstr(klass, "Image") != NULL);
    return other || text ? 2 : 0;
}

static GstPadProbeReturn
on_skipped_buffer_streaming_cb(GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
    Gstreamer *gstreamer = data;
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    g_autoptr(GstEvent) event = gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0);
    if (event == NULL || !GST_BUFFER_PTS_IS_VALID(buffer))
        return GST_PAD_PROBE_OK;
    const GstSegment *segment;
    gst_event_parse_segment(event, &segment);
    if (segment->format != GST_FORMAT_TIME)
        return GST_PAD_PROBE_OK;
    guint64 end = GST_BUFFER_PTS(buffer);
    if (GST_BUFFER_DURATION_IS_VALID(buffer))
        end += GST_BUFFER_DURATION(buffer);
    end = gst_segment_to_stream_time(segment, GST_FORMAT_TIME, MIN(end, segment->stop));
    g_mutex_lock(&gstreamer->lock);
    if (end != GST_CLOCK_TIME_NONE)
        gstreamer->skipped_end_us = MAX(gstreamer->skipped_end_us, (gint64)(end / GST_USECOND));
    g_mutex_unlock(&gstreamer->lock);
    return GST_PAD_PROBE_OK;
}

/* Lets a stream run into nothing. */
static void
skip_pad(Gstreamer *gstreamer, GstPad *pad, gboolean counts)
{
    GstElement *sink = gst_element_factory_make("fakesink", NULL);
    g_object_set(sink, "sync", FALSE, "async", FALSE, NULL);
    gst_bin_add(GST_BIN(gstreamer->pipeline), sink);
    g_autoptr(GstPad) target = gst_element_get_static_pad(sink, "sink");
    if (counts)
        gst_pad_add_probe(target, GST_PAD_PROBE_TYPE_BUFFER, on_skipped_buffer_streaming_cb,
                          gstreamer, NULL);
    gst_element_sync_state_with_parent(sink);
    gst_pad_link(pad, target);
}

static void
on_decodebin_pad_added_streaming_cb(GstElement *decodebin, GstPad *pad, gpointer data)
{
    Gstreamer *gstreamer = data;
    g_autoptr(GstCaps) caps = gst_pad_query_caps(pad, NULL);
    int track = caps_to_track(caps);
    g_mutex_lock(&gstreamer->lock);
    gboolean take = track >= 0 && gstreamer->wanted[track] && !gstreamer->linked[track];
    g_mutex_unlock(&gstreamer->lock);
    if (!take) {
        skip_pad(gstreamer, pad, track >= 0 && !gstreamer->wanted[track]);
        return;
    }
    const char *name = track == SOURCE_TIMELINE_PICTURE ? "videoconvert" : "audioconvert";
    GstElement *convert = gst_element_factory_make(name, NULL);
    gst_bin_add_many(GST_BIN(gstreamer->pipeline), convert, gst_object_ref(gstreamer->sinks[track]),
                     NULL);
    gst_element_link(convert, gstreamer->sinks[track]);
    gst_element_sync_state_with_parent(gstreamer->sinks[track]);
    gst_element_sync_state_with_parent(convert);
    g_autoptr(GstPad) target = gst_element_get_static_pad(convert, "sink");
    gst_pad_link(pad, target);
    // Only now: before it runs, an appsink says that it is at its end.
    g_mutex_lock(&gstreamer->lock);
    gstreamer->linked[track] = TRUE;
    g_mutex_unlock(&gstreamer->lock);
    signal_reader(gstreamer);
}

static void
on_decodebin_no_more_pads_streaming_cb(GstElement *decodebin, gpointer data)
{
    Gstreamer *gstreamer = data;
    g_mutex_lock(&gstreamer->lock);
    gstreamer->all_pads = TRUE;
    g_mutex_unlock(&gstreamer->lock);
    signal_reader(gstreamer);
}

static GstElement *
make_sink(Gstreamer *gstreamer, int track)
{
    GstElement *sink = gst_object_ref_sink(gst_element_factory_make("appsink", NULL));
    g_autoptr(GstCaps) caps = gst_caps_from_string(
        track == SOURCE_TIMELINE_PICTURE ? SOURCE_SAMPLES_PICTURE_CAPS : SOURCE_SAMPLES_SOUND_CAPS);
    g_object_set(sink, "sync", FALSE, "max-buffers", QUEUED_FRAMES, "caps", caps, "async", FALSE,
                 NULL);
    GstAppSinkCallbacks callbacks = {
        .eos = on_sink_eos_streaming_cb,
        .new_sample = on_sink_sample_streaming_cb,
    };
    gst_app_sink_set_callbacks(GST_APP_SINK(sink), &callbacks, gstreamer, NULL);
    return sink;
}

static void
close_pipeline(Gstreamer *gstreamer)
{
    if (gstreamer->pipeline != NULL)
        gst_element_set_state(gstreamer->pipeline, GST_STATE_NULL);
    for (int i = 0; i < TRACKS; i++) {
        g_clear_pointer(&gstreamer->next[i], gst_sample_unref);
        g_clear_object(&gstreamer->sinks[i]);
        gstreamer->linked[i] = FALSE;
    }
    g_clear_object(&gstreamer->pipeline);
    g_clear_pointer(&gstreamer->timeline, source_timeline_free);
    gstreamer->all_pads = FALSE;
    gstreamer->skipped_end_us = 0;
    gstreamer->end_us = 0;
    gstreamer->tally = (SourceReaderTally){0};
}

/* A decoder takes no more threads than the other reader's would. */
static void
on_pipeline_element_added_streaming_cb(GstBin *pipeline, GstBin *bin, GstElement *element,
                                       gpointer data)
{
    const Gstreamer *gstreamer = data;
    int threads =
        source_streams_choose_threads(gstreamer->info->coded_width, gstreamer->info->coded_height);
    if (g_object_class_find_property(G_OBJECT_GET_CLASS(element), "max-threads") != NULL)
        g_object_set(element, "max-threads", threads, NULL);
}

static void
open_pipeline(Gstreamer *gstreamer)
{
    close_pipeline(gstreamer);
    gstreamer->pipeline = gst_object_ref_sink(gst_pipeline_new(NULL));
    GstElement *file = gst_element_factory_make("filesrc", NULL);
    GstElement *decodebin = gst_element_factory_make("decodebin", NULL);
    g_object_set(file, "location", gstreamer->path, NULL);
    g_object_set(decodebin, "expose-all-streams", FALSE, NULL);
    gst_bin_add_many(GST_BIN(gstreamer->pipeline), file, decodebin, NULL);
    gst_element_link(file, decodebin);
    for (int i = 0; i < TRACKS; i++) {
        if (gstreamer->wanted[i])
            gstreamer->sinks[i] = make_sink(gstreamer, i);
    }
    g_signal_connect(gstreamer->pipeline, "deep-element-added",
                     G_CALLBACK(on_pipeline_element_added_streaming_cb), gstreamer);
    g_signal_connect(decodebin, "autoplug-continue",
                     G_CALLBACK(on_decodebin_autoplug_continue_streaming_cb), gstreamer);
    g_signal_connect(decodebin, "autoplug-select",
                     G_CALLBACK(on_decodebin_autoplug_select_streaming_cb), gstreamer);
    g_signal_connect(decodebin, "pad-added", G_CALLBACK(on_decodebin_pad_added_streaming_cb),
                     gstreamer);
    g_signal_connect(decodebin, "no-more-pads", G_CALLBACK(on_decodebin_no_more_pads_streaming_cb),
                     gstreamer);
    g_autoptr(GstBus) bus = gst_element_get_bus(gstreamer->pipeline);
    gst_bus_set_sync_handler(bus, on_bus_message_streaming_cb, gstreamer, NULL);
    gst_element_set_state(gstreamer->pipeline, GST_STATE_PLAYING);
}

/* TRUE when the bus tells of an error; warnings are counted. */
static gboolean
take_messages(Gstreamer *gstreamer, GError **error)
{
    g_autoptr(GstBus) bus = gst_element_get_bus(gstreamer->pipeline);
    for (;;) {
        g_autoptr(GstMessage) message =
            gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
        if (message == NULL)
            return FALSE;
        if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_WARNING) {
            gstreamer->tally.damaged++;
            continue;
        }
        g_autoptr(GError) cause = NULL;
        gst_message_parse_error(message, &cause, NULL);
        g_set_error(error, SOURCE_FAILURE, SOURCE_FAILURE_DAMAGED, "GStreamer: %s", cause->message);
        return TRUE;
    }
}

/* An appsink that is not linked yet says that it is at its end, too. */
static gboolean
is_track_at_end(Gstreamer *gstreamer, int track)
{
    g_mutex_lock(&gstreamer->lock);
    gboolean linked = gstreamer->linked[track];
    gboolean all_pads = gstreamer->all_pads;
    g_mutex_unlock(&gstreamer->lock);
    return linked ? gst_app_sink_is_eos(GST_APP_SINK(gstreamer->sinks[track])) : all_pads;
}

/* Pulls what is there. Returns TRUE when every wanted track has a sample or is at its end. */
static gboolean
pull_samples(Gstreamer *gstreamer, gboolean *any)
{
    gboolean settled = TRUE;
    *any = FALSE;
    for (int i = 0; i < TRACKS; i++) {
        if (!gstreamer->wanted[i])
            continue;
        GstAppSink *sink = GST_APP_SINK(gstreamer->sinks[i]);
        gboolean ended = is_track_at_end(gstreamer, i);
        if (gstreamer->next[i] == NULL)
            gstreamer->next[i] = gst_app_sink_try_pull_sample(sink, 0);
        *any = *any || gstreamer->next[i] != NULL;
        if (gstreamer->next[i] == NULL && !ended)
            settled = FALSE;
    }
    return settled;
}

/* Waits until something happened since @signals, at most a moment. */
static void
wait_for_signal(Gstreamer *gstreamer, guint signals)
{
    gint64 until_us = g_get_monotonic_time() + ASK_US;
    g_mutex_lock(&gstreamer->lock);
    gboolean woken = TRUE;
    while (gstreamer->signals == signals && woken)
        woken = g_cond_wait_until(&gstreamer->wake, &gstreamer->lock, until_us);
    g_mutex_unlock(&gstreamer->lock);
}

static guint
count_signals(Gstreamer *gstreamer)
{
    g_mutex_lock(&gstreamer->lock);
    guint signals = gstreamer->signals;
    g_mutex_unlock(&gstreamer->lock);
    return signals;
}

/* Waits for a sample of any track, or with @all of every track; the end is fine too. */
static gboolean
wait_for_samples(Gstreamer *gstreamer, gboolean all, gint64 limit_us, GError **error)
{
    gint64 until_us = g_get_monotonic_time() + limit_us;
    for (;;) {
        guint signals = count_signals(gstreamer);
        gboolean any;
        gboolean settled = pull_samples(gstreamer, &any);
        if (settled || (any && !all))
            return TRUE;
        if (take_messages(gstreamer, error))
            return FALSE;
        if (gstreamer->stop != NULL && gstreamer->stop(gstreamer->stop_data)) {
            g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_CANCELLED, "cancelled");
            return FALSE;
        }
        if (g_get_monotonic_time() > until_us) {
            g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_TIMED_OUT,
                                "GStreamer stands still");
            return FALSE;
        }
        wait_for_signal(gstreamer, signals);
    }
}

static const SourceInfo *
gstreamer_get_info(gpointer self)
{
    return ((Gstreamer *)self)->info;
}

/* Always from the start of the file: what lies before the asked time comes too. */
static gboolean
gstreamer_start(gpointer self, gboolean pictures, gboolean sound, gint64 from_us, GError **error)
{
    Gstreamer *gstreamer = self;
    close_pipeline(gstreamer);
    gstreamer->wanted[SOURCE_TIMELINE_PICTURE] = pictures;
    gstreamer->wanted[SOURCE_TIMELINE_SOUND] = sound;
    open_pipeline(gstreamer);
    gstreamer->timeline =
        source_timeline_new(gstreamer->info->origin_us, FALSE, gstreamer->info->duration_us);
    return TRUE;
}

static int
choose_next(Gstreamer *gstreamer)
{
    GstSample *picture = gstreamer->next[SOURCE_TIMELINE_PICTURE];
    GstSample *sound = gstreamer->next[SOURCE_TIMELINE_SOUND];
    if (picture == NULL && sound == NULL)
        return -1;
    if (picture == NULL || sound == NULL)
        return picture != NULL ? SOURCE_TIMELINE_PICTURE : SOURCE_TIMELINE_SOUND;
    return source_samples_get_time_us(picture) <= source_samples_get_time_us(sound)
               ? SOURCE_TIMELINE_PICTURE
               : SOURCE_TIMELINE_SOUND;
}

static gint64
frame_length_us(const Gstreamer *gstreamer, int track, const AVFrame *frame, GstSample *sample)
{
    if (track == SOURCE_TIMELINE_SOUND)
        return (gint64)frame->nb_samples * G_USEC_PER_SEC / frame->sample_rate;
    guint64 length = GST_BUFFER_DURATION(gst_sample_get_buffer(sample));
    if (length != GST_CLOCK_TIME_NONE && length > 0)
        return MIN((gint64)(length / GST_USECOND), LONGEST_PICTURE_US);
    if (gstreamer->info->rate_numerator > 0)
        return (gint64)G_USEC_PER_SEC * gstreamer->info->rate_denominator /
               gstreamer->info->rate_numerator;
    return G_USEC_PER_SEC / 25;
}

static void
note_end(Gstreamer *gstreamer, gint64 end_us)
{
    g_mutex_lock(&gstreamer->lock);
    gint64 skipped_us = gstreamer->skipped_end_us - gstreamer->info->origin_us;
    g_mutex_unlock(&gstreamer->lock);
    gstreamer->end_us = MAX(gstreamer->end_us, MAX(end_us, skipped_us));
}

static SourceReaderResult
gstreamer_read(gpointer self, AVFrame *frame, GError **error)
{
    Gstreamer *gstreamer = self;
    for (;;) {
        if (!wait_for_samples(gstreamer, FALSE, READ_WAIT_US, error) ||
            take_messages(gstreamer, error))
            return SOURCE_READER_FAILED;
        int track = choose_next(gstreamer);
        if (track < 0) {
            note_end(gstreamer, 0);
            gstreamer->tally.truncated =
                source_info_is_truncated(gstreamer->info, gstreamer->end_us);
            return SOURCE_READER_END;
        }
        g_autoptr(GstSample) sample = g_steal_pointer(&gstreamer->next[track]);
        gboolean read = track == SOURCE_TIMELINE_PICTURE ? source_samples_to_picture(sample, frame)
                                                         : source_samples_to_sound(sample, frame);
        if (!read) {
            gstreamer->tally.damaged++;
            av_frame_unref(frame);
            continue;
        }
        gint64 length_us = frame_length_us(gstreamer, track, frame, sample);
        frame->pts = source_timeline_place(gstreamer->timeline, (SourceTimelineTrack)track,
                                           source_samples_get_time_us(sample), length_us);
        frame->pkt_duration = length_us;
        note_end(gstreamer, frame->pts + length_us);
        return track == SOURCE_TIMELINE_PICTURE ? SOURCE_READER_PICTURE : SOURCE_READER_SOUND;
    }
}

static void
gstreamer_get_tally(gpointer self, SourceReaderTally *tally)
{
    *tally = ((Gstreamer *)self)->tally;
}

static gint64
gstreamer_get_end_us(gpointer self)
{
    return ((Gstreamer *)self)->end_us;
}

static void
gstreamer_free(gpointer self)
{
    Gstreamer *gstreamer = self;
    close_pipeline(gstreamer);
    g_mutex_clear(&gstreamer->lock);
    g_cond_clear(&gstreamer->wake);
    source_info_free(gstreamer->info);
    g_free(gstreamer->path);
    g_free(gstreamer);
}

static const SourceReaderClass gstreamer_class = {
    .name = "gstreamer",
    .get_info = gstreamer_get_info,
    .start = gstreamer_start,
    .read = gstreamer_read,
    .get_tally = gstreamer_get_tally,
    .get_end_us = gstreamer_get_end_us,
    .free = gstreamer_free,
};

static gboolean
disagree(GError **error, const char *about)
{
    g_set_error(error, SOURCE_FAILURE, SOURCE_FAILURE_DAMAGED,
                "GStreamer and libavformat disagree about %s", about);
    return FALSE;
}

/* The first frames must be what libavformat saw: same shape, same time between picture and sound.
 */
static gboolean
compare_first(Gstreamer *gstreamer, GError **error)
{
    SourceInfo *info = gstreamer->info;
    gint64 starts[TRACKS] = {0, 0};
    for (int i = 0; i < TRACKS; i++) {
        if (!gstreamer->wanted[i])
            continue;
        if (gstreamer->next[i] == NULL)
            return disagree(error, "what streams there are");
        starts[i] = source_samples_get_time_us(gstreamer->next[i]);
        if (starts[i] == G_MININT64)
            return disagree(error, "time");
    }
    gboolean both = info->has_picture && info->has_sound;
    gint64 offset_us = starts[SOURCE_TIMELINE_SOUND] - starts[SOURCE_TIMELINE_PICTURE];
    if (both && ABS(offset_us - (info->sound_start_us - info->picture_start_us)) > SAME_US)
        return disagree(error, "when picture and sound start");
    if (info->has_picture) {
        AVFrame *frame = av_frame_alloc();
        gboolean same =
            source_samples_to_picture(gstreamer->next[SOURCE_TIMELINE_PICTURE], frame) &&
            (guint)frame->width == info->coded_width && (guint)frame->height == info->coded_height;
        av_frame_free(&frame);
        if (!same)
            return disagree(error, "the size of the picture");
    }
    if (both)
        info->origin_us = MIN(starts[0], starts[1]);
    else
        info->origin_us =
            starts[info->has_picture ? SOURCE_TIMELINE_PICTURE : SOURCE_TIMELINE_SOUND];
    return TRUE;
}

SourceReader *
source_gstreamer_open(const char *path, const SourceInfo *like, SourceReaderStop stop,
                      gpointer stop_data, GError **error)
{
    Gstreamer *gstreamer = g_new0(Gstreamer, 1);
    gstreamer->path = g_strdup(path);
    gstreamer->info = source_info_copy(like);
    gstreamer->stop = stop;
    gstreamer->stop_data = stop_data;
    g_mutex_init(&gstreamer->lock);
    g_cond_init(&gstreamer->wake);
    gstreamer->wanted[SOURCE_TIMELINE_PICTURE] = like->has_picture;
    gstreamer->wanted[SOURCE_TIMELINE_SOUND] = like->has_sound;
    open_pipeline(gstreamer);
    if (wait_for_samples(gstreamer, TRUE, OPEN_WAIT_US, error) && compare_first(gstreamer, error))
        return source_reader_new(&gstreamer_class, gstreamer);
    gstreamer_free(gstreamer);
    return NULL;
}
