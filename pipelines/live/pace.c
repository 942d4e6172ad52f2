// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A rung goes when we are too far behind, and another when it got worse since, or when the time to
// catch up has passed. What came back and had to go again waits twice as long.
#include "pipelines/live/pace.h"

#define CATCH_UP_US (10 * (gint64)G_USEC_PER_SEC)
#define CALM_MS 700       // behind by less is keeping up
#define ROOM_PERMILLE 600 // busy for less is room
#define PATIENCE_US (30 * (gint64)G_USEC_PER_SEC)
#define PATIENCE_MAX_US (30 * 60 * (gint64)G_USEC_PER_SEC)
#define SHORT_LIVED_US (120 * (gint64)G_USEC_PER_SEC)
#define WORSE_MS 2000

void
live_pace_init(LivePace *pace)
{
    *pace = (LivePace){.patience_us = PATIENCE_US};
}

static void
change(LivePace *pace, const LivePaceFacts *facts, gboolean restore)
{
    pace->dropped = restore ? pace->dropped - 1 : pace->dropped + 1;
    pace->restored = restore;
    pace->changed_us = facts->now_us;
    pace->worst_ms = facts->behind_ms;
    pace->calm_us = 0;
}

static gboolean
must_drop(const LivePace *pace, const LivePaceFacts *facts)
{
    if (facts->behind_ms <= facts->behind_max_ms || pace->dropped >= facts->rungs)
        return FALSE;
    if (pace->dropped == 0 || pace->restored)
        return TRUE;
    return facts->behind_ms > pace->worst_ms + WORSE_MS ||
           (facts->now_us - pace->changed_us > CATCH_UP_US && facts->behind_ms >= pace->worst_ms);
}

static gboolean
may_restore(LivePace *pace, const LivePaceFacts *facts)
{
    gboolean room = facts->behind_ms < CALM_MS && facts->busy_permille < ROOM_PERMILLE;
    if (!room)
        pace->calm_us = 0;
    else if (pace->calm_us == 0)
        pace->calm_us = facts->now_us;
    return room && pace->dropped > 0 && facts->now_us - pace->calm_us >= pace->patience_us;
}

guint
live_pace_decide(LivePace *pace, const LivePaceFacts *facts)
{
    gboolean lasted = facts->now_us - pace->changed_us > SHORT_LIVED_US;
    if (must_drop(pace, facts)) {
        if (pace->restored)
            pace->patience_us = lasted ? PATIENCE_US : MIN(2 * pace->patience_us, PATIENCE_MAX_US);
        change(pace, facts, FALSE);
    } else if (may_restore(pace, facts)) {
        change(pace, facts, TRUE);
    }
    return MIN(pace->dropped, facts->rungs);
}
