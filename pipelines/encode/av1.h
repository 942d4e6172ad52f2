// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Pictures on the grid in, AV1 temporal units out: capped constant quality, closed groups that
// begin exactly at segment cuts and nowhere else, one shown picture a unit, in order of time. One
// thread at a time; the encoder behind it has a few of its own.
#pragma once

#include "pipelines/encode/h264.h"

typedef struct _EncodeAv1 EncodeAv1;

/** Returns: (transfer full): an encoder, or NULL with ENCODE_FAILURE. No side of the picture is
 * under 64. */
EncodeAv1 *encode_av1_new(const EncodeGrid *grid, const EncodeDecidePicture *picture,
                          const EncodeH264Colour *colour, GError **error);
void encode_av1_free(EncodeAv1 *av1);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeAv1, encode_av1_free)

/** Units come as low-overhead OBUs with a temporal delimiter in front (AV1 §7.5). */
void encode_av1_set_sink(EncodeAv1 *av1, EncodeH264Sink sink, gpointer user_data);

/** Returns: (transfer full): the sequence header; the same for the same arguments of new. */
GBytes *encode_av1_get_header(EncodeAv1 *av1);

/**
 * encode_av1_push:
 * @frame: (nullable): yuv420p of the right size, not changed; NULL: no more come, give the rest
 * @tick: where it starts; those between this rung's pictures are ignored; the first one pushed is
 * the start of a segment
 */
gboolean encode_av1_push(EncodeAv1 *av1, const struct AVFrame *frame, gint64 tick, GError **error);
