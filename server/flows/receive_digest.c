// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// GLib has the three hashes; CRC-32 (ISO 3309, polynomial 0xEDB88320 reflected) is here.
#include "server/flows/receive_digest.h"

#include <string.h>

struct _FlowsReceiveDigest {
    FlowsReceiveDigestAlgorithm algorithm; // set once
    GChecksum *checksum;                   // (owned) (nullable): NULL for CRC-32
    guint32 crc;                           // inverted, for CRC-32
    gint64 bytes;                          // added so far
};

static const struct {
    const char *name;                      // in tus headers
    FlowsReceiveDigestAlgorithm algorithm; // here
    gsize bytes;                           // of a sum
} algorithms[] = {
    {"sha1", FLOWS_RECEIVE_DIGEST_SHA1, 20},
    {"sha256", FLOWS_RECEIVE_DIGEST_SHA256, 32},
    {"md5", FLOWS_RECEIVE_DIGEST_MD5, 16},
    {"crc32", FLOWS_RECEIVE_DIGEST_CRC32, 4},
};

gboolean
flows_receive_digest_algorithm_from_text(const char *name, FlowsReceiveDigestAlgorithm *out)
{
    for (gsize i = 0; i < G_N_ELEMENTS(algorithms); i++) {
        if (g_ascii_strcasecmp(name, algorithms[i].name) == 0) {
            *out = algorithms[i].algorithm;
            return TRUE;
        }
    }
    return FALSE;
}

gsize
flows_receive_digest_measure(FlowsReceiveDigestAlgorithm algorithm)
{
    return algorithms[algorithm].bytes;
}

static GChecksum *
new_checksum(FlowsReceiveDigestAlgorithm algorithm)
{
    switch (algorithm) {
    case FLOWS_RECEIVE_DIGEST_SHA1:
        return g_checksum_new(G_CHECKSUM_SHA1);
    case FLOWS_RECEIVE_DIGEST_SHA256:
        return g_checksum_new(G_CHECKSUM_SHA256);
    case FLOWS_RECEIVE_DIGEST_MD5:
        return g_checksum_new(G_CHECKSUM_MD5);
    case FLOWS_RECEIVE_DIGEST_CRC32:
        return NULL;
    }
    g_assert_not_reached();
}

FlowsReceiveDigest *
flows_receive_digest_new(FlowsReceiveDigestAlgorithm algorithm)
{
    FlowsReceiveDigest *digest = g_new0(FlowsReceiveDigest, 1);
    digest->algorithm = algorithm;
    digest->checksum = new_checksum(algorithm);
    digest->crc = 0xffffffff;
    return digest;
}

FlowsReceiveDigest *
flows_receive_digest_copy(const FlowsReceiveDigest *digest)
{
    FlowsReceiveDigest *copy = g_memdup2(digest, sizeof *digest);
    if (digest->checksum != NULL)
        copy->checksum = g_checksum_copy(digest->checksum);
    return copy;
}

void
flows_receive_digest_free(FlowsReceiveDigest *digest)
{
    if (digest == NULL)
        return;
    g_clear_pointer(&digest->checksum, g_checksum_free);
    g_free(digest);
}

static guint32
add_crc(guint32 crc, const guint8 *bytes, gsize length)
{
    static const guint32 nibbles[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    for (gsize i = 0; i < length; i++) {
        crc = nibbles[(crc ^ bytes[i]) & 15] ^ (crc >> 4);
        crc = nibbles[(crc ^ (bytes[i] >> 4)) & 15] ^ (crc >> 4);
    }
    return crc;
}

void
flows_receive_digest_add(FlowsReceiveDigest *digest, const guint8 *bytes, gsize length)
{
    if (digest->checksum != NULL)
        g_checksum_update(digest->checksum, bytes, (gssize)length);
    else
        digest->crc = add_crc(digest->crc, bytes, length);
    digest->bytes += (gint64)length;
}

gint64
flows_receive_digest_get_bytes(const FlowsReceiveDigest *digest)
{
    return digest->bytes;
}

void
flows_receive_digest_read(const FlowsReceiveDigest *digest,
                          guint8 sum[FLOWS_RECEIVE_DIGEST_MAX_BYTES])
{
    memset(sum, 0, FLOWS_RECEIVE_DIGEST_MAX_BYTES);
    if (digest->checksum == NULL) {
        guint32 crc = GUINT32_TO_BE(~digest->crc);
        memcpy(sum, &crc, sizeof crc);
        return;
    }
    GChecksum *closed = g_checksum_copy(digest->checksum);
    gsize length = FLOWS_RECEIVE_DIGEST_MAX_BYTES;
    g_checksum_get_digest(closed, sum, &length);
    g_checksum_free(closed);
}

char *
flows_receive_digest_to_hex(const FlowsReceiveDigest *digest)
{
    guint8 sum[FLOWS_RECEIVE_DIGEST_MAX_BYTES];
    flows_receive_digest_read(digest, sum);
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < flows_receive_digest_measure(digest->algorithm); i++)
        g_string_append_printf(text, "%02x", sum[i]);
    return g_string_free(text, FALSE);
}
