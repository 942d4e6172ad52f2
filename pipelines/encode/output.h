// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One rung in the making: its encoders and its file. Takes canvases at ticks and blocks of sound,
// cuts at every segment of the grid, and goes on where an earlier attempt stopped. One thread.
#pragma once

#include "pipelines/encode/h264.h"
#include "pipelines/encode/rungs.h"
#include "pipelines/package/result.h"

typedef struct _EncodeOutput EncodeOutput;

typedef struct {
    EncodeDecidePicture decided; // (value) width 0: no picture, then the sound alone counts
    EncodeH264Colour colour;     // (value)
} EncodeOutputPicture;

/** @folder: the staging folder. Returns: (transfer full): NULL with ENCODE_FAILURE or
 * PACKAGE_ERROR. */
EncodeOutput *encode_output_new(const char *folder, EncodeRungsId rung, const EncodeGrid *grid,
                                const EncodeOutputPicture *picture, GError **error);
void encode_output_free(EncodeOutput *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeOutput, encode_output_free)

EncodeRungsId encode_output_get_rung(EncodeOutput *output);

/** The tick where this rung goes on, the start of a segment; 0 for a new one. */
gint64 encode_output_get_start_tick(EncodeOutput *output);

/** The block of sound where this rung goes on. */
gint64 encode_output_get_start_block(EncodeOutput *output);

/** Durable segments so far, and where the last of them ends. */
guint encode_output_get_segments(EncodeOutput *output, guint64 *media_ms);

/** @canvas: of this rung's size; @key: H.264 begins anew here. What lies before the start tick is
 * dropped. */
gboolean encode_output_add_picture(EncodeOutput *output, const struct AVFrame *canvas, gint64 tick,
                                   gboolean key, GError **error);

/** Blocks follow one another; may begin before the start block, to warm the encoder up. */
gboolean encode_output_add_sound(EncodeOutput *output, gint64 block, const float *left,
                                 const float *right, GError **error);

/** No more comes; the picture ends with @end_tick. Returns: (transfer full): the finished rung, or
 * NULL. */
PackageResult *encode_output_finish(EncodeOutput *output, gint64 end_tick, GError **error);

/** Throws away what a finished rung has in the staging folder, but for a note of @code: why. */
void encode_output_discard(EncodeOutput *output, const char *code);

/** Returns: (transfer full) (nullable): why an earlier attempt threw @rung away; NULL: none did. */
char *encode_output_read_discarded(const char *folder, EncodeRungsId rung);
