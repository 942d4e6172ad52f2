// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Pictures keep their places in their segment. Sound frames are all of one length and follow one
// another without a hole, so where two segments do not belong together (a new child, a gap that was
// left out) a frame is left out or given twice when the sound would else be more than half a frame
// away from its picture: 11 ms for AAC. Where another sound was not on the air there is silence.
#include "pipelines/keep/join.h"

#include <gio/gio.h>

#include "pipelines/keep/fragment.h"
#include "pipelines/keep/load.h"
#include "pipelines/keep/plan.h"
#include "pipelines/package/writer.h"

/* Silence of one channel, as FFmpeg's encoder makes it and every decoder knows it: a block without
 * any line of the spectrum (ISO/IEC 14496-3 §4.4.2.1). */
static const guint8 silence[] = {0x01, 0x18, 0x20, 0x07};
#define SILENCE_SAMPLES 1024

/* The bytes of one segment with what is in them. */
typedef struct {
    const KeepPlanPiece *plan; // (unowned)
    char *data;                // (owned)
    KeepFragment *fragment;    // (owned)
} Piece;

typedef struct {
    const KeepJoin *join;   // (unowned)
    GHashTable *inits;      // (owned) (element-type KeepFragmentInit) by path
    PackageTracks *tracks;  // (unowned) of the init that holds longest
    PackageWriter *writer;  // (owned)
    guint64 total;          // 90 kHz, of the whole
    guint64 time;           // 90 kHz, where the next segment begins
    guint64 samples;        // where the next sound frame begins
    GBytes *last_sound;     // (owned) (nullable) the newest frame
    guint64 sound_duration; // of it
} Work;

static gboolean
refuse(GError **error, const char *path, const char *why)
{
    g_set_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID, "%s: %s", path, why);
    return FALSE;
}

static gboolean
can_be_silent(const PackageTracks *tracks)
{
    return tracks->picture == PACKAGE_TRACK_PICTURE_NONE &&
           tracks->sound == PACKAGE_TRACK_SOUND_AAC && tracks->channels == 1;
}

static gboolean
load_inits(Work *work, GError **error)
{
    const GPtrArray *pieces = work->join->pieces;
    gboolean silent = FALSE;
    g_autoptr(GHashTable) spans = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    guint64 longest = 0;
    for (guint i = 0; i < pieces->len; i++) {
        const KeepPlanPiece *piece = pieces->pdata[i];
        work->total += piece->duration;
        if (piece->segment == NULL) {
            silent = TRUE;
            continue;
        }
        guint64 *span = g_hash_table_lookup(spans, piece->init);
        if (span == NULL) {
            gsize bytes = 0;
            g_autofree char *data =
                keep_load_span(work->join->folder, piece->init, &piece->init_span, &bytes, error);
            KeepFragmentInit *init =
                data != NULL ? keep_fragment_parse_init((guint8 *)data, bytes, error) : NULL;
            if (init == NULL)
                return FALSE;
            g_hash_table_insert(work->inits, g_strdup(piece->init), init);
            span = g_new0(guint64, 1);
            g_hash_table_insert(spans, piece->init, span);
        }
        *span += piece->duration;
        if (*span > longest) {
            const KeepFragmentInit *init = g_hash_table_lookup(work->inits, piece->init);
            longest = *span;
            work->tracks = init->tracks;
        }
    }
    if (work->tracks == NULL)
        return refuse(error, work->join->rung, "nothing to join");
    return !silent || can_be_silent(work->tracks) ||
           refuse(error, work->join->rung, "not of a kind whose silence is known");
}

/* Size and rate may change on the way: parameter sets are in every segment. Kinds may not. */
static gboolean
check_init(const Work *work, const KeepFragmentInit *init, const char *path, GError **error)
{
    return (init->tracks->picture == work->tracks->picture &&
            init->tracks->sound == work->tracks->sound) ||
           refuse(error, path, "made of other tracks than the rest");
}

static void
clear_piece(Piece *piece)
{
    g_clear_pointer(&piece->data, g_free);
    g_clear_pointer(&piece->fragment, keep_fragment_free);
}

static gboolean
load_piece(const Work *work, const KeepPlanPiece *plan, Piece *piece, GError **error)
{
    gsize bytes = 0;
    const KeepFragmentInit *init = g_hash_table_lookup(work->inits, plan->init);
    piece->plan = plan;
    piece->data =
        check_init(work, init, plan->init, error)
            ? keep_load_span(work->join->folder, plan->segment, &plan->span, &bytes, error)
            : NULL;
    if (piece->data != NULL)
        piece->fragment = keep_fragment_parse(init, (guint8 *)piece->data, bytes, error);
    if (piece->fragment == NULL)
        g_prefix_error(error, "%s: ", plan->segment);
    return piece->fragment != NULL;
}

static gboolean
add_pictures(Work *work, const Piece *piece, GError **error)
{
    const GArray *pictures = piece->fragment->pictures;
    for (guint i = 0; i < pictures->len; i++) {
        const KeepFragmentSample *sample = &g_array_index(pictures, KeepFragmentSample, i);
        guint64 offset = sample->start - piece->plan->time;
        if (piece->plan->shortened && i > 0 && sample->start >= piece->plan->time &&
            offset >= piece->plan->duration)
            break;
        if (sample->start < piece->plan->time || offset >= piece->plan->duration ||
            (i == 0 && (offset != 0 || !sample->key)))
            return refuse(error, piece->plan->segment, "a picture outside of its segment");
        PackageWriterPicture picture = {
            .data = (const guint8 *)piece->data + sample->offset,
            .bytes = sample->bytes,
            .pts90k = work->time + offset,
            .duration_pts90k = piece->plan->duration - offset,
            .key = sample->key,
        };
        if (!package_writer_add_video(work->writer, &picture, error))
            return FALSE;
    }
    return TRUE;
}

