// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A gap and what fills it are compared by the clocks on the air of both: what the repeat has of it
// is filled, what the repeat lacks stays a gap of its own.
#include "server/flows/patch_ledger.h"

#define SLACK_MS 1000 // less than that is no gap
#define EDGE_MS 3500  // the ends of what was put in were found by ear, not by the clock

/* What is common to the lines of one filled gap. */
typedef struct {
    const CatalogGap *gap;                // (unowned)
    const FlowsPatchLedgerRepeat *repeat; // (unowned)
    const FlowsPatchLedgerCut *cut;       // (unowned)
    gint64 shift_ms;                      // from the gap's clock to the repeat's
    GArray *lines;                        // (unowned) the new ledger
    gint64 filled_ms;                     // so far
} Filling;

static const CatalogGap *
get_gap(const GArray *gaps, guint place)
{
    return &g_array_index(gaps, CatalogGap, place);
}

GArray *
flows_patch_ledger_list_cuts(const GArray *gaps, const GArray *splices)
{
    GArray *cuts = g_array_new(FALSE, FALSE, sizeof(FlowsPatchLedgerCut));
    gint64 delta_ms = 0;
    for (guint i = 0, next = 0; i < gaps->len && next < splices->len; i++) {
        const CatalogGap *gap = get_gap(gaps, i);
        if (catalog_gap_is_patched(gap))
            continue;
        const FlowsPatchLedgerSplice *splice =
            &g_array_index(splices, FlowsPatchLedgerSplice, next++);
        FlowsPatchLedgerCut *last =
            cuts->len > 0 ? &g_array_index(cuts, FlowsPatchLedgerCut, cuts->len - 1) : NULL;
        if (!splice->filled)
            continue;
        if (last != NULL && last->goes_on_ms == splice->goes_on_ms) { // several in one stretch
            last->to_ms = gap->media_ms;
        } else {
            FlowsPatchLedgerCut cut = {
                .from_ms = gap->media_ms,
                .to_ms = gap->media_ms,
                .begin_ms = splice->begin_ms,
                .end_ms = splice->end_ms,
                .at_ms = gap->media_ms + delta_ms,
                .goes_on_ms = splice->goes_on_ms,
            };
            g_array_append_val(cuts, cut);
        }
        delta_ms = splice->goes_on_ms - gap->media_ms;
    }
    return cuts;
}

/* Where a moment of the old media is now, what comes in between before it. */
static gint64
move(const GArray *cuts, gint64 media_ms)
{
    gint64 delta_ms = 0;
    for (guint i = 0; i < cuts->len; i++) {
        const FlowsPatchLedgerCut *cut = &g_array_index(cuts, FlowsPatchLedgerCut, i);
        if (cut->to_ms >= media_ms)
            break;
        delta_ms = cut->goes_on_ms - cut->to_ms;
    }
    return media_ms + delta_ms;
}

static gboolean
is_hole(const FlowsPatchLedgerRepeat *repeat, const CatalogGap *gap)
{
    return !catalog_gap_is_patched(gap) && gap->from_ms >= repeat->starts_ms;
}

/* When a moment of the repeat's media was on the air; a hole at it lies behind it. */
static gint64
find_clock(const FlowsPatchLedgerRepeat *repeat, gint64 media_ms)
{
    gint64 clock_ms = repeat->starts_ms + media_ms;
    for (guint i = 0; i < repeat->gaps->len; i++) {
        const CatalogGap *gap = get_gap(repeat->gaps, i);
        if (is_hole(repeat, gap) && gap->media_ms < media_ms)
            clock_ms += gap->to_ms - gap->from_ms;
    }
    return clock_ms;
}

static gint64
find_media(const FlowsPatchLedgerRepeat *repeat, gint64 clock_ms)
{
    gint64 media_ms = clock_ms - repeat->starts_ms;
    for (guint i = 0; i < repeat->gaps->len; i++) {
        const CatalogGap *gap = get_gap(repeat->gaps, i);
        if (is_hole(repeat, gap) && gap->from_ms < clock_ms)
            media_ms -= MIN(gap->to_ms, clock_ms) - gap->from_ms;
    }
    return media_ms;
}

/* Adds the line of a part of the gap, by the repeat's clock. */
static void
add_line(Filling *filling, gint64 from_ms, gint64 to_ms, gboolean there)
{
    const FlowsPatchLedgerCut *cut = filling->cut;
    if (to_ms <= from_ms || (!there && to_ms - from_ms <= SLACK_MS))
        return;
    CatalogGap line = *filling->gap;
    gint64 media_ms = find_media(filling->repeat, from_ms) - cut->begin_ms + cut->at_ms;
    line.from_ms = from_ms - filling->shift_ms;
    line.to_ms = to_ms - filling->shift_ms;
    line.media_ms = CLAMP(media_ms, cut->at_ms, cut->goes_on_ms);
    catalog_gap_set_patch(&line, there ? filling->repeat->id : NULL, from_ms);
    filling->filled_ms += there ? to_ms - from_ms : 0;
    g_array_append_val(filling->lines, line);
}

