// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Sound that comes a little later, in blocks: for rungs that show only every other picture, so that
// both are late by the same on average. A value; one thread.
#pragma once

#include "pipelines/encode/aac.h"

// Sound is never later than this many blocks.
#define ENCODE_DELAY_BLOCKS 2
#define ENCODE_DELAY_SAMPLES (ENCODE_DELAY_BLOCKS * ENCODE_AAC_BLOCK)

/** All zero: no delay. */
typedef struct {
    gint64 samples;                                      // (value) it comes later by so much
    float past[ENCODE_DELAY_SAMPLES + ENCODE_AAC_BLOCK]; // (value) of late, oldest first
} EncodeDelay;

/** @now: a block of one channel. Returns: the block that is due now, good until the next call. */
const float *encode_delay_apply(EncodeDelay *delay, const float *now);
