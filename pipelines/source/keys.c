// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Packets of the picture are gathered up to the next key, then put on the timeline in the order in
// which they are shown, as a decoder would give them; sound only moves the timeline on.
#include "pipelines/source/keys.h"

#include "pipelines/source/container.h"
#include "pipelines/source/failure.h"
#include "pipelines/source/streams.h"
#include "pipelines/source/timeline.h"

#define SHORTEST_GROUP_US (2 * (gint64)G_USEC_PER_SEC)
#define MAX_PACKETS 1000
#define MAX_BYTES (32 * 1024 * 1024)
#define LONGEST_PICTURE_US (60 * (gint64)G_USEC_PER_SEC)
#define CLOCK_JUMP_US (10 * (gint64)G_USEC_PER_SEC)
#define LEAST_REORDER_US (G_USEC_PER_SEC / 2)
#define REORDER_PICTURES 16
#define MAX_SKIPPED 100000

struct _SourceKeys {
    SourceReaderStop stop;    // (nullable)
    gpointer stop_data;       // (unowned)
    AVFormatContext *format;  // (owned)
    SourceStreams picture;    // (owned)
    int sound;                // (value) stream index; -1: none
    SourceTimeline *timeline; // (owned)
    gint64 origin_us;         // (value)
    gint64 picture_us;        // (value) length of a picture, roughly
    gint64 shift_us;          // (value) from the file's clock to running time, at present
    gint64 latest_us;         // (value) largest stamp placed; SOURCE_TIMELINE_NONE: none
    AVPacket *next;           // (owned) (nullable) key picture that begins the next group
    gint64 shown_us;          // (value) of the picture decoded last
    gboolean within;          // (value) the group before goes on
    gboolean sought;          // (value) the timeline lost its thread
    gboolean ended;           // (value)
    AVFrame *frame;           // (owned)
};

static int
on_keys_interrupt(void *data)
{
    SourceKeys *keys = data;
    return keys->stop != NULL && keys->stop(keys->stop_data);
}

static gboolean
fail_stopped(GError **error)
{
    g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_CANCELLED, "cancelled");
    return FALSE;
}

static void
free_packet(gpointer data)
{
    AVPacket *packet = data;
    av_packet_free(&packet);
}

void
source_keys_free_group(SourceKeysGroup *group)
{
    if (group == NULL)
        return;
    g_ptr_array_unref(group->packets);
    g_array_unref(group->stamps);
    g_free(group);
}

void
source_keys_free(SourceKeys *keys)
{
    if (keys == NULL)
        return;
    avcodec_free_context(&keys->picture.decoder);
    avformat_close_input(&keys->format);
    source_timeline_free(keys->timeline);
    av_packet_free(&keys->next);
    av_frame_free(&keys->frame);
    g_free(keys);
}

static gboolean
choose_streams(SourceKeys *keys, GError **error)
{
    SourceStreams sound;
    if (!source_streams_choose(keys->format, AVMEDIA_TYPE_VIDEO, -1, &keys->picture, error))
        return FALSE;
    if (keys->picture.index < 0) {
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_NO_STREAMS, "no picture");
        return FALSE;
    }
    source_streams_choose(keys->format, AVMEDIA_TYPE_AUDIO, keys->picture.index, &sound, NULL);
    keys->sound = sound.index;
    // Pictures on which no other depends need no finish for being looked at.
    keys->picture.decoder->skip_loop_filter = AVDISCARD_NONREF;
    avcodec_free_context(&sound.decoder);
    for (guint i = 0; i < keys->format->nb_streams; i++) {
        gboolean wanted = (int)i == keys->picture.index || (int)i == keys->sound;
        keys->format->streams[i]->discard = wanted ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    }
    return TRUE;
}

SourceKeys *
source_keys_open(const char *path, const SourceInfo *info, SourceReaderStop stop,
                 gpointer stop_data, GError **error)
{
    g_autoptr(SourceKeys) keys = g_new0(SourceKeys, 1);
    keys->stop = stop;
    keys->stop_data = stop_data;
    keys->picture.index = keys->sound = -1;
    keys->origin_us = info->origin_us;
    keys->shift_us = -info->origin_us;
    keys->latest_us = SOURCE_TIMELINE_NONE;
    keys->frame = av_frame_alloc();
    keys->picture_us = G_USEC_PER_SEC / 25;
    if (info->rate_numerator > 0)
        keys->picture_us = (gint64)G_USEC_PER_SEC * info->rate_denominator / info->rate_numerator;
    AVIOInterruptCB interrupt = {on_keys_interrupt, keys};
    keys->format = source_container_open(path, interrupt, error);
    if (keys->format == NULL || !choose_streams(keys, error))
        return NULL;
    gboolean jumps = (keys->format->iformat->flags & AVFMT_TS_DISCONT) != 0;
    keys->timeline = source_timeline_new(info->origin_us, jumps, info->duration_us);
    return g_steal_pointer(&keys);
}

