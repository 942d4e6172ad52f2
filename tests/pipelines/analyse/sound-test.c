// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The meter against the test signals of EBU Tech 3341 and 3342 with the tolerances published there,
// and what is taken for speech, music and neither.
#include "pipelines/analyse/sound.h"

#include <math.h>

#include "pipelines/analyse/tonality.h"
#include "tests/pipelines/encode/wave.h"

#define RATE 48000
#define MOST_PARTS 5

/** A sine at one level after another: dBFS of its peak in each channel. */
typedef struct {
    const char *name; // (static)
    struct {
        double dbfs;    // (value)
        double seconds; // (value) 0: no more
    } parts[MOST_PARTS];
    double lufs;     // (value) 0: not looked at
    double range_lu; // (value) 0: not looked at
} Tones;

// Tech 3341 cases 1 to 5 (stereo, 1000 Hz); Tech 3342 cases 1 to 4. Long parts are cut, which
// changes nothing of what they show.
static const Tones tones[] = {
    {"ebu-3341-1", {{-23, 10}}, -23, 0},
    {"ebu-3341-2", {{-33, 10}}, -33, 0},
    {"ebu-3341-3", {{-36, 10}, {-23, 20}, {-36, 10}}, -23, 0},
    {"ebu-3341-4", {{-72, 5}, {-36, 5}, {-23, 20}, {-36, 5}, {-72, 5}}, -23, 0},
    {"ebu-3341-5", {{-26, 10}, {-20, 10.05}, {-26, 10}}, -23, 0},
    {"ebu-3342-1", {{-20, 10}, {-30, 10}}, 0, 10},
    {"ebu-3342-2", {{-20, 10}, {-15, 10}}, 0, 5},
    {"ebu-3342-3", {{-40, 10}, {-20, 10}}, 0, 20},
    {"ebu-3342-4", {{-50, 20}, {-35, 20}, {-20, 20}, {-35, 20}, {-50, 20}}, 0, 15},
};

typedef struct {
    AnalyseSound *sound;              // (owned)
    float left[ANALYSE_SOUND_BLOCK];  // (value)
    float right[ANALYSE_SOUND_BLOCK]; // (value)
    guint filled;                     // (value)
    guint64 samples;                  // (value) in all
} Meter;

static void
put(Meter *meter, double left, double right)
{
    meter->left[meter->filled] = (float)left;
    meter->right[meter->filled] = (float)right;
    meter->samples++;
    if (++meter->filled < ANALYSE_SOUND_BLOCK)
        return;
    analyse_sound_add(meter->sound, meter->left, meter->right);
    meter->filled = 0;
}

static void
finish(Meter *meter, AnalyseResultSound *result)
{
    analyse_sound_finish(meter->sound, result);
    analyse_sound_free(meter->sound);
}

static void
test_tones(gconstpointer data)
{
    const Tones *one = data;
    Meter meter = {.sound = analyse_sound_new()};
    AnalyseResultSound result = {0};
    for (guint part = 0; part < MOST_PARTS && one->parts[part].seconds > 0; part++) {
        double level = pow(10, one->parts[part].dbfs / 20);
        for (guint i = 0; i < one->parts[part].seconds * RATE; i++) {
            double value = level * sin(2 * G_PI * 1000 * (double)meter.samples / RATE);
            put(&meter, value, value);
        }
    }
    finish(&meter, &result);
    g_test_message("%.2f LUFS, range %.2f", result.stereo_lufs, result.range_lu);
    if (one->lufs < 0)
        g_assert_cmpfloat_with_epsilon(result.stereo_lufs, one->lufs, 0.1);
    if (one->lufs < 0) // the mean of two equal channels, heard as one
        g_assert_cmpfloat_with_epsilon(result.loudness_lufs, one->lufs - 3.01, 0.1);
    if (one->range_lu > 0)
        g_assert_cmpfloat_with_epsilon(result.range_lu, one->range_lu, 1);
}

/** A sine whose peaks lie between samples. */
typedef struct {
    double part;    // (value) of the sample rate
    double degrees; // (value)
    double level;   // (value) of full scale
    double dbtp;    // (value)
} Peak;

// Tech 3341 cases 15 to 19.
static const Peak peaks[] = {
    {4, 0, 0.5, -6}, {4, 45, 0.5, -6}, {6, 60, 0.5, -6}, {8, 67.5, 0.5, -6}, {4, 45, 1.41, 3},
};

