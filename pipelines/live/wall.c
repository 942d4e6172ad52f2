// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Between steps the time of day grows as the media does, drawn gently to what the clock says, so
// that the jitter of arrival is not heard of.
#include "pipelines/live/wall.h"

#define PLAUSIBLE_MS (10 * 60 * 1000)
#define LINEAR_MS 5000                            // a clock that goes on
#define UNSET_MS G_GINT64_CONSTANT(1704067200000) // 2024: a machine without a clock is earlier
#define CALM_MS 200                               // not worth correcting
#define DRAW_MS 20                                // a piece, at most
#define STEP_MS 3000                              // further off it is no drift
#define STEP_PIECES 3                             // in a row
#define BACK_PIECES 10                            // within so many behind the setting

void
live_wall_init(LiveWall *wall)
{
    *wall = (LiveWall){.believed_ms = LIVE_WALL_UNKNOWN, .chosen_ms = LIVE_WALL_UNKNOWN};
}

static gboolean
is_near(gint64 one, gint64 other, gint64 most)
{
    return ABS(one - other) <= most;
}

/* A clock that was wrong and is put right: else what is kept by time would stay wrong with it. Who
 * leaves one clock for the other does not go so far. */
static void
note_choice(LiveWall *wall, gint64 chosen_ms)
{
    if (wall->chosen_ms != LIVE_WALL_UNKNOWN && chosen_ms < wall->chosen_ms - PLAUSIBLE_MS)
        wall->set_back = BACK_PIECES;
    wall->chosen_ms = chosen_ms;
}

/* Once believed it stays so while it goes on evenly, even when the system's clock is set. */
gint64
live_wall_choose(LiveWall *wall, const LiveWallOffsets *offsets)
{
    gint64 stream_ms = offsets->stream_ms;
    gboolean known = stream_ms != LIVE_WALL_UNKNOWN;
    gboolean goes_on = known && wall->believed_ms != LIVE_WALL_UNKNOWN &&
                       is_near(stream_ms, wall->believed_ms, LINEAR_MS);
    gboolean unset =
        known && offsets->system_ms + G_GINT64_CONSTANT(3600000) < UNSET_MS && stream_ms > UNSET_MS;
    gboolean agrees = known && is_near(stream_ms, offsets->system_ms, PLAUSIBLE_MS);
    wall->streams = goes_on || unset || agrees;
    wall->believed_ms = wall->streams ? stream_ms : LIVE_WALL_UNKNOWN;
    note_choice(wall, wall->streams ? stream_ms : offsets->system_ms);
    return wall->chosen_ms;
}

static gint64
predict(const LiveWall *wall, gint64 time_pts90k)
{
    return wall->wall_ms + (time_pts90k - wall->time_pts90k) / 90;
}

LiveWallPlace
live_wall_place(LiveWall *wall, gint64 time_pts90k, gint64 arrived_ms, gboolean anew)
{
    gint64 predicted = wall->begun ? predict(wall, time_pts90k) : arrived_ms;
    gint64 off = arrived_ms - predicted;
    LiveWallPlace place = {.wall_ms = predicted};
    gboolean ahead = wall->set_back > 0 && off < -STEP_MS;
    wall->away = off > STEP_MS || ahead ? wall->away + 1 : 0;
    if (!wall->begun || (anew && off > 0)) {
        place.wall_ms = arrived_ms;
    } else if (wall->away >= STEP_PIECES) {
        place.wall_ms = arrived_ms;
        place.stepped = TRUE;
    } else if (ABS(off) > CALM_MS) {
        place.wall_ms += CLAMP(off / 8, -DRAW_MS, DRAW_MS);
    }
    wall->away = place.stepped ? 0 : wall->away;
    wall->set_back = place.stepped ? 0 : wall->set_back - MIN(wall->set_back, 1);
    wall->begun = TRUE;
    wall->time_pts90k = time_pts90k;
    wall->wall_ms = place.wall_ms;
    return place;
}
