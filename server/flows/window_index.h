// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a channel's window holds, in memory: numbers without a hole, oldest first. Counts in media
// time and bytes, never by a clock, so that a clock that is set empties nothing. Pure.
#pragma once

#include "pipelines/package/live_playlist.h"

#define FLOWS_WINDOW_INDEX_RUNGS_MAX 16
#define FLOWS_WINDOW_INDEX_EXTRAS_MAX 8 // of them, as child/live_track.h names them
#define FLOWS_WINDOW_INDEX_TARGET_S 6   // of every channel: EXT-X-TARGETDURATION
#define FLOWS_WINDOW_INDEX_GRACE_S 60   // files outlive their line in playlists by so much media

typedef struct {
    guint32 init;  // number of its init file
    guint32 bytes; // 0: there is no file
} FlowsWindowIndexPart;

typedef struct {
    guint64 number;                                           //
    guint64 time;                                             // 90 kHz, of the channel's timeline
    guint64 duration;                                         // 90 kHz
    gint64 wall_ms;                                           // UTC milliseconds, on the air
    guint64 discontinuities;                                  // up to it and with it
    FlowsWindowIndexPart parts[FLOWS_WINDOW_INDEX_RUNGS_MAX]; // in the order of rungs
} FlowsWindowIndexEntry;

typedef struct {
    guint rung;            // place among rungs
    guint32 init;          // number
    guint32 bytes;         // of the file
    char *codecs;          // (owned) RFC 6381
    guint width;           // 0: sound alone
    guint height;          // 0: sound alone
    guint frame_millirate; // pictures in 1000 s
} FlowsWindowIndexInit;

typedef struct {
    GPtrArray *rungs;        // (owned) (element-type utf8): at most RUNGS_MAX, never shrinks
    GPtrArray *inits;        // (owned) (element-type FlowsWindowIndexInit): by number
    GArray *entries;         // (owned) (element-type FlowsWindowIndexEntry)
    guint first;             // entries before it are dropped already
    guint64 bytes;           // of all files, init files too
    guint64 next_number;     // of the next segment
    guint64 next_time;       // 90 kHz: where it begins
    guint64 next_init;       // of the next init file
    guint64 discontinuities; // up to now
    guint64 edge;            // live playlists name nothing before this number
    guint64 even;            // from this number on the clock was not set back
    gboolean renamed;        // an idle extra's place has another name: write the journal anew
    gboolean loose;          // numbers and times may leave holes: of a recording
} FlowsWindowIndex;
FlowsWindowIndex *flows_window_index_new(void);
void flows_window_index_free(FlowsWindowIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsWindowIndex, flows_window_index_free)

/** Returns: the place of @rung; a new one when @add; −1 for none, or too many. */
int flows_window_index_find_rung(FlowsWindowIndex *index, const char *rung, gboolean add);

/** Whether any entry has a file of it. */
gboolean flows_window_index_has_any(const FlowsWindowIndex *index, guint rung);

/** Takes a copy of @init. FALSE, and nothing done, when its number was there already. */
gboolean flows_window_index_add_init(FlowsWindowIndex *index, const FlowsWindowIndexInit *init);

/** Returns: (nullable): the init file of this rung and number. */
const FlowsWindowIndexInit *flows_window_index_find_init(FlowsWindowIndex *index, guint rung,
                                                         guint32 init);

/** Takes @entry, whose number and time must be the next; FALSE, and nothing done, otherwise. */
gboolean flows_window_index_push(FlowsWindowIndex *index, const FlowsWindowIndexEntry *entry);
guint flows_window_index_get_count(const FlowsWindowIndex *index);
/** @place: from 0, the oldest; it must be there. Valid until the next change. */
const FlowsWindowIndexEntry *flows_window_index_get(const FlowsWindowIndex *index, guint place);
/** Returns: (nullable): the entry of @number. */
const FlowsWindowIndexEntry *flows_window_index_find(const FlowsWindowIndex *index, guint64 number);
/** Forgets the oldest, which must be there. */
void flows_window_index_drop(FlowsWindowIndex *index);
/** Returns: (transfer full) (nullable): the lowest that no entry needs or will: taken out. */
FlowsWindowIndexInit *flows_window_index_take_idle_init(FlowsWindowIndex *index);
void flows_window_index_free_init(FlowsWindowIndexInit *init);

/** Returns: how many of the oldest are too many for @hours and @bytes; one always stays. */
guint flows_window_index_count_excess(const FlowsWindowIndex *index, gint64 hours, gint64 bytes);

guint flows_window_index_find_shown(const FlowsWindowIndex *index); // oldest in playlists

/** Returns: (transfer full) (element-type PackageLivePlaylistSegment): one rung's. */
GArray *flows_window_index_copy_rung(const FlowsWindowIndex *index, guint rung, guint from);
