// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How the sound of a lesson is treated, decided from what was heard in it, and the treatment
// itself: which channels count, high-pass, noise reduction, gain, limiter. The same for every rung,
// so that a change of rung is not heard. encode_sound_new() takes the plan and does the rest; only
// sound.c calls the filter. One thread at a time.
#pragma once

#include <glib.h>

#include "pipelines/analyse/result.h"

#define ENCODE_TREAT_BLOCK 1024

/** All zero leaves sound as it came. */
typedef struct {
    AnalyseResultFold fold; // (value) which channels count
    double mono_gain_db;    // (value) for rungs of one channel
    double stereo_gain_db;  // (value) for rungs of two
    gboolean limit;         // (value) peaks are kept down
    double high_pass_hz;    // (value) 0: none
    double reduce_db;       // (value) noise is lowered by so much; 0: none
    double noise_dbfs;      // (value) the noise, when it is
} EncodeTreatPlan;

/** @clean: noise may be taken out of speech. Pure. */
EncodeTreatPlan encode_treat_decide(const AnalyseResultSound *sound, gboolean clean);

typedef struct _EncodeTreat EncodeTreat;

/** @stereo: two channels are wanted beside the mono one. Returns: (transfer full). */
EncodeTreat *encode_treat_new(const EncodeTreatPlan *plan, gboolean stereo);
void encode_treat_free(EncodeTreat *treat);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeTreat, encode_treat_free)

/** Samples by which what comes out is later than what went in. */
guint encode_treat_get_delay(const EncodeTreat *treat);

/** One block in and out, in place. @mono: (out): the fold-down, treated by itself; @left and @right
 * hold nothing of use afterwards unless two channels are wanted. */
void encode_treat_apply(EncodeTreat *treat, float *left, float *right, float *mono);
