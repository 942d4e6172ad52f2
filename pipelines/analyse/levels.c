// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A byte is half a decibel, which is fine enough for all of this.
#include "pipelines/analyse/levels.h"

#include <math.h>

#include "pipelines/analyse/loudness.h"

#define LOWEST_DB -115.0
#define STEPS_A_DB 2
#define FRAME_MS 10
#define PAUSE_FRAMES 5    // 50 ms: a short pause within a sentence
#define WINDOW_FRAMES 300 // 3 s: nobody speaks so long without one
#define NOISE_SHARE 0.25
#define SILENCE_DB -90.0
#define FRAMES_OF_STEP (ANALYSE_LOUDNESS_STEP / ANALYSE_LEVELS_FRAME)
#define RECOVERY 0.213 // the limiter's, in one frame
#define ROUNDS 8
#define MOST_LIMITED_LU 8.0
#define OUTLINE_VALUES 1000

typedef enum { ENERGY, WEIGHTED, RUMBLE, PEAK, KINDS } Kind;

struct _AnalyseLevels {
    GByteArray *kinds[KINDS]; // (owned) one byte a frame
    double offset_db;         // (value)
};

typedef struct {
    double noise_db;  // (value)
    double rumble_db; // (value)
} Pause;

AnalyseLevels *
analyse_levels_new(void)
{
    AnalyseLevels *levels = g_new0(AnalyseLevels, 1);
    for (int kind = 0; kind < KINDS; kind++)
        levels->kinds[kind] = g_byte_array_new();
    return levels;
}

void
analyse_levels_free(AnalyseLevels *levels)
{
    if (levels == NULL)
        return;
    for (int kind = 0; kind < KINDS; kind++)
        g_byte_array_unref(levels->kinds[kind]);
    g_free(levels);
}

static void
append(GByteArray *bytes, double energy)
{
    double db = energy > 1e-12 ? 10 * log10(energy) : LOWEST_DB;
    guint8 byte = (guint8)CLAMP(lround((db - LOWEST_DB) * STEPS_A_DB), 0, 255);
    g_byte_array_append(bytes, &byte, 1);
}

static double
get_db(const AnalyseLevels *levels, Kind kind, guint frame)
{
    double db = levels->kinds[kind]->data[frame] / (double)STEPS_A_DB + LOWEST_DB;
    return db + levels->offset_db;
}

void
analyse_levels_add(AnalyseLevels *levels, const AnalyseLevelsFrame *frame)
{
    append(levels->kinds[ENERGY], frame->energy);
    append(levels->kinds[WEIGHTED], frame->weighted);
    append(levels->kinds[RUMBLE], frame->rumble);
    append(levels->kinds[PEAK], frame->peak * frame->peak);
}

void
analyse_levels_set_offset(AnalyseLevels *levels, double offset_db)
{
    levels->offset_db = offset_db;
}

static double
average_db(const AnalyseLevels *levels, Kind kind, guint from, guint count)
{
    double sum = 0;
    for (guint i = from; i < from + count; i++)
        sum += pow(10, get_db(levels, kind, i) / 10);
    return 10 * log10(sum / count);
}

/* The quietest pause of a window. */
static Pause
find_pause(const AnalyseLevels *levels, guint from, guint count)
{
    guint best = from;
    double lowest = HUGE_VAL;
    for (guint i = from; i + PAUSE_FRAMES <= from + count; i++) {
        double db = average_db(levels, ENERGY, i, PAUSE_FRAMES);
        if (db < lowest) {
            lowest = db;
            best = i;
        }
    }
    return (Pause){lowest, average_db(levels, RUMBLE, best, PAUSE_FRAMES)};
}

static gint
compare_pauses(gconstpointer a, gconstpointer b)
{
    double x = ((const Pause *)a)->noise_db, y = ((const Pause *)b)->noise_db;
    return (x > y) - (x < y);
}

