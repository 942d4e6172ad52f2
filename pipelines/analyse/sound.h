// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The sound half of the analysis: 48 kHz sound in, block by block; loudness (EBU R128, ITU-R
// BS.1770-4), true peak, noise between words, what kind of sound it is and its outline out. Memory
// grows by some bytes a 10 ms. Called by pipelines/encode/listen.c. One thread.
#pragma once

#include "pipelines/analyse/result.h"

#define ANALYSE_SOUND_BLOCK 1024

typedef struct _AnalyseSound AnalyseSound;

AnalyseSound *analyse_sound_new(void);
void analyse_sound_free(AnalyseSound *sound);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AnalyseSound, analyse_sound_free)

/** ANALYSE_SOUND_BLOCK samples of each channel; the same twice for mono. No NaN. */
void analyse_sound_add(AnalyseSound *sound, const float *left, const float *right);

/** What was heard. */
void analyse_sound_finish(AnalyseSound *sound, AnalyseResultSound *result);

/** Returns: (transfer full): the outline, at most 1000 values, one each @interval_ms. */
GByteArray *analyse_sound_get_outline(AnalyseSound *sound, guint *interval_ms);
