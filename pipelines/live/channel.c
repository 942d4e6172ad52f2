// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What can go wrong with a stream is taken as it comes and told in warnings and health; only what
// is wrong with this machine (disk, memory, encoders) ends the channel.
#include "pipelines/live/channel.h"

#include <libavutil/frame.h>

#include "pipelines/live/decode.h"
#include "pipelines/live/extras.h"
#include "pipelines/live/mixer.h"
#include "pipelines/live/pace.h"
#include "pipelines/live/service.h"
#include "pipelines/live/timeline.h"

#define WARNINGS_A_SECOND 8

/** One of the two streams. */
typedef struct {
    LiveServiceStream stream; // (value)
    LiveDecode *decode;       // (owned) (nullable)
    guint64 damaged;          // (value) in decoders that are gone
    gint64 last_ms;           // (value) UTC of the last decoded unit, 0: none
} Track;

struct _LiveChannel {
    const ChildLiveJob *job;            // (unowned)
    LiveLadderSink sink;                // (unowned)
    gpointer data;                      // (unowned) for sink
    LiveService *service;               // (owned)
    LiveTimeline *timeline;             // (owned)
    LiveLadder *ladder;                 // (owned)
    LiveMixer *mixer;                   // (owned)
    LiveExtras *extras;                 // (owned)
    LiveWall wall;                      // (value)
    LivePace pace;                      // (value)
    Track tracks[LIVE_TIMELINE_TRACKS]; // (owned)
    LiveChannelNow now;                 // (value) when the packets at work came to be worked on
    gint64 arrived_us;                  // (value) of the packets at work
    gint64 offset_ms;                   // (value) UTC − monotonic, by the clock that counts
    gint64 told_us;                     // (value) when health was told last, 0: never
    gint64 told_time;                   // (value) of the ladder at that moment
    gboolean scrambled;                 // (value) told
    gboolean slated;                    // (value) told
    guint dropped;                      // (value) told
    gboolean blind;                     // (value) no rung shows pictures: none are decoded
    gint64 warned_us;                   // (value) when the last warnings began
    guint warned;                       // (value) since then
    GError *error;                      // (owned) (nullable) met in a callback
};

/* A stream that does something new with each packet shall not flood the parent. */
static gboolean
may_warn(LiveChannel *channel)
{
    if (channel->now.monotonic_us - channel->warned_us > G_USEC_PER_SEC) {
        channel->warned_us = channel->now.monotonic_us;
        channel->warned = 0;
    }
    return ++channel->warned <= WARNINGS_A_SECOND;
}

static void
warn(LiveChannel *channel, const char *code, const char *detail)
{
    if (!may_warn(channel))
        return;
    g_autoptr(ChildLiveReport) report = child_live_report_new(CHILD_LIVE_REPORT_WARNING);
    report->code = g_strdup(code);
    report->detail = g_strdup(detail);
    report->wall_ms = (guint64)MAX(channel->now.utc_ms, 0);
    channel->sink(report, channel->data);
}

static void
release_frame(gpointer data)
{
    AVFrame *frame = data;
    av_frame_free(&frame);
}

/* From the timeline: a unit with its place. */
static void
on_timeline_placed(LiveTimelineTrack track, gpointer unit, gint64 time, gboolean jumped,
                   gpointer data)
{
    LiveChannel *channel = data;
    AVFrame *frame = unit;
    if (jumped) {
        live_mixer_note_jump(channel->mixer, time);
        if (channel->tracks[track].last_ms > 0)
            warn(channel, "discontinuity", "the source's clock jumped");
    }
    live_mixer_note_arrival(channel->mixer, time, channel->arrived_us / 1000 + channel->offset_ms);
    channel->tracks[track].last_ms = channel->now.utc_ms;
    if (channel->error == NULL && track == LIVE_TIMELINE_PICTURE)
        live_mixer_add_picture(channel->mixer, frame, time, &channel->error);
    else if (channel->error == NULL)
        live_mixer_add_sound(channel->mixer, frame, time, &channel->error);
    av_frame_free(&frame);
}

