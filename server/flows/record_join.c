// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A rung is made when it was there for half of the time; where it was left out, for want of speed,
// the next lower one takes its place, so that all rungs are cut alike. A segment that has no
// picture, or no sound, where the recording has it, is left out and is a gap. Another sound is made
// when it was there for a tenth of the time; where it was not, the programme's own stands in.
#include "server/flows/record_join.h"

#include <string.h>

#include "pipelines/child/live_track.h"
#include "server/storage.h"

#define SOUND_PARTS 10 // of the time: there for less, a sound belongs to what is before or after
#define SLACK_MS 1000  // the clock on the air is drawn to the right one a little with each segment

static const char *const ladder[] = {"voice",  "voice-opus", "lite", "small",
                                     "medium", "clear",      "large"};

/* The rungs of an index in the order of the ladder. */
typedef struct {
    int places[G_N_ELEMENTS(ladder)];              // in the index, −1: not there
    gboolean pictures[G_N_ELEMENTS(ladder)];       // it has a picture
    gboolean chosen[G_N_ELEMENTS(ladder)];         // it is made
    gboolean any_picture;                          // of the chosen
    gboolean sounds[FLOWS_WINDOW_INDEX_RUNGS_MAX]; // of the index: another sound that is made
} Rungs;

void
flows_record_join_free(FlowsRecordJoin *join)
{
    if (join == NULL)
        return;
    g_string_free(join->plan, TRUE);
    g_strfreev(join->rungs);
    g_array_unref(join->gaps);
    g_free(join);
}

gboolean
flows_record_join_is_gap(const FlowsWindowIndexEntry *before, const FlowsWindowIndexEntry *after)
{
    return after->wall_ms - before->wall_ms - (gint64)(before->duration / 90) > SLACK_MS;
}

static gboolean
has_part(const FlowsWindowIndexEntry *entry, const Rungs *rungs, guint step)
{
    return rungs->places[step] >= 0 && entry->parts[rungs->places[step]].bytes > 0;
}

static gboolean
has_picture(const FlowsWindowIndex *index, int place)
{
    for (guint i = 0; i < index->inits->len; i++) {
        const FlowsWindowIndexInit *init = index->inits->pdata[i];
        if ((int)init->rung == place && init->width > 0)
            return TRUE;
    }
    return FALSE;
}

/* Of pictures, or of sound alone: how long there was any, and which rungs for half of that. */
static void
choose(FlowsWindowIndex *index, Rungs *rungs, gboolean pictures)
{
    guint64 spans[G_N_ELEMENTS(ladder)] = {0}, any = 0;
    for (guint i = 0; i < flows_window_index_get_count(index); i++) {
        const FlowsWindowIndexEntry *entry = flows_window_index_get(index, i);
        gboolean there = FALSE;
        for (guint step = 0; step < G_N_ELEMENTS(ladder); step++) {
            if (rungs->pictures[step] != pictures || !has_part(entry, rungs, step))
                continue;
            spans[step] += entry->duration;
            there = TRUE;
        }
        any += there ? entry->duration : 0;
    }
    for (guint step = 0; step < G_N_ELEMENTS(ladder); step++) {
        if (rungs->pictures[step] == pictures && spans[step] > 0 && spans[step] * 2 >= any)
            rungs->chosen[step] = TRUE;
    }
}

static gboolean
is_worth_hearing(FlowsWindowIndex *index, guint place)
{
    guint64 span = 0, all = 0;
    if (child_live_track_parse(index->rungs->pdata[place]).kind != CHILD_LIVE_TRACK_VOICE)
        return FALSE;
    for (guint i = 0; i < flows_window_index_get_count(index); i++) {
        const FlowsWindowIndexEntry *entry = flows_window_index_get(index, i);
        all += entry->duration;
        span += entry->parts[place].bytes > 0 ? entry->duration : 0;
    }
    return span > 0 && span * SOUND_PARTS >= all;
}

static Rungs
choose_rungs(FlowsWindowIndex *index)
{
    Rungs rungs = {0};
    for (guint step = 0; step < G_N_ELEMENTS(ladder); step++) {
        rungs.places[step] = flows_window_index_find_rung(index, ladder[step], FALSE);
        rungs.pictures[step] = has_picture(index, rungs.places[step]);
    }
    choose(index, &rungs, FALSE);
    choose(index, &rungs, TRUE);
    for (guint step = 0; step < G_N_ELEMENTS(ladder); step++)
        rungs.any_picture = rungs.any_picture || (rungs.chosen[step] && rungs.pictures[step]);
    for (guint i = 0; i < index->rungs->len; i++)
        rungs.sounds[i] = is_worth_hearing(index, i);
    return rungs;
}

/* Returns: which step of the ladder stands in for @step in @entry, −1: none does. */
static int
find_stand_in(const FlowsWindowIndexEntry *entry, const Rungs *rungs, guint step)
{
    if (has_part(entry, rungs, step))
        return (int)step;
    for (guint away = 1; rungs->pictures[step] && away < G_N_ELEMENTS(ladder); away++) {
        if (away <= step && rungs->pictures[step - away] && has_part(entry, rungs, step - away))
            return (int)(step - away);
    }
    for (guint above = step + 1; rungs->pictures[step] && above < G_N_ELEMENTS(ladder); above++) {
        if (rungs->pictures[above] && has_part(entry, rungs, above))
            return (int)above;
    }
    return -1;
}

