// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// For each cell a fading count of the pairs of pictures in which it changed. A box comes when it
// was active in a quarter of them, and goes when nothing moved in it for a while.
#include "pipelines/analyse/motion.h"

#include <math.h>
#include <string.h>

#include "pipelines/analyse/blobs.h"
#include "pipelines/analyse/change.h"

#define PAIR_US (180 * 1000)
#define HALF_LIFE_US (30 * (gint64)G_USEC_PER_SEC)
#define ACTIVE_PERMILLE 250
#define LEAST_PAIRS 6.0
#define CUT_PERMILLE 450
#define LARGEST_PERMILLE 420
#define LEAST_COLUMNS 6
#define LEAST_ROWS 6
#define RIM 2
#define GAP 3
#define QUIET_US (20 * (gint64)G_USEC_PER_SEC)
#define MOVING_CELLS_PERMILLE 8

struct _AnalyseMotion {
    guint columns;      // (value)
    guint rows;         // (value)
    float *active;      // (owned) weighted count of pairs, a cell each
    double pairs;       // (value) weighted count of all pairs
    gint64 seen_us;     // (value) end of what was added last
    guint8 *mask;       // (owned)
    gint64 *left_out;   // (owned) how long each cell was in the mask, microseconds
    gint64 lively_us;   // (value) when something last moved within the mask
    guint8 *changed;    // (owned) scratch
    guint16 *permilles; // (owned) scratch
};

AnalyseMotion *
analyse_motion_new(guint columns, guint rows)
{
    AnalyseMotion *motion = g_new0(AnalyseMotion, 1);
    gsize count = (gsize)columns * rows;
    motion->columns = columns;
    motion->rows = rows;
    motion->active = g_new0(float, count);
    motion->mask = g_malloc0(count);
    motion->left_out = g_new0(gint64, count);
    motion->changed = g_malloc0(count);
    motion->permilles = g_new0(guint16, count);
    motion->seen_us = G_MININT64;
    return motion;
}

void
analyse_motion_free(AnalyseMotion *motion)
{
    if (motion == NULL)
        return;
    g_free(motion->active);
    g_free(motion->mask);
    g_free(motion->left_out);
    g_free(motion->changed);
    g_free(motion->permilles);
    g_free(motion);
}

/* The next sight of @sights that comes long enough after the one at @from; the number of quiet
 * pairs before it is set. Returns: sights->len when there is none. */
static guint
find_pair(const GPtrArray *sights, guint from, guint *quiet)
{
    const AnalyseSight *first = sights->pdata[from];
    *quiet = (guint)CLAMP((first->end_us - first->length_us - first->time_us) / PAIR_US, 0, 1000);
    for (guint i = from + 1; i < sights->len; i++) {
        const AnalyseSight *sight = sights->pdata[i];
        if (sight->time_us - first->time_us >= PAIR_US)
            return i;
    }
    return sights->len;
}

static void
fade(AnalyseMotion *motion, gint64 to_us)
{
    gsize count = (gsize)motion->columns * motion->rows;
    if (motion->seen_us != G_MININT64 && to_us > motion->seen_us) {
        double factor = exp2(-(double)(to_us - motion->seen_us) / HALF_LIFE_US);
        for (gsize i = 0; i < count; i++)
            motion->active[i] *= (float)factor;
        motion->pairs *= factor;
    }
    motion->seen_us = to_us;
}

static void
add_pair(AnalyseMotion *motion, const AnalyseSight *a, const AnalyseSight *b)
{
    gsize count = (gsize)motion->columns * motion->rows;
    guint sum =
        analyse_change_mark(a->cells, b->cells, ANALYSE_CHANGE_FAINT, NULL, motion->changed);
    // A new slide says nothing about what moves.
    if (sum * 1000 > count * CUT_PERMILLE)
        return;
    motion->pairs += 1;
    gboolean lively = FALSE;
    for (gsize i = 0; sum > 0 && i < count; i++) {
        motion->active[i] += motion->changed[i];
        lively |= motion->changed[i] != 0 && motion->mask[i] != 0;
    }
    if (lively)
        motion->lively_us = b->time_us;
}

gboolean
analyse_motion_find_boxes(const guint16 *active_permille, guint columns, guint rows, guint8 *mask)
{
    gsize count = (gsize)columns * rows;
    g_autofree guint8 *marked = g_malloc0(MAX(count, 1));
    gsize covered = 0;
    memset(mask, 0, count);
    for (gsize i = 0; i < count; i++)
        marked[i] = active_permille[i] >= ACTIVE_PERMILLE;
    g_autoptr(GArray) blobs = analyse_blobs_find(marked, columns, rows, GAP, NULL);
    for (guint b = 0; b < blobs->len; b++) {
        const AnalyseBlobs *blob = &g_array_index(blobs, AnalyseBlobs, b);
        if (blob->width < LEAST_COLUMNS || blob->height < LEAST_ROWS)
            continue;
        guint left = blob->x > RIM ? blob->x - RIM : 0, top = blob->y > RIM ? blob->y - RIM : 0;
        guint right = MIN(blob->x + blob->width + RIM, columns);
        guint bottom = MIN(blob->y + blob->height + RIM, rows);
        for (guint y = top; y < bottom; y++)
            memset(mask + (gsize)y * columns + left, 1, right - left);
    }
    for (gsize i = 0; i < count; i++)
        covered += mask[i];
    if (covered * 1000 > count * LARGEST_PERMILLE)
        memset(mask, 0, count);
    return covered > 0 && covered * 1000 <= count * LARGEST_PERMILLE;
}

