// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Brings decoded pictures of any kind to one canvas: upright, square pixels, 4:2:0, video range,
// standard dynamic range; a source that changes its size in mid-stream is fitted into the same
// canvas. One thread.
#pragma once

#include "pipelines/encode/h264.h"
#include "pipelines/source/info.h"

typedef struct _EncodePicture EncodePicture;

/** @width, @height: the canvas, the largest rung's size. @info is borrowed for life. */
EncodePicture *encode_picture_new(const SourceInfo *info, guint width, guint height);
void encode_picture_free(EncodePicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodePicture, encode_picture_free)

/** How colours are coded on the canvas; depends on the source's info alone. */
EncodeH264Colour encode_picture_choose_colour(const SourceInfo *info);

/** Draws @frame into the blank @canvas. */
gboolean encode_picture_draw(EncodePicture *picture, const struct AVFrame *frame,
                             struct AVFrame *canvas, GError **error);
