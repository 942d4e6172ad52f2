// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Looks for the identifier, undoes emulation prevention, and copies so many triplets as the header
// counts. The identifier is long enough never to stand in coded pictures by chance.
#include "pipelines/captions/userdata.h"

#include <string.h>

#define COUNT_MASK 0x1F
#define HAS_TRIPLETS 0x40
#define TRIPLET_BYTES 3
#define MAX_TRIPLETS 31
#define MAX_BLOCKS 8 // in one packet

typedef struct {
    const guint8 *at;  // (unowned)
    const guint8 *end; // (unowned)
    guint zeros;       // (value) zero bytes just passed
    gboolean escaped;  // (value) 00 00 03 stands for 00 00
} Bytes;

/* -1 at the end. */
static int
take_byte(Bytes *bytes)
{
    if (bytes->escaped && bytes->zeros >= 2 && bytes->at < bytes->end && *bytes->at == 3) {
        bytes->at++;
        bytes->zeros = 0;
    }
    if (bytes->at >= bytes->end)
        return -1;
    int byte = *bytes->at++;
    bytes->zeros = byte == 0 ? bytes->zeros + 1 : 0;
    return byte;
}

/* What follows the identifier: flags and count, a reserved byte, triplets. */
static gboolean
take_triplets(Bytes bytes, GByteArray *triplets)
{
    guint8 found[MAX_TRIPLETS * TRIPLET_BYTES];
    int flags = take_byte(&bytes);
    if (flags < 0 || (flags & HAS_TRIPLETS) == 0 || take_byte(&bytes) < 0)
        return FALSE;
    guint wanted = (guint)(flags & COUNT_MASK) * TRIPLET_BYTES;
    for (guint i = 0; i < wanted; i++) {
        int byte = take_byte(&bytes);
        if (byte < 0)
            return FALSE;
        found[i] = (guint8)byte;
    }
    g_byte_array_append(triplets, found, wanted);
    return wanted > 0;
}

gboolean
captions_userdata_find(const guint8 *packet, gsize length, GByteArray *triplets)
{
    static const guint8 identifier[] = {'G', 'A', '9', '4', 3};
    static const guint8 sei[] = {0xB5, 0x00, 0x31};         // ITU-T T.35: United States, ATSC
    static const guint8 mpeg2[] = {0x00, 0x00, 0x01, 0xB2}; // user data start code
    const guint8 *end = packet + length, *at = packet;
    gboolean any = FALSE;
    for (guint i = 0; i < MAX_BLOCKS; i++) {
        at = memmem(at, (gsize)(end - at), identifier, sizeof identifier);
        if (at == NULL)
            return any;
        gsize before = (gsize)(at - packet);
        gboolean in_sei = before >= sizeof sei && memcmp(at - sizeof sei, sei, sizeof sei) == 0;
        gboolean in_mpeg2 =
            before >= sizeof mpeg2 && memcmp(at - sizeof mpeg2, mpeg2, sizeof mpeg2) == 0;
        at += sizeof identifier;
        if (in_sei || in_mpeg2)
            any |= take_triplets((Bytes){.at = at, .end = end, .escaped = in_sei}, triplets);
    }
    return any;
}
