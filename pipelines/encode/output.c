// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A cut is told to the writer once everything before it has come out of both encoders. Where a rung
// shows only every other tick, what happens is seen on time or one tick late; its sound comes half
// a tick later, so that the two are never further apart than that.
#include "pipelines/encode/output.h"

#include <string.h>
#include <glib/gstdio.h>

#include "pipelines/encode/aac.h"
#include "pipelines/encode/av1.h"
#include "pipelines/encode/delay.h"
#include "pipelines/encode/opus.h"
#include "pipelines/package/disk.h"
#include "pipelines/package/writer.h"

#define SKIPPED_ENDING ".skipped"
#define MOST_CODE_BYTES 32

struct _EncodeOutput {
    EncodeRungsId rung;             // (value)
    char *folder;                   // (owned)
    EncodeGrid grid;                // (value)
    guint step;                     // (value) ticks a picture
    EncodeH264 *h264;               // (owned) (nullable)
    EncodeAv1 *av1;                 // (owned) (nullable) one of the two when there is a picture
    EncodeAac *aac;                 // (owned) (nullable)
    EncodeOpus *opus;               // (owned) (nullable) one of the two
    PackageWriter *writer;          // (owned)
    PackageWriterPosition position; // (value) where it goes on
    EncodeDelay delay[2];           // (value) of the sound, left and right
    gint64 cut_tick;                // (value) the next cut
    GByteArray *held;               // (owned) the last coded picture, not written yet
    gint64 held_tick;               // (value) -1: there is none
    gboolean held_key;              // (value)
    gint64 seen_picture;            // (value) pts90k of the last coded picture; -1: none
    gint64 seen_sound;              // (value) pts90k of the end of the last coded sound; -1: none
};

static gboolean
has_picture(const EncodeOutput *output)
{
    return output->h264 != NULL || output->av1 != NULL;
}

static gboolean
cut_if_due(EncodeOutput *output, GError **error)
{
    for (;;) {
        gint64 cut_pts90k = encode_grid_tick_to_pts90k(&output->grid, output->cut_tick);
        if (output->seen_sound < cut_pts90k)
            return TRUE;
        if (has_picture(output) && output->seen_picture < cut_pts90k)
            return TRUE;
        if (!package_writer_cut(output->writer, (guint64)cut_pts90k, error))
            return FALSE;
        output->cut_tick += output->grid.ticks;
    }
}

/* Gives the held picture to the writer; it lasts until @until. */
static gboolean
release_picture(EncodeOutput *output, gint64 until, GError **error)
{
    if (output->held_tick < 0)
        return TRUE;
    gint64 pts90k = encode_grid_tick_to_pts90k(&output->grid, output->held_tick);
    gint64 next = encode_grid_tick_to_pts90k(&output->grid, MAX(until, output->held_tick + 1));
    PackageWriterPicture picture = {
        .data = output->held->data,
        .bytes = output->held->len,
        .pts90k = (guint64)pts90k,
        .duration_pts90k = (guint64)(next - pts90k),
        .key = output->held_key,
    };
    output->held_tick = -1;
    output->seen_picture = pts90k;
    return package_writer_add_video(output->writer, &picture, error) && cut_if_due(output, error);
}

/* The last picture ends with the lesson, so each waits for the next one. */
static gboolean
on_unit(const guint8 *data, gsize bytes, gint64 tick, gboolean key, gpointer user_data,
        GError **error)
{
    EncodeOutput *output = user_data;
    if (!release_picture(output, tick, error))
        return FALSE;
    g_byte_array_set_size(output->held, 0);
    g_byte_array_append(output->held, data, (guint)bytes);
    output->held_tick = tick;
    output->held_key = key;
    return TRUE;
}

static gboolean
write_sound(EncodeOutput *output, const guint8 *data, gsize bytes, gint64 start_samples,
            guint samples, GError **error)
{
    if (!package_writer_add_audio(output->writer, data, bytes, (guint64)start_samples, error))
        return FALSE;
    output->seen_sound = (start_samples + samples) * 15 / 8;
    return cut_if_due(output, error);
}

