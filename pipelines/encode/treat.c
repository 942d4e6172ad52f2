// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// fold → high-pass → noise reduction → gain → limiter, the last two once for each number of
// channels. Where the thresholds come from is said in ARCHITECTURE.md.
#include "pipelines/encode/treat.h"

#include <math.h>
#include <string.h>

#include "pipelines/analyse/levels.h"
#include "pipelines/analyse/loudness.h"
#include "pipelines/encode/denoise.h"
#include "pipelines/encode/limit.h"

// A file of one channel is measured as one, so the same sound in two measures 3 LU more; both are
// within the target, and a change of rung is heard as 2 dB.
#define STEREO_LUFS (ANALYSE_LEVELS_TARGET_LUFS + 0.5)
#define MOST_GAIN_DB 54.0
// What is neither speech nor music is not made louder.
#define HEARD_PERMILLE 20
#define MUSICAL_SHARE 5
#define NOISE_BELOW_LU 40.0
#define LEAST_REDUCE_DB 3.0
#define MOST_REDUCE_DB 12.0
#define RUMBLE_DBFS -55.0
#define HIGH_PASS_HZ 75.0

struct _EncodeTreat {
    EncodeTreatPlan plan;      // (value)
    gboolean stereo;           // (value)
    float mono_gain;           // (value)
    float stereo_gain;         // (value)
    double state[3][2];        // (value) of the high-pass: left, right, mono
    EncodeDenoise *denoise[3]; // (owned) (nullable) left, right, mono
    EncodeLimit *mono_limit;   // (owned) (nullable)
    EncodeLimit *stereo_limit; // (owned) (nullable)
};

static void
decide_gain(const AnalyseResultSound *sound, EncodeTreatPlan *plan)
{
    if (sound->loudness_lufs <= ANALYSE_LOUDNESS_SILENT)
        return;
    gboolean heard = sound->speech_permille + sound->music_permille >= HEARD_PERMILLE;
    double most = heard ? MOST_GAIN_DB : 0;
    double mono = ANALYSE_LEVELS_TARGET_LUFS - sound->loudness_lufs + sound->limited_lu;
    double stereo = STEREO_LUFS - sound->stereo_lufs + sound->limited_lu;
    plan->mono_gain_db = CLAMP(mono, -MOST_GAIN_DB, most);
    plan->stereo_gain_db = CLAMP(stereo, -MOST_GAIN_DB, most);
}

static void
decide_cleaning(const AnalyseResultSound *sound, EncodeTreatPlan *plan)
{
    double below = sound->loudness_lufs - sound->noise_dbfs;
    double reduce = MIN(NOISE_BELOW_LU - below, MOST_REDUCE_DB);
    gboolean musical = sound->music_permille * MUSICAL_SHARE > sound->speech_permille;
    if (musical || sound->speech_permille < HEARD_PERMILLE)
        return;
    if (sound->noise_dbfs > ANALYSE_LEVELS_NONE && reduce >= LEAST_REDUCE_DB) {
        plan->reduce_db = reduce;
        plan->noise_dbfs = sound->noise_dbfs;
    }
    if (sound->rumble_dbfs + plan->mono_gain_db > RUMBLE_DBFS)
        plan->high_pass_hz = HIGH_PASS_HZ;
}

EncodeTreatPlan
encode_treat_decide(const AnalyseResultSound *sound, gboolean clean)
{
    EncodeTreatPlan plan = {.fold = sound->fold, .limit = TRUE};
    decide_gain(sound, &plan);
    if (clean)
        decide_cleaning(sound, &plan);
    return plan;
}