/* @first: the gap with which the cut begins. */
static gint64
fill(GArray *lines, const CatalogGap *gap, const CatalogGap *first, const FlowsPatchLedgerCut *cut,
     const FlowsPatchLedgerRepeat *repeat)
{
    gint64 begins_ms = find_clock(repeat, cut->begin_ms);
    gint64 ends_ms = find_clock(repeat, cut->end_ms);
    gboolean opens = cut->from_ms == 0;
    // What opens a recording is known by where it ends.
    gint64 shift_ms = opens ? ends_ms - gap->to_ms : begins_ms - first->from_ms;
    Filling filling = {gap, repeat, cut, shift_ms, lines, 0};
    gint64 from_ms = gap->from_ms + shift_ms, to_ms = gap->to_ms + shift_ms;
    gint64 at_ms = opens && begins_ms > from_ms + EDGE_MS ? begins_ms : from_ms;
    gint64 until_ms = ends_ms + EDGE_MS < to_ms ? ends_ms : to_ms;
    add_line(&filling, from_ms, at_ms, FALSE);
    for (guint i = 0; i < repeat->gaps->len; i++) {
        const CatalogGap *hole = get_gap(repeat->gaps, i);
        if (!is_hole(repeat, hole) || hole->to_ms <= at_ms || hole->from_ms >= until_ms)
            continue;
        add_line(&filling, at_ms, hole->from_ms, TRUE);
        add_line(&filling, MAX(hole->from_ms, at_ms), MIN(hole->to_ms, until_ms), FALSE);
        at_ms = MIN(hole->to_ms, until_ms);
    }
    add_line(&filling, at_ms, until_ms, TRUE);
    add_line(&filling, until_ms, to_ms, FALSE);
    return filling.filled_ms;
}

static const FlowsPatchLedgerCut *
find_cut(const GArray *cuts, gint64 goes_on_ms)
{
    for (guint i = 0; i < cuts->len; i++) {
        const FlowsPatchLedgerCut *cut = &g_array_index(cuts, FlowsPatchLedgerCut, i);
        if (cut->goes_on_ms == goes_on_ms)
            return cut;
    }
    return NULL;
}

GArray *
flows_patch_ledger_make(const GArray *gaps, const GArray *splices,
                        const FlowsPatchLedgerRepeat *repeat, gint64 *filled_ms)
{
    g_autoptr(GArray) cuts = flows_patch_ledger_list_cuts(gaps, splices);
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(CatalogGap));
    const CatalogGap *first = NULL;
    const FlowsPatchLedgerCut *before = NULL;
    *filled_ms = 0;
    for (guint i = 0, next = 0; i < gaps->len; i++) {
        const CatalogGap *gap = get_gap(gaps, i);
        const FlowsPatchLedgerSplice *splice =
            catalog_gap_is_patched(gap) || next >= splices->len
                ? NULL
                : &g_array_index(splices, FlowsPatchLedgerSplice, next++);
        const FlowsPatchLedgerCut *cut =
            splice != NULL && splice->filled ? find_cut(cuts, splice->goes_on_ms) : NULL;
        if (cut == NULL) {
            CatalogGap line = *gap;
            line.media_ms = move(cuts, gap->media_ms);
            g_array_append_val(lines, line);
            continue;
        }
        first = cut == before ? first : gap;
        before = cut;
        *filled_ms += fill(lines, gap, first, cut, repeat);
    }
    return lines;
}

static void
add_cue(CaptionsCues *cues, const CaptionsCuesCue *cue, gint64 delta_ms)
{
    CaptionsCuesCue *added =
        captions_cues_add(cues, cue->start_ms + delta_ms, cue->end_ms + delta_ms, cue->text);
    added->identifier = g_strdup(cue->identifier);
    added->settings = g_strdup(cue->settings);
}

/* Whether it is said in what was between gaps and is gone. */
static gboolean
is_gone(const GArray *cuts, const CaptionsCuesCue *cue)
{
    for (guint i = 0; i < cuts->len; i++) {
        const FlowsPatchLedgerCut *cut = &g_array_index(cuts, FlowsPatchLedgerCut, i);
        if (cue->start_ms >= cut->from_ms && cue->start_ms < cut->to_ms)
            return TRUE;
    }
    return FALSE;
}

CaptionsCues *
flows_patch_ledger_move_cues(const CaptionsCues *own, const CaptionsCues *repeat,
                             const GArray *cuts)
{
    CaptionsCues *cues = captions_cues_new();
    for (guint i = 0; i < own->cues->len; i++) {
        const CaptionsCuesCue *cue = own->cues->pdata[i];
        // One millisecond on: what begins where the gap was begins after it now.
        gint64 delta_ms = move(cuts, cue->start_ms + 1) - cue->start_ms - 1;
        if (!is_gone(cuts, cue))
            add_cue(cues, cue, delta_ms);
    }
    for (guint i = 0; repeat != NULL && i < cuts->len; i++) {
        const FlowsPatchLedgerCut *cut = &g_array_index(cuts, FlowsPatchLedgerCut, i);
        for (guint at = 0; at < repeat->cues->len; at++) {
            const CaptionsCuesCue *cue = repeat->cues->pdata[at];
            if (cue->start_ms >= cut->begin_ms && cue->start_ms < cut->end_ms)
                add_cue(cues, cue, cut->at_ms - cut->begin_ms);
        }
    }
    captions_cues_sort(cues);
    return cues;
}
