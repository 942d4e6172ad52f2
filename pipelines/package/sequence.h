// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the boxes of MP4 need to know of an AV1 sequence header (AV1 Bitstream & Decoding Process
// Specification §5.5). Pure; used by av1.c.
#pragma once

#include <glib.h>

typedef struct {
    guint profile;                // seq_profile
    guint level;                  // seq_level_idx of operating point 0
    guint tier;                   // seq_tier of operating point 0
    guint bit_depth;              // 8, 10 or 12
    guint monochrome;             // 1: no chroma
    guint subsampling_x;          // 1: half as wide
    guint subsampling_y;          // 1: half as high
    guint chroma_sample_position; // §6.4.2
    guint width;                  // greatest frame, in pixels
    guint height;                 // greatest frame, in pixels
} PackageSequence;

/** @data: the payload of a sequence header OBU. FALSE when it is not one; @sequence is untouched
 * then. */
gboolean package_sequence_parse(const guint8 *data, gsize bytes, PackageSequence *sequence);
