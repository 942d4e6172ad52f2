// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Everything is measured in one go. What depends on how the channels fold, which only the end
// tells, is kept for each way; short levels are kept as one byte each.
#include "pipelines/analyse/sound.h"

#include <math.h>
#include <string.h>

#include "pipelines/analyse/levels.h"
#include "pipelines/analyse/loudness.h"
#include "pipelines/analyse/peak.h"
#include "pipelines/analyse/tonality.h"

#define WINDOW_FRAMES (ANALYSE_TONALITY_WINDOW / ANALYSE_LEVELS_FRAME)
#define RUMBLE_HZ 80.0
#define SILENT_DB -60.0
// A window of speech has many frames that are quieter than a quarter of its mean, and consonants,
// whose frames cross zero more than half as often again as the mean (Lu, Zhang and Jiang, "Content
// analysis for audio classification and segmentation", IEEE TSAP 2002). In the speech there is to
// try, no window has less than 0.32 and few less than 0.15; chords have 0.03 of the first.
#define QUIET_SHARE 0.25
#define SPEECH_QUIET 0.3
#define CROSSING_SHARE 1.5
#define SPEECH_CROSSING 0.07
// What stays at its frequencies: noise has 0.6, chords 0.9 and more; speech on one pitch, too.
#define MUSIC_TONES 0.8
#define ONE_SIDED 0.001
#define CANCELS 0.1

typedef enum { LEFT, RIGHT, MIDDLE, SIDE, WAYS } Way;

struct _AnalyseSound {
    double narrow[2][4];               // (value) state of a filter: left, right
    AnalyseLoudnessFilter weighing[2]; // (value) left, right
    gboolean alike;                    // (value) the channels were equal so far
    double rumble[4];                  // (value) state of its filter
    GArray *steps[WAYS];               // (owned) (element-type float) energies
    double step[WAYS];                 // (value) sums of the present step
    guint step_at;                     // (value) samples in it
    double correlation;                // (value) of the channels so far
    AnalyseLevels *levels;             // (owned)
    AnalyseLevelsFrame frame;          // (value) sums of the present one
    guint frame_at;                    // (value) samples in it
    double energies[WINDOW_FRAMES];    // (value) of the frames of the present window
    double crossings[WINDOW_FRAMES];   // (value) of zero, in them
    guint crossed;                     // (value) times in the present frame
    gboolean above;                    // (value) zero, the last sample
    guint window_at;                   // (value) frames in it
    guint speech;                      // (value) windows
    guint music;                       // (value)
    guint silent;                      // (value)
    guint windows;                     // (value) in all
    AnalyseTonality *tonality;         // (owned) (nullable)
    float past[2][ANALYSE_PEAK_TAPS + ANALYSE_SOUND_BLOCK]; // (value) for peaks between samples
    float peak;                                             // (value) true peak so far
};

AnalyseSound *
analyse_sound_new(void)
{
    AnalyseSound *sound = g_new0(AnalyseSound, 1);
    sound->alike = TRUE;
    sound->levels = analyse_levels_new();
    sound->tonality = analyse_tonality_new();
    for (int way = 0; way < WAYS; way++)
        sound->steps[way] = g_array_new(FALSE, FALSE, sizeof(float));
    return sound;
}

void
analyse_sound_free(AnalyseSound *sound)
{
    if (sound == NULL)
        return;
    analyse_levels_free(sound->levels);
    analyse_tonality_free(sound->tonality);
    for (int way = 0; way < WAYS; way++)
        g_array_unref(sound->steps[way]);
    g_free(sound);
}

/* The share of frames below or above @factor times the mean. */
static double
count_share(const double *values, guint count, double factor, gboolean above)
{
    double sum = 0;
    guint found = 0;
    for (guint i = 0; i < count; i++)
        sum += values[i];
    double bound = sum / MAX(count, 1) * factor;
    for (guint i = 0; i < count; i++)
        found += above ? values[i] > bound : values[i] < bound;
    return (double)found / MAX(count, 1);
}

static double
get_mean(const double *values, guint count)
{
    double sum = 0;
    for (guint i = 0; i < count; i++)
        sum += values[i];
    return sum / MAX(count, 1);
}

static void
classify_window(AnalyseSound *sound)
{
    double tones = sound->tonality != NULL ? analyse_tonality_take(sound->tonality) : 0;
    guint count = sound->window_at;
    double quiet = count_share(sound->energies, count, QUIET_SHARE, FALSE);
    double crossing = count_share(sound->crossings, count, CROSSING_SHARE, TRUE);
    sound->windows++;
    sound->window_at = 0;
    if (10 * log10(get_mean(sound->energies, count) + 1e-20) < SILENT_DB)
        sound->silent++;
    else if (quiet >= SPEECH_QUIET && (crossing >= SPEECH_CROSSING || tones < MUSIC_TONES))
        sound->speech++;
    else if (tones >= MUSIC_TONES)
        sound->music++;
}

