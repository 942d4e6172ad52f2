// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The look of the present slide, and a candidate for the next:
//
//   STANDING ──differs──▶ LEFT ──holds for 300 ms, take_candidate()──▶ STANDING
//      ▲                   │ ▲
//      └──looks as before──┘ └─ moves for 10 s: take_snapshot()
#include "pipelines/analyse/tracker.h"

#include <string.h>

#include "pipelines/analyse/change.h"

#define NEVER G_MININT64
#define HOLD_US (290 * 1000)
#define TRANSITION_US (1500 * 1000)
#define SNAPSHOT_US (10 * (gint64)G_USEC_PER_SEC)
#define SETTLE_US (1 * (gint64)G_USEC_PER_SEC)
#define BLEND_US (2 * (gint64)G_USEC_PER_SEC)
#define CAREFUL_US (200 * 1000)
#define LEAST_CELLS 6
#define STILL_SHARE 250

struct _AnalyseTracker {
    GArray *slides;          // (owned) (element-type AnalyseTrackerSlide)
    GArray *departures;      // (owned) (element-type gint64)
    AnalyseCells *look;      // (owned) (nullable) of the last of slides
    AnalyseCells *before;    // (owned) (nullable) of the one before it
    AnalyseCells *candidate; // (owned) (nullable)
    guint8 *mask;            // (owned) (nullable) of the sight before
    gint64 candidate_us;     // (value) first seen
    gint64 left_us;          // (value) the last slide was left; NEVER: it stands
    gint64 snapshot_us;      // (value) the last snapshot
    gint64 taken_us;         // (value) the last slide was
    gint64 fresh_us;         // (value) a moment that may become its best one
    gboolean departed;       // (value) it was noted where the last slide was left
    gboolean keyed;          // (value) the best moment of the last slide is a key picture
    gboolean dark;           // (value) black since the last slide
};

AnalyseTracker *
analyse_tracker_new(void)
{
    AnalyseTracker *tracker = g_new0(AnalyseTracker, 1);
    tracker->slides = g_array_new(FALSE, TRUE, sizeof(AnalyseTrackerSlide));
    tracker->departures = g_array_new(FALSE, TRUE, sizeof(gint64));
    tracker->left_us = NEVER;
    return tracker;
}

void
analyse_tracker_free(AnalyseTracker *tracker)
{
    if (tracker == NULL)
        return;
    g_array_unref(tracker->slides);
    g_array_unref(tracker->departures);
    analyse_cells_free(tracker->look);
    analyse_cells_free(tracker->before);
    analyse_cells_free(tracker->candidate);
    g_free(tracker->mask);
    g_free(tracker);
}

static void
replace(AnalyseCells **place, const AnalyseCells *cells)
{
    AnalyseCells *copy = analyse_cells_copy(cells);
    analyse_cells_free(*place);
    *place = copy;
}

static void
copy_cell(AnalyseCells *to, const AnalyseCells *from, gsize at)
{
    if (to == NULL)
        return;
    to->luma[at] = from->luma[at];
    to->texture[at] = from->texture[at];
    to->blue[at] = from->blue[at];
    to->red[at] = from->red[at];
}

/* What an inset hid is as it is now: that it is seen again is no change. */
static void
note_mask(AnalyseTracker *tracker, const AnalyseCells *cells, const guint8 *mask)
{
    gsize count = (gsize)cells->columns * cells->rows;
    if (tracker->mask == NULL)
        tracker->mask = g_malloc0(MAX(count, 1));
    for (gsize i = 0; i < count; i++) {
        if (tracker->mask[i] == 0 || mask[i] != 0)
            continue;
        copy_cell(tracker->look, cells, i);
        copy_cell(tracker->before, cells, i);
        copy_cell(tracker->candidate, cells, i);
    }
    memcpy(tracker->mask, mask, count);
}

static AnalyseTrackerSlide *
get_last(AnalyseTracker *tracker)
{
    return &g_array_index(tracker->slides, AnalyseTrackerSlide, tracker->slides->len - 1);
}

/* The last key picture is the best moment: quickly decoded, and what was small and came late is
 * there. Else it is the last but a little, since what follows may have begun unseen. */
static void
choose_best(AnalyseTracker *tracker, const AnalyseSight *sight)
{
    gint64 middle_us = sight->time_us + sight->length_us / 2;
    AnalyseTrackerSlide *slide = get_last(tracker);
    if (sight->key) {
        slide->best_us = middle_us;
        tracker->keyed = TRUE;
    }
    if (tracker->keyed)
        return;
    if (slide->best_us == 0 || sight->time_us - tracker->fresh_us >= CAREFUL_US) {
        slide->best_us = slide->best_us == 0 ? middle_us : tracker->fresh_us;
        tracker->fresh_us = middle_us;
    }
    if (sight->end_us - sight->time_us > CAREFUL_US * 2)
        slide->best_us = tracker->fresh_us = MAX(middle_us, sight->end_us - CAREFUL_US);
}

