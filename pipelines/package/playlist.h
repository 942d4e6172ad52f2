// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// HLS playlists as pure text functions of a segment index (RFC 8216, version 7). Every URI is a
// plain file name beside the playlist, so that the folder plays from any static server.
#pragma once

#include "pipelines/package/index.h"

/** One line pair of the multivariant playlist. */
typedef struct {
    const char *uri;               // (unowned) of its media playlist
    const char *codecs;            // (unowned) RFC 6381
    guint64 bandwidth_bps;         // (value) peak
    guint64 average_bandwidth_bps; // (value)
    guint width;                   // (value) 0: sound alone
    guint height;                  // (value)
    double frame_rate;             // (value) 0: sound alone
} PackagePlaylistVariant;

/**
 * package_playlist_format_media:
 * @index: of @file
 * @file: name of the rung file
 *
 * Returns: (transfer full): a VOD media playlist of byte ranges into @file.
 */
char *package_playlist_format_media(const PackageIndex *index, const char *file);

/**
 * package_playlist_format_multivariant:
 * @variants: in any order
 *
 * Pictures first, lowest bandwidth first, so that a player which begins with the first entry begins
 * cheaply but with a picture; sound alone comes last: Apple's players fall back to it, hls.js
 * leaves it out, and it is chosen first only when there is nothing else. Returns: (transfer full).
 */
char *package_playlist_format_multivariant(const PackagePlaylistVariant *variants, guint count);
