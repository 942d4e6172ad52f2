// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Decoded sound of any kind in, blocks of 48 kHz stereo on the grid of AAC frames out: gaps become
// silence, overlaps are cut, drift is taken out, so that the n-th block always plays at n × 1024
// samples. Five and more channels are mixed down. One thread.
#pragma once

#include <glib.h>

struct AVFrame;
typedef struct _EncodeSound EncodeSound;

/** Takes block @block: two arrays of 1024 samples in [-1, 1], valid during the call. */
typedef gboolean (*EncodeSoundSink)(gint64 block, const float *left, const float *right,
                                    gpointer user_data, GError **error);

/** @first_block: the first block to give; sound before it is dropped. */
EncodeSound *encode_sound_new(gint64 first_block, EncodeSoundSink sink, gpointer user_data);
void encode_sound_free(EncodeSound *sound);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeSound, encode_sound_free)

/** Adds a frame whose pts is running time in microseconds. */
gboolean encode_sound_push(EncodeSound *sound, const struct AVFrame *frame, GError **error);

/** Silence up to @until_us, when nothing will come for that time any more. */
gboolean encode_sound_fill(EncodeSound *sound, gint64 until_us, GError **error);

/** Gives every whole block before @end_samples, silent where nothing came. */
gboolean encode_sound_finish(EncodeSound *sound, gint64 end_samples, GError **error);

/** Running time up to which sound was given. */
gint64 encode_sound_get_time_us(EncodeSound *sound);
