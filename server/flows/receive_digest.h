// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The checksums of receiving: one running sum, in the algorithms that a tus client may choose, and
// its comparison with what the client claims. Pure; not thread-safe.
#pragma once

#include <glib.h>

typedef enum {
    FLOWS_RECEIVE_DIGEST_SHA1,
    FLOWS_RECEIVE_DIGEST_SHA256,
    FLOWS_RECEIVE_DIGEST_MD5,
    FLOWS_RECEIVE_DIGEST_CRC32, // ISO 3309, big-endian, as zlib's
} FlowsReceiveDigestAlgorithm;

#define FLOWS_RECEIVE_DIGEST_MAX_BYTES 32

typedef struct _FlowsReceiveDigest FlowsReceiveDigest;

/** Every algorithm by name, for Tus-Checksum-Algorithm. */
#define FLOWS_RECEIVE_DIGEST_NAMES "sha1,sha256,md5,crc32"

/** Returns: FALSE, @out untouched, when @name is none of FLOWS_RECEIVE_DIGEST_NAMES. */
gboolean flows_receive_digest_algorithm_from_text(const char *name,
                                                  FlowsReceiveDigestAlgorithm *out);

/** Returns: the size of a sum in bytes. */
gsize flows_receive_digest_measure(FlowsReceiveDigestAlgorithm algorithm);

FlowsReceiveDigest *flows_receive_digest_new(FlowsReceiveDigestAlgorithm algorithm);
FlowsReceiveDigest *flows_receive_digest_copy(const FlowsReceiveDigest *digest);
void flows_receive_digest_free(FlowsReceiveDigest *digest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsReceiveDigest, flows_receive_digest_free)

void flows_receive_digest_add(FlowsReceiveDigest *digest, const guint8 *bytes, gsize length);

/** Returns: bytes added so far. */
gint64 flows_receive_digest_get_bytes(const FlowsReceiveDigest *digest);

/** Writes the sum of what was added so far; more may be added afterwards. */
void flows_receive_digest_read(const FlowsReceiveDigest *digest,
                               guint8 sum[FLOWS_RECEIVE_DIGEST_MAX_BYTES]);

/** Returns: (transfer full): the sum so far in lower-case hexadecimal. */
char *flows_receive_digest_to_hex(const FlowsReceiveDigest *digest);
