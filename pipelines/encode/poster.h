// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Picks one picture that stands for the lesson and writes it as WebP. One thread.
#pragma once

#include <glib.h>

struct AVFrame;
typedef struct _EncodePoster EncodePoster;

EncodePoster *encode_poster_new(void);
void encode_poster_free(EncodePoster *poster);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodePoster, encode_poster_free)

/** Looks at a canvas that plays at @time_us; keeps a reference to the best one so far. */
void encode_poster_consider(EncodePoster *poster, const struct AVFrame *canvas, gint64 time_us);

/** TRUE once enough was seen to choose. */
gboolean encode_poster_is_ready(EncodePoster *poster);

/**
 * encode_poster_write: writes `poster.webp`, at most 640 pixels wide, durable, into @folder.
 * @bytes, @sha256: (out): of the file
 */
gboolean encode_poster_write(EncodePoster *poster, const char *folder, guint64 *bytes,
                             char **sha256, GError **error);
