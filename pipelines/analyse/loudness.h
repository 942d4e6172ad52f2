// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Loudness of sound at 48 kHz as ITU-R BS.1770-4 and EBU Tech 3342 count it: a K-weighting filter,
// and what is made of the energies of steps of 100 ms. Pure arithmetic; used by sound.c.
#pragma once

#include <glib.h>

#define ANALYSE_LOUDNESS_STEP 4800    // samples
#define ANALYSE_LOUDNESS_SILENT -70.0 // LUFS: the absolute gate

/** Two second-order sections in a row; all zero is the start. */
typedef struct {
    double state[4]; // (value)
} AnalyseLoudnessFilter;

/** Returns: the weighted sample. */
double analyse_loudness_weigh(AnalyseLoudnessFilter *filter, double sample);

/** Integrated loudness (§5.1). @steps: (element-type float): mean squares of weighted sound, the
 * sum over channels. Returns: LUFS; ANALYSE_LOUDNESS_SILENT when nothing passes the gate. */
double analyse_loudness_integrate(const GArray *steps);

/** Loudness range in LU (EBU Tech 3342 §3.1). */
double analyse_loudness_get_range(const GArray *steps);
