// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What is decided from what was heard, and that the limiter keeps its word.
#include "pipelines/encode/treat.h"

#include <math.h>

#include "pipelines/encode/limit.h"
#include "tests/pipelines/encode/wave.h"

static const AnalyseResultSound clean_speech = {
    .loudness_lufs = -24,
    .stereo_lufs = -21,
    .noise_dbfs = -70,
    .rumble_dbfs = -90,
    .speech_permille = 900,
};

static void
test_decide(void)
{
    AnalyseResultSound sound = clean_speech;
    EncodeTreatPlan plan = encode_treat_decide(&sound, TRUE);
    g_assert_cmpfloat_with_epsilon(plan.mono_gain_db, 8, 1);
    g_assert_cmpfloat(plan.reduce_db, ==, 0);
    g_assert_cmpfloat(plan.high_pass_hz, ==, 0);
    g_assert_true(plan.limit);

    sound.noise_dbfs = -50;
    sound.rumble_dbfs = -52;
    plan = encode_treat_decide(&sound, TRUE);
    g_assert_cmpfloat(plan.reduce_db, ==, 12);
    g_assert_cmpfloat(plan.high_pass_hz, >, 0);
    plan = encode_treat_decide(&sound, FALSE);
    g_assert_cmpfloat(plan.reduce_db, ==, 0);
    g_assert_cmpfloat(plan.high_pass_hz, ==, 0);

    // Music is no noise.
    sound.music_permille = 600;
    sound.speech_permille = 300;
    g_assert_cmpfloat(encode_treat_decide(&sound, TRUE).reduce_db, ==, 0);
}

static void
test_unheard(void)
{
    AnalyseResultSound hiss = clean_speech;
    hiss.speech_permille = 0;
    g_assert_cmpfloat(encode_treat_decide(&hiss, TRUE).mono_gain_db, ==, 0);
    AnalyseResultSound silence = {.loudness_lufs = -70, .stereo_lufs = -70, .noise_dbfs = -120};
    g_assert_cmpfloat(encode_treat_decide(&silence, TRUE).mono_gain_db, ==, 0);
}

static void
test_limit(void)
{
    g_autoptr(EncodeLimit) limit = encode_limit_new(-5);
    float ceiling = (float)pow(10, -5.0 / 20) + 0.01f;
    for (guint block = 0; block < 100; block++) {
        float sound[1024];
        for (guint i = 0; i < 1024; i++)
            sound[i] = 3 * wave_speak((block * 1024 + i) / 48000.0);
        encode_limit_apply(limit, sound, NULL, 1024);
        for (guint i = 0; i < 1024; i++)
            g_assert_cmpfloat(fabsf(sound[i]), <=, ceiling);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/encode/treat/decide", test_decide);
    g_test_add_func("/encode/treat/unheard", test_unheard);
    g_test_add_func("/encode/treat/limit", test_limit);
    return g_test_run();
}
