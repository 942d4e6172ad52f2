// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Short spectra, half overlapped. The noise is followed bin by bin as Gerkmann and Hendriks do
// ("Unbiased MMSE-based noise power estimation", IEEE TASL 2012), the gain is Wiener's with the
// decision-directed estimate of Ephraim and Malah (1984), and never below a floor.
#include "pipelines/encode/denoise.h"

#include <math.h>
#include <string.h>
#include <libavutil/mem.h>
#include <libavutil/tx.h>

#define SIZE ENCODE_DENOISE_DELAY
#define HOP ENCODE_DENOISE_HOP
#define BINS (SIZE / 2 + 1)
#define SPEECH_RATIO 31.6f // 15 dB: what speech is expected to be over noise where it is
#define NOISE_MEMORY 0.9f
#define PRESENCE_MEMORY 0.9f
#define RATIO_MEMORY 0.97f

struct _EncodeDenoise {
    AVTXContext *forth;   // (owned)
    AVTXContext *back;    // (owned)
    av_tx_fn run_forth;   // (static)
    av_tx_fn run_back;    // (static)
    AVComplexFloat *time; // (owned) SIZE
    AVComplexFloat *bins; // (owned) SIZE
    float window[SIZE];   // (value) square root of Hann's
    float in[SIZE];       // (value) the last samples
    float out[SIZE];      // (value) added up so far
    float noise[BINS];    // (value) power
    float presence[BINS]; // (value) of speech, smoothed
    float cleaned[BINS];  // (value) power of the spectrum before, over its noise
    float least;          // (value) gain
};

EncodeDenoise *
encode_denoise_new(double noise_dbfs, double reduce_db)
{
    g_autoptr(EncodeDenoise) denoise = g_new0(EncodeDenoise, 1);
    float scale = 1;
    denoise->least = (float)pow(10, -reduce_db / 20);
    denoise->time = av_calloc(SIZE, sizeof *denoise->time);
    denoise->bins = av_calloc(SIZE, sizeof *denoise->bins);
    if (denoise->time == NULL || denoise->bins == NULL ||
        av_tx_init(&denoise->forth, &denoise->run_forth, AV_TX_FLOAT_FFT, 0, SIZE, &scale, 0) < 0 ||
        av_tx_init(&denoise->back, &denoise->run_back, AV_TX_FLOAT_FFT, 1, SIZE, &scale, 0) < 0)
        return NULL;
    // White noise of this level; the window's squares sum to half its length.
    float power = (float)(pow(10, noise_dbfs / 10) * SIZE / 2);
    for (int i = 0; i < SIZE; i++)
        denoise->window[i] = (float)sin(G_PI * (i + 0.5) / SIZE);
    for (int i = 0; i < BINS; i++)
        denoise->noise[i] = power;
    return g_steal_pointer(&denoise);
}

void
encode_denoise_free(EncodeDenoise *denoise)
{
    if (denoise == NULL)
        return;
    av_tx_uninit(&denoise->forth);
    av_tx_uninit(&denoise->back);
    av_freep(&denoise->time);
    av_freep(&denoise->bins);
    g_free(denoise);
}

/* Follows the noise of one bin and returns the ratio of @power to it. */
static float
follow_noise(EncodeDenoise *denoise, int bin, float power)
{
    float ratio = power / denoise->noise[bin];
    float odds = (1 + SPEECH_RATIO) * expf(-ratio * SPEECH_RATIO / (1 + SPEECH_RATIO));
    float presence = 1 / (1 + odds);
    float *smoothed = &denoise->presence[bin];
    *smoothed = PRESENCE_MEMORY * *smoothed + (1 - PRESENCE_MEMORY) * presence;
    // Noise that has grown for good is not taken for speech for ever.
    if (*smoothed > 0.99f)
        presence = fminf(presence, 0.99f);
    float noise = presence * denoise->noise[bin] + (1 - presence) * power;
    denoise->noise[bin] =
        fmaxf(NOISE_MEMORY * denoise->noise[bin] + (1 - NOISE_MEMORY) * noise, 1e-12f);
    return power / denoise->noise[bin];
}

static float
choose_gain(EncodeDenoise *denoise, int bin, float power)
{
    float ratio = follow_noise(denoise, bin, power);
    float expected =
        RATIO_MEMORY * denoise->cleaned[bin] + (1 - RATIO_MEMORY) * fmaxf(ratio - 1, 0);
    float gain = expected / (1 + expected);
    denoise->cleaned[bin] = gain * gain * ratio;
    return fmaxf(gain, denoise->least);
}

static void
treat_spectrum(EncodeDenoise *denoise)
{
    for (int bin = 0; bin < BINS; bin++) {
        AVComplexFloat *value = &denoise->bins[bin];
        float gain = choose_gain(denoise, bin, value->re * value->re + value->im * value->im);
        value->re *= gain;
        value->im *= gain;
        // The other half of the spectrum of real sound is its mirror.
        if (bin > 0 && bin < SIZE / 2) {
            denoise->bins[SIZE - bin].re *= gain;
            denoise->bins[SIZE - bin].im *= gain;
        }
    }
}

static void
treat_hop(EncodeDenoise *denoise, float *samples)
{
    memmove(denoise->in, denoise->in + HOP, (SIZE - HOP) * sizeof(float));
    memcpy(denoise->in + SIZE - HOP, samples, HOP * sizeof(float));
    for (int i = 0; i < SIZE; i++)
        denoise->time[i] = (AVComplexFloat){denoise->in[i] * denoise->window[i], 0};
    denoise->run_forth(denoise->forth, denoise->bins, denoise->time, sizeof(AVComplexFloat));
    treat_spectrum(denoise);
    denoise->run_back(denoise->back, denoise->time, denoise->bins, sizeof(AVComplexFloat));
    // What left the sum before was complete; one hop more of delay makes it one window.
    memcpy(samples, denoise->out, HOP * sizeof(float));
    memmove(denoise->out, denoise->out + HOP, (SIZE - HOP) * sizeof(float));
    memset(denoise->out + SIZE - HOP, 0, HOP * sizeof(float));
    for (int i = 0; i < SIZE; i++)
        denoise->out[i] += denoise->time[i].re * denoise->window[i] / SIZE;
}

void
encode_denoise_apply(EncodeDenoise *denoise, float *samples, guint count)
{
    for (guint at = 0; at + HOP <= count; at += HOP)
        treat_hop(denoise, samples + at);
}
