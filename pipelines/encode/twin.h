// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One channel of AAC as two that are alike, without coding it again: the single channel becomes the
// middle of a pair (ISO/IEC 14496-3, 4.4.2.1) whose side is silent, for some 25 bits a frame.
#pragma once

#include <glib.h>

/**
 * encode_twin_write:
 * @mono: one raw data block of a single channel, AAC-LC, nothing behind the channel but the end, as
 *   FFmpeg's encoder writes it with AV_CODEC_FLAG_BITEXACT, and with `aac_pns=0` and `aac_tns=0`:
 *   noise substitution and noise shaping would be the left channel's alone
 * @pair: the same block for two channels, in place of what was there
 *
 * Returns: FALSE when @mono is no such block.
 */
gboolean encode_twin_write(const guint8 *mono, gsize bytes, GByteArray *pair);

/** Returns: (transfer full): the AudioSpecificConfig of two channels; @mono: of one. NULL when
 * @mono is none. */
GBytes *encode_twin_get_config(GBytes *mono);
