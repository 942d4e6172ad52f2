// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Structural similarity of two planes of 8 bits, computed as FFmpeg's ssim filter does (windows of
// 8 × 8 at every fourth pixel), so that numbers can be held against it. Pure; any thread.
#pragma once

#include <glib.h>

typedef struct {
    const guint8 *data; // (unowned)
    int stride;         // (value)
} EncodeSsimPlane;

/** Returns: 1 for equal planes, less the more they differ; 1 when they are under 8 × 8. */
double encode_ssim_compare(EncodeSsimPlane a, EncodeSsimPlane b, guint width, guint height);
