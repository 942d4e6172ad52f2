// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Sound on the grid of blocks in, raw Opus packets out (RFC 6716), labelled with the time of the
// sound in them: the encoder's look-ahead is taken out by feeding it so much earlier, so that the
// pre-skip is 0 and no player has anything to skip, with edit lists or without. Frames are long,
// which costs less of the container. One thread at a time.
#pragma once

#include <glib.h>

#define ENCODE_OPUS_RATE 48000
#define ENCODE_OPUS_BLOCK 1024 // samples in a block pushed, as ENCODE_AAC_BLOCK
#define ENCODE_OPUS_FRAME 2880 // samples in every packet but the last few, which are shorter

typedef struct _EncodeOpus EncodeOpus;

/** Takes one packet of @samples samples, which plays from @start_samples on. */
typedef gboolean (*EncodeOpusSink)(const guint8 *data, gsize bytes, gint64 start_samples,
                                   guint samples, gpointer user_data, GError **error);

/** Returns: (transfer full): an encoder for 1 or 2 channels, or NULL with ENCODE_FAILURE. */
EncodeOpus *encode_opus_new(guint channels, guint kbps, GError **error);
void encode_opus_free(EncodeOpus *opus);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeOpus, encode_opus_free)

void encode_opus_set_sink(EncodeOpus *opus, EncodeOpusSink sink, gpointer user_data);

/** Returns: (transfer full): the fields of the `dOps` box, 11 bytes (Encapsulation of Opus in ISO
 * Base Media File Format §4.3.2). */
GBytes *encode_opus_get_config(EncodeOpus *opus);

/**
 * encode_opus_push:
 * @block: number of this block on the grid; each is one more than the last. Packets begin at
 * multiples of ENCODE_OPUS_FRAME, the first at or after the first block.
 * @left: ENCODE_OPUS_BLOCK samples in [-1, 1]; NULL: no more come, give the rest; sound that is
 * left over at the end, less than 2.5 ms, is dropped
 * @right: the other channel; mixed with @left for one channel
 */
gboolean encode_opus_push(EncodeOpus *opus, gint64 block, const float *left, const float *right,
                          GError **error);