static void
test_peaks(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(peaks); i++) {
        Meter meter = {.sound = analyse_sound_new()};
        AnalyseResultSound result = {0};
        for (guint at = 0; at < 2 * RATE; at++) {
            double phase = 2 * G_PI * at / peaks[i].part + peaks[i].degrees / 180 * G_PI;
            // Without the step at the start, which would be a peak itself.
            double fade = MIN(1.0, at / 4800.0);
            double value = peaks[i].level * fade * sin(phase);
            put(&meter, value, value);
        }
        finish(&meter, &result);
        g_test_message("%u: %.2f dBTP", i, result.peak_dbtp);
        g_assert_cmpfloat(result.peak_dbtp, <=, peaks[i].dbtp + 0.2);
        g_assert_cmpfloat(result.peak_dbtp, >=, peaks[i].dbtp - 0.4);
    }
}

static double
sound_chords(double seconds)
{
    static const double roots[] = {220.00, 174.61, 261.63, 196.00};
    double root = roots[(guint)(seconds / 2) % G_N_ELEMENTS(roots)], sum = 0;
    static const double tones_of_chord[] = {1, 1.26, 1.498, 2};
    for (guint i = 0; i < G_N_ELEMENTS(tones_of_chord); i++)
        for (int k = 1; k <= 4; k++)
            sum += sin(2 * G_PI * root * tones_of_chord[i] * k * seconds) / (k * k);
    return 0.05 * sum;
}

static double
sound_speech(double seconds)
{
    return wave_speak(seconds);
}

static double
sound_hiss(double seconds)
{
    return 0.1 * wave_hiss((guint)(seconds * RATE + 0.5));
}

static double
sound_silence(double seconds)
{
    return 0;
}

static void
listen(double (*make)(double seconds), AnalyseResultSound *result)
{
    Meter meter = {.sound = analyse_sound_new()};
    for (guint i = 0; i < 16 * RATE; i++) {
        double value = make((double)i / RATE);
        put(&meter, value, value);
    }
    finish(&meter, result);
    g_test_message("speech %u, music %u, silent %u", result->speech_permille,
                   result->music_permille, result->silent_permille);
}

static void
test_kinds(void)
{
    AnalyseResultSound result = {0};
    listen(sound_speech, &result);
    g_assert_cmpuint(result.speech_permille, >=, 800);
    g_assert_cmpuint(result.music_permille, <=, 200); // a voice on one pitch for 2.5 s
    listen(sound_chords, &result);
    g_assert_cmpuint(result.music_permille, >=, 800);
    g_assert_cmpuint(result.speech_permille, <=, 200);
    listen(sound_hiss, &result);
    g_assert_cmpuint(result.speech_permille, ==, 0);
    g_assert_cmpuint(result.music_permille, ==, 0);
    listen(sound_silence, &result);
    g_assert_cmpuint(result.silent_permille, ==, 1000);
    g_assert_cmpfloat(result.loudness_lufs, <=, -70);
    g_assert_cmpfloat(result.peak_dbtp, <=, -100);
}

static double
measure_tonality(double (*make)(double seconds))
{
    g_autoptr(AnalyseTonality) tonality = analyse_tonality_new();
    g_assert_nonnull(tonality);
    for (guint i = 0; i < ANALYSE_TONALITY_WINDOW; i++)
        analyse_tonality_add(tonality, (float)make((double)i / RATE));
    double found = analyse_tonality_take(tonality);
    // The next window knows nothing of this one.
    for (guint i = 0; i < ANALYSE_TONALITY_WINDOW; i++)
        analyse_tonality_add(tonality, 0);
    g_assert_cmpfloat(analyse_tonality_take(tonality), <, 0.2);
    return found;
}

static void
test_tonality(void)
{
    double chords = measure_tonality(sound_chords), hiss = measure_tonality(sound_hiss);
    g_test_message("chords %.2f, hiss %.2f", chords, hiss);
    g_assert_cmpfloat(chords, >, 1);
    g_assert_cmpfloat(hiss, <, 0.8);
    g_assert_cmpfloat(measure_tonality(sound_silence), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tones); i++) {
        g_autofree char *name = g_strconcat("/analyse/sound/", tones[i].name, NULL);
        g_test_add_data_func(name, &tones[i], test_tones);
    }
    g_test_add_func("/analyse/sound/peaks", test_peaks);
    g_test_add_func("/analyse/sound/kinds", test_kinds);
    g_test_add_func("/analyse/sound/tonality", test_tonality);
    return g_test_run();
}