/* What was an inset stays one for as long as anything moves in it. */
static void
renew_mask(AnalyseMotion *motion, gint64 passed_us)
{
    gsize count = (gsize)motion->columns * motion->rows;
    g_autofree guint8 *fresh = g_malloc0(MAX(count, 1));
    if (motion->seen_us - motion->lively_us > QUIET_US)
        memset(motion->mask, 0, count);
    if (motion->pairs < LEAST_PAIRS)
        return;
    for (gsize i = 0; i < count; i++)
        motion->permilles[i] = (guint16)(1000 * motion->active[i] / motion->pairs);
    if (analyse_motion_find_boxes(motion->permilles, motion->columns, motion->rows, fresh)) {
        motion->lively_us = motion->seen_us;
        memcpy(motion->mask, fresh, count);
    }
    for (gsize i = 0; i < count; i++)
        motion->left_out[i] += motion->mask[i] != 0 ? passed_us : 0;
}

void
analyse_motion_add(AnalyseMotion *motion, const GPtrArray *sights)
{
    if (sights->len == 0)
        return;
    const AnalyseSight *last = sights->pdata[sights->len - 1];
    gint64 before_us = motion->seen_us;
    fade(motion, last->end_us);
    for (guint i = 0, quiet = 0; i < sights->len;) {
        guint next = find_pair(sights, i, &quiet);
        motion->pairs += quiet;
        if (next < sights->len)
            add_pair(motion, sights->pdata[i], sights->pdata[next]);
        i = next;
    }
    renew_mask(motion, before_us == G_MININT64 ? 0 : MAX(last->end_us - before_us, 0));
}

const guint8 *
analyse_motion_get_mask(const AnalyseMotion *motion)
{
    return motion->mask;
}

gboolean
analyse_motion_is_sure(const AnalyseMotion *motion)
{
    return motion->pairs >= LEAST_PAIRS;
}

guint
analyse_motion_measure_permille(const AnalyseMotion *motion, const GPtrArray *sights)
{
    gsize count = (gsize)motion->columns * motion->rows;
    guint pairs = 0, moving = 0, quiet = 0;
    for (guint i = 0; i < sights->len;) {
        guint next = find_pair(sights, i, &quiet);
        pairs += quiet;
        if (next < sights->len) {
            const AnalyseSight *a = sights->pdata[i], *b = sights->pdata[next];
            guint sum =
                analyse_change_mark(a->cells, b->cells, ANALYSE_CHANGE_FAINT, motion->mask, NULL);
            pairs++;
            moving += sum * 1000 > count * MOVING_CELLS_PERMILLE;
        }
        i = next;
    }
    return pairs > 0 ? moving * 1000 / pairs : 0;
}

void
analyse_motion_bound(const guint8 *mask, guint columns, guint rows, guint box[4])
{
    g_autoptr(GArray) blobs = analyse_blobs_find(mask, columns, rows, 0, NULL);
    AnalyseBlobs best = {0};
    for (guint i = 0; i < blobs->len; i++) {
        const AnalyseBlobs *blob = &g_array_index(blobs, AnalyseBlobs, i);
        if (blob->cells > best.cells)
            best = *blob;
    }
    box[0] = best.x;
    box[1] = best.y;
    box[2] = best.width;
    box[3] = best.height;
}

AnalyseResultRect
analyse_motion_to_rect(const guint box[4], guint columns, guint rows, const SourceInfo *info)
{
    guint left = box[0] * info->width / columns, top = box[1] * info->height / rows;
    guint right = ((box[0] + box[2]) * info->width + columns - 1) / columns;
    guint bottom = ((box[1] + box[3]) * info->height + rows - 1) / rows;
    return (AnalyseResultRect){left, top, right - left, bottom - top};
}

gboolean
analyse_motion_get_inset(const AnalyseMotion *motion, gint64 least_us, guint box[4])
{
    gsize count = (gsize)motion->columns * motion->rows;
    g_autofree guint8 *marked = g_malloc0(MAX(count, 1));
    gint64 longest_us = 0;
    for (gsize i = 0; i < count; i++)
        longest_us = MAX(longest_us, motion->left_out[i]);
    if (longest_us == 0 || longest_us < least_us)
        return FALSE;
    for (gsize i = 0; i < count; i++)
        marked[i] = motion->left_out[i] * 2 >= longest_us;
    analyse_motion_bound(marked, motion->columns, motion->rows, box);
    return TRUE;
}
