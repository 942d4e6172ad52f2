// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One small rule a function. The numbers were found by measuring (bench/RESULTS.md).
#include "pipelines/encode/decide.h"

#include <math.h>

#define CAMERA_SEGMENT_S 4
#define DRAWN_SEGMENT_S 8
// Boxes of a fragment: about 5 bytes a sample, and a hundred for each segment.
#define PACKAGING_KBPS 4
// Slides need no more than this, even with a face beside them.
#define SLIDES_MAX_FPS 15
// Signs are read at this rate and height.
#define INTERPRETER_FPS 15
#define INTERPRETER_LINES 120
#define INTERPRETER_MAX_SIDE 720
#define INTERPRETER_MAX_CAP 2.0
// What a camera sees in `lite` looks better small.
#define LITE_CAMERA_SIDE 270
// SVT-AV1 goes beyond a low ceiling by about a fifth.
#define LITE_RATE 0.8
// Speech needs no more than this a channel, and less for the second one, which is much like the
// first, or nothing where it is the same; what may be music gets what the rung has.
#define SPEECH_KBPS 40
#define SPEECH_STEREO_KBPS 56
#define SPEECH_OPUS_KBPS 32
// Two channels that are alike are louder than one by the first; 26 dB below them a side between
// them makes it the second.
#define ALIKE_LU 3.0103
#define ALIKE_MARGIN_LU 0.01
#define SPEECH_PERMILLE 500
#define MUSIC_PERMILLE 50
#define KEYS_APART_US G_USEC_PER_SEC
#define LEAST_GAIN 0.002

typedef struct {
    guint crf;          // (value)
    int av1_preset;     // (value)
    const char *preset; // (static)
} Tuning;

static const Tuning drawn_tunings[ENCODE_RUNGS_COUNT] = {
    [ENCODE_RUNGS_LITE] = {48, 10, NULL},      [ENCODE_RUNGS_SMALL] = {31, 0, "medium"},
    [ENCODE_RUNGS_MEDIUM] = {34, 0, "medium"}, [ENCODE_RUNGS_CLEAR] = {40, 8, NULL},
    [ENCODE_RUNGS_LARGE] = {33, 0, "medium"},
};

static const Tuning camera_tunings[ENCODE_RUNGS_COUNT] = {
    [ENCODE_RUNGS_LITE] = {45, 9, NULL},         [ENCODE_RUNGS_SMALL] = {26, 0, "faster"},
    [ENCODE_RUNGS_MEDIUM] = {24, 0, "veryfast"}, [ENCODE_RUNGS_CLEAR] = {38, 8, NULL},
    [ENCODE_RUNGS_LARGE] = {23, 0, "veryfast"},
};

static gboolean
is_drawn(AnalyseResultContent content)
{
    switch (content) {
    case ANALYSE_RESULT_CONTENT_SLIDES:
    case ANALYSE_RESULT_CONTENT_SCREEN:
        return TRUE;
    case ANALYSE_RESULT_CONTENT_NONE:
    case ANALYSE_RESULT_CONTENT_CAMERA:
        return FALSE;
    }
    return FALSE;
}

static AnalyseResultContent
get_content(const EncodeDecideFacts *facts)
{
    return facts->analysis != NULL ? facts->analysis->content : ANALYSE_RESULT_CONTENT_CAMERA;
}

static gboolean
has_inset(const EncodeDecideFacts *facts)
{
    return facts->analysis != NULL && facts->analysis->inset.width > 0;
}

static gboolean
has_interpreter(const EncodeDecideFacts *facts)
{
    return facts->interpreter.width > 0 && facts->interpreter.height > 0;
}

EncodeGrid
encode_decide_grid(const SourceInfo *info, AnalyseResultContent glance)
{
    guint segment_s = is_drawn(glance) ? DRAWN_SEGMENT_S : CAMERA_SEGMENT_S;
    return encode_grid_choose(info->rate_numerator, info->rate_denominator, segment_s);
}

gboolean
encode_decide_suits(EncodeRungsId id, const SourceInfo *info, AnalyseResultContent glance)
{
    guint width = info->has_picture ? info->width : 0;
    guint height = info->has_picture ? info->height : 0;
    if (id == ENCODE_RUNGS_SLIDES && !is_drawn(glance))
        return FALSE;
    return encode_rungs_suits(id, info->has_sound, width, height);
}

/* The rungs in which an inset may get too small. */
static gboolean
is_low(EncodeRungsId id)
{
    return encode_rungs_get(id)->short_side < INTERPRETER_MAX_SIDE;
}