void
analyse_levels_find_noise(const AnalyseLevels *levels, double *noise_dbfs, double *rumble_dbfs)
{
    guint frames = levels->kinds[ENERGY]->len;
    g_autoptr(GArray) pauses = g_array_new(FALSE, FALSE, sizeof(Pause));
    *noise_dbfs = *rumble_dbfs = ANALYSE_LEVELS_NONE;
    for (guint from = 0; from + PAUSE_FRAMES <= frames; from += WINDOW_FRAMES) {
        Pause pause = find_pause(levels, from, MIN(frames - from, WINDOW_FRAMES));
        g_array_append_val(pauses, pause);
    }
    if (pauses->len == 0)
        return;
    g_array_sort(pauses, compare_pauses);
    const Pause *pause = &g_array_index(pauses, Pause, (guint)(pauses->len * NOISE_SHARE));
    if (pause->noise_db < SILENCE_DB)
        return;
    *noise_dbfs = pause->noise_db;
    *rumble_dbfs = pause->rumble_db;
}

/* The loudness after @gain_db and a limiter that looks one frame ahead. */
static double
measure_limited(const AnalyseLevels *levels, double gain_db)
{
    guint frames = levels->kinds[WEIGHTED]->len;
    g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(float));
    double gain = 1, sum = 0;
    for (guint i = 0; i < frames; i++) {
        guint next = MIN(i + 1, frames - 1);
        double peak_db = MAX(get_db(levels, PEAK, i), get_db(levels, PEAK, next)) + gain_db;
        double needed = pow(10, MIN(ANALYSE_LEVELS_CEILING_DBTP - peak_db, 0) / 20);
        gain = MIN(gain + (1 - gain) * RECOVERY, needed);
        sum += pow(10, (get_db(levels, WEIGHTED, i) + gain_db) / 10) * gain * gain;
        if ((i + 1) % FRAMES_OF_STEP != 0 && i + 1 < frames)
            continue;
        float energy = (float)(sum / (i % FRAMES_OF_STEP + 1));
        g_array_append_val(steps, energy);
        sum = 0;
    }
    return analyse_loudness_integrate(steps);
}

double
analyse_levels_find_limited(const AnalyseLevels *levels, double loudness_lufs)
{
    if (loudness_lufs <= ANALYSE_LOUDNESS_SILENT || levels->kinds[WEIGHTED]->len == 0)
        return 0;
    double plain_db = ANALYSE_LEVELS_TARGET_LUFS - loudness_lufs;
    double gain_db = plain_db;
    for (int round = 0; round < ROUNDS; round++)
        gain_db += ANALYSE_LEVELS_TARGET_LUFS - measure_limited(levels, gain_db);
    return CLAMP(gain_db - plain_db, 0, MOST_LIMITED_LU);
}

static double
find_highest_peak(const AnalyseLevels *levels, guint from, guint until)
{
    guint8 highest = 0;
    for (guint i = from; i < until; i++)
        highest = MAX(highest, levels->kinds[PEAK]->data[i]);
    return highest > 0 ? pow(10, (highest / (double)STEPS_A_DB + LOWEST_DB) / 20) : 0;
}

GByteArray *
analyse_levels_get_outline(const AnalyseLevels *levels, guint *interval_ms)
{
    guint frames = levels->kinds[PEAK]->len;
    guint each = MAX((frames + OUTLINE_VALUES - 1) / OUTLINE_VALUES, 1);
    double highest = find_highest_peak(levels, 0, frames);
    GByteArray *outline = g_byte_array_new();
    for (guint from = 0; from < frames; from += each) {
        double peak = find_highest_peak(levels, from, MIN(from + each, frames));
        guint8 value = (guint8)(highest > 0 ? lround(peak / highest * 255) : 0);
        g_byte_array_append(outline, &value, 1);
    }
    *interval_ms = each * FRAME_MS;
    return outline;
}
