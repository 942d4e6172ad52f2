// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// True peak (ITU-R BS.1770-4 annex 2): the highest value of sound sampled four times as often. Pure
// arithmetic; used by sound.c and by the limiter in pipelines/encode/limit.c.
#pragma once

#include <glib.h>

#define ANALYSE_PEAK_TAPS 12 // samples that one value between samples is made of
#define ANALYSE_PEAK_LATE 6  // the value belongs so many samples back

/** @newest: the last of ANALYSE_PEAK_TAPS samples in a row. Returns: the greatest magnitude at and
 * up to the sample after the one ANALYSE_PEAK_LATE back. */
float analyse_peak_find(const float *newest);