static void
end_frame(AnalyseSound *sound)
{
    double energy = sound->frame.energy / sound->frame_at;
    sound->frame.energy = energy;
    sound->frame.weighted /= sound->frame_at;
    sound->frame.rumble /= sound->frame_at;
    analyse_levels_add(sound->levels, &sound->frame);
    sound->frame = (AnalyseLevelsFrame){0};
    sound->frame_at = 0;
    sound->energies[sound->window_at] = energy;
    sound->crossings[sound->window_at] = sound->crossed;
    sound->crossed = 0;
    if (++sound->window_at == WINDOW_FRAMES)
        classify_window(sound);
}

static void
end_step(AnalyseSound *sound)
{
    for (int way = 0; way < WAYS; way++) {
        float energy = (float)(sound->step[way] / sound->step_at);
        g_array_append_val(sound->steps[way], energy);
        sound->step[way] = 0;
    }
    sound->step_at = 0;
}

/* Two Butterworth sections of second order, each low-pass at RUMBLE_HZ. */
static double
pass_rumble(double *state, double sample)
{
    static const double b0 = 2.721380798831886e-05;
    static const double a1 = -1.985190657896261, a2 = 0.9852995131282144;
    for (int section = 0; section < 2; section++, state += 2) {
        double out = b0 * sample + state[0];
        state[0] = 2 * b0 * sample - a1 * out + state[1];
        state[1] = b0 * sample - a2 * out;
        sample = out;
    }
    return sample;
}

/* Two Butterworth sections, low-pass at 9.5 kHz: what is above, no cheap rung carries, and it must
 * not be counted. */
static double
pass_narrow(double *state, double sample)
{
    static const double sections[2][3] = {
        {0.180964014292, -0.342896310757, 0.066752367925},
        {0.249035984071, -0.471881221897, 0.468025158180},
    };
    for (int i = 0; i < 2; i++, state += 2) {
        const double *section = sections[i];
        double out = section[0] * sample + state[0];
        state[0] = 2 * section[0] * sample - section[1] * out + state[1];
        state[1] = section[0] * sample - section[2] * out;
        sample = out;
    }
    return sample;
}

static double
weigh(AnalyseSound *sound, int channel, double sample)
{
    return analyse_loudness_weigh(&sound->weighing[channel],
                                  pass_narrow(sound->narrow[channel], sample));
}

static void
add_sample(AnalyseSound *sound, double left, double right)
{
    double weighted_left = weigh(sound, 0, left);
    double weighted_right = sound->alike ? weighted_left : weigh(sound, 1, right);
    double sign = sound->correlation < 0 ? -0.5 : 0.5;
    double folded = left * 0.5 + right * sign;
    double weighted = weighted_left * 0.5 + weighted_right * sign;
    double middle = (weighted_left + weighted_right) * 0.5;
    double side = (weighted_left - weighted_right) * 0.5;
    double rumble = pass_rumble(sound->rumble, folded);
    sound->correlation += left * right;
    sound->step[LEFT] += weighted_left * weighted_left;
    sound->step[RIGHT] += weighted_right * weighted_right;
    sound->step[MIDDLE] += middle * middle;
    sound->step[SIDE] += side * side;
    sound->crossed += (folded > 0) != sound->above;
    sound->above = folded > 0;
    sound->frame.energy += folded * folded;
    sound->frame.weighted += weighted * weighted;
    sound->frame.rumble += rumble * rumble;
    sound->frame.peak = MAX(sound->frame.peak, fabs(folded));
    if (sound->tonality != NULL)
        analyse_tonality_add(sound->tonality, (float)folded);
    if (++sound->frame_at == ANALYSE_LEVELS_FRAME)
        end_frame(sound);
    if (++sound->step_at == ANALYSE_LOUDNESS_STEP)
        end_step(sound);
}

/* Looks between samples only where the highest so far may be passed. */
static void
find_peak(AnalyseSound *sound, int channel, const float *samples)
{
    float *past = sound->past[channel];
    float highest = 0;
    memcpy(past + ANALYSE_PEAK_TAPS, samples, ANALYSE_SOUND_BLOCK * sizeof(float));
    for (int i = 0; i < ANALYSE_PEAK_TAPS + ANALYSE_SOUND_BLOCK; i++)
        highest = fmaxf(highest, fabsf(past[i]));
    for (int i = 0; highest * 2 > sound->peak && i < ANALYSE_SOUND_BLOCK; i++) {
        const float *newest = past + ANALYSE_PEAK_TAPS + i;
        if (fmaxf(fabsf(newest[-5]), fabsf(newest[-6])) * 2 > sound->peak)
            sound->peak = fmaxf(sound->peak, analyse_peak_find(newest));
    }
    memmove(past, past + ANALYSE_SOUND_BLOCK, ANALYSE_PEAK_TAPS * sizeof(float));
}

static gboolean
are_equal(const float *left, const float *right)
{
    for (int i = 0; i < ANALYSE_SOUND_BLOCK; i++)
        if (left[i] < right[i] || left[i] > right[i])
            return FALSE;
    return TRUE;
}

