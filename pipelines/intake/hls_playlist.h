// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// An HLS playlist (RFC 8216) of somebody else, as far as its MPEG-TS segments are concerned. Pure,
// bounded.
#pragma once

#include <glib.h>

#define INTAKE_HLS_PLAYLIST_BYTES_MAX (1024 * 1024)
#define INTAKE_HLS_PLAYLIST_SEGMENTS_MAX 20000

typedef struct {
    char *uri;     // (owned) as written
    gint64 start;  // (value) of the byte range, -1: the whole file
    gint64 length; // (value) of the byte range
} IntakeHlsSegment;

typedef struct {
    char *variant;       // (owned) (nullable) of a multivariant playlist: the richest one's URI
    gint64 first_number; // (value) of the first segment
    guint target_ms;     // (value) no segment is longer
    gboolean ended;      // (value) nothing will be added
    GArray *segments;    // (owned) (element-type IntakeHlsSegment)
} IntakeHlsPlaylist;

/** Returns: (transfer full): NULL with G_IO_ERROR_INVALID_DATA, or G_IO_ERROR_NOT_SUPPORTED whose
 * message is `HLS fMP4` or `HLS encrypted`. */
IntakeHlsPlaylist *intake_hls_playlist_parse(const char *text, gsize length, GError **error);
void intake_hls_playlist_free(IntakeHlsPlaylist *playlist);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeHlsPlaylist, intake_hls_playlist_free)
