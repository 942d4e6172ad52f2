// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A state machine over single bytes, except that data is skipped in one step.
#include "server/http/chunks.h"

#define SIZE_DIGITS_MAX 15
#define LINE_MAX_BYTES 256
#define TRAILERS_MAX_BYTES 8192

void
http_chunks_init(HttpChunks *chunks)
{
    *chunks = (HttpChunks){.state = HTTP_CHUNKS_SIZE};
}

static HttpChunksState
take_size(HttpChunks *chunks, char c)
{
    if (g_ascii_isxdigit(c) && chunks->n_digits < SIZE_DIGITS_MAX) {
        chunks->left = chunks->left * 16 + g_ascii_xdigit_value(c);
        chunks->n_digits++;
        return HTTP_CHUNKS_SIZE;
    }
    if (chunks->n_digits == 0)
        return HTTP_CHUNKS_BAD;
    if (c == ';')
        return HTTP_CHUNKS_EXTENSION;
    return c == '\r' ? HTTP_CHUNKS_SIZE_FEED : HTTP_CHUNKS_BAD;
}

static HttpChunksState
take_line(HttpChunks *chunks, char c, HttpChunksState same, HttpChunksState next, guint limit)
{
    if (c == '\r')
        return next;
    if (((guchar)c < 0x20 && c != '\t') || ++chunks->n_line > limit)
        return HTTP_CHUNKS_BAD;
    return same;
}

static HttpChunksState
begin_chunk(HttpChunks *chunks)
{
    chunks->left = chunks->n_digits = chunks->n_line = 0;
    return HTTP_CHUNKS_SIZE;
}

static HttpChunksState
step(HttpChunks *chunks, char c)
{
    switch (chunks->state) {
    case HTTP_CHUNKS_SIZE:
        return take_size(chunks, c);
    case HTTP_CHUNKS_EXTENSION:
        return take_line(chunks, c, HTTP_CHUNKS_EXTENSION, HTTP_CHUNKS_SIZE_FEED, LINE_MAX_BYTES);
    case HTTP_CHUNKS_SIZE_FEED:
        if (c != '\n')
            return HTTP_CHUNKS_BAD;
        chunks->n_line = 0;
        return chunks->left ? HTTP_CHUNKS_DATA : HTTP_CHUNKS_TRAILER_START;
    case HTTP_CHUNKS_DATA_RETURN:
        return c == '\r' ? HTTP_CHUNKS_DATA_FEED : HTTP_CHUNKS_BAD;
    case HTTP_CHUNKS_DATA_FEED:
        return c == '\n' ? begin_chunk(chunks) : HTTP_CHUNKS_BAD;
    case HTTP_CHUNKS_TRAILER_START:
        if (c == '\r')
            return HTTP_CHUNKS_LAST_FEED;
        return take_line(chunks, c, HTTP_CHUNKS_TRAILER, HTTP_CHUNKS_BAD, TRAILERS_MAX_BYTES);
    case HTTP_CHUNKS_TRAILER:
        return take_line(chunks, c, HTTP_CHUNKS_TRAILER, HTTP_CHUNKS_TRAILER_FEED,
                         TRAILERS_MAX_BYTES);
    case HTTP_CHUNKS_TRAILER_FEED:
        return c == '\n' ? HTTP_CHUNKS_TRAILER_START : HTTP_CHUNKS_BAD;
    case HTTP_CHUNKS_LAST_FEED:
        return c == '\n' ? HTTP_CHUNKS_END : HTTP_CHUNKS_BAD;
    case HTTP_CHUNKS_DATA:
    case HTTP_CHUNKS_END:
    case HTTP_CHUNKS_BAD:
        break;
    }
    return HTTP_CHUNKS_BAD;
}

gsize
http_chunks_scan(HttpChunks *chunks, const char *bytes, gsize length)
{
    gsize at = 0;

    while (at < length && chunks->state != HTTP_CHUNKS_END && chunks->state != HTTP_CHUNKS_BAD) {
        if (chunks->state == HTTP_CHUNKS_DATA) {
            gsize n = MIN(length - at, chunks->left);
            at += n;
            chunks->left -= n;
            if (chunks->left == 0)
                chunks->state = HTTP_CHUNKS_DATA_RETURN;
            continue;
        }
        chunks->state = step(chunks, bytes[at]);
        if (chunks->state != HTTP_CHUNKS_BAD)
            at++;
    }
    return at;
}
