// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Half a minute beside each edge is looked for in all of the repeat, then, as the repeat may have a
// gap of its own there, ten seconds. Both edges must be found, in their order, as far apart as the
// clock says within three seconds and a fiftieth; at the ends of a recording one edge has to do.
#include "pipelines/keep/align.h"

#include "pipelines/keep/match.h"
#include "pipelines/package/index.h"

#define LEVEL G_GUINT64_CONSTANT(1800) // 90 kHz of one level, of which there are 50 a second
#define WIDE (30 * KEEP_MATCH_RATE)    // levels
#define NARROW (10 * KEEP_MATCH_RATE)  // levels
#define SLACK (3 * 90000)              // 90 kHz
#define SLACK_PART 50                  // of the length
#define LEAST 9000                     // 90 kHz: less than that is nothing
#define NEAR 27000                     // 90 kHz: a boundary that a rounded time means

typedef struct {
    const KeepAlignFacts *facts; // (unowned)
    guint64 ends[2];             // 90 kHz, of both media
} Work;

static const char *
get_code(KeepMatchVerdict verdict)
{
    switch (verdict) {
    case KEEP_MATCH_FOUND:
        return NULL;
    case KEEP_MATCH_QUIET:
        return "too-quiet";
    case KEEP_MATCH_NOWHERE:
        return "no-match";
    case KEEP_MATCH_UNSURE:
        return "unsure";
    }
    return "no-match";
}

static guint64
get_end(const GArray *segments)
{
    const PackageIndexSegment *last =
        &g_array_index(segments, PackageIndexSegment, segments->len - 1);
    return last->start_pts90k + last->duration_pts90k;
}

/* The segment's beginning that is meant by @time, which was rounded. */
static guint64
find_boundary(const Work *work, guint64 time)
{
    const GArray *segments = work->facts->segments[0];
    guint64 best = work->ends[0];
    for (guint i = 0; i < segments->len; i++) {
        guint64 start = g_array_index(segments, PackageIndexSegment, i).start_pts90k;
        guint64 away = MAX(start, time) - MIN(start, time);
        if (away < MAX(best, time) - MIN(best, time))
            best = start;
    }
    return best;
}

/* Looks for @count levels of the recording from @from on. @place: (out): 90 kHz of the repeat. */
static const char *
look_for(const Work *work, guint from, guint count, guint64 *place, double *score)
{
    const GArray *own = work->facts->levels[0], *other = work->facts->levels[1];
    const KeepMatchStretch sought = {&g_array_index(own, float, from), count};
    const KeepMatchStretch where = {&g_array_index(other, float, 0), other->len};
    KeepMatchPlace found = {0};
    const char *code = get_code(keep_match_find(&sought, &where, &found));
    *score = found.score;
    *place = (guint64)(found.place * (double)LEVEL + 0.5);
    return code;
}

/* What is heard just before @edge. @begin: (out): the same moment in the repeat. */
static const char *
find_left(const Work *work, guint64 since, guint64 edge, guint64 *begin, double *score)
{
    guint last = MIN((guint)(edge / LEVEL), work->facts->levels[0]->len);
    guint first = (guint)((since + LEVEL - 1) / LEVEL);
    const char *code = "too-short";
    for (guint wide = WIDE; wide >= NARROW && code != NULL; wide = wide == WIDE ? NARROW : 0) {
        guint count = MIN(wide, last > first ? last - first : 0);
        guint64 place = 0;
        if (count < NARROW)
            return "too-short";
        code = look_for(work, last - count, count, &place, score);
        *begin = place + (guint64)count * LEVEL + edge % LEVEL;
    }
    return code;
}

/* What is heard from @edge on. @end: (out): the same moment in the repeat. */
static const char *
find_right(const Work *work, guint64 edge, guint64 until, guint64 *end, double *score)
{
    guint first = (guint)((edge + LEVEL - 1) / LEVEL);
    guint last = MIN((guint)(until / LEVEL), work->facts->levels[0]->len);
    guint64 rest = (guint64)first * LEVEL - edge;
    const char *code = "too-short";
    for (guint wide = WIDE; wide >= NARROW && code != NULL; wide = wide == WIDE ? NARROW : 0) {
        guint count = MIN(wide, last > first ? last - first : 0);
        guint64 place = 0;
        if (count < NARROW)
            return "too-short";
        code = look_for(work, first, count, &place, score);
        *end = place - MIN(place, rest);
    }
    return code;
}