static gboolean
on_aac_frame(const guint8 *data, gsize bytes, gint64 start_samples, gpointer user_data,
             GError **error)
{
    return write_sound(user_data, data, bytes, start_samples, ENCODE_AAC_BLOCK, error);
}

static gboolean
on_opus_packet(const guint8 *data, gsize bytes, gint64 start_samples, guint samples,
               gpointer user_data, GError **error)
{
    return write_sound(user_data, data, bytes, start_samples, samples, error);
}

static gboolean
open_sound(EncodeOutput *output, const EncodeDecidePicture *decided, PackageTracks *tracks,
           GError **error)
{
    const EncodeRungsSpec *spec = encode_rungs_get(output->rung);
    tracks->channels = spec->channels;
    if (spec->opus) {
        output->opus = encode_opus_new(spec->channels, decided->sound_kbps, error);
        if (output->opus == NULL)
            return FALSE;
        encode_opus_set_sink(output->opus, on_opus_packet, output);
        tracks->sound = PACKAGE_TRACK_SOUND_OPUS;
        tracks->sound_config = encode_opus_get_config(output->opus);
        return TRUE;
    }
    output->aac = encode_aac_new(spec->channels, decided->sound_kbps, decided->alike, error);
    if (output->aac == NULL)
        return FALSE;
    encode_aac_set_sink(output->aac, on_aac_frame, output);
    tracks->sound = PACKAGE_TRACK_SOUND_AAC;
    tracks->sound_config = encode_aac_get_config(output->aac);
    return TRUE;
}

static gboolean
open_coder(EncodeOutput *output, const EncodeOutputPicture *picture, PackageTracks *tracks,
           GError **error)
{
    const EncodeRungsSpec *spec = encode_rungs_get(output->rung);
    if (spec->family == ENCODE_RUNGS_AV1) {
        output->av1 = encode_av1_new(&output->grid, &picture->decided, &picture->colour, error);
        if (output->av1 == NULL)
            return FALSE;
        encode_av1_set_sink(output->av1, on_unit, output);
        tracks->picture = PACKAGE_TRACK_PICTURE_AV1;
        tracks->picture_config = encode_av1_get_header(output->av1);
        return TRUE;
    }
    output->h264 = encode_h264_new(spec, &output->grid, &picture->decided, &picture->colour, error);
    if (output->h264 == NULL)
        return FALSE;
    encode_h264_set_sink(output->h264, on_unit, output);
    tracks->picture = PACKAGE_TRACK_PICTURE_AVC;
    tracks->picture_config = encode_h264_get_parameter_sets(output->h264);
    return TRUE;
}

static gboolean
open_picture(EncodeOutput *output, const EncodeOutputPicture *picture, PackageTracks *tracks,
             GError **error)
{
    const EncodeDecidePicture *decided = &picture->decided;
    if (decided->width == 0)
        return TRUE;
    if (!open_coder(output, picture, tracks, error))
        return FALSE;
    output->step = decided->step;
    gint64 late = encode_grid_tick_to_samples(&output->grid, output->step - 1) / 2;
    for (guint i = 0; i < G_N_ELEMENTS(output->delay); i++)
        output->delay[i].samples = MIN(late, ENCODE_DELAY_SAMPLES);
    tracks->width = decided->width;
    tracks->height = decided->height;
    tracks->frame_rate_numerator = output->grid.numerator;
    tracks->frame_rate_denominator = output->grid.denominator * output->step;
    return TRUE;
}

EncodeOutput *
encode_output_new(const char *folder, EncodeRungsId rung, const EncodeGrid *grid,
                  const EncodeOutputPicture *picture, GError **error)
{
    g_autoptr(EncodeOutput) output = g_new0(EncodeOutput, 1);
    g_autoptr(PackageTracks) tracks = package_track_new();
    output->rung = rung;
    output->folder = g_strdup(folder);
    output->grid = *grid;
    output->held = g_byte_array_new();
    output->held_tick = output->seen_picture = output->seen_sound = -1;
    if (!open_sound(output, &picture->decided, tracks, error) ||
        !open_picture(output, picture, tracks, error))
        return NULL;
    output->writer =
        package_writer_open(folder, encode_rungs_get(rung)->name, tracks, &output->position, error);
    if (output->writer == NULL)
        return NULL;
    gint64 start = encode_output_get_start_tick(output);
    output->cut_tick = start + grid->ticks;
    return g_steal_pointer(&output);
}