static void
on_decode_picture(AVFrame *frame, gint64 pts90k, gint64 duration, gpointer data)
{
    LiveChannel *channel = data;
    guint numerator = 0, denominator = 0;
    live_decode_get_rate(channel->tracks[LIVE_TIMELINE_PICTURE].decode, &numerator, &denominator);
    live_mixer_set_rate(channel->mixer, numerator, denominator);
    live_timeline_push(channel->timeline, LIVE_TIMELINE_PICTURE, pts90k, duration, frame);
}

static void
on_decode_sound(AVFrame *frame, gint64 pts90k, gint64 duration, gpointer data)
{
    LiveChannel *channel = data;
    live_timeline_push(channel->timeline, LIVE_TIMELINE_SOUND, pts90k, duration, frame);
}

static void
on_service_picture(const LivePesUnit *unit, gpointer data)
{
    LiveChannel *channel = data;
    if (channel->tracks[LIVE_TIMELINE_PICTURE].decode != NULL && !channel->blind)
        live_decode_push(channel->tracks[LIVE_TIMELINE_PICTURE].decode, unit);
}

static void
on_service_sound(const LivePesUnit *unit, gpointer data)
{
    LiveChannel *channel = data;
    if (channel->tracks[LIVE_TIMELINE_SOUND].decode != NULL)
        live_decode_push(channel->tracks[LIVE_TIMELINE_SOUND].decode, unit);
}

/* What the decoder still holds is placed before it goes. */
static void
close_decoder(LiveChannel *channel, LiveTimelineTrack number)
{
    Track *track = &channel->tracks[number];
    if (track->decode == NULL)
        return;
    live_decode_flush(track->decode);
    live_timeline_flush(channel->timeline, number);
    track->damaged += live_decode_get_damaged(track->decode);
    g_clear_pointer(&track->decode, live_decode_free);
}

/* Another language of the same stream needs no other decoder. */
static void
change_track(LiveChannel *channel, LiveTimelineTrack number, const LiveServiceStream *stream,
             LiveDecodeSink sink)
{
    Track *track = &channel->tracks[number];
    gboolean changed = g_strcmp0(track->stream.codec, stream->codec) != 0;
    g_autoptr(GError) error = NULL;
    if (changed || track->stream.pid != stream->pid)
        close_decoder(channel, number);
    track->stream = *stream;
    if (track->decode != NULL || stream->pid == 0)
        return;
    track->decode = live_decode_new(stream->codec, sink, channel, &error);
    if (track->decode == NULL)
        warn(channel, "unsupported-codec", error->message);
}

static void
on_service_streams(const LiveServiceStreams *streams, gpointer data)
{
    LiveChannel *channel = data;
    change_track(channel, LIVE_TIMELINE_PICTURE, &streams->picture, on_decode_picture);
    change_track(channel, LIVE_TIMELINE_SOUND, &streams->sound, on_decode_sound);
    live_mixer_set_tracks(channel->mixer, streams->picture.pid != 0, streams->sound.pid != 0);
    g_autofree char *detail = g_strdup_printf(
        "%s on %u, %s on %u", streams->picture.codec != NULL ? streams->picture.codec : "none",
        streams->picture.pid, streams->sound.codec != NULL ? streams->sound.codec : "none",
        streams->sound.pid);
    warn(channel, "streams", detail);
}

static void
on_service_tables(const TablesService *service, const TablesStream *sound, gpointer data)
{
    LiveChannel *channel = data;
    live_extras_follow(channel->extras, service, sound);
}

static void
on_service_packet(const TablesPacket *packet, gpointer data)
{
    LiveChannel *channel = data;
    live_extras_push(channel->extras, packet);
}

