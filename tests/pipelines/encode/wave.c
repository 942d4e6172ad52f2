// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Nothing here is random: equal calls give equal sounds.
#include "tests/pipelines/encode/wave.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HARMONICS 24

float
wave_hiss(guint index)
{
    guint value = index * 2654435761u;
    value ^= value >> 15;
    value *= 2246822519u;
    value ^= value >> 13;
    return (float)value / (float)G_MAXUINT32 * 2 - 1;
}

float
wave_speak(double seconds)
{
    double syllable = seconds * 3.5;
    double within = syllable - floor(syllable);
    // A pause of half a second each three.
    if (seconds - floor(seconds / 3) * 3 > 2.5)
        return 0;
    if (within > 0.75)
        return 0.12f * wave_hiss((guint)(seconds * 48000)) * (float)sin((within - 0.75) * 4 * G_PI);
    double pitch = 130 + 25 * sin(2 * G_PI * 0.7 * seconds);
    double phase =
        2 * G_PI * (130 * seconds - 25 / (2 * G_PI * 0.7) * cos(2 * G_PI * 0.7 * seconds));
    double sum = 0;
    for (int k = 1; k <= HARMONICS; k++) {
        double formant = exp(-pow((k * pitch - 600) / 500, 2)) + 0.15;
        sum += formant / sqrt(k) * sin(k * phase + k * k);
    }
    return (float)(0.12 * sum * sin(within / 0.75 * G_PI));
}

static void
put(GByteArray *bytes, guint32 value, guint size)
{
    for (guint i = 0; i < size; i++) {
        guint8 byte = (guint8)(value >> (8 * i));
        g_byte_array_append(bytes, &byte, 1);
    }
}

void
wave_write(const char *path, WaveSound sound, guint channels, guint rate, guint samples)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    guint32 length = samples * channels * 4;
    g_byte_array_append(bytes, (const guint8 *)"RIFF", 4);
    put(bytes, 36 + length, 4);
    g_byte_array_append(bytes, (const guint8 *)"WAVEfmt ", 8);
    put(bytes, 16, 4);
    put(bytes, 3, 2); // IEEE float
    put(bytes, channels, 2);
    put(bytes, rate, 4);
    put(bytes, rate * channels * 4, 4);
    put(bytes, channels * 4, 2);
    put(bytes, 32, 2);
    g_byte_array_append(bytes, (const guint8 *)"data", 4);
    put(bytes, length, 4);
    for (guint i = 0; i < samples; i++) {
        for (guint channel = 0; channel < channels; channel++) {
            float value = sound(channel, i, rate);
            guint32 word;
            memcpy(&word, &value, 4);
            put(bytes, word, 4);
        }
    }
    g_autoptr(GError) error = NULL;
    g_file_set_contents(path, (const char *)bytes->data, (gssize)bytes->len, &error);
    g_assert_no_error(error);
}

static double
read_number(const char *text, const char *name)
{
    const char *at = g_strrstr(text, name);
    g_assert_nonnull(at);
    return strcmp(at + strlen(name), "-inf") == 0 ? -120 : g_ascii_strtod(at + strlen(name), NULL);
}

void
wave_measure(const char *path, double *lufs, double *peak_dbtp)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    const char *arguments[] = {
        "ffmpeg", "-hide_banner", "-nostats", "-i",
        path,     "-vn",          "-af",      "ebur128=peak=true:framelog=verbose",
        "-f",     "null",         "-",        NULL};
    g_spawn_sync(NULL, (char **)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &text, NULL,
                 &error);
    g_assert_no_error(error);
    *lufs = read_number(text, "I:  ");
    *peak_dbtp = read_number(text, "Peak:");
}
