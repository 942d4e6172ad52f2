// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Walks the framing of a chunked body (RFC 9112 §7.1) strictly, because libsoup reads a malformed
// chunk size as the last chunk. It decodes nothing: it says how far the body goes. Pure; one per
// body.
#pragma once

#include <glib.h>

typedef enum {
    HTTP_CHUNKS_SIZE,
    HTTP_CHUNKS_EXTENSION,
    HTTP_CHUNKS_SIZE_FEED,
    HTTP_CHUNKS_DATA,
    HTTP_CHUNKS_DATA_RETURN,
    HTTP_CHUNKS_DATA_FEED,
    HTTP_CHUNKS_TRAILER_START,
    HTTP_CHUNKS_TRAILER,
    HTTP_CHUNKS_TRAILER_FEED,
    HTTP_CHUNKS_LAST_FEED,
    HTTP_CHUNKS_END,
    HTTP_CHUNKS_BAD,
} HttpChunksState;

typedef struct {
    HttpChunksState state; //
    guint64 left;          // bytes of this chunk
    guint n_digits;        // of its size
    guint n_line;          // bytes of this line, or of all trailers
} HttpChunks;

void http_chunks_init(HttpChunks *chunks);

/**
 * http_chunks_scan:
 * Returns: how many of the bytes belong to the body. Fewer than @length only at its end or at a
 * fault; see
 * @chunks->state.
 */
gsize http_chunks_scan(HttpChunks *chunks, const char *bytes, gsize length);