static gint64
to_us(const SourceKeys *keys, int index, gint64 stamp)
{
    if (stamp == AV_NOPTS_VALUE)
        return SOURCE_TIMELINE_NONE;
    return av_rescale_q(stamp, keys->format->streams[index]->time_base, AV_TIME_BASE_Q);
}

static void
note_sound(SourceKeys *keys, const AVPacket *packet)
{
    gint64 stamp_us = to_us(keys, keys->sound, packet->pts);
    if (stamp_us == SOURCE_TIMELINE_NONE || (packet->flags & AV_PKT_FLAG_DISCARD) != 0)
        return;
    gint64 length_us = to_us(keys, keys->sound, MAX(packet->duration, 0));
    source_timeline_place(keys->timeline, SOURCE_TIMELINE_SOUND, stamp_us, length_us);
}

/* Returns: (transfer full): the next packet of the picture; NULL at the end or with an error. */
static AVPacket *
read_packet(SourceKeys *keys, GError **error)
{
    AVPacket *packet = av_packet_alloc();
    while (!keys->ended) {
        if (on_keys_interrupt(keys)) {
            fail_stopped(error);
            break;
        }
        int code = av_read_frame(keys->format, packet);
        keys->ended = code < 0;
        if (code == AVERROR_EXIT)
            fail_stopped(error);
        if (code >= 0 && packet->stream_index == keys->picture.index)
            return packet;
        if (code >= 0 && packet->stream_index == keys->sound)
            note_sound(keys, packet);
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    return NULL;
}

static gint64
get_stamp(const AVPacket *packet)
{
    return packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
}

static gint64
get_length_us(const SourceKeys *keys, const AVPacket *packet)
{
    if (packet->duration <= 0)
        return keys->picture_us;
    return MIN(to_us(keys, keys->picture.index, packet->duration), LONGEST_PICTURE_US);
}

static gint64
get_reorder_us(const SourceKeys *keys)
{
    return CLAMP(keys->picture_us * REORDER_PICTURES, LEAST_REORDER_US, CLOCK_JUMP_US);
}

static void
place_packet(SourceKeys *keys, SourceKeysGroup *group, const AVPacket *packet)
{
    SourceKeysStamp stamp = {get_stamp(packet), 0};
    gint64 stamp_us = to_us(keys, keys->picture.index, stamp.stamp);
    gint64 length_us = get_length_us(keys, packet);
    // What is shown before something already placed, since it was coded after it, is no step back.
    gboolean early = stamp_us != SOURCE_TIMELINE_NONE && keys->latest_us != SOURCE_TIMELINE_NONE &&
                     stamp_us < keys->latest_us &&
                     stamp_us > keys->latest_us - get_reorder_us(keys);
    if (early || (keys->sought && stamp_us != SOURCE_TIMELINE_NONE)) {
        stamp.time_us = stamp_us + keys->shift_us;
    } else {
        stamp.time_us =
            source_timeline_place(keys->timeline, SOURCE_TIMELINE_PICTURE, stamp_us, length_us);
        keys->latest_us = stamp_us;
        if (stamp_us != SOURCE_TIMELINE_NONE)
            keys->shift_us = stamp.time_us - stamp_us;
    }
    if (group->stamps->len == 0)
        group->start_us = group->end_us = stamp.time_us;
    group->end_us = MAX(group->end_us, stamp.time_us + length_us);
    g_array_append_val(group->stamps, stamp);
}

static gint
compare_shown(gconstpointer a, gconstpointer b)
{
    gint64 x = get_stamp(*(const AVPacket *const *)a), y = get_stamp(*(const AVPacket *const *)b);
    return x < y ? -1 : x > y;
}

static gint
compare_stamps(gconstpointer a, gconstpointer b)
{
    gint64 x = ((const SourceKeysStamp *)a)->stamp, y = ((const SourceKeysStamp *)b)->stamp;
    return x < y ? -1 : x > y;
}

static void
place_run(SourceKeys *keys, SourceKeysGroup *group, GPtrArray *run)
{
    g_ptr_array_sort(run, compare_shown);
    for (guint i = 0; i < run->len; i++)
        place_packet(keys, group, run->pdata[i]);
    g_ptr_array_set_size(run, 0);
}

/* A key picture is placed before what leads it; a clock that jumps ends a run. */
static void
place_group(SourceKeys *keys, SourceKeysGroup *group)
{
    g_autoptr(GPtrArray) run = g_ptr_array_new();
    gint64 before_us = SOURCE_TIMELINE_NONE;
    guint first = 0;
    if (group->starts) {
        place_packet(keys, group, group->packets->pdata[0]);
        first = 1;
    }
    for (guint i = first; i < group->packets->len; i++) {
        const AVPacket *packet = group->packets->pdata[i];
        gint64 at_us = to_us(keys, keys->picture.index,
                             packet->dts != AV_NOPTS_VALUE ? packet->dts : packet->pts);
        if (before_us != SOURCE_TIMELINE_NONE && at_us != SOURCE_TIMELINE_NONE &&
            (at_us < before_us - get_reorder_us(keys) || at_us > before_us + CLOCK_JUMP_US))
            place_run(keys, group, run);
        g_ptr_array_add(run, (gpointer)packet);
        before_us = at_us;
    }
    place_run(keys, group, run);
    g_array_sort(group->stamps, compare_stamps);
}

static gint
compare_sizes(gconstpointer a, gconstpointer b)
{
    return *(const int *)a - *(const int *)b;
}

static gint64
find_time(const SourceKeysGroup *group, gint64 stamp)
{
    guint low = 0, high = group->stamps->len;
    while (low < high) {
        guint middle = (low + high) / 2;
        if (g_array_index(group->stamps, SourceKeysStamp, middle).stamp < stamp)
            low = middle + 1;
        else
            high = middle;
    }
    if (low >= group->stamps->len)
        return SOURCE_TIMELINE_NONE;
    const SourceKeysStamp *found = &g_array_index(group->stamps, SourceKeysStamp, low);
    return found->stamp == stamp ? found->time_us : SOURCE_TIMELINE_NONE;
}

/* What is much larger than the usual says that much changed; between keys a smaller difference
 * does.
 */
static void
find_surprise(SourceKeysGroup *group)
{
    g_autoptr(GArray) sizes = g_array_new(FALSE, FALSE, sizeof(int));
    const AVPacket *first = group->packets->pdata[0];
    group->surprise_us = -1;
    for (guint i = 1; i < group->packets->len; i++)
        g_array_append_val(sizes, ((AVPacket *)group->packets->pdata[i])->size);
    if (sizes->len == 0)
        return;
    g_array_sort(sizes, compare_sizes);
    // Pictures on which others depend are larger than the rest, as usual.
    int usual = g_array_index(sizes, int, sizes->len * 9 / 10);
    int key_size = first->size;
    for (guint i = 1; i < group->packets->len; i++) {
        const AVPacket *packet = group->packets->pdata[i];
        gboolean key = (packet->flags & AV_PKT_FLAG_KEY) != 0;
        gboolean stands_out = key ? ABS(packet->size - key_size) > key_size / 8
                                  : packet->size / 3 > usual && packet->size > first->size / 12;
        if (key)
            key_size = packet->size;
        gint64 time_us = find_time(group, get_stamp(packet));
        if (stands_out && time_us != SOURCE_TIMELINE_NONE)
            group->surprise_us = MAX(group->surprise_us, time_us);
    }
}

static SourceKeysGroup *
new_group(void)
{
    SourceKeysGroup *group = g_new0(SourceKeysGroup, 1);
    group->packets = g_ptr_array_new_with_free_func(free_packet);
    group->stamps = g_array_new(FALSE, TRUE, sizeof(SourceKeysStamp));
    return group;
}

/* The stamp's distance from the group's first, roughly. */
static gint64
measure_span_us(const SourceKeys *keys, const SourceKeysGroup *group, const AVPacket *packet)
{
    gint64 from = get_stamp(group->packets->pdata[0]), to = get_stamp(packet);
    if (from == AV_NOPTS_VALUE || to == AV_NOPTS_VALUE)
        return group->packets->len * keys->picture_us;
    return to_us(keys, keys->picture.index, to) - to_us(keys, keys->picture.index, from);
}

/* Packets up to the next key are read and dropped. */
static gboolean
skip_rest(SourceKeys *keys, GError **error)
{
    for (guint i = 0; i < MAX_SKIPPED && !keys->sought; i++) {
        AVPacket *packet = read_packet(keys, error);
        if (packet == NULL || (packet->flags & AV_PKT_FLAG_KEY) != 0) {
            keys->next = packet;
            break;
        }
        av_packet_free(&packet);
    }
    return TRUE;
}

/* Whether @packet belongs to the group; bytes are those of the group. */
static gboolean
is_group_full(const SourceKeys *keys, const SourceKeysGroup *group, const AVPacket *packet,
              gsize bytes)
{
    gint64 span_us = measure_span_us(keys, group, packet);
    gboolean key = (packet->flags & AV_PKT_FLAG_KEY) != 0;
    if (group->packets->len >= MAX_PACKETS || bytes >= MAX_BYTES)
        return TRUE;
    return key &&
           (span_us >= SHORTEST_GROUP_US || span_us < 0 || group->packets->len >= MAX_PACKETS / 4);
}

static void
fill_group(SourceKeys *keys, SourceKeysGroup *group, gint64 longest_us, GError **error)
{
    gsize bytes = 0;
    AVPacket *packet = g_steal_pointer(&keys->next);
    if (packet == NULL)
        packet = read_packet(keys, error);
    // After a jump in the file what comes before the first key is of no use.
    for (guint i = 0; keys->sought && packet != NULL && i < MAX_SKIPPED; i++) {
        if ((packet->flags & AV_PKT_FLAG_KEY) != 0)
            break;
        av_packet_free(&packet);
        packet = read_packet(keys, error);
    }
    while (packet != NULL) {
        if (group->packets->len > 0 && is_group_full(keys, group, packet, bytes)) {
            keys->next = packet;
            break;
        }
        bytes += (gsize)MAX(packet->size, 0);
        g_ptr_array_add(group->packets, packet);
        if (longest_us > 0 && measure_span_us(keys, group, packet) > longest_us) {
            skip_rest(keys, error);
            break;
        }
        packet = read_packet(keys, error);
    }
}

SourceKeysGroup *
source_keys_read(SourceKeys *keys, gint64 longest_us, GError **error)
{
    g_autoptr(SourceKeysGroup) group = new_group();
    g_autoptr(GError) failure = NULL;
    fill_group(keys, group, longest_us, &failure);
    if (failure != NULL) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return NULL;
    }
    if (group->packets->len == 0)
        return NULL;
    const AVPacket *first = group->packets->pdata[0];
    group->starts = !keys->within || (first->flags & AV_PKT_FLAG_KEY) != 0;
    group->goes_on = keys->next != NULL && (keys->next->flags & AV_PKT_FLAG_KEY) == 0;
    keys->within = group->goes_on;
    place_group(keys, group);
    find_surprise(group);
    return g_steal_pointer(&group);
}

