// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A smaller copy of a canvas, for the lower rungs. One thread.
#pragma once

#include <glib.h>

struct AVFrame;
typedef struct _EncodeChanges EncodeChanges;
typedef struct _EncodeShrink EncodeShrink;

/** Returns: (transfer full): NULL with ENCODE_FAILURE when the sizes are refused. */
EncodeShrink *encode_shrink_new(guint from_width, guint from_height, guint to_width,
                                guint to_height, GError **error);
void encode_shrink_free(EncodeShrink *shrink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeShrink, encode_shrink_free)

/**
 * encode_shrink_draw:
 * @changes: (nullable): to which every canvas up to this one was added; only what changed since
 *   this shrink drew last is drawn again. NULL: all is.
 *
 * Returns: (transfer none): the copy, valid until the next call; NULL with ENCODE_FAILURE.
 */
const struct AVFrame *encode_shrink_draw(EncodeShrink *shrink, const struct AVFrame *canvas,
                                         const EncodeChanges *changes, GError **error);
