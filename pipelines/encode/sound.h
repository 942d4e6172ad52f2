// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Decoded sound of any kind in, treated blocks of 48 kHz on the grid of AAC frames out: gaps become
// silence, overlaps are cut, drift is taken out, so that the n-th block always plays at n × 1024
// samples. Five and more channels are mixed down. One thread.
#pragma once

#include <glib.h>

#include "pipelines/encode/treat.h"

// So many blocks before the first one wanted, what treats and encodes has found its feet.
#define ENCODE_SOUND_WARM_UP 12

struct AVFrame;
typedef struct _EncodeSound EncodeSound;

/** Takes block @block: arrays of 1024 samples in [-1, 1], valid during the call. @mono is for rungs
 * of one channel (pass it as both to an encoder); @left and @right are the same as it unless two
 * channels are wanted. */
typedef gboolean (*EncodeSoundSink)(gint64 block, const float *left, const float *right,
                                    const float *mono, gpointer user_data, GError **error);

/**
 * encode_sound_new:
 * @first_block: the first block to give; sound before it is dropped
 * @plan: (nullable): how it is treated; NULL: as it came, even beyond [-1, 1], for measuring
 * @stereo: two channels are wanted beside the mono one
 */
EncodeSound *encode_sound_new(gint64 first_block, const EncodeTreatPlan *plan, gboolean stereo,
                              EncodeSoundSink sink, gpointer user_data);
void encode_sound_free(EncodeSound *sound);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeSound, encode_sound_free)

/** Adds a frame whose pts is running time in microseconds. */
gboolean encode_sound_push(EncodeSound *sound, const struct AVFrame *frame, GError **error);

/** The next frame is put exactly where its pts says, as the first one is: what comes does not go on
 * from what came. */
void encode_sound_realign(EncodeSound *sound);

/** Silence up to @until_us, when nothing will come for that time any more. */
gboolean encode_sound_fill(EncodeSound *sound, gint64 until_us, GError **error);

/** Gives every whole block before @end_samples, silent where nothing came. */
gboolean encode_sound_finish(EncodeSound *sound, gint64 end_samples, GError **error);

/** Running time up to which sound was taken. */
gint64 encode_sound_get_time_us(EncodeSound *sound);
