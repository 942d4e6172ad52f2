// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// 12 kHz are enough: a spectrum each 43 ms, bins that stand out of their surroundings marked, marks
// counted bin by bin over the window, and the five most prominent counts summed.
#include "pipelines/analyse/tonality.h"

#include <math.h>
#include <string.h>
#include <libavutil/mem.h>
#include <libavutil/tx.h>

#define DECIMATION 4
#define TAPS 24
#define SIZE 1024
#define SCALE (SIZE / 4.0f)
#define HOP 512
#define BINS (SIZE / 2)
#define FIRST_BIN 6  // 70 Hz
#define LAST_BIN 426 // 5 kHz
#define AROUND 10
#define STANDS_OUT_DB 7.0f
#define PEAKS 5
// Below this a bin is nothing, whatever surrounds it.
#define FLOOR_DB -80.0f

struct _AnalyseTonality {
    AVTXContext *transform; // (owned)
    av_tx_fn run;           // (static)
    AVComplexFloat *in;     // (owned) SIZE
    AVComplexFloat *out;    // (owned) SIZE
    float window[SIZE];     // (value)
    float low_pass[TAPS];   // (value)
    float past[TAPS];       // (value) the newest samples of 48 kHz, a ring
    guint past_at;          // (value)
    guint phase;            // (value) samples since the last of 12 kHz
    float held[SIZE];       // (value) of 12 kHz
    guint held_count;       // (value)
    float decibels[BINS];   // (value)
    guint marks[BINS];      // (value)
    guint spectra;          // (value) in this window
};

static void
fill_tables(AnalyseTonality *tonality)
{
    for (int i = 0; i < SIZE; i++)
        tonality->window[i] = (float)(0.5 - 0.5 * cos(2 * G_PI * i / SIZE));
    double sum = 0;
    for (int i = 0; i < TAPS; i++) {
        double at = (i - (TAPS - 1) / 2.0) * 0.9 / DECIMATION;
        double sinc = fabs(at) < 1e-9 ? 1 : sin(G_PI * at) / (G_PI * at);
        double taper = 0.54 - 0.46 * cos(2 * G_PI * i / (TAPS - 1));
        tonality->low_pass[i] = (float)(sinc * taper);
        sum += sinc * taper;
    }
    for (int i = 0; i < TAPS; i++)
        tonality->low_pass[i] /= (float)sum;
}

AnalyseTonality *
analyse_tonality_new(void)
{
    g_autoptr(AnalyseTonality) tonality = g_new0(AnalyseTonality, 1);
    float scale = 1;
    tonality->in = av_calloc(SIZE, sizeof *tonality->in);
    tonality->out = av_calloc(SIZE, sizeof *tonality->out);
    fill_tables(tonality);
    if (tonality->in == NULL || tonality->out == NULL ||
        av_tx_init(&tonality->transform, &tonality->run, AV_TX_FLOAT_FFT, 0, SIZE, &scale, 0) < 0)
        return NULL;
    return g_steal_pointer(&tonality);
}

void
analyse_tonality_free(AnalyseTonality *tonality)
{
    if (tonality == NULL)
        return;
    av_tx_uninit(&tonality->transform);
    av_freep(&tonality->in);
    av_freep(&tonality->out);
    g_free(tonality);
}

static void
mark_bins(AnalyseTonality *tonality)
{
    float *decibels = tonality->decibels;
    for (int i = 0; i < BINS; i++) {
        float re = tonality->out[i].re / SCALE, im = tonality->out[i].im / SCALE;
        decibels[i] = 10 * log10f(re * re + im * im + 1e-12f);
    }
    float sum = 0;
    for (int i = FIRST_BIN; i < FIRST_BIN + AROUND; i++)
        sum += decibels[i];
    int low = FIRST_BIN, high = FIRST_BIN + AROUND;
    for (int i = FIRST_BIN; i <= LAST_BIN; i++) {
        sum += decibels[high++];
        if (i - low > AROUND)
            sum -= decibels[low++];
        float around = sum / (float)(high - low);
        if (decibels[i] > FLOOR_DB && decibels[i] > around + STANDS_OUT_DB)
            tonality->marks[i]++;
    }
    tonality->spectra++;
}

static void
look(AnalyseTonality *tonality)
{
    for (int i = 0; i < SIZE; i++)
        tonality->in[i] = (AVComplexFloat){tonality->held[i] * tonality->window[i], 0};
    tonality->run(tonality->transform, tonality->out, tonality->in, sizeof(float) * 2);
    mark_bins(tonality);
    memmove(tonality->held, tonality->held + HOP, (SIZE - HOP) * sizeof(float));
    tonality->held_count = SIZE - HOP;
}

void
analyse_tonality_add(AnalyseTonality *tonality, float sample)
{
    tonality->past[tonality->past_at] = sample;
    tonality->past_at = (tonality->past_at + 1) % TAPS;
    if (++tonality->phase < DECIMATION)
        return;
    tonality->phase = 0;
    float low = 0;
    for (guint i = 0; i < TAPS; i++)
        low += tonality->low_pass[i] * tonality->past[(tonality->past_at + i) % TAPS];
    tonality->held[tonality->held_count++] = low;
    if (tonality->held_count == SIZE)
        look(tonality);
}

/* How far the summit at @bin rises over the higher of the valleys beside it. */
static guint
measure_summit(const guint *marks, int bin)
{
    int left = bin, right = bin;
    while (left > FIRST_BIN && marks[left - 1] <= marks[left])
        left--;
    while (right < LAST_BIN && marks[right + 1] <= marks[right])
        right++;
    return marks[bin] - MAX(marks[left], marks[right]);
}

double
analyse_tonality_take(AnalyseTonality *tonality)
{
    guint best[PEAKS] = {0};
    const guint *marks = tonality->marks;
    for (int bin = FIRST_BIN + 1; bin < LAST_BIN; bin++) {
        if (marks[bin] <= marks[bin - 1] || marks[bin] < marks[bin + 1])
            continue;
        guint height = measure_summit(marks, bin);
        for (int i = 0; i < PEAKS; i++) {
            guint higher = MAX(best[i], height);
            height = MIN(best[i], height);
            best[i] = higher;
        }
    }
    guint sum = 0;
    for (int i = 0; i < PEAKS; i++)
        sum += best[i];
    double tones = tonality->spectra > 0 ? (double)sum / tonality->spectra : 0;
    memset(tonality->marks, 0, sizeof tonality->marks);
    tonality->spectra = 0;
    return tones;
}
