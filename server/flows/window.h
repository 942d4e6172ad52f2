// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The rewind window of one channel: files on the disk, their journal, and playlists of them. What a
// live child made comes in file by file; what is too old or too much goes, oldest first. A kill at
// any moment costs at most the segment at work, and no number is ever used twice.
#pragma once

#include "pipelines/child/live_report.h"
#include "server/flows/window_index.h"
#include "server/flows/window_playlist.h"
#include "server/flows/window_range.h"
#include "server/flows/window_rungs.h"
#include "server/flows/window_tracks.h"

typedef struct _FlowsWindow FlowsWindow;

typedef struct {
    gint64 hours;       // how much media is kept
    gint64 bytes;       // and how much disk it may take: bytes win
    gint64 floor_bytes; // the oldest goes also while less than this is free on the disk
} FlowsWindowLimits;

/** What is told about a window. */
typedef struct {
    guint64 next_number;   // of the next segment
    guint64 next_time;     // 90 kHz
    guint64 next_init;     // of the next init file
    guint64 bytes;         // on the disk
    guint64 duration_ms;   // that playlists name
    gint64 first_wall_ms;  // UTC milliseconds of the oldest that they name, 0: none
    gint64 last_wall_ms;   // UTC milliseconds of the end of the newest, 0: none
    gboolean disk_is_full; // the floor made it shorter than it should be
    gboolean is_waiting;   // begun anew, and nothing came since
} FlowsWindowFigures;

/** Opens @folder or makes it. Blocks: work threads only. Returns: (transfer full): the window. */
FlowsWindow *flows_window_open(const char *folder, const FlowsWindowLimits *limits, GError **error);
FlowsWindow *flows_window_ref(FlowsWindow *window);
void flows_window_unref(FlowsWindow *window);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsWindow, flows_window_unref)

/** @report: an init or a segment: its files are in the window's staging folder; @restarted: the
 * first segment of a child: it does not go on from what is there.
 * G_IO_ERROR_INVALID_DATA: the child broke the contract. Anything else is the disk; either way
 * nothing of the report is in the window and a new child has to begin at what figures say. Blocks:
 * one work thread at a time. */
gboolean flows_window_take(FlowsWindow *window, const ChildLiveReport *report, gboolean restarted,
                           GError **error);

/** Live playlists begin with what comes from now on; until then there are none. Any thread. */
void flows_window_begin_anew(FlowsWindow *window);

/** New limits; they count from the next segment on. Any thread. */
void flows_window_set_limits(FlowsWindow *window, const FlowsWindowLimits *limits);
void flows_window_get_figures(FlowsWindow *window, FlowsWindowFigures *figures);

/** Each returns: (transfer full): a reference to what is never changed. Any thread. Of
 * FlowsWindowRung, cheapest first; of FlowsWindowTrack: what is in the window beside rungs. */
GPtrArray *flows_window_get_rungs(FlowsWindow *window);
GPtrArray *flows_window_get_tracks(FlowsWindow *window);

/** @language: of the rungs' sound, ISO 639-2 or empty; told from the next segment on. */
void flows_window_set_language(FlowsWindow *window, const char *language);
char *flows_window_get_language(FlowsWindow *window);

/** Each returns: (transfer full) (nullable): NULL: no such rung, or nothing yet. Any thread. */
FlowsWindowPlaylist *flows_window_get_live(FlowsWindow *window, const char *rung);
FlowsWindowPlaylist *flows_window_get_multivariant(FlowsWindow *window);
/** @span_s: how much at the most, 0: up to the live edge. */
FlowsWindowPlaylist *flows_window_make_from(FlowsWindow *window, const char *rung, gint64 start_ms,
                                            guint span_s);

/** Returns: (transfer full): what of it is in @range. Any thread; no disk. */
FlowsWindowIndex *flows_window_copy_range(FlowsWindow *window, const FlowsWindowRange *range);

/** Opens a segment's or an init file; @size_bytes (out). Returns: the descriptor, −1: there is no
 * such. Any thread that may read the disk. */
int flows_window_open_file(FlowsWindow *window, const char *rung, const char *name,
                           goffset *size_bytes);

/** The same of the small picture that was on the air at @wall_ms, or up to a minute before. */
int flows_window_open_scrub(FlowsWindow *window, gint64 wall_ms, goffset *size_bytes);
