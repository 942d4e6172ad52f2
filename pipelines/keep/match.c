// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Normalised cross-correlation at every place; the peak is refined by the parabola through its
// neighbours, to some milliseconds. Bounds: 0.75 is passed by any two encodings of one sound, and
// by no two sounds of ten seconds and more that were tried.
#include "pipelines/keep/match.h"

#include <math.h>

#define SPREAD_LEAST_DB 1.0 // standard deviation of a stretch that says something
#define SCORE_LEAST 0.75
#define RIVAL_AWAY KEEP_MATCH_RATE // levels
#define RIVAL_LESS 0.05            // a rival must be worse by so much

/* Takes the mean out. Returns: (transfer full): @norm (out): its length. */
static float *
centre(const KeepMatchStretch *sought, double *norm)
{
    float *centred = g_new0(float, sought->count);
    double mean = 0, energy = 0;
    for (guint i = 0; i < sought->count; i++)
        mean += (double)sought->levels[i] / sought->count;
    for (guint i = 0; i < sought->count; i++) {
        centred[i] = sought->levels[i] - (float)mean;
        energy += (double)centred[i] * (double)centred[i];
    }
    *norm = sqrt(energy);
    return centred;
}

/* Sums of levels and of their squares, up to each. */
static void
sum_up(const KeepMatchStretch *where, double *sums, double *squares)
{
    sums[0] = squares[0] = 0;
    for (guint i = 0; i < where->count; i++) {
        double level = (double)where->levels[i];
        sums[i + 1] = sums[i] + level;
        squares[i + 1] = squares[i] + level * level;
    }
}

static float
multiply(const float *a, const float *b, guint count)
{
    float sums[8] = {0}, sum = 0;
    guint i = 0;
    for (; i + 8 <= count; i += 8) {
        for (guint lane = 0; lane < 8; lane++)
            sums[lane] += a[i + lane] * b[i + lane];
    }
    for (; i < count; i++)
        sum += a[i] * b[i];
    for (guint lane = 0; lane < 8; lane++)
        sum += sums[lane];
    return sum;
}

/* Returns: (transfer full): the score at each place. */
static float *
score_all(const KeepMatchStretch *sought, const KeepMatchStretch *where, const float *centred,
          double norm)
{
    guint places = where->count - sought->count + 1, count = sought->count;
    g_autofree double *sums = g_new0(double, (gsize)where->count + 1);
    g_autofree double *squares = g_new0(double, (gsize)where->count + 1);
    float *scores = g_new0(float, places);
    sum_up(where, sums, squares);
    for (guint at = 0; at < places; at++) {
        double sum = sums[at + count] - sums[at];
        double energy = squares[at + count] - squares[at] - sum * sum / count;
        double product = (double)multiply(centred, where->levels + at, count);
        gboolean flat = energy < SPREAD_LEAST_DB * SPREAD_LEAST_DB * count / 4;
        scores[at] = flat ? 0 : (float)(product / (norm * sqrt(energy)));
    }
    return scores;
}

static guint
find_best(const float *scores, guint from, guint until, guint best)
{
    for (guint i = from; i < until; i++) {
        if (scores[i] > scores[best])
            best = i;
    }
    return best;
}

static double
refine(const float *scores, guint places, guint best)
{
    if (best == 0 || best + 1 == places)
        return best;
    double left = (double)scores[best - 1], right = (double)scores[best + 1];
    double bend = left - 2 * (double)scores[best] + right;
    return bend < 0 ? best + CLAMP((left - right) / (2 * bend), -0.5, 0.5) : best;
}

/* The best of what is more than a second away from @best. */
static double
find_rival(const float *scores, guint places, guint best)
{
    double rival = 0;
    for (guint i = 0; i < places; i++) {
        if (i + RIVAL_AWAY < best || i > best + RIVAL_AWAY)
            rival = MAX(rival, (double)scores[i]);
    }
    return rival;
}

KeepMatchVerdict
keep_match_find(const KeepMatchStretch *sought, const KeepMatchStretch *where,
                KeepMatchPlace *found)
{
    double norm = 0;
    g_autofree float *centred = centre(sought, &norm);
    if (sought->count == 0 || norm * norm < SPREAD_LEAST_DB * SPREAD_LEAST_DB * sought->count)
        return KEEP_MATCH_QUIET;
    if (where->count < sought->count)
        return KEEP_MATCH_NOWHERE;
    guint places = where->count - sought->count + 1;
    g_autofree float *scores = score_all(sought, where, centred, norm);
    guint best = find_best(scores, 1, places, 0);
    if ((double)scores[best] < SCORE_LEAST)
        return KEEP_MATCH_NOWHERE;
    found->place = refine(scores, places, best);
    found->score = (double)scores[best];
    found->rival = find_rival(scores, places, best);
    return found->rival > found->score - RIVAL_LESS ? KEEP_MATCH_UNSURE : KEEP_MATCH_FOUND;
}