static guint
choose_side(const EncodeDecideFacts *facts, EncodeRungsId id)
{
    guint side = encode_rungs_get(id)->short_side;
    if (id == ENCODE_RUNGS_LITE && !is_drawn(get_content(facts)))
        side = LITE_CAMERA_SIDE;
    if (!is_low(id) || !has_interpreter(facts))
        return side;
    // The picture's height at which the inset's is enough; its short side when it stands upright.
    double height = INTERPRETER_LINES * 1000.0 / facts->interpreter.height;
    double shape = (double)facts->info->width / MAX(facts->info->height, 1);
    double wanted = ceil(height * MIN(shape, 1.0));
    return MAX(side, (guint)MIN(wanted, INTERPRETER_MAX_SIDE));
}

static double
choose_fps(const EncodeDecideFacts *facts, EncodeRungsId id)
{
    double fps = encode_rungs_get(id)->max_fps;
    if (has_interpreter(facts))
        return MAX(fps, INTERPRETER_FPS);
    return get_content(facts) == ANALYSE_RESULT_CONTENT_SLIDES ? MIN(fps, SLIDES_MAX_FPS) : fps;
}

/* A larger picture for the interpreter's sake gets a higher ceiling, though less than its area. */
static double
choose_cap(const EncodeDecideFacts *facts, EncodeRungsId id, guint width, guint height)
{
    EncodeDecideFacts usual = *facts;
    usual.interpreter = (AnalyseResultRect){0};
    guint usual_width, usual_height;
    encode_rungs_fit(choose_side(&usual, id), facts->info->width, facts->info->height, &usual_width,
                     &usual_height);
    double larger = (double)width * height / ((double)usual_width * usual_height);
    double factor = is_low(id) ? CLAMP(pow(larger, 0.75), 1.0, INTERPRETER_MAX_CAP) : 1.0;
    return encode_rungs_get(id)->cap_kbps * factor;
}

static gboolean
is_speech(const EncodeDecideFacts *facts)
{
    const AnalyseResultSound *sound = facts->sound;
    return sound != NULL && sound->speech_permille >= SPEECH_PERMILLE &&
           sound->music_permille <= MUSIC_PERMILLE;
}

/* Speech whose two channels are one. */
static gboolean
is_alike(const EncodeDecideFacts *facts)
{
    const AnalyseResultSound *sound = facts->sound;
    return is_speech(facts) &&
           sound->stereo_lufs - sound->loudness_lufs <= ALIKE_LU + ALIKE_MARGIN_LU;
}

static guint
choose_sound(const EncodeDecideFacts *facts, EncodeRungsId id)
{
    const EncodeRungsSpec *spec = encode_rungs_get(id);
    guint enough = SPEECH_KBPS;
    if (spec->channels == 2 && !is_alike(facts))
        enough = SPEECH_STEREO_KBPS;
    else if (spec->channels == 2 && spec->opus)
        enough = SPEECH_OPUS_KBPS;
    return is_speech(facts) ? MIN(spec->sound_kbps, enough) : spec->sound_kbps;
}

EncodeDecidePicture
encode_decide_picture(const EncodeDecideFacts *facts, const EncodeGrid *grid, EncodeRungsId id)
{
    const EncodeRungsSpec *spec = encode_rungs_get(id);
    EncodeDecidePicture picture = {.drawn = is_drawn(get_content(facts))};
    picture.screen = picture.drawn && !has_inset(facts);
    const Tuning *tuning = picture.drawn ? &drawn_tunings[id] : &camera_tunings[id];
    picture.crf = tuning->crf;
    picture.av1_preset = tuning->av1_preset;
    picture.preset = tuning->preset;
    encode_rungs_fit(choose_side(facts, id), facts->info->width, facts->info->height,
                     &picture.width, &picture.height);
    picture.sound_kbps = choose_sound(facts, id);
    picture.alike = spec->channels == 2 && !spec->opus && is_alike(facts);
    picture.step = encode_grid_find_step(grid, choose_fps(facts, id));
    // With a buffer of one second a segment may hold one second more than it lasts.
    double cap = choose_cap(facts, id, picture.width, picture.height);
    double seconds = encode_grid_get_segment_seconds(grid);
    double rate = (cap - spec->sound_kbps - PACKAGING_KBPS) * seconds / (seconds + 1);
    picture.rate_kbps = (guint)(id == ENCODE_RUNGS_LITE ? rate * LITE_RATE : rate);
    return picture;
}