gboolean
source_keys_seek(SourceKeys *keys, gint64 time_us)
{
    gint64 target_us = time_us + keys->origin_us;
    av_packet_free(&keys->next);
    keys->within = FALSE;
    if (avformat_seek_file(keys->format, -1, INT64_MIN, target_us, target_us, 0) < 0)
        return FALSE;
    keys->sought = TRUE;
    keys->ended = FALSE;
    return TRUE;
}

/* Returns: FALSE when it is enough. */
static gboolean
show_frames(SourceKeys *keys, const SourceKeysGroup *group, gint64 until_us, SourceKeysVisit visit,
            gpointer data)
{
    AVFrame *frame = keys->frame;
    gboolean more = TRUE;
    while (more && avcodec_receive_frame(keys->picture.decoder, frame) >= 0) {
        gint64 time_us = find_time(group, frame->best_effort_timestamp);
        gboolean damaged =
            (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame->decode_error_flags != 0;
        if (time_us == SOURCE_TIMELINE_NONE && frame->best_effort_timestamp != AV_NOPTS_VALUE)
            time_us =
                to_us(keys, keys->picture.index, frame->best_effort_timestamp) + keys->shift_us;
        if (time_us == SOURCE_TIMELINE_NONE)
            time_us = keys->shown_us + keys->picture_us;
        // What leads the first key needs pictures that were not decoded.
        gboolean shown = time_us >= group->start_us && frame->width > 0 && frame->height > 0;
        if (shown && !damaged) {
            frame->pkt_duration =
                frame->pkt_duration > 0
                    ? MIN(to_us(keys, keys->picture.index, frame->pkt_duration), LONGEST_PICTURE_US)
                    : keys->picture_us;
            frame->pts = keys->shown_us = time_us;
            more = visit(frame, data) && time_us < until_us;
        }
        av_frame_unref(frame);
    }
    return more;
}

gboolean
source_keys_decode(SourceKeys *keys, const SourceKeysGroup *group, gint64 until_us,
                   SourceKeysVisit visit, gpointer data, GError **error)
{
    AVCodecContext *decoder = keys->picture.decoder;
    gboolean more = TRUE;
    if (group->starts) {
        avcodec_flush_buffers(decoder);
        keys->shown_us = group->start_us - keys->picture_us;
    }
    for (guint i = 0; more && i < group->packets->len; i++) {
        if (on_keys_interrupt(keys))
            return fail_stopped(error);
        avcodec_send_packet(decoder, group->packets->pdata[i]);
        more = show_frames(keys, group, until_us, visit, data);
    }
    if (more && group->goes_on)
        return TRUE;
    if (more && avcodec_send_packet(decoder, NULL) >= 0)
        show_frames(keys, group, until_us, visit, data);
    avcodec_flush_buffers(decoder);
    return TRUE;
}
