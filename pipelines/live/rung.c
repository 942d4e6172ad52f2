// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Pictures come out of the encoder in the order they went in, so a queue of times says when each is
// shown. The encoder counts pictures by itself; at a cut its count is rounded up to a group, so
// that its own key pictures fall on the cuts. Sound never stops, whatever becomes of the picture.
#include "pipelines/live/rung.h"

#include "pipelines/encode/delay.h"
#include "pipelines/encode/opus.h"
#include "pipelines/package/codec.h"
#include "pipelines/package/fragment.h"
#include "pipelines/package/index.h"
#include "pipelines/package/init.h"

#define QUEUE_BYTES_MAX (64 * 1024 * 1024)

struct _LiveRung {
    EncodeRungsId id;      // (value)
    EncodeAac *aac;        // (owned) (nullable)
    EncodeOpus *opus;      // (owned) (nullable) one of the two
    EncodeH264 *h264;      // (owned) (nullable) while there are pictures
    PackageCodec *codec;   // (owned) (nullable) beside h264
    PackageTracks *tracks; // (owned)
    EncodeDelay *delay;    // (owned) two: left and right
    PackageQueue *video;   // (owned) 90 kHz
    PackageQueue *audio;   // (owned) samples
    GArray *times;         // (owned) (element-type gint64) of pictures in the encoder
    guint step;            // (value) ticks a picture
    guint group;           // (value) ticks a segment
    gint64 next_tick;      // (value) of the encoder's own count
    gint64 coded_until;    // (value) pictures before it came out of the encoder
};

static gboolean
queue_sound(LiveRung *rung, GBytes *packet, gint64 start_samples, guint samples, GError **error)
{
    gsize bytes = 0;
    const guint8 *data = g_bytes_get_data(packet, &bytes);
    if (rung->audio->data->len + bytes > QUEUE_BYTES_MAX) {
        g_set_error_literal(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID, "sound piles up");
        return FALSE;
    }
    g_byte_array_append(rung->audio->data, data, (guint)bytes);
    PackageQueueSample sample = {(guint64)start_samples, samples, (guint32)bytes, TRUE};
    package_queue_note(rung->audio, &sample);
    return TRUE;
}

static gboolean
on_aac_frame(const guint8 *data, gsize bytes, gint64 start_samples, gpointer user_data,
             GError **error)
{
    g_autoptr(GBytes) packet = g_bytes_new_static(data, bytes);
    return queue_sound(user_data, packet, start_samples, ENCODE_AAC_BLOCK, error);
}

static gboolean
on_opus_packet(const guint8 *data, gsize bytes, gint64 start_samples, guint samples,
               gpointer user_data, GError **error)
{
    g_autoptr(GBytes) packet = g_bytes_new_static(data, bytes);
    return queue_sound(user_data, packet, start_samples, samples, error);
}

/* Each picture lasts until the next; the last of a segment until its end. */
static gboolean
on_unit(const guint8 *data, gsize bytes, gint64 tick, gboolean key, gpointer user_data,
        GError **error)
{
    LiveRung *rung = user_data;
    guint before = rung->video->data->len;
    if (rung->times->len == 0 || before + bytes > QUEUE_BYTES_MAX) {
        g_set_error_literal(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID, "pictures pile up");
        return FALSE;
    }
    gint64 time = g_array_index(rung->times, gint64, 0);
    g_array_remove_index(rung->times, 0);
    if (!package_codec_append_unit(rung->codec, data, bytes, key, rung->video->data, error))
        return FALSE;
    PackageQueueSample *last = package_queue_get_last(rung->video);
    if (last != NULL)
        last->duration = (guint64)time - last->start;
    PackageQueueSample sample = {(guint64)time, 1, rung->video->data->len - before, key};
    package_queue_note(rung->video, &sample);
    rung->coded_until = time;
    return TRUE;
}

