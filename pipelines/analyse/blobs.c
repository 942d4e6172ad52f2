// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Flood filling with a stack.
#include "pipelines/analyse/blobs.h"

#include <string.h>

typedef struct {
    const guint8 *marked; // (unowned)
    guint columns;        // (value)
    guint rows;           // (value)
    guint reach;          // (value)
    guint16 *labels;      // (unowned)
    GArray *stack;        // (owned) (element-type guint)
} Fill;

static void
push_neighbours(Fill *fill, guint x, guint y, guint16 label)
{
    guint left = x > fill->reach ? x - fill->reach : 0;
    guint top = y > fill->reach ? y - fill->reach : 0;
    guint right = MIN(x + fill->reach, fill->columns - 1);
    guint bottom = MIN(y + fill->reach, fill->rows - 1);
    for (guint v = top; v <= bottom; v++) {
        for (guint u = left; u <= right; u++) {
            guint at = v * fill->columns + u;
            if (fill->marked[at] != 0 && fill->labels[at] == 0) {
                fill->labels[at] = label;
                g_array_append_val(fill->stack, at);
            }
        }
    }
}

static AnalyseBlobs
fill_from(Fill *fill, guint at, guint16 label)
{
    guint left = at % fill->columns, right = left;
    guint top = at / fill->columns, bottom = top;
    AnalyseBlobs blob = {0};
    fill->labels[at] = label;
    g_array_append_val(fill->stack, at);
    while (fill->stack->len > 0) {
        guint here = g_array_index(fill->stack, guint, fill->stack->len - 1);
        guint x = here % fill->columns, y = here / fill->columns;
        g_array_set_size(fill->stack, fill->stack->len - 1);
        left = MIN(left, x);
        right = MAX(right, x);
        top = MIN(top, y);
        bottom = MAX(bottom, y);
        blob.cells++;
        push_neighbours(fill, x, y, label);
    }
    blob.x = left;
    blob.y = top;
    blob.width = right - left + 1;
    blob.height = bottom - top + 1;
    return blob;
}

GArray *
analyse_blobs_find(const guint8 *marked, guint columns, guint rows, guint gap, guint16 *labels)
{
    GArray *blobs = g_array_new(FALSE, FALSE, sizeof(AnalyseBlobs));
    gsize count = (gsize)columns * rows;
    g_autofree guint16 *own = labels == NULL ? g_new(guint16, count) : NULL;
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(guint));
    Fill fill = {marked, columns, rows, gap + 1, labels != NULL ? labels : own, stack};
    memset(fill.labels, 0, count * sizeof *fill.labels);
    for (guint i = 0; i < count; i++) {
        if (marked[i] == 0 || fill.labels[i] != 0 || blobs->len >= G_MAXUINT16)
            continue;
        AnalyseBlobs blob = fill_from(&fill, i, (guint16)(blobs->len + 1));
        g_array_append_val(blobs, blob);
    }
    return blobs;
}