EncodeTreat *
encode_treat_new(const EncodeTreatPlan *plan, gboolean stereo)
{
    EncodeTreat *treat = g_new0(EncodeTreat, 1);
    treat->plan = *plan;
    treat->stereo = stereo;
    treat->mono_gain = (float)pow(10, plan->mono_gain_db / 20);
    treat->stereo_gain = (float)pow(10, plan->stereo_gain_db / 20);
    for (int i = 0; plan->reduce_db > 0 && i < 3; i++) {
        if ((i < 2) == stereo)
            treat->denoise[i] = encode_denoise_new(plan->noise_dbfs, plan->reduce_db);
    }
    if (plan->limit) {
        treat->mono_limit = encode_limit_new(ANALYSE_LEVELS_CEILING_DBTP);
        treat->stereo_limit = encode_limit_new(ANALYSE_LEVELS_CEILING_DBTP);
    }
    return treat;
}

void
encode_treat_free(EncodeTreat *treat)
{
    if (treat == NULL)
        return;
    for (int i = 0; i < 3; i++)
        encode_denoise_free(treat->denoise[i]);
    encode_limit_free(treat->mono_limit);
    encode_limit_free(treat->stereo_limit);
    g_free(treat);
}

guint
encode_treat_get_delay(const EncodeTreat *treat)
{
    gboolean denoises = treat->denoise[0] != NULL || treat->denoise[2] != NULL;
    return (denoises ? ENCODE_DENOISE_DELAY : 0) + (treat->plan.limit ? ENCODE_LIMIT_DELAY : 0);
}

/* Afterwards the mean of the two is the sound. */
static void
unfold(const EncodeTreat *treat, float *left, float *right)
{
    const gsize bytes = ENCODE_TREAT_BLOCK * sizeof(float);
    switch (treat->plan.fold) {
    case ANALYSE_RESULT_FOLD_BOTH:
        break;
    case ANALYSE_RESULT_FOLD_LEFT:
        memcpy(right, left, bytes);
        break;
    case ANALYSE_RESULT_FOLD_RIGHT:
        memcpy(left, right, bytes);
        break;
    case ANALYSE_RESULT_FOLD_OPPOSED:
        for (int i = 0; i < ENCODE_TREAT_BLOCK; i++)
            right[i] = -right[i];
        break;
    }
}

static void
mix(const float *left, const float *right, float *mono)
{
    for (int i = 0; i < ENCODE_TREAT_BLOCK; i++)
        mono[i] = (left[i] + right[i]) * 0.5f;
}

/* A Butterworth section of second order at HIGH_PASS_HZ. */
static void
pass_high(double *state, float *samples)
{
    static const double b0 = 0.9930820351754102;
    static const double a1 = -1.9861162115408895, a2 = 0.986211929160751;
    for (int i = 0; i < ENCODE_TREAT_BLOCK; i++) {
        double sample = (double)samples[i];
        double out = b0 * sample + state[0];
        state[0] = -2 * b0 * sample - a1 * out + state[1];
        state[1] = b0 * sample - a2 * out;
        samples[i] = (float)out;
    }
}

static void
clean(EncodeTreat *treat, int index, float *samples)
{
    if (treat->plan.high_pass_hz > 0)
        pass_high(treat->state[index], samples);
    if (treat->denoise[index] != NULL)
        encode_denoise_apply(treat->denoise[index], samples, ENCODE_TREAT_BLOCK);
}

static void
amplify(float *samples, float gain)
{
    for (int i = 0; i < ENCODE_TREAT_BLOCK; i++)
        samples[i] *= gain;
}

void
encode_treat_apply(EncodeTreat *treat, float *left, float *right, float *mono)
{
    unfold(treat, left, right);
    if (treat->stereo) {
        clean(treat, 0, left);
        clean(treat, 1, right);
        mix(left, right, mono);
        amplify(left, treat->stereo_gain);
        amplify(right, treat->stereo_gain);
        if (treat->stereo_limit != NULL)
            encode_limit_apply(treat->stereo_limit, left, right, ENCODE_TREAT_BLOCK);
    } else {
        mix(left, right, mono);
        clean(treat, 2, mono);
    }
    amplify(mono, treat->mono_gain);
    if (treat->mono_limit != NULL)
        encode_limit_apply(treat->mono_limit, mono, NULL, ENCODE_TREAT_BLOCK);
}