static gboolean
open_aac(LiveRung *rung, GError **error)
{
    const EncodeRungsSpec *spec = encode_rungs_get(rung->id);
    rung->aac = encode_aac_new(spec->channels, spec->sound_kbps, FALSE, error);
    if (rung->aac == NULL)
        return FALSE;
    encode_aac_set_sink(rung->aac, on_aac_frame, rung);
    rung->tracks->sound = PACKAGE_TRACK_SOUND_AAC;
    rung->tracks->sound_config = encode_aac_get_config(rung->aac);
    return TRUE;
}

static gboolean
open_opus(LiveRung *rung, GError **error)
{
    const EncodeRungsSpec *spec = encode_rungs_get(rung->id);
    rung->opus = encode_opus_new(spec->channels, spec->sound_kbps, error);
    if (rung->opus == NULL)
        return FALSE;
    encode_opus_set_sink(rung->opus, on_opus_packet, rung);
    rung->tracks->sound = PACKAGE_TRACK_SOUND_OPUS;
    rung->tracks->sound_config = encode_opus_get_config(rung->opus);
    return TRUE;
}

LiveRung *
live_rung_new(EncodeRungsId id, gint64 first_time, GError **error)
{
    const EncodeRungsSpec *spec = encode_rungs_get(id);
    g_autoptr(LiveRung) rung = g_new0(LiveRung, 1);
    rung->id = id;
    rung->tracks = package_track_new();
    rung->delay = g_new0(EncodeDelay, 2);
    rung->video = package_queue_new();
    rung->audio = package_queue_new();
    rung->times = g_array_new(FALSE, FALSE, sizeof(gint64));
    rung->coded_until = first_time;
    rung->tracks->channels = spec->channels;
    if (!(spec->opus ? open_opus(rung, error) : open_aac(rung, error)))
        return NULL;
    return g_steal_pointer(&rung);
}

void
live_rung_free(LiveRung *rung)
{
    encode_aac_free(rung->aac);
    encode_opus_free(rung->opus);
    encode_h264_free(rung->h264);
    g_clear_pointer(&rung->codec, package_codec_free);
    package_track_free(rung->tracks);
    package_queue_free(rung->video);
    package_queue_free(rung->audio);
    g_array_unref(rung->times);
    g_free(rung->delay);
    g_free(rung);
}

EncodeRungsId
live_rung_get_id(const LiveRung *rung)
{
    return rung->id;
}

gboolean
live_rung_has_picture(const LiveRung *rung)
{
    return rung->h264 != NULL;
}

guint
live_rung_get_step(const LiveRung *rung)
{
    return rung->h264 == NULL ? 0 : rung->step;
}

const PackageTracks *
live_rung_get_tracks(const LiveRung *rung)
{
    return rung->tracks;
}

static void
describe_picture(LiveRung *rung, const EncodeGrid *grid, const EncodeDecidePicture *decided)
{
    PackageTracks *tracks = rung->tracks;
    tracks->picture = PACKAGE_TRACK_PICTURE_AVC;
    tracks->width = decided->width;
    tracks->height = decided->height;
    tracks->frame_rate_numerator = grid->numerator;
    tracks->frame_rate_denominator = grid->denominator * decided->step;
    g_clear_pointer(&tracks->picture_config, g_bytes_unref);
    tracks->picture_config = encode_h264_get_parameter_sets(rung->h264);
}

gboolean
live_rung_begin_picture(LiveRung *rung, const EncodeGrid *grid, const EncodeDecidePicture *decided,
                        const EncodeH264Colour *colour, GError **error)
{
    rung->h264 = encode_h264_new(encode_rungs_get(rung->id), grid, decided, colour, error);
    if (rung->h264 == NULL)
        return FALSE;
    encode_h264_set_sink(rung->h264, on_unit, rung);
    describe_picture(rung, grid, decided);
    rung->codec = package_codec_new(rung->tracks, error);
    if (rung->codec == NULL) {
        g_clear_pointer(&rung->h264, encode_h264_free);
        return FALSE;
    }
    rung->step = decided->step;
    rung->group = grid->ticks;
    rung->next_tick = 0;
    gint64 late = encode_grid_tick_to_samples(grid, rung->step - 1) / 2;
    rung->delay[0].samples = rung->delay[1].samples = MIN(late, ENCODE_DELAY_SAMPLES);
    return TRUE;
}

