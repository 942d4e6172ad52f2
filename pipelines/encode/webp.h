// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Canvases as WebP: at a given quality, or as small as they get while they still look like the
// source. WebP's own luma and chroma are those of ITU-R BT.601. Pure; any thread.
#pragma once

#include <glib.h>

struct AVFrame;

/** Returns: (transfer full): @canvas (4:2:0, 8 bits, @matrix as libavutil numbers them) coded with
 * losses; NULL with ENCODE_FAILURE. */
GBytes *encode_webp_write(const struct AVFrame *canvas, int matrix, guint quality, GError **error);

/**
 * encode_webp_fit: lossless or with losses, whichever is smaller
 * @least_ssim: what is coded with losses is at least so much like @canvas
 * @quality: (inout): where the search begins; what was found
 *
 * Returns: (transfer full): NULL with ENCODE_FAILURE.
 */
GBytes *encode_webp_fit(const struct AVFrame *canvas, int matrix, double least_ssim, guint *quality,
                        GError **error);
