// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Tells music: frequencies that stay for long, as those of instruments do and those of a voice or
// of noise do not ("continuous frequency activation", Seyerlehner, Pohle, Schedl and Widmer, DAFx
// 2007). Used by sound.c. One thread.
#pragma once

#include <glib.h>

#define ANALYSE_TONALITY_WINDOW 122880 // samples of 48 kHz looked at together, 2.56 s

typedef struct _AnalyseTonality AnalyseTonality;

/** Returns: (nullable) (transfer full): NULL when there is no Fourier transform to be had. */
AnalyseTonality *analyse_tonality_new(void);
void analyse_tonality_free(AnalyseTonality *tonality);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AnalyseTonality, analyse_tonality_free)

void analyse_tonality_add(AnalyseTonality *tonality, float sample);

/** Returns: how much of the window just ended stays: below 1 speech and noise, above 2 music.
 * Begins the next window. */
double analyse_tonality_take(AnalyseTonality *tonality);