/* Sound alone must not end after the pictures of the other rungs. */
static gboolean
add_sound(Work *work, const guint8 *data, gsize bytes, guint64 duration, GError **error)
{
    if ((work->samples + duration) * 15 > work->total * 8)
        return TRUE;
    if (!package_writer_add_audio(work->writer, data, bytes, work->samples, error))
        return FALSE;
    work->samples += duration;
    return TRUE;
}

/* The frame from before once more, until @until is near. */
static gboolean
stretch(Work *work, const guint8 *data, gsize bytes, guint64 duration, guint64 until,
        GError **error)
{
    while (work->samples + duration / 2 < until &&
           (work->samples + duration) * 15 <= work->total * 8) {
        if (!add_sound(work, data, bytes, duration, error))
            return FALSE;
    }
    return TRUE;
}

/* How many of its frames are nearer to what is wanted of it than to what comes after that. */
static guint
count_sounds(const Piece *piece, guint64 origin)
{
    const GArray *sounds = piece->fragment->sounds;
    guint count = sounds->len;
    while (piece->plan->shortened && count > 0) {
        const KeepFragmentSample *sample = &g_array_index(sounds, KeepFragmentSample, count - 1);
        guint64 offset = sample->start - MIN(sample->start, origin);
        if (offset + sample->duration / 2 < piece->plan->duration * 8 / 15)
            break;
        count--;
    }
    return count;
}

static gboolean
add_sounds(Work *work, const Piece *piece, GError **error)
{
    const GArray *sounds = piece->fragment->sounds;
    guint64 origin = (piece->plan->time * 8 + 14) / 15, goal = work->time * 8 / 15;
    guint count = count_sounds(piece, origin);
    for (guint i = 0; i < count; i++) {
        const KeepFragmentSample *sample = &g_array_index(sounds, KeepFragmentSample, i);
        const guint8 *data = (const guint8 *)piece->data + sample->offset;
        guint64 offset = sample->start - MIN(sample->start, origin);
        guint64 wanted = goal + offset;
        if (offset > (piece->plan->duration + 90000) * 8 / 15)
            return refuse(error, piece->plan->segment, "sound outside of its segment");
        if (i == 0 && work->samples > wanted + sample->duration / 2)
            continue;
        if (i == 0 && !stretch(work, data, sample->bytes, sample->duration, wanted, error))
            return FALSE;
        if (!add_sound(work, data, sample->bytes, sample->duration, error))
            return FALSE;
        if (i + 1 == count) {
            g_clear_pointer(&work->last_sound, g_bytes_unref);
            work->last_sound = g_bytes_new(data, sample->bytes);
            work->sound_duration = sample->duration;
        }
    }
    return TRUE;
}

/* Up to where the segment after it begins. */
static gboolean
add_silence(Work *work, const KeepPlanPiece *plan, GError **error)
{
    guint64 until = (work->time + plan->duration) * 8 / 15;
    g_clear_pointer(&work->last_sound, g_bytes_unref);
    work->last_sound = g_bytes_new_static(silence, sizeof silence);
    work->sound_duration = SILENCE_SAMPLES;
    return stretch(work, silence, sizeof silence, SILENCE_SAMPLES, until, error);
}

static gboolean
add_files(Work *work, const KeepPlanPiece *plan, GError **error)
{
    Piece piece = {0};
    gboolean added = load_piece(work, plan, &piece, error) && add_pictures(work, &piece, error) &&
                     add_sounds(work, &piece, error);
    clear_piece(&piece);
    return added;
}

/* @next: (nullable): what follows. */
static gboolean
add_piece(Work *work, const KeepPlanPiece *plan, const KeepPlanPiece *next, GError **error)
{
    gboolean added =
        plan->segment != NULL ? add_files(work, plan, error) : add_silence(work, plan, error);
    work->time += plan->duration;
    return added &&
           ((next != NULL && next->joined) || package_writer_cut(work->writer, work->time, error));
}

/* Sound ends less than a frame before the picture; what is too much the writer leaves out. */
static gboolean
fill_end(Work *work, GError **error)
{
    gsize bytes = 0;
    const guint8 *data =
        work->last_sound != NULL ? g_bytes_get_data(work->last_sound, &bytes) : NULL;
    while (data != NULL && (work->samples + work->sound_duration) * 15 <= work->total * 8) {
        if (!add_sound(work, data, bytes, work->sound_duration, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
add_all(Work *work, GError **error)
{
    const KeepJoin *join = work->join;
    for (guint i = 0; i < join->pieces->len; i++) {
        const KeepPlanPiece *next = i + 1 < join->pieces->len ? join->pieces->pdata[i + 1] : NULL;
        if (!add_piece(work, join->pieces->pdata[i], next, error))
            return FALSE;
        if (!join->on_piece(join->user_data)) {
            g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "told to stop");
            return FALSE;
        }
    }
    return fill_end(work, error);
}

PackageResult *
keep_join_run(const KeepJoin *join, PackageTracks **tracks, GError **error)
{
    Work work = {.join = join};
    PackageResult *result = NULL;
    PackageWriterPosition position;
    work.inits = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify)keep_fragment_free_init);
    if (load_inits(&work, error))
        work.writer = package_writer_open(join->staging, join->rung, work.tracks, &position, error);
    if (work.writer != NULL && add_all(&work, error))
        result = package_writer_finish(work.writer, error);
    if (result != NULL)
        *tracks = package_track_copy(work.tracks);
    g_clear_pointer(&work.writer, package_writer_free);
    g_clear_pointer(&work.last_sound, g_bytes_unref);
    g_hash_table_unref(work.inits);
    return result;
}