GArray *
encode_decide_keys(const AnalyseResultPicture *analysis, const EncodeGrid *grid)
{
    GArray *keys = g_array_new(FALSE, FALSE, sizeof(gint64));
    gint64 apart = encode_grid_us_to_tick(grid, KEYS_APART_US);
    gint64 last = 0;
    for (guint i = 0; analysis != NULL && i < analysis->slides->len; i++) {
        const AnalyseResultSlide *slide = &g_array_index(analysis->slides, AnalyseResultSlide, i);
        gint64 tick = encode_grid_us_to_tick(grid, slide->start_ms * 1000);
        gint64 behind_cut = tick % grid->ticks;
        if (slide->grows || tick < last + apart || behind_cut < apart ||
            behind_cut > grid->ticks - apart)
            continue;
        last = tick;
        g_array_append_val(keys, tick);
    }
    return keys;
}

static gboolean
is_family(EncodeRungsId id, EncodeRungsId other)
{
    return encode_rungs_get(id)->family == encode_rungs_get(other)->family;
}

/* TRUE when learners who may take @id may also take @other. */
static gboolean
is_neighbour(EncodeRungsId id, EncodeRungsId other)
{
    return is_family(id, other) || (id == ENCODE_RUNGS_CLEAR && encode_rungs_moves(other));
}

static gboolean
is_lowest(EncodeRungsId id)
{
    for (guint other = 0; other < id; other++)
        if (is_family(id, (EncodeRungsId)other))
            return FALSE;
    return TRUE;
}

static gboolean
gains(const EncodeDecideWorth *worth, guint lower)
{
    return worth->ssim <= 0 || worth->below[lower] <= 0 ||
           worth->ssim - worth->below[lower] >= LEAST_GAIN;
}

/* A better one costs no more. Of another family it is better unless it was measured not to be. */
static gboolean
is_dearer(const EncodeDecideWorth *worths, EncodeRungsId id, const EncodeDecideVerdict *verdicts)
{
    const EncodeDecideWorth *worth = &worths[id];
    for (guint i = id + 1; i < ENCODE_RUNGS_COUNT; i++) {
        const EncodeDecideWorth *better = &worths[i];
        if (!better->made || verdicts[i] != ENCODE_DECIDE_KEEP ||
            !is_neighbour(id, (EncodeRungsId)i) || worth->bytes < better->bytes)
            continue;
        if (is_family(id, (EncodeRungsId)i) || worth->ssim <= 0 || better->ssim <= 0 ||
            worth->ssim - better->ssim < LEAST_GAIN)
            return TRUE;
    }
    return FALSE;
}

/* The next lower one of the family does as well, or one of another family that costs no more. */
static gboolean
is_needless(const EncodeDecideWorth *worths, EncodeRungsId id, const EncodeDecideVerdict *verdicts)
{
    gboolean next = TRUE;
    for (guint i = id; i-- > 0;) {
        gboolean family = is_family(id, (EncodeRungsId)i);
        if (!worths[i].made || verdicts[i] != ENCODE_DECIDE_KEEP ||
            !is_neighbour(id, (EncodeRungsId)i))
            continue;
        if ((family ? next : worths[i].bytes <= worths[id].bytes) && !gains(&worths[id], i))
            return TRUE;
        next = next && !family;
    }
    return FALSE;
}

void
encode_decide_worth(const EncodeDecideWorth worths[ENCODE_RUNGS_COUNT],
                    EncodeDecideVerdict verdicts[ENCODE_RUNGS_COUNT])
{
    for (guint i = 0; i < ENCODE_RUNGS_COUNT; i++)
        verdicts[i] = ENCODE_DECIDE_KEEP;
    for (guint i = ENCODE_RUNGS_COUNT; i-- > 0;) {
        EncodeRungsId id = (EncodeRungsId)i;
        if (worths[i].made && !worths[i].published && !is_lowest(id) &&
            is_dearer(worths, id, verdicts))
            verdicts[i] = ENCODE_DECIDE_DEARER;
    }
    for (guint i = 0; i < ENCODE_RUNGS_COUNT; i++) {
        EncodeRungsId id = (EncodeRungsId)i;
        if (worths[i].made && !worths[i].published && verdicts[i] == ENCODE_DECIDE_KEEP &&
            !is_lowest(id) && is_needless(worths, id, verdicts))
            verdicts[i] = ENCODE_DECIDE_NO_GAIN;
    }
}
