// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// HLS multivariant playlists as a pure text function (RFC 8216 §4.3.4). One playlist holds one
// family of codecs, since a player that begins with one may not be able to go over to the other.
#pragma once

#include <glib.h>

typedef enum {
    PACKAGE_MULTIVARIANT_AVC, // H.264 and AAC: plays everywhere
    PACKAGE_MULTIVARIANT_AV1, // AV1 and Opus
} PackageMultivariantFamily;

/** One rung. */
typedef struct {
    const char *uri;                   // (unowned) of its media playlist
    const char *key_uri;               // (unowned) (nullable) of its playlist of key pictures
    const char *codecs;                // (unowned) RFC 6381, the picture first
    guint64 bandwidth_bps;             // (value) peak
    guint64 average_bandwidth_bps;     // (value)
    guint64 key_bandwidth_bps;         // (value) of key_uri
    guint64 key_average_bandwidth_bps; // (value) of key_uri
    guint width;                       // (value) 0: sound alone
    guint height;                      // (value)
    double frame_rate;                 // (value) 0: sound alone
    double ssim;                       // (value) against the source at this size; 0: not measured
} PackageMultivariantRung;

typedef struct {
    const char *language; // (unowned) BCP 47
    const char *name;     // (unowned) for people: quotes and line feeds are left out
    const char *uri;      // (unowned) of its media playlist
} PackageMultivariantCaptions;

/** A sound of all rungs: the one that they have, first, and others. */
typedef struct {
    const char *language;          // (unowned) (nullable) BCP 47
    const char *name;              // (unowned) for people, no two alike
    const char *uri;               // (unowned) (nullable) NULL: it is in the rungs
    gboolean described;            // (value) somebody tells what is seen
    guint64 bandwidth_bps;         // (value) peak; 0: not said
    guint64 average_bandwidth_bps; // (value)
} PackageMultivariantSound;

typedef struct {
    const PackageMultivariantRung *rungs;        // (unowned) in any order, of any family
    guint rung_count;                            // (value)
    const PackageMultivariantCaptions *captions; // (unowned) (nullable)
    guint caption_count;                         // (value)
    const PackageMultivariantSound *sounds;      // (unowned) (nullable) when there are others
    guint sound_count;                           // (value)
} PackageMultivariantContent;

/** Which family a list of codecs belongs to. */
PackageMultivariantFamily package_multivariant_get_family(const char *codecs);

/** The file name of a family's playlist. */
const char *package_multivariant_get_file(PackageMultivariantFamily family);

/**
 * package_multivariant_format:
 * @content: rungs of the other family are left out
 *
 * Pictures first, lowest bandwidth first, so that a player which begins with the first entry begins
 * cheaply but with a picture; sound alone comes last: Apple's players fall back to it, hls.js
 * leaves it out, and it is chosen first only when there is nothing else. SCORE is given when the
 * quality of every picture was measured. Returns: (transfer full) (nullable): NULL when there is no
 * rung of @family.
 */
char *package_multivariant_format(const PackageMultivariantContent *content,
                                  PackageMultivariantFamily family);
