// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The interpolation filter of the recommendation, phase by phase; phase 3 is phase 0 backwards, as
// 2 is 1, and between samples none is needed where the sample itself is.
#include "pipelines/analyse/peak.h"

#include <math.h>

static const float phases[2][ANALYSE_PEAK_TAPS] = {
    {0.0017089843750f, 0.0109863281250f, -0.0196533203125f, 0.0332031250000f, -0.0594482421875f,
     0.1373291015625f, 0.9721679687500f, -0.1022949218750f, 0.0476074218750f, -0.0266113281250f,
     0.0148925781250f, -0.0083007812500f},
    {-0.0291748046875f, 0.0292968750000f, -0.0517578125000f, 0.0891113281250f, -0.1665039062500f,
     0.4650878906250f, 0.7797851562500f, -0.2003173828125f, 0.1015625000000f, -0.0582275390625f,
     0.0330810546875f, -0.0189208984375f},
};

float
analyse_peak_find(const float *newest)
{
    const float *oldest = newest - (ANALYSE_PEAK_TAPS - 1);
    float sums[4] = {0};
    for (int i = 0; i < ANALYSE_PEAK_TAPS; i++) {
        sums[0] += phases[0][i] * oldest[i];
        sums[1] += phases[1][i] * oldest[i];
        sums[2] += phases[1][ANALYSE_PEAK_TAPS - 1 - i] * oldest[i];
        sums[3] += phases[0][ANALYSE_PEAK_TAPS - 1 - i] * oldest[i];
    }
    float peak = fmaxf(fabsf(oldest[5]), fabsf(oldest[6]));
    for (int i = 0; i < 4; i++)
        peak = fmaxf(peak, fabsf(sums[i]));
    return peak;
}
