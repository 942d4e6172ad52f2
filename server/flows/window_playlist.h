// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A playlist as it is sent: its bytes, the same packed, and their tag. Made of an index; pure.
#pragma once

#include "pipelines/package/multivariant.h"
#include "server/flows/window_index.h"

#define FLOWS_WINDOW_PLAYLIST_TAIL_S 60 // of media in a live playlist, at the least

/** Immutable once made. */
typedef struct {
    GBytes *text;         // (owned)
    GBytes *packed;       // (owned) gzip of the same
    char *tag;            // (owned) entity tag without quotes, of text
    gatomicrefcount refs; //
} FlowsWindowPlaylist;

FlowsWindowPlaylist *flows_window_playlist_ref(FlowsWindowPlaylist *playlist);
void flows_window_playlist_unref(FlowsWindowPlaylist *playlist);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsWindowPlaylist, flows_window_playlist_unref)

/** Returns: (transfer full): of @segments (PackageLivePlaylistSegment) of @rung. */
FlowsWindowPlaylist *flows_window_playlist_make(const char *rung, GArray *segments,
                                                gboolean from_start);

/** Returns: (transfer full): @rung's newest minute. */
FlowsWindowPlaylist *flows_window_playlist_make_live(const FlowsWindowIndex *index, guint rung);

/** What a rung costs and shows, measured over what is there; uri stays NULL, codecs is the
 * index's own. FALSE when it is not on the air now. */
gboolean flows_window_playlist_describe(FlowsWindowIndex *index, guint rung,
                                        PackageMultivariantRung *described);

/** Returns: (transfer full) (nullable): of all rungs that are on the air now; NULL: none.
 * @tracks: (element-type FlowsWindowTrack) beside them; @language: of the rungs' sound. */
FlowsWindowPlaylist *flows_window_playlist_make_multivariant(FlowsWindowIndex *index,
                                                             const GPtrArray *tracks,
                                                             const char *language);
