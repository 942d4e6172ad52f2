// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Picks one picture that stands for the lesson and writes it as WebP. One thread.
#pragma once

#include "pipelines/encode/run.h"

#define ENCODE_POSTER_FILE "poster.webp"

struct AVFrame;
typedef struct _EncodePoster EncodePoster;

EncodePoster *encode_poster_new(void);
void encode_poster_free(EncodePoster *poster);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodePoster, encode_poster_free)

/** Looks at a canvas; keeps a reference to the best one so far. Of two about as good the first one
 * is the better. */
void encode_poster_weigh(EncodePoster *poster, const struct AVFrame *canvas);

/** The same for canvases that come tick by tick, but for one a second in the first half minute. */
void encode_poster_consider(EncodePoster *poster, const struct AVFrame *canvas, gint64 time_us);

/** TRUE once enough was considered to choose. */
gboolean encode_poster_is_ready(EncodePoster *poster);

/** Returns: (transfer none) (nullable): the best one so far. */
const struct AVFrame *encode_poster_get_best(const EncodePoster *poster);

/** Writes `poster.webp`, at most 640 pixels wide, to @staging. @matrix: of the canvases, as
 * libavutil numbers them. FALSE with ENCODE_FAILURE or PACKAGE_ERROR, also when there was no
 * canvas. */
gboolean encode_poster_write(EncodePoster *poster, const char *staging, int matrix, GError **error);

/** Writes `poster.webp`, at most 640 pixels wide, and sends its line, unless run->poster_sent,
 * which it sets. A lesson without a poster is still a lesson: failure is not told. */
void encode_poster_send(EncodePoster *poster, EncodeRun *run);
