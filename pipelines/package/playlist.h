// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// HLS media playlists as pure text functions (RFC 8216, version 7). Every URI is a plain file name
// beside the playlist, so that the folder plays from any static server.
#pragma once

#include "pipelines/package/index.h"

/**
 * package_playlist_format_media:
 * @index: of @file
 * @file: name of the rung file
 *
 * Returns: (transfer full): a VOD media playlist of byte ranges into @file.
 */
char *package_playlist_format_media(const PackageIndex *index, const char *file);

/**
 * package_playlist_format_keys:
 *
 * Returns: (transfer full) (nullable): the playlist of the key pictures alone (§4.3.3.6), for
 * scrubbing; NULL when the index does not know where they end.
 */
char *package_playlist_format_keys(const PackageIndex *index, const char *file);

/**
 * package_playlist_format_captions:
 * @file: a WebVTT file beside the playlist, in the time of the lesson
 * @duration_ms: of the lesson, greater than 0
 *
 * Returns: (transfer full): a VOD media playlist with @file as its only segment.
 */
char *package_playlist_format_captions(const char *file, guint64 duration_ms);
