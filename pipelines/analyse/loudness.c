// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Gates are set on energies; decibels only at the end.
#include "pipelines/analyse/loudness.h"

#include <math.h>

#define STEPS_OF_BLOCK 4  // 400 ms
#define STEPS_OF_SHORT 30 // 3 s
#define OFFSET -0.691     // BS.1770-4 §5.1, so that a tone of 997 Hz counts as it is

double
analyse_loudness_weigh(AnalyseLoudnessFilter *filter, double sample)
{
    double *state = filter->state;
    // BS.1770-4 table 1: the head.
    double head = 1.53512485958697 * sample + state[0];
    state[0] = -2.69169618940638 * sample + 1.69065929318241 * head + state[1];
    state[1] = 1.19839281085285 * sample - 0.73248077421585 * head;
    // Table 2: low frequencies count less.
    double weighted = head + state[2];
    state[2] = -2.0 * head + 1.99004745483398 * weighted + state[3];
    state[3] = head - 0.99007225036621 * weighted;
    return weighted;
}

static double
to_lufs(double energy)
{
    return energy > 0 ? 10 * log10(energy) + OFFSET : -HUGE_VAL;
}

static double
to_energy(double lufs)
{
    return pow(10, (lufs - OFFSET) / 10);
}

/* Means of @length steps in a row, one from each step on: (element-type double). */
static GArray *
slide(const GArray *steps, guint length)
{
    GArray *blocks = g_array_new(FALSE, FALSE, sizeof(double));
    double sum = 0;
    for (guint i = 0; i < steps->len; i++) {
        sum += (double)g_array_index(steps, float, i);
        if (i >= length)
            sum -= (double)g_array_index(steps, float, i - length);
        double mean = MAX(sum, 0) / length;
        if (i + 1 >= length)
            g_array_append_val(blocks, mean);
    }
    // Sound too short for one block is one.
    double short_mean = steps->len > 0 ? sum / steps->len : 0;
    if (steps->len > 0 && steps->len < length)
        g_array_append_val(blocks, short_mean);
    return blocks;
}

static double
average_above(const GArray *blocks, double gate)
{
    double sum = 0;
    guint count = 0;
    for (guint i = 0; i < blocks->len; i++) {
        double energy = g_array_index(blocks, double, i);
        if (energy <= gate)
            continue;
        sum += energy;
        count++;
    }
    return count > 0 ? sum / count : 0;
}

double
analyse_loudness_integrate(const GArray *steps)
{
    g_autoptr(GArray) blocks = slide(steps, STEPS_OF_BLOCK);
    double absolute = to_energy(ANALYSE_LOUDNESS_SILENT);
    double relative = average_above(blocks, absolute) / 10;
    double energy = average_above(blocks, MAX(absolute, relative));
    return MAX(to_lufs(energy), ANALYSE_LOUDNESS_SILENT);
}

static gint
compare_energies(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double
analyse_loudness_get_range(const GArray *steps)
{
    g_autoptr(GArray) blocks = slide(steps, STEPS_OF_SHORT);
    double absolute = to_energy(ANALYSE_LOUDNESS_SILENT);
    double gate = MAX(absolute, average_above(blocks, absolute) / 100);
    g_autoptr(GArray) heard = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint i = 0; i < blocks->len; i++) {
        if (g_array_index(blocks, double, i) > gate)
            g_array_append_vals(heard, &g_array_index(blocks, double, i), 1);
    }
    if (heard->len == 0)
        return 0;
    g_array_sort(heard, compare_energies);
    double low = g_array_index(heard, double, (guint)lround((heard->len - 1) * 0.10));
    double high = g_array_index(heard, double, (guint)lround((heard->len - 1) * 0.95));
    return to_lufs(high) - to_lufs(low);
}
