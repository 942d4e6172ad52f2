// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Sound on the grid of AAC frames in, raw AAC-LC frames out (ISO/IEC 14496-3), the priming frame
// dropped, so that a packet is labelled with the time of the sound in it. One thread at a time.
#pragma once

#include <glib.h>

#define ENCODE_AAC_RATE 48000
#define ENCODE_AAC_BLOCK 1024 // samples in a frame

typedef struct _EncodeAac EncodeAac;

/** Takes one frame, which plays from @start_samples on. */
typedef gboolean (*EncodeAacSink)(const guint8 *data, gsize bytes, gint64 start_samples,
                                  gpointer user_data, GError **error);

/**
 * encode_aac_new:
 * @channels: 1 or 2
 * @alike: two channels are the same: their mean is coded once and given to both (twin.h)
 *
 * Returns: (transfer full): NULL with ENCODE_FAILURE.
 */
EncodeAac *encode_aac_new(guint channels, guint kbps, gboolean alike, GError **error);
void encode_aac_free(EncodeAac *aac);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeAac, encode_aac_free)

void encode_aac_set_sink(EncodeAac *aac, EncodeAacSink sink, gpointer user_data);

/** Returns: (transfer full): the AudioSpecificConfig. */
GBytes *encode_aac_get_config(EncodeAac *aac);

/**
 * encode_aac_push:
 * @block: number of this block on the grid; each is one more than the last
 * @left: ENCODE_AAC_BLOCK samples in [-1, 1]; NULL: no more come, give the rest
 * @right: the other channel; mixed with @left for one channel
 */
gboolean encode_aac_push(EncodeAac *aac, gint64 block, const float *left, const float *right,
                         GError **error);