void
encode_output_free(EncodeOutput *output)
{
    if (output == NULL)
        return;
    encode_h264_free(output->h264);
    encode_av1_free(output->av1);
    encode_aac_free(output->aac);
    encode_opus_free(output->opus);
    package_writer_free(output->writer);
    g_byte_array_unref(output->held);
    g_free(output->folder);
    g_free(output);
}

EncodeRungsId
encode_output_get_rung(EncodeOutput *output)
{
    return output->rung;
}

gint64
encode_output_get_start_tick(EncodeOutput *output)
{
    return encode_grid_pts90k_to_tick(&output->grid, (gint64)output->position.pts90k);
}

gint64
encode_output_get_start_block(EncodeOutput *output)
{
    return (gint64)output->position.audio_samples / ENCODE_AAC_BLOCK;
}

guint
encode_output_get_segments(EncodeOutput *output, guint64 *media_ms)
{
    guint64 pts90k = 0;
    guint segments = package_writer_get_segments(output->writer, &pts90k);
    if (media_ms != NULL)
        *media_ms = pts90k / 90;
    return segments;
}

gboolean
encode_output_add_picture(EncodeOutput *output, const struct AVFrame *canvas, gint64 tick,
                          gboolean key, GError **error)
{
    if (tick < encode_output_get_start_tick(output) || tick % output->step != 0)
        return TRUE;
    if (output->av1 != NULL)
        return encode_av1_push(output->av1, canvas, tick, error);
    return encode_h264_push(output->h264, canvas, tick, key, error);
}

static gboolean
push_sound(EncodeOutput *output, gint64 block, const float *left, const float *right,
           GError **error)
{
    if (output->opus != NULL)
        return encode_opus_push(output->opus, block, left, right, error);
    return encode_aac_push(output->aac, block, left, right, error);
}

gboolean
encode_output_add_sound(EncodeOutput *output, gint64 block, const float *left, const float *right,
                        GError **error)
{
    return push_sound(output, block, encode_delay_apply(&output->delay[0], left),
                      encode_delay_apply(&output->delay[1], right), error);
}

static gboolean
flush_picture(EncodeOutput *output, gint64 end_tick, GError **error)
{
    if (output->av1 != NULL && !encode_av1_push(output->av1, NULL, 0, error))
        return FALSE;
    if (output->h264 != NULL && !encode_h264_push(output->h264, NULL, 0, FALSE, error))
        return FALSE;
    return release_picture(output, end_tick, error);
}

PackageResult *
encode_output_finish(EncodeOutput *output, gint64 end_tick, GError **error)
{
    if (!flush_picture(output, end_tick, error) || !push_sound(output, 0, NULL, NULL, error))
        return NULL;
    return package_writer_finish(output->writer, error);
}

void
encode_output_discard(EncodeOutput *output, const char *code)
{
    static const char *const endings[] = {".mp4", ".index.json", ".part", ".journal"};
    const char *rung = encode_rungs_get(output->rung)->name;
    g_autofree char *mark = g_strconcat(rung, SKIPPED_ENDING, NULL);
    if (!package_disk_replace(output->folder, mark, code, strlen(code), NULL))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *name = g_strconcat(rung, endings[i], NULL);
        g_autofree char *path = g_build_filename(output->folder, name, NULL);
        g_unlink(path);
    }
}

char *
encode_output_read_discarded(const char *folder, EncodeRungsId rung)
{
    g_autofree char *mark = g_strconcat(encode_rungs_get(rung)->name, SKIPPED_ENDING, NULL);
    g_autofree char *path = g_build_filename(folder, mark, NULL);
    g_autofree char *code = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &code, &length, NULL) || length == 0 || length > MOST_CODE_BYTES)
        return NULL;
    return g_steal_pointer(&code);
}