/* Both are AAC of the same kind. Where there is neither the lesson is silent. */
static void
add_sounds(FlowsRecordJoin *join, const FlowsWindowIndex *index, const FlowsWindowIndexEntry *entry,
           const Rungs *rungs)
{
    for (guint i = 0; i < index->rungs->len; i++) {
        const char *from = index->rungs->pdata[i];
        const FlowsWindowIndexPart *part = &entry->parts[i];
        if (!rungs->sounds[i])
            continue;
        if (part->bytes == 0 && has_part(entry, rungs, 0)) {
            from = ladder[0];
            part = &entry->parts[rungs->places[0]];
        }
        if (part->bytes == 0)
            continue;
        g_autofree char *init = server_storage_build_init_name(from, part->init);
        g_autofree char *segment = server_storage_build_segment_name(from, entry->number);
        join->bytes += part->bytes;
        g_string_append_printf(join->plan, " %s %s %s", (const char *)index->rungs->pdata[i], init,
                               segment);
    }
}

/* What is said in it. Other parts beside rungs are for the rewind window alone. */
static void
add_captions(GString *plan, const FlowsWindowIndex *index, const FlowsWindowIndexEntry *entry)
{
    for (guint i = 0; i < index->rungs->len; i++) {
        const char *track = index->rungs->pdata[i];
        if (entry->parts[i].bytes == 0 ||
            child_live_track_parse(track).kind != CHILD_LIVE_TRACK_CAPTIONS)
            continue;
        g_autofree char *segment = server_storage_build_segment_name(track, entry->number);
        g_string_append_printf(plan, " %s - %s", track, segment);
    }
}

/* Adds the line of one segment. Returns: FALSE when it is left out. */
static gboolean
add_line(FlowsRecordJoin *join, const FlowsWindowIndex *index, const FlowsWindowIndexEntry *entry,
         const Rungs *rungs)
{
    GString *plan = join->plan;
    gsize before = plan->len;
    guint64 bytes = 0;
    g_string_append_printf(plan, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, entry->time,
                           entry->duration);
    for (guint step = 0; step < G_N_ELEMENTS(ladder); step++) {
        if (!rungs->chosen[step])
            continue;
        int from = find_stand_in(entry, rungs, step);
        if (from < 0) {
            g_string_truncate(plan, before);
            return FALSE;
        }
        const FlowsWindowIndexPart *part = &entry->parts[rungs->places[from]];
        g_autofree char *init = server_storage_build_init_name(ladder[from], part->init);
        g_autofree char *segment = server_storage_build_segment_name(ladder[from], entry->number);
        bytes += part->bytes;
        g_string_append_printf(plan, " %s %s %s", ladder[step], init, segment);
    }
    add_sounds(join, index, entry, rungs);
    add_captions(plan, index, entry);
    g_string_append_c(plan, '\n');
    join->bytes += bytes;
    return TRUE;
}

/* What was noted while it ran knows why. */
static CatalogGapCause
find_cause(const FlowsRecordJoinFacts *facts, gint64 from_ms, gint64 to_ms, CatalogGapCause other)
{
    for (guint i = 0; facts->noted != NULL && i < facts->noted->len; i++) {
        const CatalogGap *gap = &g_array_index(facts->noted, CatalogGap, i);
        if (gap->from_ms < to_ms && gap->to_ms > from_ms)
            return gap->cause;
    }
    return other;
}

static void
add_gap(FlowsRecordJoin *join, const FlowsRecordJoinFacts *facts, gint64 from_ms, gint64 to_ms,
        CatalogGapCause other)
{
    if (to_ms - from_ms <= SLACK_MS)
        return;
    CatalogGap gap = {.from_ms = from_ms,
                      .to_ms = to_ms,
                      .media_ms = (gint64)join->duration_ms,
                      .cause = find_cause(facts, from_ms, to_ms, other)};
    g_array_append_val(join->gaps, gap);
}

/* Rungs, lowest first, then other sounds. */
static char **
list_chosen(const FlowsWindowIndex *index, const Rungs *rungs)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    for (guint step = 0; step < G_N_ELEMENTS(ladder); step++) {
        if (rungs->chosen[step])
            g_strv_builder_add(names, ladder[step]);
    }
    for (guint i = 0; i < index->rungs->len; i++) {
        if (rungs->sounds[i])
            g_strv_builder_add(names, index->rungs->pdata[i]);
    }
    return g_strv_builder_end(names);
}

FlowsRecordJoin *
flows_record_join_plan(FlowsWindowIndex *index, const FlowsRecordJoinFacts *facts)
{
    FlowsRecordJoin *join = g_new0(FlowsRecordJoin, 1);
    Rungs rungs = choose_rungs(index);
    guint64 duration = 0;
    gint64 end_ms = facts->start_ms;
    join->plan = g_string_new(NULL);
    join->gaps = g_array_new(FALSE, FALSE, sizeof(CatalogGap));
    for (guint i = 0; i < flows_window_index_get_count(index); i++) {
        const FlowsWindowIndexEntry *entry = flows_window_index_get(index, i);
        gboolean first = join->plan->len == 0;
        if (!add_line(join, index, entry, &rungs))
            continue;
        add_gap(join, facts, end_ms, entry->wall_ms,
                first ? CATALOG_GAP_CAUSE_LATE : CATALOG_GAP_CAUSE_SIGNAL_LOST);
        if (first)
            join->starts_ms = entry->wall_ms;
        end_ms = entry->wall_ms + (gint64)(entry->duration / 90);
        duration += entry->duration;
        join->duration_ms = duration / 90;
    }
    if (join->plan->len > 0) {
        join->ends_ms = end_ms;
        join->rungs = list_chosen(index, &rungs);
    } else {
        join->rungs = g_new0(char *, 1);
    }
    add_gap(join, facts, end_ms, facts->end_ms, facts->at_end);
    return join;
}
