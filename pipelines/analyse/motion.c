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

typedef struct {
    guint left;       // (value) in cells
    guint top;        // (value)
    guint right;      // (value) first column beyond
    guint bottom;     // (value)
    gint64 lively_us; // (value) when something last moved in it
} Box;

struct _AnalyseMotion {
    guint columns;      // (value)
    guint rows;         // (value)
    float *active;      // (owned) weighted count of pairs, a cell each
    double pairs;       // (value) weighted count of all pairs
    gint64 seen_us;     // (value) end of what was added last
    guint8 *mask;       // (owned)
    gint64 *left_out;   // (owned) how long each cell was in the mask, microseconds
    GArray *boxes;      // (owned) (element-type Box) of which the mask is made
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
    motion->boxes = g_array_new(FALSE, FALSE, sizeof(Box));
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
    g_array_unref(motion->boxes);
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

static gboolean
is_lively(const AnalyseMotion *motion, const Box *box)
{
    for (guint y = box->top; y < box->bottom; y++) {
        const guint8 *row = motion->changed + (gsize)y * motion->columns;
        if (memchr(row + box->left, 1, box->right - box->left) != NULL)
            return TRUE;
    }
    return FALSE;
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
    if (sum == 0)
        return;
    for (gsize i = 0; i < count; i++)
        motion->active[i] += motion->changed[i];
    for (guint i = 0; i < motion->boxes->len; i++) {
        Box *box = &g_array_index(motion->boxes, Box, i);
        if (is_lively(motion, box))
            box->lively_us = b->time_us;
    }
}

/* Boxes around what is active. */
static GArray *
find_boxes(const guint16 *active_permille, guint columns, guint rows)
{
    gsize count = (gsize)columns * rows;
    g_autofree guint8 *marked = g_malloc0(MAX(count, 1));
    GArray *boxes = g_array_new(FALSE, FALSE, sizeof(Box));
    for (gsize i = 0; i < count; i++)
        marked[i] = active_permille[i] >= ACTIVE_PERMILLE;
    g_autoptr(GArray) blobs = analyse_blobs_find(marked, columns, rows, GAP, NULL);
    for (guint b = 0; b < blobs->len; b++) {
        const AnalyseBlobs *blob = &g_array_index(blobs, AnalyseBlobs, b);
        if (blob->width < LEAST_COLUMNS || blob->height < LEAST_ROWS)
            continue;
        Box box = {blob->x > RIM ? blob->x - RIM : 0, blob->y > RIM ? blob->y - RIM : 0,
                   MIN(blob->x + blob->width + RIM, columns),
                   MIN(blob->y + blob->height + RIM, rows), 0};
        g_array_append_val(boxes, box);
    }
    return boxes;
}

/* Returns: FALSE, and nothing is marked, when the boxes cover too much. */
static gboolean
draw_boxes(const GArray *boxes, guint columns, guint rows, guint8 *mask)
{
    gsize count = (gsize)columns * rows, covered = 0;
    memset(mask, 0, count);
    for (guint i = 0; i < boxes->len; i++) {
        const Box *box = &g_array_index(boxes, Box, i);
        for (guint y = box->top; y < box->bottom; y++)
            memset(mask + (gsize)y * columns + box->left, 1, box->right - box->left);
    }
    for (gsize i = 0; i < count; i++)
        covered += mask[i];
    if (covered * 1000 <= count * LARGEST_PERMILLE)
        return covered > 0;
    memset(mask, 0, count);
    return FALSE;
}

gboolean
analyse_motion_find_boxes(const guint16 *active_permille, guint columns, guint rows, guint8 *mask)
{
    g_autoptr(GArray) boxes = find_boxes(active_permille, columns, rows);
    return draw_boxes(boxes, columns, rows, mask);
}

static gboolean
overlap(const Box *a, const Box *b)
{
    return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

/* A box that meets a known one makes it larger. */
static void
add_box(AnalyseMotion *motion, Box fresh)
{
    for (guint i = 0; i < motion->boxes->len;) {
        Box *box = &g_array_index(motion->boxes, Box, i);
        if (!overlap(box, &fresh)) {
            i++;
            continue;
        }
        fresh.left = MIN(fresh.left, box->left);
        fresh.top = MIN(fresh.top, box->top);
        fresh.right = MAX(fresh.right, box->right);
        fresh.bottom = MAX(fresh.bottom, box->bottom);
        g_array_remove_index(motion->boxes, i);
        i = 0;
    }
    fresh.lively_us = motion->seen_us;
    g_array_append_val(motion->boxes, fresh);
}

/* What was an inset stays one for as long as anything moves in it. */
static void
renew_mask(AnalyseMotion *motion, gint64 passed_us)
{
    gsize count = (gsize)motion->columns * motion->rows;
    for (guint i = motion->boxes->len; i > 0; i--) {
        if (motion->seen_us - g_array_index(motion->boxes, Box, i - 1).lively_us > QUIET_US)
            g_array_remove_index(motion->boxes, i - 1);
    }
    if (motion->pairs >= LEAST_PAIRS) {
        for (gsize i = 0; i < count; i++)
            motion->permilles[i] = (guint16)(1000 * motion->active[i] / motion->pairs);
        g_autoptr(GArray) fresh = find_boxes(motion->permilles, motion->columns, motion->rows);
        gboolean small = draw_boxes(fresh, motion->columns, motion->rows, motion->mask);
        for (guint i = 0; small && i < fresh->len; i++)
            add_box(motion, g_array_index(fresh, Box, i));
    }
    if (!draw_boxes(motion->boxes, motion->columns, motion->rows, motion->mask))
        g_array_set_size(motion->boxes, 0);
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
analyse_motion_measure_permille(const AnalyseMotion *motion, const GPtrArray *sights,
                                guint cells_permille)
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
            moving += sum * 1000 > count * cells_permille;
        }
        i = next;
    }
    return moving > 1 ? moving * 1000 / pairs : 0;
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

AnalyseResultRect
analyse_motion_get_inset(const AnalyseMotion *motion, gint64 least_us, const SourceInfo *info)
{
    guint box[4];
    gsize count = (gsize)motion->columns * motion->rows;
    g_autofree guint8 *marked = g_malloc0(MAX(count, 1));
    gint64 longest_us = 0;
    for (gsize i = 0; i < count; i++)
        longest_us = MAX(longest_us, motion->left_out[i]);
    if (longest_us == 0 || longest_us < least_us)
        return (AnalyseResultRect){0};
    for (gsize i = 0; i < count; i++)
        marked[i] = motion->left_out[i] * 2 >= longest_us;
    analyse_motion_bound(marked, motion->columns, motion->rows, box);
    return analyse_motion_to_rect(box, motion->columns, motion->rows, info);
}