/* How much of the repeat is missing between two moments. */
static guint64
sum_holes(const Work *work, guint64 begin, guint64 end)
{
    const GArray *holes = work->facts->plan->holes;
    guint64 sum = 0;
    for (guint i = 0; i < holes->len; i++) {
        const KeepPatchPlanGap *hole = &g_array_index(holes, KeepPatchPlanGap, i);
        if (hole->at > begin && hole->at < end)
            sum += hole->missing;
    }
    return sum;
}

static const char *
check_length(const Work *work, const KeepAlignStretch *stretch)
{
    const KeepSpliceStretch *splice = &stretch->splice;
    if (splice->end < splice->begin + LEAST)
        return "other-length";
    guint64 found = splice->end - splice->begin + sum_holes(work, splice->begin, splice->end);
    guint64 away = MAX(found, stretch->missing) - MIN(found, stretch->missing);
    return away > SLACK + stretch->missing / SLACK_PART ? "other-length" : NULL;
}

/* @since, @until: how far the recording is whole on either side. */
static const char *
align(const Work *work, KeepAlignStretch *stretch, guint64 since, guint64 until)
{
    KeepSpliceStretch *splice = &stretch->splice;
    const char *code = NULL;
    if (splice->opens && splice->closes)
        return "too-short";
    if (!splice->opens)
        code = find_left(work, since, splice->from, &splice->begin, &stretch->scores[0]);
    if (code == NULL && !splice->closes)
        code = find_right(work, splice->to, until, &splice->end, &stretch->scores[1]);
    if (code != NULL)
        return code;
    if (splice->opens)
        splice->begin = splice->end - MIN(splice->end, stretch->missing);
    if (splice->closes)
        splice->end = MIN(splice->begin + stretch->missing, work->ends[1]);
    if (splice->opens || splice->closes)
        return splice->end < splice->begin + LEAST ? "not-there" : NULL;
    return check_length(work, stretch);
}

static KeepAlignStretch
begin_stretch(const Work *work, guint place)
{
    const KeepPatchPlanGap *gap = &g_array_index(work->facts->plan->gaps, KeepPatchPlanGap, place);
    KeepAlignStretch stretch = {.first = place, .count = 1, .missing = gap->missing};
    stretch.splice.from = find_boundary(work, gap->at);
    stretch.splice.to = stretch.splice.from;
    stretch.splice.opens = stretch.splice.from < NEAR;
    stretch.splice.closes = stretch.splice.from + NEAR > work->ends[0];
    return stretch;
}

/* Returns: (transfer full): gaps with whatever is between those that are near. */
static GArray *
list_stretches(const Work *work)
{
    GArray *stretches = g_array_new(FALSE, FALSE, sizeof(KeepAlignStretch));
    for (guint i = 0; i < work->facts->plan->gaps->len; i++) {
        KeepAlignStretch stretch = begin_stretch(work, i);
        KeepAlignStretch *last =
            stretches->len > 0 ? &g_array_index(stretches, KeepAlignStretch, stretches->len - 1)
                               : NULL;
        if (last == NULL || stretch.splice.from > last->splice.to + KEEP_SPLICE_APART) {
            g_array_append_val(stretches, stretch);
            continue;
        }
        last->missing += stretch.missing + stretch.splice.from - last->splice.to;
        last->splice.to = stretch.splice.to;
        last->splice.closes = stretch.splice.closes;
        last->count++;
    }
    return stretches;
}

GArray *
keep_align_run(const KeepAlignFacts *facts)
{
    const Work work = {facts, {get_end(facts->segments[0]), get_end(facts->segments[1])}};
    GArray *stretches = list_stretches(&work);
    for (guint i = 0; i < stretches->len; i++) {
        KeepAlignStretch *stretch = &g_array_index(stretches, KeepAlignStretch, i);
        guint64 since = i > 0 ? g_array_index(stretches, KeepAlignStretch, i - 1).splice.to : 0;
        guint64 until = i + 1 < stretches->len
                            ? g_array_index(stretches, KeepAlignStretch, i + 1).splice.from
                            : work.ends[0];
        stretch->code = align(&work, stretch, since, until);
    }
    return stretches;
}