LiveChannel *
live_channel_new(const ChildLiveJob *job, LiveLadderSink sink, gpointer data, GError **error)
{
    g_autoptr(LiveLadder) ladder = live_ladder_new(job, sink, data, error);
    if (ladder == NULL)
        return NULL;
    LiveChannel *channel = g_new0(LiveChannel, 1);
    const LiveServiceListener listener = {
        .on_streams = on_service_streams,
        .on_picture = on_service_picture,
        .on_sound = on_service_sound,
        .on_tables = on_service_tables,
        .on_packet = on_service_packet,
        .data = channel,
    };
    TablesTextCode fallback;
    if (!tables_text_parse_code(job->text_default, &fallback))
        tables_text_parse_code("tis-620", &fallback);
    channel->job = job;
    channel->sink = sink;
    channel->data = data;
    channel->ladder = g_steal_pointer(&ladder);
    live_wall_init(&channel->wall);
    live_pace_init(&channel->pace);
    channel->mixer = live_mixer_new(channel->ladder, &channel->wall, (gint64)job->first_time);
    channel->timeline =
        live_timeline_new((gint64)job->first_time, on_timeline_placed, release_frame, channel);
    const LiveExtrasPlace place = {channel->timeline, channel->mixer, channel->ladder};
    channel->extras = live_extras_new(job, &place);
    channel->service = live_service_new(job->language, fallback, &listener);
    return channel;
}

void
live_channel_free(LiveChannel *channel)
{
    live_service_free(channel->service);
    live_extras_free(channel->extras);
    for (guint i = 0; i < LIVE_TIMELINE_TRACKS; i++)
        live_decode_free(channel->tracks[i].decode);
    live_timeline_free(channel->timeline);
    live_mixer_free(channel->mixer);
    live_ladder_free(channel->ladder);
    g_clear_error(&channel->error);
    g_free(channel);
}

static void
note_now(LiveChannel *channel, const LiveChannelNow *now)
{
    gint64 stream_ms = live_service_get_clock_offset(channel->service);
    LiveWallOffsets offsets = {
        .system_ms = now->utc_ms - now->monotonic_us / 1000,
        .stream_ms = stream_ms == G_MININT64 ? LIVE_WALL_UNKNOWN : stream_ms,
    };
    channel->now = *now;
    channel->offset_ms = live_wall_choose(&channel->wall, &offsets);
}

static void
note_scrambling(LiveChannel *channel)
{
    gboolean scrambled = live_service_is_scrambled(channel->service);
    if (scrambled == channel->scrambled)
        return;
    channel->scrambled = scrambled;
    warn(channel, scrambled ? "scrambled" : "clear", scrambled ? "packets need a key" : "");
}

static gboolean
give_error(LiveChannel *channel, GError **error)
{
    if (channel->error == NULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&channel->error));
    return FALSE;
}

gboolean
live_channel_push(LiveChannel *channel, GBytes *bytes, gint64 arrived_us, const LiveChannelNow *now,
                  GError **error)
{
    gsize length = 0;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    note_now(channel, now);
    channel->arrived_us = arrived_us;
    live_service_push(channel->service, data, length, arrived_us);
    note_scrambling(channel);
    return give_error(channel, error);
}

gboolean
live_channel_finish(LiveChannel *channel, GError **error)
{
    live_service_finish(channel->service);
    live_extras_finish(channel->extras);
    for (guint i = 0; i < LIVE_TIMELINE_TRACKS; i++)
        close_decoder(channel, (LiveTimelineTrack)i);
    return give_error(channel, error) && live_mixer_finish(channel->mixer, error);
}

/* What nobody sees is not decoded; afterwards it begins with a key picture. */
static void
set_blind(LiveChannel *channel, gboolean blind)
{
    LiveDecode *decode = channel->tracks[LIVE_TIMELINE_PICTURE].decode;
    if (blind && !channel->blind && decode != NULL)
        live_decode_flush(decode);
    channel->blind = blind;
}

