// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// PES packets of one stream in, decoded pictures or sound out, in the order they are shown, each
// with the stamp it came with. What cannot be decoded is counted and left out. One thread.
#pragma once

#include "pipelines/live/pes.h"

struct AVFrame;
typedef struct _LiveDecode LiveDecode;

/** @frame: (transfer full). @pts90k: 33 bits, -1: none. @duration: in 90 kHz. */
typedef void (*LiveDecodeSink)(struct AVFrame *frame, gint64 pts90k, gint64 duration,
                               gpointer data);

/** @codec: a word of tables/stream.h. Returns: (transfer full): NULL with ENCODE_FAILURE. */
LiveDecode *live_decode_new(const char *codec, LiveDecodeSink sink, gpointer data, GError **error);
void live_decode_free(LiveDecode *decode);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveDecode, live_decode_free)

void live_decode_push(LiveDecode *decode, const LivePesUnit *unit);

/** Gives what the decoder still holds; it then begins anew. */
void live_decode_flush(LiveDecode *decode);

/** Returns: units that could not be decoded, or only in part. */
guint64 live_decode_get_damaged(const LiveDecode *decode);

/** Pictures a second, as the stream says or as they came; FALSE while not known. */
gboolean live_decode_get_rate(const LiveDecode *decode, guint *numerator, guint *denominator);