/* The last slide was only a step of a fade: the new one takes its place. */
static void
drop_blend(AnalyseTracker *tracker, const AnalyseSight *sight, AnalyseTrackerSlide *slide)
{
    if (tracker->slides->len < 2 || tracker->before == NULL ||
        slide->start_us - get_last(tracker)->start_us > BLEND_US ||
        !analyse_change_is_blend(tracker->before, tracker->look, sight->cells, tracker->mask))
        return;
    slide->start_us = get_last(tracker)->start_us;
    g_array_set_size(tracker->slides, tracker->slides->len - 1);
    replace(&tracker->look, tracker->before);
}

static void
take_slide(AnalyseTracker *tracker, const AnalyseSight *sight, gint64 start_us, gboolean snapshot)
{
    AnalyseTrackerSlide slide = {.start_us = start_us, .snapshot = snapshot};
    if (!snapshot)
        drop_blend(tracker, sight, &slide);
    slide.grows = tracker->look != NULL && !tracker->dark && !snapshot &&
                  analyse_change_grows(tracker->look, sight->cells, tracker->mask);
    g_array_append_val(tracker->slides, slide);
    analyse_cells_free(tracker->before);
    tracker->before = g_steal_pointer(&tracker->look);
    replace(&tracker->look, sight->cells);
    g_clear_pointer(&tracker->candidate, analyse_cells_free);
    tracker->left_us = NEVER;
    tracker->departed = tracker->dark = tracker->keyed = FALSE;
    tracker->taken_us = sight->time_us;
    choose_best(tracker, sight);
}

static gboolean
is_same(const AnalyseTracker *tracker, const AnalyseSight *sight)
{
    return tracker->look != NULL &&
           analyse_change_count(tracker->look, sight->cells, tracker->mask) < LEAST_CELLS;
}

static gboolean
holds(const AnalyseTracker *tracker, const AnalyseSight *sight)
{
    if (tracker->candidate == NULL)
        return FALSE;
    guint count = sight->cells->columns * sight->cells->rows;
    return analyse_change_mark(tracker->candidate, sight->cells, ANALYSE_CHANGE_FAINT,
                               tracker->mask, NULL) <= count / STILL_SHARE;
}

static void
stand(AnalyseTracker *tracker, const AnalyseSight *sight)
{
    g_clear_pointer(&tracker->candidate, analyse_cells_free);
    tracker->left_us = NEVER;
    tracker->departed = FALSE;
    choose_best(tracker, sight);
    // A codec takes a while to draw a new slide well.
    if (sight->time_us - tracker->taken_us <= SETTLE_US)
        replace(&tracker->look, sight->cells);
}

static void
note_departure(AnalyseTracker *tracker, const AnalyseSight *sight)
{
    if (tracker->departed || sight->time_us - tracker->left_us < TRANSITION_US)
        return;
    tracker->departed = TRUE;
    g_array_append_val(tracker->departures, tracker->left_us);
}

void
analyse_tracker_add(AnalyseTracker *tracker, const AnalyseSight *sight, const guint8 *mask)
{
    note_mask(tracker, sight->cells, mask);
    if (analyse_change_is_black(sight->cells)) {
        g_clear_pointer(&tracker->candidate, analyse_cells_free);
        tracker->left_us = NEVER;
        tracker->dark = TRUE;
        return;
    }
    if (is_same(tracker, sight)) {
        stand(tracker, sight);
        return;
    }
    if (tracker->left_us == NEVER)
        tracker->left_us = tracker->snapshot_us = sight->time_us;
    if (!holds(tracker, sight)) {
        replace(&tracker->candidate, sight->cells);
        tracker->candidate_us = sight->time_us;
    }
    note_departure(tracker, sight);
    if (sight->end_us - tracker->candidate_us >= HOLD_US) {
        gboolean swift = tracker->candidate_us - tracker->left_us <= TRANSITION_US;
        take_slide(tracker, sight, swift ? tracker->left_us : tracker->candidate_us, FALSE);
    } else if (sight->time_us - tracker->snapshot_us >= SNAPSHOT_US) {
        take_slide(tracker, sight, tracker->left_us, TRUE);
    }
}

const GArray *
analyse_tracker_get_slides(const AnalyseTracker *tracker)
{
    return tracker->slides;
}

const GArray *
analyse_tracker_get_departures(const AnalyseTracker *tracker)
{
    return tracker->departures;
}
