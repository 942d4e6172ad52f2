// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The gain each sample needs; the least of those ahead (a queue of falling minima); from there up
// again slowly; the mean of the last few, which is at the least one when its sample comes out.
#include "pipelines/encode/limit.h"

#include <math.h>
#include <string.h>

#include "pipelines/analyse/peak.h"

#define AHEAD (ENCODE_LIMIT_DELAY - ANALYSE_PEAK_LATE) // 5 ms
#define RECOVERY 0.0005f                               // of what is missing, a sample: 40 ms
#define CLOSE 0.6f // of the ceiling: from here on a peak between samples may pass it
#define CHANNELS 2

typedef struct {
    gint64 at;  // (value) sample
    float gain; // (value)
} Need;

struct _EncodeLimit {
    float ceiling;                               // (value)
    gint64 now;                                  // (value) samples taken
    float past[CHANNELS][ANALYSE_PEAK_TAPS * 2]; // (value) the newest, twice over
    float late[CHANNELS][ENCODE_LIMIT_DELAY];    // (value) ring of what is not out yet
    Need needs[AHEAD + 2];                       // (value) ring, gains growing
    guint need_first;                            // (value)
    guint need_count;                            // (value)
    float gain;                                  // (value) with the slow way up
    float gains[AHEAD];                          // (value) ring of the last
    double sum;                                  // (value) of gains
};

EncodeLimit *
encode_limit_new(double ceiling_dbtp)
{
    EncodeLimit *limit = g_new0(EncodeLimit, 1);
    limit->ceiling = (float)pow(10, ceiling_dbtp / 20);
    limit->gain = 1;
    for (int i = 0; i < AHEAD; i++)
        limit->gains[i] = 1;
    limit->sum = AHEAD;
    return limit;
}

void
encode_limit_free(EncodeLimit *limit)
{
    g_free(limit);
}

/* The peak ANALYSE_PEAK_LATE samples back. */
static float
find_peak(EncodeLimit *limit, int channel, float sample)
{
    float *past = limit->past[channel];
    gsize at = (gsize)(limit->now % ANALYSE_PEAK_TAPS);
    past[at] = past[at + ANALYSE_PEAK_TAPS] = sample;
    // The oldest of the last so many is the one after the newest, wherever that is in the ring.
    const float *newest = past + at + ANALYSE_PEAK_TAPS;
    float peak = fmaxf(fabsf(newest[-5]), fabsf(newest[-6]));
    return peak > limit->ceiling * CLOSE ? analyse_peak_find(newest) : peak;
}

/* The least gain needed from now back to AHEAD samples ago. */
static float
find_least(EncodeLimit *limit, float gain)
{
    const guint size = G_N_ELEMENTS(limit->needs);
    while (limit->need_count > 0 &&
           limit->needs[(limit->need_first + limit->need_count - 1) % size].gain >= gain)
        limit->need_count--;
    limit->needs[(limit->need_first + limit->need_count++) % size] = (Need){limit->now, gain};
    if (limit->needs[limit->need_first].at < limit->now - AHEAD) {
        limit->need_first = (limit->need_first + 1) % size;
        limit->need_count--;
    }
    return limit->needs[limit->need_first].gain;
}

static float
find_gain(EncodeLimit *limit, float peak)
{
    float least = find_least(limit, peak > limit->ceiling ? limit->ceiling / peak : 1);
    limit->gain += (1 - limit->gain) * RECOVERY;
    limit->gain = fminf(limit->gain, least);
    float *oldest = &limit->gains[limit->now % AHEAD];
    limit->sum += (double)limit->gain - (double)*oldest;
    *oldest = limit->gain;
    return (float)(limit->sum / AHEAD);
}

static float
swap_late(EncodeLimit *limit, int channel, float sample)
{
    float *late = &limit->late[channel][limit->now % ENCODE_LIMIT_DELAY];
    float out = *late;
    *late = sample;
    return out;
}

void
encode_limit_apply(EncodeLimit *limit, float *left, float *right, guint count)
{
    for (guint i = 0; i < count; i++) {
        float peak = find_peak(limit, 0, left[i]);
        if (right != NULL)
            peak = fmaxf(peak, find_peak(limit, 1, right[i]));
        float gain = find_gain(limit, peak);
        left[i] = swap_late(limit, 0, left[i]) * gain;
        if (right != NULL)
            right[i] = swap_late(limit, 1, right[i]) * gain;
        limit->now++;
    }
}
