// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Gentle noise reduction for one channel of 48 kHz speech: noise that stays is lowered by a few
// decibels, never taken away, since what then remains would sing. Part of treat.c.
#pragma once

#include <glib.h>

#define ENCODE_DENOISE_DELAY 1024 // samples by which what comes out is later
#define ENCODE_DENOISE_HOP 512    // what comes in and goes out is a multiple of this

typedef struct _EncodeDenoise EncodeDenoise;

/** @noise_dbfs: what it is at the start; it is followed from there. Returns: (transfer full)
 * (nullable): NULL when there is no Fourier transform to be had. */
EncodeDenoise *encode_denoise_new(double noise_dbfs, double reduce_db);
void encode_denoise_free(EncodeDenoise *denoise);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeDenoise, encode_denoise_free)

/** In place. */
void encode_denoise_apply(EncodeDenoise *denoise, float *samples, guint count);