gboolean
live_rung_end_picture(LiveRung *rung, GError **error)
{
    gboolean flushed = rung->h264 == NULL || encode_h264_push(rung->h264, NULL, 0, FALSE, error);
    g_clear_pointer(&rung->h264, encode_h264_free);
    g_clear_pointer(&rung->codec, package_codec_free);
    g_array_set_size(rung->times, 0);
    rung->coded_until = G_MAXINT64;
    return flushed;
}

gboolean
live_rung_add_picture(LiveRung *rung, const struct AVFrame *canvas, gint64 time, gboolean key,
                      GError **error)
{
    if (key)
        rung->next_tick = (rung->next_tick + rung->group - 1) / rung->group * rung->group;
    gint64 tick = rung->next_tick;
    rung->next_tick += rung->step;
    if (rung->coded_until == G_MAXINT64)
        rung->coded_until = time;
    g_array_append_val(rung->times, time);
    return encode_h264_push(rung->h264, canvas, tick, key, error);
}

gboolean
live_rung_add_sound(LiveRung *rung, gint64 block, const float *left, const float *right,
                    GError **error)
{
    const float *first = encode_delay_apply(&rung->delay[0], left);
    const float *second = encode_delay_apply(&rung->delay[1], right);
    if (rung->opus != NULL)
        return encode_opus_push(rung->opus, block, first, second, error);
    return encode_aac_push(rung->aac, block, first, second, error);
}

/* Samples of 48 kHz in 90 kHz, rounded down. */
static gint64
scale_samples(guint64 samples)
{
    return (gint64)(samples * 15 / 8);
}

gint64
live_rung_find_block(gint64 time)
{
    gint64 block = time * 8 / 15 / ENCODE_AAC_BLOCK;
    while (scale_samples((guint64)block * ENCODE_AAC_BLOCK) < time)
        block++;
    return block;
}

static guint
count_video(const LiveRung *rung, gint64 end)
{
    guint count = 0;
    while (count < rung->video->samples->len &&
           (gint64)package_queue_get(rung->video, count)->start < end)
        count++;
    return count;
}

static guint
count_audio(const LiveRung *rung, gint64 end)
{
    guint count = 0;
    while (count < rung->audio->samples->len &&
           scale_samples(package_queue_get(rung->audio, count)->start) < end)
        count++;
    return count;
}

gboolean
live_rung_is_ready(const LiveRung *rung, gint64 end, gboolean picture)
{
    gboolean heard = scale_samples(package_queue_get_end(rung->audio)) >= end;
    return heard && (!picture || rung->coded_until >= end);
}

GBytes *
live_rung_take(LiveRung *rung, guint64 number, gint64 end, gboolean picture, GError **error)
{
    guint videos = picture ? count_video(rung, end) : 0;
    guint audios = count_audio(rung, end);
    if (audios == 0 || (picture && (videos == 0 || !package_queue_get(rung->video, 0)->key))) {
        g_set_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID,
                    "segment %" G_GUINT64_FORMAT " of %s: %u pictures, %u of sound", number,
                    encode_rungs_get(rung->id)->name, videos, audios);
        return NULL;
    }
    if (videos > 0) {
        PackageQueueSample *last = package_queue_get(rung->video, videos - 1);
        last->duration = (guint64)end - last->start;
    }
    const PackageFragmentRun runs[] = {
        {rung->video, videos, PACKAGE_INIT_VIDEO_ID},
        {rung->audio, audios, picture ? PACKAGE_INIT_VIDEO_ID + 1 : 1},
    };
    GBytes *fragment = package_fragment_build((guint32)number, runs, G_N_ELEMENTS(runs), NULL);
    live_rung_drop(rung, end);
    return fragment;
}

void
live_rung_drop(LiveRung *rung, gint64 end)
{
    package_queue_drop_first(rung->video, count_video(rung, end));
    package_queue_drop_first(rung->audio, count_audio(rung, end));
}
