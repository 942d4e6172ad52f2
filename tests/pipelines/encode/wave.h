// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Sounds made by arithmetic, as arrays and as float WAV files, and what FFmpeg's own loudness meter
// says of a file: for tests of what is done to sound.
#pragma once

#include <glib.h>

/** One sample of something like speech at @seconds, at about -20 dBFS: a voice that glides, in
 * syllables, consonants between them, and pauses. */
float wave_speak(double seconds);

/** White noise in [-1, 1], the same for the same @index. */
float wave_hiss(guint index);

/** A sound: channel @channel at sample @index of @rate. */
typedef float (*WaveSound)(guint channel, guint index, guint rate);

/** Writes a WAV file of 32-bit floats. */
void wave_write(const char *path, WaveSound sound, guint channels, guint rate, guint samples);

/** Loudness and true peak of the sound in a file, by libavfilter's ebur128. */
void wave_measure(const char *path, double *lufs, double *peak_dbtp);