void
analyse_sound_add(AnalyseSound *sound, const float *left, const float *right)
{
    gboolean equal = left == right || are_equal(left, right);
    if (sound->alike && !equal) {
        sound->alike = FALSE;
        sound->weighing[1] = sound->weighing[0];
        memcpy(sound->narrow[1], sound->narrow[0], sizeof sound->narrow[0]);
        memcpy(sound->past[1], sound->past[0], sizeof sound->past[0]);
    }
    find_peak(sound, 0, left);
    if (!sound->alike)
        find_peak(sound, 1, right);
    for (int i = 0; i < ANALYSE_SOUND_BLOCK; i++)
        add_sample(sound, (double)left[i], (double)right[i]);
}

static double
sum_steps(const GArray *steps)
{
    double sum = 0;
    for (guint i = 0; i < steps->len; i++)
        sum += (double)g_array_index(steps, float, i);
    return sum;
}

static AnalyseResultFold
choose_fold(AnalyseSound *sound)
{
    double sums[WAYS];
    for (int way = 0; way < WAYS; way++)
        sums[way] = sum_steps(sound->steps[way]);
    if (sums[RIGHT] < sums[LEFT] * ONE_SIDED)
        return ANALYSE_RESULT_FOLD_LEFT;
    if (sums[LEFT] < sums[RIGHT] * ONE_SIDED)
        return ANALYSE_RESULT_FOLD_RIGHT;
    if (sums[MIDDLE] < sums[SIDE] * CANCELS)
        return ANALYSE_RESULT_FOLD_OPPOSED;
    return ANALYSE_RESULT_FOLD_BOTH;
}

static const GArray *
get_folded(AnalyseSound *sound, AnalyseResultFold fold)
{
    switch (fold) {
    case ANALYSE_RESULT_FOLD_BOTH:
        return sound->steps[MIDDLE];
    case ANALYSE_RESULT_FOLD_LEFT:
        return sound->steps[LEFT];
    case ANALYSE_RESULT_FOLD_RIGHT:
        return sound->steps[RIGHT];
    case ANALYSE_RESULT_FOLD_OPPOSED:
        return sound->steps[SIDE];
    }
    return sound->steps[MIDDLE];
}

static double
measure_stereo(AnalyseSound *sound, AnalyseResultFold fold)
{
    gboolean one_sided = fold == ANALYSE_RESULT_FOLD_LEFT || fold == ANALYSE_RESULT_FOLD_RIGHT;
    const GArray *first = one_sided ? get_folded(sound, fold) : sound->steps[LEFT];
    const GArray *second = one_sided ? first : sound->steps[RIGHT];
    g_autoptr(GArray) both = g_array_sized_new(FALSE, FALSE, sizeof(float), first->len);
    for (guint i = 0; i < first->len; i++) {
        float sum = g_array_index(first, float, i) + g_array_index(second, float, i);
        g_array_append_val(both, sum);
    }
    return analyse_loudness_integrate(both);
}

static void
fill_kinds(AnalyseSound *sound, AnalyseResultSound *result)
{
    guint windows = MAX(sound->windows, 1);
    result->speech_permille = sound->speech * 1000 / windows;
    result->music_permille = sound->music * 1000 / windows;
    result->silent_permille = sound->silent * 1000 / windows;
}

void
analyse_sound_finish(AnalyseSound *sound, AnalyseResultSound *result)
{
    if (sound->frame_at > 0)
        end_frame(sound);
    if (sound->step_at > 0)
        end_step(sound);
    if (sound->window_at > 0 && (sound->windows == 0 || sound->window_at > WINDOW_FRAMES / 2))
        classify_window(sound);
    AnalyseResultFold fold = choose_fold(sound);
    const GArray *steps = get_folded(sound, fold);
    gboolean one_sided = fold == ANALYSE_RESULT_FOLD_LEFT || fold == ANALYSE_RESULT_FOLD_RIGHT;
    result->fold = fold;
    result->loudness_lufs = analyse_loudness_integrate(steps);
    result->range_lu = analyse_loudness_get_range(steps);
    result->stereo_lufs = measure_stereo(sound, fold);
    result->peak_dbtp = MAX(20 * log10((double)sound->peak + 1e-9), ANALYSE_LEVELS_NONE);
    // Levels were taken of the mean, which is half of one side alone.
    analyse_levels_set_offset(sound->levels, one_sided && !sound->alike ? 20 * log10(2) : 0);
    analyse_levels_find_noise(sound->levels, &result->noise_dbfs, &result->rumble_dbfs);
    result->limited_lu = analyse_levels_find_limited(sound->levels, result->loudness_lufs);
    fill_kinds(sound, result);
}

GByteArray *
analyse_sound_get_outline(AnalyseSound *sound, guint *interval_ms)
{
    return analyse_levels_get_outline(sound->levels, interval_ms);
}
