// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Media playlists of a live channel as pure functions of a stretch of its window (RFC 8216 §4.3,
// §6.2.2; EXT-X-GAP: draft-pantos-hls-rfc8216bis §4.4.4.7). The same segment always gets the same
// lines, whatever stretch is asked for and in whatever rung, so that playlists of different
// beginnings go together in a player.
#pragma once

#include <glib.h>

#define PACKAGE_LIVE_PLAYLIST_TIMESCALE 90000

/** One number of one rung. */
typedef struct {
    guint64 number;          // media sequence number
    guint64 time_pts90k;     // where it begins on the channel's timeline
    guint64 duration_pts90k; // of the picture
    gint64 wall_ms;          // UTC milliseconds at which it was on the air
    guint64 discontinuities; // of the channel, up to its beginning and with it: only grows
    guint64 bytes;           // 0: this rung has no such segment
    guint init;              // which init file it goes with
} PackageLivePlaylistSegment;

/** What a playlist is made of; everything unowned. */
typedef struct {
    const PackageLivePlaylistSegment *segments; // (unowned) numbers without a hole
    guint segment_count;                        // (value)
    const char *rung;                           // (unowned) its files are at `<rung>/<number>.m4s`
    guint target_duration_s;                    // (value) never changes in the life of a channel
    gboolean from_start; // (value) players shall begin at the beginning, not at the live edge
    gboolean is_text; // (value) WebVTT: `<rung>/<number>.vtt`, or `<rung>/none.vtt` where nothing
                      // is said
} PackageLivePlaylistContent;

/**
 * package_live_playlist_format:
 *
 * EXT-X-DISCONTINUITY stands before a segment whose count of discontinuities is higher than that of
 * the one before it, never before the first: that one's count is EXT-X-DISCONTINUITY-SEQUENCE.
 * Returns: (transfer full): a valid playlist, also without any segment.
 */
char *package_live_playlist_format(const PackageLivePlaylistContent *content);

/** Returns: which segment was on the air at @wall_ms: the newest that began by then (clocks go
 * back), else the first; @count for none. */
guint package_live_playlist_find_wall(const PackageLivePlaylistSegment *segments, guint count,
                                      gint64 wall_ms);

/**
 * package_live_playlist_measure:
 * @peak_bps: (out): the highest rate of neighbours that last half to one and a half of the target
 * duration together (RFC 8216 §4.3.4.2)
 * @average_bps: (out): of all
 *
 * What is missing counts neither way; both are 0 when nothing is there.
 */
void package_live_playlist_measure(const PackageLivePlaylistSegment *segments, guint count,
                                   guint target_duration_s, guint64 *peak_bps,
                                   guint64 *average_bps);
