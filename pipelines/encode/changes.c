// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Each band keeps the number of the canvas that changed it last, so that every reader may ask from
// where it stands.
#include "pipelines/encode/changes.h"

#include <string.h>
#include <libavutil/frame.h>

#define BAND_ROWS 16
#define PLANES 3

struct _EncodeChanges {
    GArray *marks; // (owned) (element-type guint64) of each band
    guint64 count; // (value) canvases added
    int height;    // (value) rows of luma
};

EncodeChanges *
encode_changes_new(void)
{
    EncodeChanges *changes = g_new0(EncodeChanges, 1);
    changes->marks = g_array_new(FALSE, TRUE, sizeof(guint64));
    return changes;
}

void
encode_changes_free(EncodeChanges *changes)
{
    if (changes == NULL)
        return;
    g_array_unref(changes->marks);
    g_free(changes);
}

/* Rows of luma from @top to @bottom, and the chroma beside them. */
static gboolean
differs(const AVFrame *before, const AVFrame *after, int top, int bottom)
{
    for (int plane = 0; plane < PLANES; plane++) {
        int shift = plane > 0 ? 1 : 0;
        gsize bytes = (gsize)((after->width + shift) >> shift);
        for (int row = top >> shift; row < (bottom + shift) >> shift; row++) {
            const guint8 *old = before->data[plane] + (gssize)row * before->linesize[plane];
            const guint8 *new = after->data[plane] + (gssize)row * after->linesize[plane];
            if (memcmp(old, new, bytes) != 0)
                return TRUE;
        }
    }
    return FALSE;
}

void
encode_changes_add(EncodeChanges *changes, const AVFrame *before, const AVFrame *after)
{
    gboolean all = before->width != after->width || before->height != after->height;
    changes->count++;
    changes->height = after->height;
    g_array_set_size(changes->marks, (guint)(after->height + BAND_ROWS - 1) / BAND_ROWS);
    for (guint band = 0; band < changes->marks->len; band++) {
        int top = (int)band * BAND_ROWS;
        if (all || differs(before, after, top, MIN(top + BAND_ROWS, after->height)))
            g_array_index(changes->marks, guint64, band) = changes->count;
    }
}

guint64
encode_changes_get_count(const EncodeChanges *changes)
{
    return changes->count;
}

gboolean
encode_changes_find(const EncodeChanges *changes, guint64 since, int *top, int *bottom)
{
    guint first = (guint)*top / BAND_ROWS;
    const guint64 *marks = (const guint64 *)(gpointer)changes->marks->data;
    while (first < changes->marks->len && marks[first] <= since)
        first++;
    guint last = first;
    while (last < changes->marks->len && marks[last] > since)
        last++;
    *top = MAX(*top, (int)first * BAND_ROWS);
    *bottom = MIN((int)last * BAND_ROWS, changes->height);
    return *top < *bottom;
}
