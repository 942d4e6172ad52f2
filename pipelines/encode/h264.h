// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Pictures on the grid in, H.264 access units out: capped constant quality, closed groups that
// begin exactly at segment cuts, no B-frames, parameter sets in-band and apart. One thread at a
// time.
#pragma once

#include "pipelines/encode/decide.h"

struct AVFrame;
typedef struct _EncodeH264 EncodeH264;

/** How the numbers in a picture are to be seen (ITU-T H.273), as libavutil numbers them. */
typedef struct {
    int primaries; // (value)
    int transfer;  // (value)
    int matrix;    // (value)
} EncodeH264Colour;

/** Takes one access unit that starts at @tick; it is an IDR picture if @key. */
typedef gboolean (*EncodeH264Sink)(const guint8 *data, gsize bytes, gint64 tick, gboolean key,
                                   gpointer user_data, GError **error);

/** Returns: (transfer full): an encoder, or NULL with ENCODE_FAILURE. */
EncodeH264 *encode_h264_new(const EncodeRungsSpec *spec, const EncodeGrid *grid,
                            const EncodeDecidePicture *picture, const EncodeH264Colour *colour,
                            GError **error);
void encode_h264_free(EncodeH264 *h264);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeH264, encode_h264_free)

void encode_h264_set_sink(EncodeH264 *h264, EncodeH264Sink sink, gpointer user_data);

/** Returns: (transfer full): SPS and PPS; the same for the same arguments of new. */
GBytes *encode_h264_get_parameter_sets(EncodeH264 *h264);

/**
 * encode_h264_push:
 * @frame: (nullable): yuv420p of the right size, not changed; NULL: no more come, give the rest
 * @tick: where it starts; those between this rung's pictures are ignored
 * @key: makes it a key picture beside the grid
 */
gboolean encode_h264_push(EncodeH264 *h264, const struct AVFrame *frame, gint64 tick, gboolean key,
                          GError **error);
