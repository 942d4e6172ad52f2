// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a channel's window holds beside rungs: other sounds, captions, small pictures. Pure; used by
// window.c.
#pragma once

#include "pipelines/child/live_track.h"
#include "pipelines/package/multivariant.h"
#include "server/flows/window_index.h"

#define FLOWS_WINDOW_TRACKS_SCRUB "scrub"

/** A sound or captions that somebody can choose, or the small pictures. */
typedef struct {
    char *name;           // (owned) of its playlist and folder
    ChildLiveTrack track; // (value) what the name says
} FlowsWindowTrack;

/** Returns: (transfer full) (element-type FlowsWindowTrack): those of which anything is in the
 * window, sounds first, then captions, then small pictures, each kind by name. */
GPtrArray *flows_window_tracks_list(const FlowsWindowIndex *index);

/** Returns: whether there are playlists of it: of all but small pictures. */
gboolean flows_window_tracks_is_played(const char *rung);

/** Returns: number of the segment with the small picture that was on the air at @wall_ms, or at
 * most a minute before; 0: there is none. */
guint64 flows_window_tracks_find_scrub(FlowsWindowIndex *index, gint64 wall_ms);

/** Tracks as a multivariant playlist names them. */
typedef struct {
    PackageMultivariantSound *sounds;      // (owned) the rungs' own first
    guint sound_count;                     // 0: there is none but their own
    PackageMultivariantCaptions *captions; // (owned)
    guint caption_count;                   //
    GPtrArray *texts;                      // (owned) (element-type utf8) what they point to
} FlowsWindowTracksMedia;

/** @tracks: (nullable) (element-type FlowsWindowTrack). @language: of the rungs' sound, may be
 * empty. Returns: (transfer full). */
FlowsWindowTracksMedia *flows_window_tracks_describe(const GPtrArray *tracks, const char *language);
void flows_window_tracks_free_media(FlowsWindowTracksMedia *media);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsWindowTracksMedia, flows_window_tracks_free_media)
