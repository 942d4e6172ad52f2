// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What time of day it was when a piece of the channel began on the air. The stream's own clock
// (TDT, TOT) is believed while it is plausible, since the guide goes by it, else the system's; what
// is told never goes back, whatever either clock is set to. Pure; one thread.
#pragma once

#include <glib.h>

/** What both clocks say, each as its distance in ms from the machine's monotonic clock. */
typedef struct {
    gint64 system_ms; // (value) UTC − monotonic
    gint64 stream_ms; // (value) the stream's time − monotonic, or LIVE_WALL_UNKNOWN
} LiveWallOffsets;

#define LIVE_WALL_UNKNOWN G_MININT64

typedef struct {
    gboolean streams;   // (value) the stream's clock is believed
    gint64 believed_ms; // (value) its offset when it was, else LIVE_WALL_UNKNOWN
    gint64 chosen_ms;   // (value) the offset that counts, LIVE_WALL_UNKNOWN: none yet
    guint set_back;     // (value) pieces to come that may be placed back: the clock was set back
    gboolean begun;     // (value)
    gint64 time_pts90k; // (value) of the last piece
    gint64 wall_ms;     // (value) of the last piece
    guint away;         // (value) pieces in a row that are far from what was told
} LiveWall;

typedef struct {
    gint64 wall_ms;   // (value) UTC
    gboolean stepped; // (value) does not follow from the piece before: the clock was set
} LiveWallPlace;

void live_wall_init(LiveWall *wall);

/** Notes what the clocks say now. Returns: the offset that counts. */
gint64 live_wall_choose(LiveWall *wall, const LiveWallOffsets *offsets);

/**
 * live_wall_place:
 * @time_pts90k: where the piece begins on the channel's timeline, later than the one before
 * @arrived_ms: when that came, in UTC by the chosen clock
 * @anew: the source did not go on: the time of day may jump
 */
LiveWallPlace live_wall_place(LiveWall *wall, gint64 time_pts90k, gint64 arrived_ms, gboolean anew);
