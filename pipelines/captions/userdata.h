// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// EIA-608 and 708 bytes that travel in the user data of coded pictures (ATSC A/53 part 4 §6.2.3:
// MPEG-2 user data, H.264 and HEVC SEI), taken out without decoding anything. Pure.
#pragma once

#include <glib.h>

/**
 * captions_userdata_find:
 * @packet: a coded picture: with start codes or with lengths, both will do
 * @triplets: (out): appended to: cc_data triplets as libavcodec's cc_dec takes them
 *
 * Returns: TRUE when there was any. Any thread.
 */
gboolean captions_userdata_find(const guint8 *packet, gsize length, GByteArray *triplets);
