// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A piece that would be shorter than half a second goes on in the one before it.
#include "pipelines/keep/splice.h"

#include "pipelines/package/index.h"

#define SHORT 45000 // 90 kHz

typedef struct {
    const GArray *own;   // (unowned)
    const GArray *other; // (unowned)
    guint64 grids[2];    // 90 kHz, of both
    GArray *pieces;      // (owned)
    guint64 time;        // 90 kHz, of what is made so far
    guint next;          // segment of the recording that is not used yet
} Work;

static const PackageIndexSegment *
get(const GArray *segments, guint place)
{
    return &g_array_index(segments, PackageIndexSegment, place);
}

static guint64
snap(guint64 grid, guint64 time)
{
    return (time + grid / 2) / grid * grid;
}

static void
add(Work *work, gboolean repeat, guint segment, guint64 wanted)
{
    guint64 whole = get(repeat ? work->other : work->own, segment)->duration_pts90k;
    KeepSplicePiece piece = {.repeat = repeat, .segment = segment};
    piece.duration = wanted >= whole ? whole : MIN(snap(work->grids[repeat], wanted), whole);
    if (piece.duration == 0)
        return;
    piece.joined = piece.duration < whole && piece.duration < SHORT && work->pieces->len > 0;
    g_array_append_val(work->pieces, piece);
    work->time += piece.duration;
}

/* The recording's segments, up to @until. */
static void
add_own(Work *work, guint64 until)
{
    while (work->next < work->own->len && get(work->own, work->next)->start_pts90k < until) {
        add(work, FALSE, work->next, until - get(work->own, work->next)->start_pts90k);
        work->next++;
    }
}

/* Returns: the last segment that begins at or before @time, or hardly after it. */
static guint
find_begin(const Work *work, guint64 time)
{
    guint place = 0;
    while (place + 1 < work->other->len &&
           get(work->other, place + 1)->start_pts90k <= time + work->grids[TRUE] / 2)
        place++;
    return place;
}

/* Where what is not used yet of the recording begins. */
static guint64
get_rest(const Work *work, guint64 otherwise)
{
    return work->next < work->own->len ? get(work->own, work->next)->start_pts90k : otherwise;
}

static gboolean
can_cut(const Work *work, const KeepSpliceStretch *stretch, guint64 overlap)
{
    return stretch->begin < stretch->end &&
           (stretch->opens || stretch->from >= overlap + get_rest(work, stretch->from));
}

static void
add_stretch(Work *work, KeepSpliceStretch *stretch)
{
    guint place = find_begin(work, stretch->begin);
    guint64 starts = get(work->other, place)->start_pts90k;
    guint64 overlap = stretch->begin > starts ? stretch->begin - starts : 0;
    stretch->skipped = !can_cut(work, stretch, overlap);
    if (stretch->skipped) {
        stretch->goes_on = work->time + stretch->to - MIN(stretch->to, get_rest(work, stretch->to));
        return;
    }
    if (!stretch->opens)
        add_own(work, stretch->from - overlap);
    for (; place < work->other->len && get(work->other, place)->start_pts90k < stretch->end;
         place++)
        add(work, TRUE, place, stretch->end - get(work->other, place)->start_pts90k);
    while (work->next < work->own->len &&
           get(work->own, work->next)->start_pts90k + work->grids[FALSE] / 2 < stretch->to)
        work->next++;
    if (stretch->closes)
        work->next = work->own->len;
    stretch->goes_on = work->time;
}

GArray *
keep_splice_plan(const GArray *own, const GArray *other, GArray *stretches, const guint64 grids[2])
{
    Work work = {.own = own, .other = other, .grids = {MAX(grids[0], 1), MAX(grids[1], 1)}};
    work.pieces = g_array_new(FALSE, FALSE, sizeof(KeepSplicePiece));
    for (guint i = 0; i < stretches->len && other->len > 0 && own->len > 0; i++)
        add_stretch(&work, &g_array_index(stretches, KeepSpliceStretch, i));
    add_own(&work, G_MAXUINT64);
    return work.pieces;
}