static void
decide_pace(LiveChannel *channel, guint behind_ms, guint busy_permille)
{
    LivePaceFacts facts = {
        .now_us = channel->now.monotonic_us,
        .behind_ms = behind_ms,
        .behind_max_ms = channel->job->behind_ms,
        .busy_permille = busy_permille,
        .rungs = live_ladder_count_pictures(channel->ladder),
    };
    guint dropped = live_pace_decide(&channel->pace, &facts);
    if (dropped == channel->dropped || facts.rungs == 0)
        return;
    g_autofree char *detail =
        g_strdup_printf("%u ms behind, %u of %u rungs left out", behind_ms, dropped, facts.rungs);
    warn(channel, dropped > channel->dropped ? "too-slow" : "fast-enough", detail);
    channel->dropped = dropped;
    live_mixer_set_dropped(channel->mixer, dropped);
    set_blind(channel, dropped > 0 && dropped >= facts.rungs);
}

static void
note_slate(LiveChannel *channel)
{
    gboolean slated = live_mixer_is_slated(channel->mixer);
    if (slated == channel->slated)
        return;
    channel->slated = slated;
    warn(channel, slated ? "no-picture" : "picture", "");
}

static guint
count_damaged(const Track *track)
{
    guint64 damaged = track->damaged;
    damaged += track->decode != NULL ? live_decode_get_damaged(track->decode) : 0;
    return (guint)MIN(damaged, G_MAXUINT);
}

static void
describe_source(LiveChannel *channel, ChildLiveReport *report)
{
    const Track *picture = &channel->tracks[LIVE_TIMELINE_PICTURE];
    const Track *sound = &channel->tracks[LIVE_TIMELINE_SOUND];
    gboolean coded = g_ascii_isalpha(sound->stream.language[0]) != 0;
    live_mixer_get_size(channel->mixer, &report->width, &report->height);
    report->last_picture_ms = (guint64)MAX(picture->last_ms, 0);
    report->last_sound_ms = (guint64)MAX(sound->last_ms, 0);
    report->damaged = (guint64)count_damaged(picture) + count_damaged(sound);
    report->picture_codec = g_strdup(picture->stream.codec != NULL ? picture->stream.codec : "");
    report->sound_codec = g_strdup(sound->stream.codec != NULL ? sound->stream.codec : "");
    report->language = g_ascii_strdown(coded ? sound->stream.language : "", -1);
}

void
live_channel_tell_health(LiveChannel *channel, const LiveChannelNow *now, gint64 busy_us)
{
    gint64 time = live_ladder_get_time(channel->ladder);
    gint64 passed_us = now->monotonic_us - channel->told_us;
    gint64 behind_us = busy_us > 0 && channel->arrived_us > 0
                           ? channel->now.monotonic_us - channel->arrived_us
                           : 0;
    guint busy_permille =
        channel->told_us == 0 ? 0 : (guint)CLAMP(busy_us * 1000 / MAX(passed_us, 1), 0, 1000);
    note_now(channel, now);
    decide_pace(channel, (guint)CLAMP(behind_us / 1000, 0, G_MAXINT), busy_permille);
    note_slate(channel);
    g_autoptr(ChildLiveReport) report = child_live_report_new(CHILD_LIVE_REPORT_HEALTH);
    report->speed_permille =
        (guint)CLAMP((time - channel->told_time) * 100 / 9 * 1000 / MAX(busy_us, 1), 0, 1000000);
    report->behind_ms = (guint)CLAMP(behind_us / 1000, 0, G_MAXINT);
    report->dropped_rungs = live_ladder_list_dropped(channel->ladder);
    report->packets = live_service_get_packets(channel->service);
    report->cc_errors = live_service_get_lost(channel->service);
    report->scrambled = channel->scrambled;
    report->clock = g_strdup(channel->wall.streams ? "stream" : "system");
    describe_source(channel, report);
    channel->told_us = now->monotonic_us;
    channel->told_time = time;
    channel->sink(report, channel->data);
}
